// Keys at the desk: j k Enter x in lists, a r x where a decision stands, / search, ? this list. Off on request.
(function () {
  "use strict";
  const STORE = "assay-keys-off";
  const list = document.getElementById("keys");
  const box = document.getElementById("keys-on");
  const off = () => {
    try {
      return localStorage.getItem(STORE) === "1";
    } catch {
      return false;
    }
  };
  if (box) {
    box.checked = !off();
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(STORE, box.checked ? "0" : "1");
      } catch {
        /* a browser that keeps nothing keeps the keys */
      }
    });
  }

  function step(by) {
    const rows = [...document.querySelectorAll(".qrow .name")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))].focus();
  }
  // In a list x picks the row that has the focus, X all up to it; where a decision stands x rejects.
  function pick(event) {
    const box = document.activeElement?.closest(".qrow")?.querySelector(".tick input");
    box?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
    return Boolean(box);
  }
  const press = (act) => document.querySelector(`[data-key="${act}"]:not([disabled])`)?.click();
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    "/": () => document.getElementById("search-box")?.focus(),
    "?": () => list?.showModal(),
    a: () => press("ask"),
    r: () => press("return"),
    x: (event) => pick(event) || press("reject"),
    X: (event) => pick(event),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const act = acts[event.key];
    if (!act || (off() && event.key !== "?")) return;
    event.preventDefault();
    act(event);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show-keys]")) list?.showModal();
  });
})();
