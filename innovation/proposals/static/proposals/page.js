// One proposal being written: saved as typed, on this device at once and on the server when there is a signal.
(function () {
  "use strict";
  const form = document.getElementById("proposal-form");
  const { vault, store, photos, rows, send, errors } = window.assay;
  const words = form.dataset;
  const state = { user: null, token: words.token, context: null, memory: [], saving: null, filing: false };
  const el = (id) => document.getElementById(id);
  const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: words.zone || undefined });
  const saidAt = (text) => (el("saved").textContent = text.replace("%t", clock()));

  function connection(text, more = "") {
    const note = el("connection");
    note.querySelector("[data-lead]").textContent = text;
    note.querySelector("[data-more]").textContent = more;
    note.hidden = !text;
  }

  async function noSignal() {
    const unsent = form.querySelectorAll('[data-photo] .st:not([data-s="accepted"])').length;
    connection(unsent ? words.textOffline.replace("%n", unsent) : words.textOfflinePlain, el("saved").textContent);
  }

  // What the page needs of the person: fresh if there is a signal, else as it last was.
  async function context() {
    try {
      const asked = new URL(words.context, location.href);
      asked.searchParams.set("problem", form.elements.problem.value);
      const answer = await fetch(asked, { cache: "no-store", credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect") connection(words.textSignedOut);
      if (answer.ok) {
        const found = await answer.json();
        await store.remember(found.person.id, found);
        return found;
      }
    } catch {
      noSignal();
    }
    return store.recall();
  }

  function dress(found) {
    state.context = found;
    state.user = found.person.id;
    el("my-name").textContent = found.person.name;
    el("my-face").textContent = found.person.name.slice(0, 1);
    el("why").textContent = found.outlook.why;
    el("file-button").textContent = found.outlook.button;
    const chosen = form.elements.problem;
    const have = new Set(Array.from(chosen.options, (option) => option.value));
    found.problems.filter(([key]) => !have.has(key)).forEach(([key, label]) => chosen.add(new Option(label, key)));
  }

  function reckon() {
    const category = form.elements.category.value;
    el("total").textContent = rows.shown(rows.total(form));
    el("authority").textContent = rows.authority(form, state.context?.outlook.authority[category]);
    el("new-problem").hidden = form.elements.problem.value !== "new";
    const count = form.querySelectorAll("[data-photo]").length;
    el("photo-count").textContent = count || "";
  }

  const isEmpty = (fields) => !["title", "present_state", "method"].some((name) => fields[name]?.[0]?.trim());

  async function save() {
    clearTimeout(state.saving);
    const fields = rows.typed(form);
    if (!state.user || state.filing || (isEmpty(fields) && !form.querySelector("[data-photo]"))) return false;
    await store.saveDraft(state.user, state.token, fields, { people: rows.people(form) });
    if (vault.available) saidAt(words.textKept);
    return toServer(fields);
  }

  async function toServer(fields) {
    const now = await send.session();
    if (now.problem === "signed-out") connection(words.textSignedOut);
    if (now.problem === "offline") noSignal();
    if (now.problem || now.person !== state.user || state.filing) return false;
    const answer = await send.post(send.draftUrl(state.token), now.csrf, JSON.stringify({ fields }), "application/json");
    if (!answer.taken) return false;
    if (answer.content.filed) return filedElsewhere(answer.content.filed);
    saidAt(words.textSaved);
    connection("");
    await unsentPhotos(now.csrf);
    return true;
  }

  // Filed meanwhile, on another device or by another tab: this copy has done its duty.
  async function filedElsewhere(url) {
    await store.dropDraft(state.user, state.token);
    window.location.assign(url);
    return false;
  }

  async function unsentPhotos(csrf) {
    const kept = vault.available ? await store.photosOf(state.user, state.token) : state.memory;
    for (const photo of kept) {
      if (photo.sent || photo.refused || state.filing) continue;
      const answer = await send.sendPhoto(csrf, state.token, photo);
      photo.sent = answer.taken;
      photo.refused = answer.content?.message;
    }
  }

  function soon() {
    reckon();
    clearTimeout(state.saving);
    state.saving = setTimeout(() => save().catch(noSignal), 600);
  }

  async function addPhotos(input) {
    for (const photo of await photos.taken(input)) {
      await store.addPhoto(state.user, state.token, photo);
      state.memory.push(photo);
      photos.show(photo, form);
    }
    reckon();
    await save();
  }

  async function takeOut(row) {
    const token = row.dataset.photo;
    row.remove();
    document.querySelectorAll(`[data-why="${token}"]`).forEach((why) => why.remove());
    state.memory = state.memory.filter((photo) => photo.token !== token);
    await store.dropPhoto(token);
    reckon();
    const now = await send.session();
    if (!now.problem) await send.post(`${send.draftUrl(state.token)}photos/${token}/drop/`, now.csrf, "");
  }

  // This device's copy, if it is newer than what the server has just shown. A page that came back with its errors, or
  // was asked to begin afresh, stands as it is.
  async function wanted() {
    const asked = new URL(location.href).searchParams;
    if (words.server === "answer" || asked.has("fresh") || asked.has("problem")) return null;
    const kept = asked.has("draft") ? await store.draft(state.user, state.token) : await store.newestDraft(state.user);
    if (kept && kept.at > Number(words.server || 0)) return kept;
    return words.token ? null : (await store.queue(state.user)).at(-1);
  }

  async function resume() {
    const found = await wanted();
    if (found && found.token !== state.token) form.querySelectorAll("[data-photo]").forEach((row) => row.remove());
    state.token = found?.token || state.token || vault.uuid();
    form.elements.token.value = state.token;
    if (found) rows.fill(form, found.fields, found.people);
    const shown = new Set(Array.from(form.querySelectorAll("[data-photo]"), (row) => row.dataset.photo));
    for (const photo of await store.photosOf(state.user, state.token)) if (!shown.has(photo.token)) photos.show(photo, form);
    reckon();
    if (found?.errors) errors.show(form, found.errors);
    if (form.elements.title.value && window.htmx) window.htmx.trigger("#title", "input");
  }

  window.assay.page = {
    form, state, el, connection, noSignal, context, dress, reckon, save, soon, addPhotos, takeOut, resume, unsentPhotos,
  };
})();
