// A safety notice: sent at once, or kept on this phone and sent first of all when there is signal.
(function () {
  "use strict";
  const { offline, inspections } = window.assay;
  const form = document.getElementById("safety");
  const words = form.dataset;
  if (!offline.available) return;

  function say(text, state = "soon") {
    const note = document.getElementById("connection");
    note.querySelector("[data-lead]").textContent = text;
    note.dataset.s = state;
    note.hidden = !text;
  }

  // Whose page it is; of the shell that stands here without signal: whoever last had this phone.
  const person = Number(words.person) || inspections.last();
  const store = person ? inspections.storeOf(person) : null;

  async function send(event) {
    const field = (name) => form.elements[name].value.trim();
    if (!store || !field("place") || !field("danger")) return; // the server says what is missing, as a page
    event.preventDefault();
    const notice = { token: field("token") || offline.uuid(), section: field("section"), place: field("place"), danger: field("danger"), at: new Date().toISOString() };
    await store.addNotice(notice);
    await inspections.sendAll(store).catch(() => {});
    const waits = (await store.notices()).some((one) => one.token === notice.token);
    if (!waits) location.assign(words.list);
  }

  const heard = {
    offline: () => say(words.textOffline),
    "signed-out": () => say(words.textSignedOut),
    kept: ({ status, message }) => say(message || words.textRefused.replace("%s", status), "late"),
  };
  document.addEventListener("assay:sending", ({ detail }) => heard[detail.state]?.(detail));
  // From the page of a tag: that is where.
  const place = new URLSearchParams(location.search).get("place");
  if (place && !form.elements.place.value) form.elements.place.value = place.slice(0, form.elements.place.maxLength);

  async function begin() {
    if (!store) return;
    if ("shelled" in words) {
      const kept = await store.sheets();
      form.elements.section.replaceChildren(...(kept?.sections || []).map(([pk, name]) => new Option(name, pk)));
    } else {
      const fresh = await inspections.fetchSheets();
      if (fresh.person?.id === person) await store.keepSheets(fresh);
    }
  }

  form.addEventListener("submit", (event) => send(event));
  begin().finally(() => (form.dataset.ready = "yes"));
})();
