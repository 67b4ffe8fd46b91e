// The ceremony's page looks again every few seconds; whoever reads a detail or picks text is not disturbed.
(() => {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const live = event.target.closest?.("#ceremony");
    if (!live || !live.hasAttribute("hx-get")) return;
    if (document.hidden || String(getSelection()).length || live.querySelector("details[open]")) event.preventDefault();
  });
})();
