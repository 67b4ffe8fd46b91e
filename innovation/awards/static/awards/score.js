// The − and + beside a mark, the arrow keys in it, and the weighted mark as it is typed. Without this script the
// buttons send the form and the server reckons.
(function () {
  "use strict";
  const form = document.querySelector("form[data-marks]");
  if (!form) return;
  const fields = [...form.querySelectorAll("input[data-weight]")];
  const whole = Number(form.dataset.whole);
  const value = (field) => (/^\d{1,3}$/.test(field.value.trim()) ? Number(field.value) : NaN);

  function move(field, by) {
    const now = value(field);
    field.value = String(Math.min(100, Math.max(0, (Number.isNaN(now) ? 0 : now) + by)));
    reckon();
  }

  // Half up to two places, in whole numbers, as the server does.
  function hundredths(points) {
    const two = Math.floor((200 * points + whole) / (2 * whole));
    return `${Math.floor(two / 100)}.${String(two % 100).padStart(2, "0")}`;
  }

  function reckon() {
    const points = fields.map((field) => value(field) * Number(field.dataset.weight));
    const given = points.filter((point) => !Number.isNaN(point));
    const bad = fields.some((field) => value(field) > 100);
    const terms = given.map((point) => hundredths(point).replace(/\.?0+$/, ""));
    form.querySelector("[data-terms]").textContent = terms.join(" + ") || "—";
    const all = given.length === fields.length && !bad;
    const sum = given.reduce((left, right) => left + right, 0);
    form.querySelector("[data-total]").textContent = all ? hundredths(sum) : "—";
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-step]");
    if (!button) return;
    event.preventDefault();
    move(button.parentElement.querySelector("input"), Number(button.dataset.step));
  });
  form.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!by || !event.target.matches("input[data-weight]")) return;
    event.preventDefault();
    move(event.target, by);
  });
  form.addEventListener("input", reckon);
  // The first field that does not hold takes the focus.
  form.querySelector("[aria-invalid]")?.focus();
})();
