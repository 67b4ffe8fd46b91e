// − and + beside a claimed number.
(function () {
  "use strict";
  if (window.assayCounts) return;
  window.assayCounts = true;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-count]");
    const field = button?.closest(".counter")?.querySelector("input");
    if (!field) return;
    const next = Number(field.value || 0) + Number(button.dataset.count);
    field.value = String(Math.max(0, Math.round(next * 1000) / 1000));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
