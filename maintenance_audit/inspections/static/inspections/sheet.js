// The sheet on the page: building its rows from what the phone took along, reading what is typed, saying what is missing.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const DAY = 86400000;

  function renamed(row, key) {
    const from = row.dataset.row;
    row.dataset.row = key;
    const change = (text) => text.replace(from, key).replace(from.replace(":", "-"), key.replace(":", "-"));
    for (const one of row.querySelectorAll("[name],[id],[for],[data-photos]")) {
      for (const name of ["name", "id", "for", "data-photos"]) {
        if (one.hasAttribute(name)) one.setAttribute(name, change(one.getAttribute(name)));
      }
    }
    return row;
  }

  const template = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
  const say = (row, name, text) => (row.querySelector(`[data-${name}]`).textContent = text);

  function claimRow(found) {
    const row = renamed(template("claim-row"), found.key);
    Object.assign(row.dataset, { value: found.value, allowed: found.allowed, tolerance: found.tolerance });
    say(row, "label", found.label);
    say(row, "claimed", found.claimed);
    say(row, "leeway", found.leeway);
    say(row, "measure", found.measure);
    row.querySelector("[data-measured]").hidden = !found.measured;
    row.querySelector("[data-critical]").hidden = found.severity !== "critical";
    const [less, more] = row.querySelectorAll("[data-step]");
    less.dataset.step = `-${found.step}`;
    more.dataset.step = found.step;
    return row;
  }

  function checkRow(found) {
    const row = renamed(template("check-row"), found.key);
    say(row, "text", found.text);
    return row;
  }

  function build(form, one) {
    const box = (name) => form.querySelector(name);
    form.dataset.number = one.number;
    box("[data-claims]").replaceChildren(...one.rows.filter((r) => r.key.startsWith("claim:")).map(claimRow));
    const checks = one.rows.filter((r) => r.key.startsWith("check:")).map(checkRow);
    box("[data-checks]").replaceChildren(...checks);
    box("[data-checks-panel]").hidden = !checks.length;
    const tag = box('[data-row="tag"]');
    if (!one.site) tag.remove();
    else {
      tag.dataset.tag = one.tag;
      say(tag, "tag-text", one.tag);
    }
    for (const row of one.rows) put(rowOf(form, row.key), row.said);
  }

  const rowOf = (form, key) => form.querySelector(`[data-row="${key}"]`);
  const rows = (form) => Array.from(form.querySelectorAll("[data-row]"));
  const nameOf = (field, key) => field.name.slice(key.length + 1);

  function put(row, said) {
    if (!row) return;
    const { row: key } = row.dataset;
    for (const field of row.querySelectorAll("[name]")) {
      const name = nameOf(field, key);
      if (field.type === "file" || !(name in said)) continue;
      if (field.type === "radio") field.checked = field.value === said[name];
      else field.value = said[name];
    }
    when(row, said.at, null);
  }

  function read(row) {
    const { row: key } = row.dataset;
    const said = {};
    for (const field of row.querySelectorAll("[name]")) {
      if (field.type === "file" || (field.type === "radio" && !field.checked)) continue;
      said[nameOf(field, key)] = field.value.trim();
    }
    if (key === "tag") said.how = said.tag ? (row.dataset.scanned === said.tag ? "scan" : "typed") : said.said ? "none" : "";
    return said;
  }

  // The phone's own word for when; with the year, if it is not this one by the server's page.
  function when(row, reported, received) {
    const words = row.closest("[data-sheets]").dataset;
    const shown = (text) => {
      const moment = new Date(text);
      const far = Math.abs(Date.now() - moment) > 180 * DAY;
      return moment.toLocaleString([], {
        ...(far ? { year: "numeric" } : {}), month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false,
        timeZone: words.zone || undefined,
      });
    };
    if (reported) say(row, "reported", `${words.textReported} ${shown(reported)}`);
    if (received) say(row, "received", `${words.textReceived} ${shown(received)}`);
    else if (received === null) return;
    else say(row, "received", "");
  }

  // Whole numbers of the last place, so that nothing is lost to binary fractions.
  function off(row) {
    const typed = row.querySelector('[name$=":value"]')?.value.trim() || "";
    const { value, allowed, tolerance } = row.dataset;
    if (!/^-?\d+(\.\d+)?$/.test(typed) || !value || !tolerance || tolerance === "judged") return null;
    const places = Math.max(...[typed, value, allowed || "0"].map((n) => (n.split(".")[1] || "").length));
    const whole = (n) => BigInt((n.split(".")[0] + (n.split(".")[1] || "").padEnd(places, "0")) || "0");
    const size = (n) => (n < 0n ? -n : n);
    const by = size(whole(typed) - whole(value));
    const fits = tolerance === "exact" ? by === 0n
      : tolerance === "absolute" ? by <= whole(allowed)
      : by * 100n * 10n ** BigInt(places) <= whole(allowed) * size(whole(value));
    const text = places ? by.toString().padStart(places + 1, "0").replace(new RegExp(`(\\d{${places}})$`), ".$1") : by.toString();
    return { by: text.includes(".") ? text.replace(/\.?0+$/, "") : text, fits };
  }

  function fit(row) {
    const place = row.querySelector("[data-fit]");
    if (!place) return;
    const words = row.closest("[data-sheets]").dataset;
    const found = off(row);
    place.dataset.s = found?.fits ? "accepted" : "late";
    place.textContent = found ? (found.fits ? words.textFits : words.textOff).replace("%d", found.by) : "";
  }

  // Does an answer still lack something? The server asks the same, and in words.
  function lacks(row) {
    const said = read(row);
    const { row: key } = row.dataset;
    if (key === "tag") return !said.how || (said.tag && said.tag.toLowerCase() !== row.dataset.tag.toLowerCase());
    if (key.startsWith("check:")) return !said.passed;
    if (!said.verdict) return true;
    if (said.verdict === "cannot") return !said.note;
    if (said.verdict === "nonconforming" && !(said.severity || said.nature)) return true;
    if (said.verdict === "nonconforming" && !(said.note || said.value)) return true;
    if (row.dataset.value && row.dataset.tolerance !== "judged" && row.dataset.tolerance && !said.value) return true;
    return said.verdict === "conforming" && off(row)?.fits === false && !said.note;
  }

  Object.assign(assay.inspections, { build, rows, rowOf, put, read, when, fit, lacks });
})();
