// Sending what waits on a device: who is signed in, one request, one tab at a time, whenever there is signal.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  assay.offline = assay.offline || {};

  // Who this session belongs to, and a token that it accepts now. A redirect means that nobody is signed in.
  async function session(url) {
    let answer;
    try {
      answer = await fetch(url, { cache: "no-store", credentials: "same-origin", redirect: "manual" });
    } catch {
      return { problem: "offline" };
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { problem: "signed-out" };
    if (!answer.ok) return { problem: "offline" };
    return answer.json().catch(() => ({ problem: "offline" }));
  }

  // `taken` only for 200 or 201 with JSON: a sign-in page or a proxy's answer lets go of nothing.
  async function post(url, csrf, body, type) {
    const headers = { "X-CSRFToken": csrf, Accept: "application/json", ...(type ? { "Content-Type": type } : {}) };
    let answer;
    try {
      answer = await fetch(url, { method: "POST", body, headers, credentials: "same-origin", redirect: "error" });
    } catch {
      return { status: 0 };
    }
    const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    const content = isJson ? await answer.json().catch(() => null) : null;
    return { status: answer.status, content, taken: content !== null && [200, 201].includes(answer.status) };
  }

  const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());

  function wheneverThereIsSignal(send) {
    const again = () => send().catch(() => {});
    window.addEventListener("online", again);
    document.addEventListener("visibilitychange", () => document.hidden || again());
    again();
  }

  // Tells this page and the other tabs how the sending goes; in those, `elsewhere` is set.
  function news(name) {
    const here = (state, more = {}) => document.dispatchEvent(new CustomEvent("assay:sending", { detail: { state, ...more } }));
    const channel = window.BroadcastChannel ? new BroadcastChannel(name) : null;
    if (channel) channel.onmessage = (event) => here(event.data.state, { ...event.data, elsewhere: true });
    const everywhere = (state, more) => {
      here(state, more);
      if (channel) channel.postMessage({ state, ...more });
    };
    return { here, everywhere };
  }

  Object.assign(assay.offline, { session, post, alone, wheneverThereIsSignal, news });
})();
