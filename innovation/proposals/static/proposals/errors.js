// A sentence at each field that needs another look, and the focus on the first.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});

  function clear(form) {
    form.querySelectorAll(".is-invalid").forEach((field) => release(field));
    form.querySelectorAll(".field-error:not([data-why])").forEach((error) => error.remove());
    document.getElementById("refused").hidden = true;
  }

  function release(field) {
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }

  function say(text) {
    const note = document.getElementById("refused");
    note.querySelector("[data-lead]").textContent = text;
    note.querySelector("[data-list]").replaceChildren();
    note.hidden = !text;
  }

  function fieldOf(form, key) {
    const [, name, n] = /^(.*?)(?:-(\d+))?$/.exec(key);
    return form.querySelectorAll(`[name="${name}"]`)[Number(n || 0)] || null;
  }

  function place(form, key, sentence) {
    const field = fieldOf(form, key);
    if (!field) return say(sentence), null;
    const error = document.getElementById("error-row").content.firstElementChild.cloneNode(true);
    error.id = `${key}-error`;
    error.querySelector("span").textContent = sentence;
    const anchor = field.closest("fieldset, .coauthor") || field.closest("label") || field;
    anchor.classList.contains("coauthor") ? anchor.append(error) : anchor.after(error);
    field.classList.add("is-invalid");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", error.id);
    return field;
  }

  function go(field) {
    (field.type === "hidden" ? field.parentElement.querySelector("[name=coauthor_share]") : field).focus();
  }

  function summary(form, fields) {
    say(form.dataset.textFix);
    const rows = fields.map((field) => {
      const row = document.createElement("li"), link = document.createElement("a");
      link.href = `#${field.getAttribute("aria-describedby")}`;
      link.textContent = document.getElementById(field.getAttribute("aria-describedby")).textContent.trim();
      link.addEventListener("click", (event) => (event.preventDefault(), go(field), field.parentElement.scrollIntoView({ block: "center" })));
      row.append(link);
      return row;
    });
    document.querySelector("#refused [data-list]").replaceChildren(...rows);
  }

  function show(form, errors) {
    clear(form);
    const fields = Object.entries(errors).map(([key, sentence]) => place(form, key, sentence)).filter(Boolean);
    fields.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    if (fields.length > 2) summary(form, fields);
    if (fields[0]) go(fields[0]);
  }

  assay.errors = { show, clear, say };
})();
