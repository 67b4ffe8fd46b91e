// Recording: kept as typed on this phone, photos covered before they are kept, sent when there is signal.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const { offline, inspections } = assay;
  const { rows, rowOf, put, read, when, fit, lacks } = inspections;

  function record(form, store) {
    const words = form.dataset;
    const number = () => words.number;
    const saved = new Map();
    const timers = new Map();
    const el = (selector) => form.querySelector(selector);
    let place = null;
    let writing = Promise.resolve();

    // What is unsent, and what is missing. --------------------------------------------------------------------------

    async function bar() {
      const waiting = (await store.queue()).filter((row) => row.number === number());
      const missing = rows(form).filter(lacks).length;
      const count = el("[data-unsent-count]");
      count.hidden = !waiting.length;
      count.textContent = words.textUnsent.replace("%n", waiting.length);
      el("[data-left]").textContent = missing ? words.textLeft.replace("%n", missing) : waiting.length ? words.textSendFirst : words.textReady;
      el("[data-seal-button]").disabled = Boolean(missing || waiting.length);
      const claims = rows(form).filter((row) => row.dataset.row.startsWith("claim:"));
      const done = claims.filter((row) => read(row).verdict).length;
      el("[data-answered-count]").textContent = words.textOf.replace("%n", done).replace("%m", claims.length);
      return { waiting, missing };
    }

    function mark(key, { unsent, error = "" }) {
      const row = rowOf(form, key);
      if (!row) return;
      row.toggleAttribute("data-answered", Boolean(read(row).verdict || read(row).passed || read(row).how));
      row.querySelector("[data-unsent]").hidden = !unsent;
      const place = row.querySelector("[data-error]");
      place.hidden = !error;
      place.querySelector("span").textContent = error;
      const seen = row.querySelector("[data-seen]");
      if (seen) seen.hidden = lacks(row) || read(row).how === "none";
    }

    // Answers. ------------------------------------------------------------------------------------------------------

    const same = (one, other) => JSON.stringify({ ...one, at: "" }) === JSON.stringify({ ...other, at: "" });

    async function keep(row) {
      const { row: key } = row.dataset;
      clearTimeout(timers.get(key));
      timers.delete(key);
      const said = read(row);
      if (same(said, saved.get(key))) return;
      const at = new Date().toISOString();
      saved.set(key, said);
      // One after the other: what was said last is what stays.
      const write = writing.then(() => store.answer(number(), key, { ...said, at }));
      writing = write.catch(() => {});
      await write;
      when(row, at, undefined);
      mark(key, { unsent: true });
      await bar();
      send();
    }

    function soon(row) {
      fit(row);
      clearTimeout(timers.get(row.dataset.row));
      timers.set(row.dataset.row, setTimeout(() => keep(row), 500));
    }

    // What is being written is waited for, too: leaving a field may have begun it a moment ago.
    const flush = () => Promise.all([...[...timers.keys()].map((key) => keep(rowOf(form, key))), writing]);
    const send = () => inspections.sendAll(store).catch(() => {});

    // Photos. -------------------------------------------------------------------------------------------------------

    // Where the phone says it is, if it may say so: it supports presence, it does not prove it.
    function locate() {
      if (place || !navigator.geolocation) return Promise.resolve();
      return new Promise((resolve) => {
        setTimeout(resolve, 2000);
        navigator.geolocation.getCurrentPosition(({ coords }) => {
          place = { latitude: coords.latitude.toFixed(6), longitude: coords.longitude.toFixed(6) };
          resolve();
        }, resolve, { timeout: 2000, maximumAge: 60000 });
      });
    }

    async function covered(file) {
      try {
        return await inspections.cover(await offline.pictures.drawn(file));
      } catch {
        return file; // no picture that this browser can open: the server says what it thinks of it
      }
    }

    async function addPhotos(input) {
      const { photos: key } = input.closest("[data-photos]").dataset;
      const files = Array.from(input.files);
      input.value = "";
      for (const file of files) {
        const taken = await offline.exif(file); // drawn anew it says neither when nor where any more
        const blob = await covered(file);
        if (!blob) continue;
        await locate();
        const photo = { token: offline.uuid(), blob, at: new Date(file.lastModified).toISOString(), taken_at: taken.at, ...place, ...taken };
        await store.addPhoto(number(), key, photo);
        show(key, photo.token, blob);
      }
      await bar();
      send();
    }

    function show(key, token, blob, refused = "") {
      const box = form.querySelector(`[data-photos="${key}"]`);
      if (!box || box.querySelector(`[data-photo="${token}"]`)) return;
      const thumb = document.getElementById("thumb-row").content.firstElementChild.cloneNode(true);
      thumb.dataset.photo = token;
      offline.pictures.show(thumb.querySelector("img"), blob, words.textPhoto);
      box.insertBefore(thumb, box.querySelector(".add"));
      if (refused) photoIs({ token, is: "refused", why: refused });
    }

    function photoIs({ token, is, why = "" }) {
      const chip = form.querySelector(`[data-photo="${token}"] .st`);
      if (!chip) return;
      const [look, word] = { sent: ["accepted", words.textSent], sending: ["waiting", words.textSending], refused: ["late", words.textFailed], unsent: ["soon", words.textNotSent] }[is];
      chip.dataset.s = look;
      chip.lastElementChild.textContent = word;
      chip.title = why;
      if (is === "sent") chip.closest(".thumb").dataset.sent = "";
      if (why) mark(chip.closest("[data-row]").dataset.row, { unsent: true, error: why });
    }

    async function takeOut(thumb) {
      const { photo: token } = thumb.dataset;
      if ("sent" in thumb.dataset) {
        const now = await offline.session(words.csrf);
        if (now.problem) return connection(now.problem);
        const url = `${inspections.at(words.photoUrl, number())}${token}/drop/`;
        if (!(await offline.post(url, now.csrf, "")).taken) return undefined;
      }
      await store.photoGone(token);
      thumb.remove();
      return bar();
    }

    // The tag. ------------------------------------------------------------------------------------------------------

    function scanned(tag) {
      const row = rowOf(form, "tag");
      row.dataset.scanned = tag;
      row.querySelector('[name="tag:tag"]').value = tag;
      const wrong = tag.toLowerCase() !== row.dataset.tag.toLowerCase();
      const said = row.querySelector("[data-scan-said]");
      said.hidden = !wrong;
      said.textContent = wrong ? words.textWrongTag.replace("%t", tag) : "";
      return keep(row);
    }

    function scanNow(button) {
      const row = button.closest("[data-row]");
      inspections.scan(row.querySelector("[data-scan-view]"), scanned).catch(() => {
        const said = row.querySelector("[data-scan-said]");
        said.hidden = false;
        said.textContent = words.textNoScan;
      });
    }

    // Signal. -------------------------------------------------------------------------------------------------------

    async function connection(problem, message = "") {
      const note = document.getElementById("connection");
      const { waiting } = await bar();
      const answers = waiting.filter((row) => row.what === "answer").length;
      const lead = { offline: words.textOffline, "signed-out": words.textSignedOut, other: words.textOther }[problem] || message;
      note.querySelector("[data-lead]").textContent = lead;
      note.querySelector("[data-more]").textContent = waiting.length && problem === "offline"
        ? words.textOnlyHere.replace("%a", answers).replace("%p", waiting.length - answers) : "";
      note.hidden = !lead;
    }

    const heard = {
      offline: () => connection("offline"),
      "signed-out": () => connection("signed-out"),
      other: () => connection("other"),
      kept: ({ status, message }) => connection("", message || words.textRefused.replace("%s", status)),
      over: ({ number: which, message }) => which === number() && connection("", message || ""),
      photo: (told) => photoIs(told),
      answers: ({ number: which, refused, keys, received }) => {
        if (which !== number()) return;
        for (const key of keys) {
          mark(key, { unsent: Boolean(refused[key]), error: refused[key] });
          if (!refused[key] && rowOf(form, key)) when(rowOf(form, key), null, received);
        }
      },
      idle: () => connection(""),
      done: () => connection(""),
    };
    const listen = ({ detail }) => heard[detail.state]?.(detail);

    // Events. -------------------------------------------------------------------------------------------------------

    function step(button) {
      const input = button.parentElement.querySelector("input");
      const by = button.dataset.step;
      const places = Math.max((by.split(".")[1] || "").length, (input.value.split(".")[1] || "").length);
      const begin = input.value.trim() || button.closest("[data-row]").dataset.value || "0";
      input.value = (Number(begin) + (input.value.trim() ? Number(by) : 0)).toFixed(places);
      fit(button.closest("[data-row]"));
      keep(button.closest("[data-row]"));
    }

    function clicked(event) {
      const on = (selector) => event.target.closest(selector);
      if (on("[data-step]")) step(on("[data-step]"));
      else if (on(".take-out")) takeOut(on(".thumb"));
      else if (on("[data-scan]")) scanNow(on("[data-scan]"));
    }

    async function submitted(event) {
      event.preventDefault();
      await flush();
      await send();
      const { waiting, missing } = await bar();
      if (event.submitter?.value === "seal" && !waiting.length && !missing) location.assign(inspections.at(words.seal, number()));
    }

    // What is of such a kind is critical, whatever was picked before.
    function critical(row, nature) {
      if (nature) row.querySelector('[name$=":severity"][value="critical"]').checked = true;
      return keep(row);
    }

    function changed(event) {
      const row = event.target.closest("[data-row]");
      if (event.target.type === "file") addPhotos(event.target);
      else if (row && event.target.name.endsWith(":nature")) critical(row, event.target.value);
      else if (row && event.target.type === "radio") keep(row);
      else if (row) soon(row);
    }

    // Whoever has left a field may put the phone away at once.
    function left(event) {
      const row = event.target.closest("[data-row]");
      if (row && event.target.type !== "file") keep(row);
    }

    // What this phone has that is newer than the page.
    async function resume() {
      for (const row of await store.answersOf(number())) {
        put(rowOf(form, row.key), row.said);
        mark(row.key, { unsent: !row.sent, error: row.refused });
      }
      for (const row of rows(form)) {
        saved.set(row.dataset.row, read(row));
        fit(row);
      }
      for (const photo of await store.photosOf(number())) show(photo.key, photo.token, photo.blob, photo.refused);
      await bar();
    }

    async function begin() {
      if (navigator.storage?.persist) navigator.storage.persist();
      const scan = el("[data-scan]");
      if (scan) scan.hidden = !inspections.canScan();
      await resume();
      document.addEventListener("assay:sending", listen);
      form.addEventListener("input", changed);
      form.addEventListener("change", left);
      form.addEventListener("click", clicked);
      form.addEventListener("submit", submitted);
      window.addEventListener("offline", () => connection("offline"));
      document.addEventListener("visibilitychange", () => document.hidden && flush());
      form.dataset.ready = "yes";
      offline.wheneverThereIsSignal(() => inspections.sendAll(store));
    }

    return { begin, scanned };
  }

  inspections.record = record;
})();
