// Drafts, their photos, and the queue of what is to be filed: one person's, by that person's key.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const vault = assay.vault;
  const idOf = (user, token) => `${user}:${token}`;

  async function saveDraft(user, token, fields, more = {}) {
    if (!vault.available) return;
    const body = await vault.sealJson(user, { fields, ...more });
    await vault.write(["drafts"], (s) => s.drafts.put({ id: idOf(user, token), user, token, at: Date.now(), body }));
  }

  async function draft(user, token) {
    const kept = vault.available && (await vault.read("drafts", (drafts) => drafts.get(idOf(user, token))));
    return kept ? { token, at: kept.at, ...(await vault.unsealJson(user, kept.body)) } : null;
  }

  async function newestDraft(user) {
    if (!vault.available) return null;
    const all = await vault.read("drafts", (drafts) => drafts.getAll());
    const own = all.filter((one) => one.user === user).sort((a, b) => b.at - a.at);
    return own.length ? draft(user, own[0].token) : null;
  }

  async function dropDraft(user, token) {
    if (!vault.available) return;
    const photos = await photosOf(user, token, false);
    await vault.write(["drafts", "photos", "queue"], (s) => {
      s.drafts.delete(idOf(user, token));
      s.queue.delete(token);
      photos.forEach((photo) => s.photos.delete(photo.token));
    });
  }

  // A photo keeps its token for life: sent twice it is one photo.
  async function addPhoto(user, draftToken, photo) {
    if (!vault.available) return;
    const body = await vault.seal(user, await photo.blob.arrayBuffer());
    const name = await vault.sealJson(user, { name: photo.name, type: photo.blob.type });
    const row = { token: photo.token, user, draft: draftToken, purpose: photo.purpose, at: Date.now(), sent: false, body, name };
    await vault.write(["photos"], (s) => s.photos.put(row));
  }

  async function photosOf(user, draftToken, withBytes = true) {
    if (!vault.available) return [];
    const all = await vault.read("photos", (photos) => photos.getAll());
    const own = all.filter((row) => row.user === user && row.draft === draftToken).sort((a, b) => a.at - b.at);
    return withBytes ? Promise.all(own.map((row) => opened(user, row))) : own;
  }

  async function opened(user, row) {
    const { name, type } = await vault.unsealJson(user, row.name);
    const blob = new Blob([await vault.unseal(user, row.body)], { type });
    return { token: row.token, purpose: row.purpose, sent: row.sent, refused: row.refused, name, blob };
  }

  async function markPhoto(token, change) {
    if (!vault.available) return;
    await vault.write(["photos"], (s) => {
      s.photos.get(token).onsuccess = (event) => event.target.result && s.photos.put({ ...event.target.result, ...change });
    });
  }

  const dropPhoto = async (token) => vault.available && vault.write(["photos"], (s) => s.photos.delete(token));

  // From draft to queue in one step: never in both, never in neither.
  async function enqueue(user, token, fields) {
    const body = await vault.sealJson(user, { fields });
    await vault.write(["drafts", "queue"], (s) => {
      s.queue.put({ token, user, at: Date.now(), body });
      s.drafts.delete(idOf(user, token));
    });
  }

  // Not taken in: back to the draft it was, with the sentences that say why.
  async function giveBack(user, token, fields, errors) {
    const body = await vault.sealJson(user, { fields, errors });
    await vault.write(["drafts", "queue"], (s) => {
      s.drafts.put({ id: idOf(user, token), user, token, at: Date.now(), body });
      s.queue.delete(token);
    });
  }

  async function queue(user) {
    if (!vault.available) return [];
    const all = await vault.read("queue", (rows) => rows.getAll());
    const own = all.filter((row) => row.user === user).sort((a, b) => a.at - b.at);
    return Promise.all(own.map(async (row) => ({ token: row.token, ...(await vault.unsealJson(user, row.body)) })));
  }

  async function remember(user, context) {
    if (!vault.available) return;
    const body = await vault.sealJson(user, context);
    await vault.write(["contexts", "last"], (s) => {
      s.contexts.put({ user, body });
      s.last.put({ what: "user", user });
    });
  }

  // Whose phone this was when there last was a signal, and what the page needed then.
  async function recall() {
    if (!vault.available) return null;
    const last = await vault.read("last", (rows) => rows.get("user"));
    const kept = last && (await vault.read("contexts", (rows) => rows.get(last.user)));
    return kept ? vault.unsealJson(last.user, kept.body) : null;
  }

  assay.store = {
    saveDraft, draft, newestDraft, dropDraft, addPhoto, photosOf, markPhoto, dropPhoto, enqueue, giveBack, queue,
    remember, recall,
  };
})();
