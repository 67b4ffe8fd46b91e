// What this phone keeps of one person's inspections: the sheets that were taken along, and what has not gone out yet.
// Each person has a store of their own, encrypted under a key of theirs; nobody else who signs in here opens it.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const { offline } = assay;
  const STORES = { sheets: "what", answers: "id", photos: "token", notices: "token", queue: "id" };
  const LAST = "assay-inspector";
  const answerId = (number, key) => `${number}|${key}`;

  function storeOf(person) {
    const vault = offline.vault(`assay-inspections:${person}`, STORES);
    const { read, write } = vault;
    const all = (name) => read(name, (rows) => rows.getAll());

    async function keepSheets(sheets) {
      const body = await vault.sealJson(person, sheets);
      await write(["sheets"], (s) => s.sheets.put({ what: "mine", body }));
      localStorage.setItem(LAST, String(person));
    }

    async function sheets() {
      const kept = await read("sheets", (rows) => rows.get("mine"));
      return kept ? vault.unsealJson(person, kept.body) : null;
    }

    // An answer and its place in the queue in one step. Changed again it is a new one: it gets a token of its own.
    async function answer(number, key, said) {
      const id = answerId(number, key);
      const row = { id, number, key, token: vault.uuid(), sent: false, refused: "", body: await vault.sealJson(person, said) };
      await write(["answers", "queue"], (s) => {
        s.answers.put(row);
        s.queue.put({ id: `answer|${id}`, number, what: "answer" });
      });
      return row.token;
    }

    async function answersOf(number) {
      const rows = (await all("answers")).filter((row) => row.number === number);
      return Promise.all(rows.map(async ({ body, ...row }) => ({ ...row, said: await vault.unsealJson(person, body) })));
    }

    // Only what was sent is sent: an answer that changed meanwhile waits on.
    async function answerSent(row) {
      await write(["answers", "queue"], (s) => {
        s.answers.get(row.id).onsuccess = (event) => {
          const now = event.target.result;
          if (!now || now.token !== row.token) return;
          s.answers.put({ ...now, sent: true, refused: "" });
          s.queue.delete(`answer|${row.id}`);
        };
      });
    }

    async function answerRefused(row, why) {
      await write(["answers"], (s) => {
        s.answers.get(row.id).onsuccess = (event) => {
          const now = event.target.result;
          if (now && now.token === row.token) s.answers.put({ ...now, refused: why });
        };
      });
    }

    // A photo keeps its token for life: sent twice it is one photo.
    async function addPhoto(number, key, photo) {
      const body = await vault.seal(person, await photo.blob.arrayBuffer());
      const facts = await vault.sealJson(person, { at: photo.at, taken_at: photo.taken_at, latitude: photo.latitude, longitude: photo.longitude });
      const row = { token: photo.token, number, key, refused: "", body, facts, type: photo.blob.type };
      await write(["photos", "queue"], (s) => {
        s.photos.put(row);
        s.queue.put({ id: `photo|${photo.token}`, number, what: "photo" });
      });
    }

    async function photosOf(number) {
      const rows = (await all("photos")).filter((row) => row.number === number);
      return Promise.all(rows.map(async (row) => ({
        token: row.token, number, key: row.key, refused: row.refused,
        facts: await vault.unsealJson(person, row.facts),
        blob: new Blob([await vault.unseal(person, row.body)], { type: row.type }),
      })));
    }

    const photoGone = (token) => write(["photos", "queue"], (s) => {
      s.photos.delete(token);
      s.queue.delete(`photo|${token}`);
    });

    const photoRefused = (token, why) => write(["photos"], (s) => {
      s.photos.get(token).onsuccess = (event) => event.target.result && s.photos.put({ ...event.target.result, refused: why });
    });

    async function addNotice(notice) {
      const body = await vault.sealJson(person, notice);
      await write(["notices", "queue"], (s) => {
        s.notices.put({ token: notice.token, body });
        s.queue.put({ id: `notice|${notice.token}`, number: "", what: "notice" });
      });
    }

    const notices = async () => Promise.all((await all("notices")).map((row) => vault.unsealJson(person, row.body)));

    const noticeGone = (token) => write(["notices", "queue"], (s) => {
      s.notices.delete(token);
      s.queue.delete(`notice|${token}`);
    });

    const queue = () => all("queue");

    // What the server has said that it holds is not kept here, too.
    async function forgetSent() {
      const sent = (await all("answers")).filter((row) => row.sent);
      await write(["answers"], (s) => sent.forEach((row) => s.answers.delete(row.id)));
    }

    // Nothing more of this inspection is taken in: it waits no longer.
    async function over(number) {
      const rows = (await queue()).filter((row) => row.number === number);
      const photos = (await all("photos")).filter((row) => row.number === number);
      const answers = (await all("answers")).filter((row) => row.number === number);
      await write(["queue", "photos", "answers"], (s) => {
        rows.forEach((row) => s.queue.delete(row.id));
        photos.forEach((row) => s.photos.delete(row.token));
        answers.forEach((row) => s.answers.delete(row.id));
      });
    }

    return {
      person, keepSheets, sheets, answer, answersOf, answerSent, answerRefused, addPhoto, photosOf, photoGone, photoRefused,
      addNotice, notices, noticeGone, queue, forgetSent, over,
    };
  }

  // Whose phone this was when there last was signal.
  const last = () => Number(localStorage.getItem(LAST)) || null;

  assay.inspections = { storeOf, last };
})();
