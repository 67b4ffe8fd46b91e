// Sends what waits: answers, then photos, then safety notices first of all; each exactly once however often it is
// tried. Only a plain "taken in" lets go of anything.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const { offline, inspections } = assay;
  const { here: tell, everywhere } = offline.news("assay-inspections");
  const places = () => document.querySelector("[data-sheets]").dataset;
  const at = (url, number) => url.replace("NUMBER", encodeURIComponent(number));

  // What this person has to record, fresh; null without signal or session.
  async function fetchSheets() {
    try {
      const answer = await fetch(places().sheets, { cache: "no-store", credentials: "same-origin", redirect: "manual" });
      if (!answer.ok) return { problem: answer.type === "opaqueredirect" ? "signed-out" : "offline" };
      return await answer.json();
    } catch {
      return { problem: "offline" };
    }
  }

  async function sendNotices(csrf, store) {
    for (const notice of await store.notices()) {
      const answer = await offline.post(places().safety, csrf, JSON.stringify(notice), "application/json");
      if (answer.taken) await store.noticeGone(notice.token);
      else tell(answer.status ? "kept" : "offline", { status: answer.status, message: answer.content?.message });
    }
  }

  async function sendAnswers(csrf, store, number) {
    const rows = (await store.answersOf(number)).filter((row) => !row.sent);
    if (!rows.length) return true;
    const body = { answers: rows.map(({ key, token, said }) => ({ key, token, said })) };
    const answer = await offline.post(at(places().answers, number), csrf, JSON.stringify(body), "application/json");
    if (answer.taken) {
      const refused = answer.content.refused || {};
      for (const row of rows) {
        if (refused[row.key]) await store.answerRefused(row, refused[row.key]);
        else await store.answerSent(row);
      }
      tell("answers", { number, refused, keys: rows.map((row) => row.key), received: answer.content.received_at });
      return true;
    }
    return notTaken(store, number, answer);
  }

  async function notTaken(store, number, answer) {
    if (answer.content?.over || answer.status === 404) {
      await store.over(number);
      everywhere("over", { number, message: answer.content?.message });
      return false;
    }
    tell(answer.status ? "kept" : "offline", { number, status: answer.status, message: answer.content?.message });
    return false;
  }

  async function sendPhoto(csrf, store, number, photo) {
    const body = new FormData();
    body.set("token", photo.token);
    body.set("key", photo.key);
    for (const [name, value] of Object.entries(photo.facts)) if (value !== undefined) body.set(name, value);
    body.set("file", photo.blob, "photo.jpg");
    tell("photo", { token: photo.token, is: "sending" });
    const answer = await offline.post(at(places().photoUrl, number), csrf, body);
    if (answer.taken) {
      await store.photoGone(photo.token);
      tell("photo", { token: photo.token, is: "sent" });
    } else if (answer.status === 400 && answer.content?.message) {
      await store.photoRefused(photo.token, answer.content.message);
      tell("photo", { token: photo.token, is: "refused", why: answer.content.message });
    } else {
      tell("photo", { token: photo.token, is: "unsent" });
      return notTaken(store, number, answer);
    }
    return true;
  }

  async function sendOne(csrf, store, number) {
    if (!(await sendAnswers(csrf, store, number))) return;
    for (const photo of await store.photosOf(number)) {
      if (!(await sendPhoto(csrf, store, number, photo))) return;
    }
  }

  async function sendWaiting(store) {
    const waiting = await store.queue();
    if (!waiting.length) return tell("idle");
    const now = await offline.session(places().csrf);
    if (now.problem) return tell(now.problem);
    if (now.person !== store.person) return tell("other");
    tell("sending");
    await sendNotices(now.csrf, store);
    for (const number of new Set(waiting.map((row) => row.number).filter(Boolean))) await sendOne(now.csrf, store, number);
    const fresh = await fetchSheets();
    if (fresh.person?.id === store.person) {
      await store.keepSheets(fresh);
      await store.forgetSent();
    }
    return everywhere("done", {});
  }

  // One tab sends; the others hear of it.
  const sendAll = (store) => offline.alone(`assay-inspections:${store.person}`, () => sendWaiting(store));

  Object.assign(inspections, { fetchSheets, sendAll, at, places });
})();
