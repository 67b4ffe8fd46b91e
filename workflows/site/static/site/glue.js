// htmx and plain forms: the CSRF header, the double click, and what to do with an answer that is no page.
(function () {
  "use strict";
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });

  // A refused form comes back as 409 or 422 with the typed text in it: show it, do not swallow it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([403, 404, 409, 413, 422, 429].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  // A form that came back with errors: begin at the first of them.
  const wrong = document.querySelector('main [aria-invalid="true"], main .is-invalid');
  wrong?.focus();
  wrong?.scrollIntoView({ block: "center" });

  // One submit per form. The button that was pressed still travels with the form, because disabling waits for
  // the browser to have read it; a page that comes back from the back button is pressable again.
  const held = new Set();
  const release = () => {
    held.forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("[data-held]").forEach((button) => {
        button.disabled = false;
        button.removeAttribute("data-held");
      });
    });
    held.clear();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get" || form.method === "dialog" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.matches("[data-download]")) return;
    form.dataset.sent = "yes";
    held.add(form);
    // No answer, no new page: after a while the person may press again, and the form's token counts it once.
    setTimeout(release, 15000);
    setTimeout(() => {
      form.querySelectorAll("button:not([type=button]):not(:disabled)").forEach((button) => {
        button.disabled = true;
        button.setAttribute("data-held", "");
      });
    }, 0);
  });
  window.addEventListener("pageshow", release);
  document.addEventListener("htmx:afterRequest", release);
})();
