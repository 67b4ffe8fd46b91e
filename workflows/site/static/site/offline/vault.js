// A store on this device. Everything a person typed lies in it encrypted under a key of theirs that the browser will
// use but never hand out (AES-GCM, not extractable). Without crypto.subtle, on plain http, there is no vault.
//
//   assay.offline.vault("assay-proposals", { drafts: "id", photos: "token" })    store → its key path
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  assay.offline = assay.offline || {};

  // crypto.randomUUID exists only where the page is secure; getRandomValues everywhere.
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  const available = Boolean(window.indexedDB && window.crypto && crypto.subtle);

  function vault(name, stores) {
    const shape = { keys: "user", ...stores };

    function open() {
      return new Promise((resolve, reject) => {
        const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => {
          for (const [store, keyPath] of Object.entries(shape)) request.result.createObjectStore(store, { keyPath });
        };
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error("blocked"));
      });
    }

    // Runs `work(stores)` in one transaction that is on the disk when the promise resolves.
    async function transaction(names, mode, work) {
      const database = await open();
      try {
        return await new Promise((resolve, reject) => {
          const running = database.transaction(names, mode, { durability: "strict" });
          const opened = Object.fromEntries(names.map((one) => [one, running.objectStore(one)]));
          const asked = work(opened);
          running.oncomplete = () => resolve(asked ? asked.result : undefined);
          running.onerror = running.onabort = () => reject(running.error || new Error("aborted"));
        });
      } finally {
        database.close();
      }
    }

    const write = (names, work) => transaction(names, "readwrite", work);
    const read = (store, work) => transaction([store], "readonly", (opened) => work(opened[store]));

    async function keyOf(user) {
      const kept = await read("keys", (keys) => keys.get(user));
      if (kept) return kept.key;
      const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      // Two tabs may make one at the same moment; the first one stays.
      await write(["keys"], (opened) => opened.keys.add({ user, key })).catch(() => {});
      return (await read("keys", (keys) => keys.get(user))).key;
    }

    async function seal(user, bytes) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(user), bytes) };
    }

    async function unseal(user, sealed) {
      return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, await keyOf(user), sealed.bytes);
    }

    const sealJson = (user, value) => seal(user, new TextEncoder().encode(JSON.stringify(value)));
    const unsealJson = async (user, sealed) => JSON.parse(new TextDecoder().decode(await unseal(user, sealed)));

    return { available, read, write, seal, unseal, sealJson, unsealJson, uuid };
  }

  Object.assign(assay.offline, { available, uuid, vault });
})();
