// Sends what is queued: photos first, then the form, each exactly once however often it is tried. Only a plain "taken
// in" (200 or 201 with JSON) lets go of anything; every other answer keeps it and is shown.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const { offline, store } = assay;
  const { post } = offline;
  const NONE = "00000000-0000-0000-0000-000000000000";
  const places = () => document.querySelector("[data-send]").dataset;
  const { here: tell, everywhere: announce } = offline.news("assay-proposals");
  const session = () => offline.session(places().csrf);

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
    await offline.alone("assay-proposals", () => sendQueue(whose));
  }

  const wheneverThereIsSignal = (user) => offline.wheneverThereIsSignal(() => sendAll(user));

  assay.send = { session, post, draftUrl, sendPhoto, sendAll, wheneverThereIsSignal };
})();
