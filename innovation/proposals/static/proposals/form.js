// The filing page's events: typing, adding, taking out, filing.
(function () {
  "use strict";
  const { vault, store, photos, rows, send, errors, page } = window.assay;
  const { form, state, el, connection, noSignal, reckon, save, soon } = page;
  const words = form.dataset;

  async function file() {
    state.filing = true;
    clearTimeout(state.saving);
    errors.clear(form);
    el("file-button").disabled = true;
    await store.enqueue(state.user, state.token, rows.typed(form));
    el("saved").textContent = words.textQueued;
    await send.sendAll(state.user);
  }

  // Without a vault nothing waits on this device: the photos go now, and then the form as any form goes.
  async function fileAtOnce() {
    const now = await send.session();
    if (now.problem) return connection(now.problem === "offline" ? words.textPrivate : words.textSignedOut);
    await page.unsentPhotos(now.csrf);
    form.elements.csrfmiddlewaretoken.value = now.csrf;
    return state.memory.every((photo) => photo.sent) && form.submit();
  }

  function again() {
    state.filing = false;
    el("file-button").disabled = false;
  }

  const heard = {
    photo: ({ token, is, why }) => photos.mark(token, is, form, why),
    sending: () => (el("saved").textContent = words.textSending),
    offline: ({ waiting }) => {
      if (state.filing) noSignal().then(() => (el("saved").textContent = words.textQueued));
      else if (waiting) connection(words.textWaiting.replace("%n", waiting));
    },
    "signed-out": () => connection(words.textSignedOut),
    kept: ({ status, message }) => (again(), errors.say(message || words.textRefused.replace("%s", status))),
    // What was typed last before sending has not reached the draft: it goes there now.
    refused: ({ token, errors: found }) => token === state.token && (again(), soon(), (el("saved").textContent = ""), errors.show(form, found)),
    filed: ({ token, url }) => token === state.token && window.location.assign(url),
  };
  document.addEventListener("assay:sending", (event) => heard[event.detail.state]?.(event.detail));

  function listen() {
    form.addEventListener("input", (event) => event.target.type !== "file" && event.target.name !== "who" && soon());
    form.addEventListener("change", (event) => event.target.type === "file" && page.addPhotos(event.target));
    form.addEventListener("click", clicked);
    form.addEventListener("submit", submitted);
    window.addEventListener("online", () => (connection(""), save().catch(noSignal)));
    window.addEventListener("offline", noSignal);
    document.addEventListener("visibilitychange", () => document.hidden && save().catch(() => {}));
  }

  function clicked(event) {
    const on = (selector) => event.target.closest(selector);
    if (on("[data-add-line]")) rows.addLine(form, on("[data-add-line]").dataset.addLine).querySelector("[name=line_label]").focus();
    else if (on("[data-remove-line]")) on(".forecast-line").remove();
    else if (on("[data-remove-coauthor]")) on(".coauthor").remove();
    else if (on(".take-out")) page.takeOut(on("[data-photo]"));
    else if (on("#show-search")) openSearch();
    else if (on("[data-add-coauthor]")) pick(on("[data-add-coauthor]"));
    else return;
    rows.tidy(form);
    soon();
  }

  function openSearch() {
    el("coauthor-search").hidden = false;
    el("show-search").setAttribute("aria-expanded", "true");
    el("who").focus();
  }

  function pick(button) {
    const { addCoauthor: number, name, team } = button.dataset;
    const row = rows.addCoauthor(form, { number, name, team });
    el("found").replaceChildren();
    el("who").value = "";
    if (row) row.querySelector("[name=coauthor_share]").select();
  }

  async function submitted(event) {
    event.preventDefault();
    if (event.submitter?.value === "draft") return (await save()) && window.location.assign(form.dataset.mine);
    if (state.filing) return undefined;
    return vault.available && state.user ? file() : fileAtOnce();
  }

  async function start() {
    if (navigator.storage?.persist) navigator.storage.persist();
    rows.tidy(form);
    reckon();
    listen();
    const found = await page.context();
    if (found) page.dress(found);
    if (state.user) await page.resume();
    reckon();
    form.dataset.ready = "yes";
    if (state.user) send.wheneverThereIsSignal(state.user);
  }
  start();
})();
