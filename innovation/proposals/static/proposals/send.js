// Sends what is queued: photos first, then the form, each exactly once however often it is tried. Only a plain "taken
// in" (200 or 201 with JSON) lets go of anything; every other answer keeps it and is shown.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const { store } = assay;
  const NONE = "00000000-0000-0000-0000-000000000000";
  const places = () => document.querySelector("[data-send]").dataset;
  const tell = (state, more = {}) => document.dispatchEvent(new CustomEvent("assay:sending", { detail: { state, ...more } }));
  const channel = window.BroadcastChannel ? new BroadcastChannel("assay-proposals") : null;
  if (channel) channel.onmessage = (event) => tell(event.data.state, { ...event.data, elsewhere: true });

  // Who this session belongs to, and a token that it accepts now. A redirect means that nobody is signed in.
  async function session() {
    let answer;
    try {
      answer = await fetch(places().csrf, { cache: "no-store", credentials: "same-origin", redirect: "manual" });
    } catch {
      return { problem: "offline" };
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { problem: "signed-out" };
    if (!answer.ok) return { problem: "offline" };
    return answer.json().catch(() => ({ problem: "offline" }));
  }

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

  const draftUrl = (token) => places().drafts.replace(NONE, token);

  async function sendPhoto(csrf, draftToken, photo) {
    const body = new FormData();
    body.set("token", photo.token);
    body.set("purpose", photo.purpose);
    body.set("file", photo.blob, photo.name);
    tell("photo", { token: photo.token, is: "sending" });
    const answer = await post(`${draftUrl(draftToken)}photos/`, csrf, body);
    if (answer.taken) {
      await store.markPhoto(photo.token, { sent: true, refused: null });
      tell("photo", { token: photo.token, is: "sent" });
    } else if (answer.content?.message) {
      await store.markPhoto(photo.token, { refused: answer.content.message });
      tell("photo", { token: photo.token, is: "refused", why: answer.content.message });
    } else {
      tell("photo", { token: photo.token, is: "unsent" });
    }
    return answer;
  }

  // True when all photos of a draft are in; a refused one is shown at its place and waits for the person.
  async function sendPhotos(csrf, user, draftToken) {
    let all = true;
    for (const photo of await store.photosOf(user, draftToken)) {
      if (!photo.sent) all = (await sendPhoto(csrf, draftToken, photo)).taken && all;
    }
    return all;
  }

  const sendForm = (csrf, item) =>
    post(places().send, csrf, JSON.stringify({ token: item.token, fields: item.fields }), "application/json");

  async function settle(user, item, answer) {
    if (answer.taken) {
      await store.dropDraft(user, item.token);
      announce("filed", { token: item.token, url: answer.content.url, number: answer.content.number });
    } else if (answer.status === 400 && answer.content?.errors) {
      await store.giveBack(user, item.token, item.fields, answer.content.errors);
      tell("refused", { token: item.token, errors: answer.content.errors });
    } else {
      tell(answer.status ? "kept" : "offline", { token: item.token, status: answer.status, message: answer.content?.message });
    }
  }

  function announce(state, more) {
    tell(state, more);
    if (channel) channel.postMessage({ state, ...more });
  }

  async function sendItem(csrf, user, item) {
    tell("sending", { token: item.token });
    if (await sendPhotos(csrf, user, item.token)) return settle(user, item, await sendForm(csrf, item));
    const refused = (await store.photosOf(user, item.token, false)).find((photo) => photo.refused);
    if (!refused) return tell("offline", { token: item.token });
    await store.giveBack(user, item.token, item.fields, { form: refused.refused });
    return tell("refused", { token: item.token, errors: { form: refused.refused } });
  }

  async function sendQueue(user) {
    const queue = await store.queue(user);
    if (!queue.length) return tell("idle");
    const now = await session();
    if (now.problem) return tell(now.problem, { waiting: queue.length });
    if (now.person !== user) return tell("signed-out", { waiting: queue.length });
    for (const item of queue) await sendItem(now.csrf, user, item);
  }

  // One tab sends; the others hear of it. `user` null: whoever last had this phone.
  async function sendAll(user) {
    const whose = user || (await store.recall())?.person.id;
    if (!whose || !assay.vault.available) return;
    await (navigator.locks ? navigator.locks.request("assay-proposals", () => sendQueue(whose)) : sendQueue(whose));
  }

  function wheneverThereIsSignal(user) {
    const again = () => sendAll(user).catch(() => {});
    window.addEventListener("online", again);
    document.addEventListener("visibilitychange", () => document.hidden || again());
    again();
  }

  assay.send = { session, post, draftUrl, sendPhoto, sendAll, wheneverThereIsSignal };
})();
