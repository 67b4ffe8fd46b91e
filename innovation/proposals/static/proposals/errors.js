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

  function show(form, errors) {
    clear(form);
    const fields = Object.entries(errors).map(([key, sentence]) => place(form, key, sentence)).filter(Boolean);
    if (fields.length > 2) say(form.dataset.textFix);
    fields.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const first = fields[0];
    if (first) (first.type === "hidden" ? first.parentElement.querySelector("[name=coauthor_share]") : first).focus();
  }

  assay.errors = { show, clear, say };
})();
