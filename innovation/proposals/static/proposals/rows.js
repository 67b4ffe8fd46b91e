// Rows that come and go: forecast lines and co-authors; the total, reckoned as the server will reckon it.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  // Whole numbers of ten-thousandths, so that no binary fraction comes between a person and a fen.
  function scaled(text) {
    const plain = text.normalize("NFKC").replace(/[\s,¥元]/g, "");
    const match = /^(\d{0,8})(?:\.(\d{0,4})0*)?$/.exec(plain);
    if (!match || plain === "" || plain === ".") return null;
    return BigInt((match[1] || "0") + (match[2] || "").padEnd(4, "0"));
  }

  // Ten-thousandths times ten-thousandths, rounded half up to the fen.
  const fen = (one, other) => (one * other + 500000n) / 1000000n;

  function shown(amount) {
    const digits = (amount < 0n ? -amount : amount).toString().padStart(3, "0");
    const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${amount < 0n ? "−" : ""}¥${whole}.${digits.slice(-2)}`;
  }

  function total(form) {
    let sum = 0n;
    form.querySelectorAll(".forecast-line").forEach((line) => {
      const value = scaled(line.querySelector("[name=line_unit_value]").value);
      const quantity = scaled(line.querySelector("[name=line_quantity]").value);
      if (value === null || quantity === null) return;
      sum += fen(value, quantity) * (line.dataset.kind === "added_cost" ? -1n : 1n);
    });
    return sum;
  }

  // The first level both of whose ceilings hold; the server decides again when it is filed.
  function authority(form, levels) {
    const cost = scaled(form.elements.cost.value || "0");
    const within = (limit, fenAmount) => limit === null || fenAmount <= scaled(limit) / 100n;
    const found = (levels || []).find((level) => within(level.benefit, total(form)) && within(level.cost, (cost || 0n) / 100n));
    return found ? found.words : "";
  }

  function addLine(form, kind) {
    const row = copy(kind === "added_cost" ? "added-cost-row" : "saving-row");
    form.querySelector("#lines").append(row);
    tidy(form);
    return row;
  }

  function addCoauthor(form, person) {
    if (form.querySelector(`[name=coauthor][value="${CSS.escape(person.number)}"]`)) return null;
    const row = copy("coauthor-row");
    row.querySelector(".face").textContent = person.name.slice(0, 1);
    row.querySelector(".name").textContent = person.name;
    row.querySelector(".role").textContent = person.team || "";
    row.querySelector("[name=coauthor]").setAttribute("value", person.number);
    const share = row.querySelector("[name=coauthor_share]");
    share.setAttribute("aria-label", form.dataset.textShare.replace("%n", person.name));
    share.value = person.share || "1";
    form.querySelector("#coauthors").append(row);
    return row;
  }

  function tidy(form) {
    const lines = form.querySelector("#lines");
    lines.classList.toggle("has-one-line", lines.children.length < 2);
  }

  // What stands in the form, each field's values in their order: the same shape that a plain post has.
  function typed(form) {
    const fields = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !["csrfmiddlewaretoken", "token", "who", "act"].includes(name)) {
        (fields[name] = fields[name] || []).push(value);
      }
    }
    return fields;
  }

  // Who the co-authors are, for showing them again without a signal.
  const people = (form) => Array.from(form.querySelectorAll(".coauthor"), (row) => ({
    number: row.querySelector("[name=coauthor]").value,
    name: row.querySelector(".name").textContent,
    team: row.querySelector(".role").textContent,
  }));

  function fill(form, fields, known) {
    const one = (name) => (fields[name] || [""])[0];
    for (const name of ["title", "problem", "problem_title", "present_state", "method", "equipment", "cost", "own_share"]) {
      if (fields[name]) form.elements[name].value = one(name);
    }
    form.querySelectorAll("[name=category]").forEach((radio) => (radio.checked = radio.value === one("category")));
    if (fields.line_kind) form.querySelector("#lines").replaceChildren();
    (fields.line_kind || []).forEach((kind, n) => {
      const row = addLine(form, kind);
      for (const name of ["line_label", "line_unit_value", "line_quantity"]) row.querySelector(`[name=${name}]`).value = fields[name]?.[n] || "";
    });
    form.querySelector("#coauthors").replaceChildren();
    (fields.coauthor || []).forEach((number, n) => {
      const person = (known || []).find((one) => one.number === number) || { number, name: number };
      addCoauthor(form, { ...person, share: fields.coauthor_share?.[n] });
    });
    tidy(form);
  }

  assay.rows = { addLine, addCoauthor, typed, people, fill, total, shown, authority, tidy };
})();
