// What stays on the phone: styles, icons, scripts, the offline page, and the shells that stand in for pages.
// No page of a person is ever kept. The version changes when any kept file changes.
"use strict";
const CACHE = "assay-{{ digest }}";
const KEPT = {{ kept|safe }};
const PAGES = {{ pages|safe }};
const ROWS = {{ rows|safe }}; // [before the number, after it, shell]
const OFFLINE = "{{ offline }}";
const SHELLS = new Set([...Object.values(PAGES), ...ROWS.map((row) => row[2])]);

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => Promise.allSettled([...KEPT, ...SHELLS, OFFLINE].map((url) => keep(cache, url))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n.startsWith("assay-") && n !== CACHE).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

// A redirect is the sign-in page, which is nobody's shell.
async function keep(cache, url) {
  const answer = await fetch(url, { credentials: "same-origin", cache: "no-cache" });
  if (answer.ok && !answer.redirected) await cache.put(url, answer);
}

function shellOf(path) {
  if (PAGES[path]) return PAGES[path];
  const row = ROWS.find(([before, after]) => path.startsWith(before) && path.endsWith(after) && isOne(path, before, after));
  return row && row[2];
}

function isOne(path, before, after) {
  const argument = path.slice(before.length, path.length - after.length);
  return argument !== "" && !argument.includes("/");
}

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(CACHE);
    const shell = shellOf(new URL(request.url).pathname);
    return (shell && (await cache.match(shell))) ?? (await cache.match(OFFLINE)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (KEPT.includes(url.pathname)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(url.pathname).then((r) => r ?? Response.error())));
  }
});
