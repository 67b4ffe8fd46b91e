// Which page this is: the list, one inspection as the server wrote it, the same from what the phone kept, or sealing.
(function () {
  "use strict";
  const { offline, inspections } = window.assay;
  const main = document.getElementById("record");
  const words = main.dataset;
  const shell = document.getElementById("on-this-phone");
  const path = location.pathname;
  const last = (text) => decodeURIComponent(text.replace(/\/$/, "").split("/").at(-1));

  function say(text) {
    const note = document.getElementById("connection");
    note.querySelector("[data-lead]").textContent = text;
    note.hidden = !text;
  }

  // Whose store to open, with fresh sheets in it if there is signal. Without signal: whoever last had this phone.
  async function opened() {
    const fresh = await inspections.fetchSheets();
    const person = fresh.person?.id || inspections.last();
    if (!person) return { problem: fresh.problem };
    const store = inspections.storeOf(person);
    if (fresh.person) await store.keepSheets(fresh);
    return { store, sheets: await store.sheets(), problem: fresh.problem };
  }

  function list(sheets) {
    const rows = sheets.inspections.map((one) => {
      const row = document.getElementById("phone-row").content.firstElementChild.cloneNode(true);
      const name = row.querySelector("a");
      name.href = inspections.at(words.page, one.number);
      name.textContent = one.title;
      row.querySelector("[data-job]").textContent = one.job;
      row.querySelector("[data-form-name]").textContent = one.form;
      row.querySelector("[data-where]").textContent = `${one.tag} · ${one.section}`;
      return row;
    });
    shell.replaceChildren(...rows);
    shell.hidden = !rows.length;
    main.querySelector(".decision-bar").hidden = true;
    say(rows.length ? words.textOffline : words.textNone);
  }

  // Opened from a tag's page, which the code on the tag has led to: that is a scan, too.
  async function begun(store) {
    const page = inspections.record(main, store);
    await page.begin();
    const tag = new URL(location.href).searchParams.get("scanned");
    if (tag && main.querySelector('[data-row="tag"]')) await page.scanned(tag);
  }

  async function one(store, found) {
    const head = document.getElementById("one");
    const put = (name, text) => (head.querySelector(`[data-${name}]`).textContent = text);
    put("form-name", found.form);
    put("job", found.job);
    put("title", found.title);
    put("where", `${found.firm} · ${found.tag} · ${found.section}`);
    if (found.due) put("due", new Date(found.due).toLocaleString([], { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: words.zone || undefined }));
    head.hidden = document.getElementById("sheet-box").hidden = false;
    inspections.build(main, found);
    return begun(store);
  }

  async function fromThisPhone({ store, sheets, problem }) {
    if (!sheets) return say(problem === "signed-out" ? words.textSignedOut : words.textNone);
    const found = sheets.inspections.find((each) => each.number === last(path));
    if (found) return one(store, found);
    list(sheets);
    if (path !== words.mine) say(words.textUnknown);
    return undefined;
  }

  async function sealing(store) {
    const button = main.querySelector("[data-seal-button]");
    const wasOff = button.disabled;
    await inspections.sendAll(store).catch(() => {});
    const waiting = (await store.queue()).filter((row) => row.number === words.number);
    main.elements.unsent.value = waiting.length;
    for (const row of waiting.filter((each) => each.what === "photo")) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "photo", value: row.id.split("|")[1] });
      main.append(field);
    }
    button.disabled = wasOff || waiting.length > 0;
    if (waiting.length) main.querySelector("[data-left]").textContent = words.textSendFirst;
    main.dataset.ready = "yes";
  }

  async function start() {
    if (!offline.available) return say(shell ? words.textNone : words.textNoKeep);
    const found = await opened();
    if (shell) return fromThisPhone(found);
    if (!found.store) return found.problem === "signed-out" ? say(words.textSignedOut) : undefined;
    if ("sealing" in words) return sealing(found.store);
    if ("list" in words) {
      return offline.wheneverThereIsSignal(async () => {
        await inspections.sendAll(found.store);
        main.dataset.sent = "yes";
      });
    }
    return begun(found.store);
  }
  start().catch((error) => { throw error; });
})();
