// A link with data-sheet opens in a <dialog> at the bottom of the phone; without this script it is a page.
(function () {
  "use strict";
  const sheet = document.getElementById("sheet");
  if (!sheet || typeof sheet.showModal !== "function") return;
  let opener = null;

  // The server sends the same page it sends without script; the sheet takes what stands in [data-sheet-body],
  // or in <main> where the page marks nothing.
  function fill(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const body = page.querySelector("[data-sheet-body]") ?? page.querySelector("main") ?? page.body;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-quiet close";
    close.textContent = sheet.dataset.close;
    close.addEventListener("click", () => sheet.close());
    sheet.replaceChildren(close, ...document.adoptNode(body).childNodes);
    const title = sheet.querySelector("h1, h2");
    if (title) title.id = "sheet-title";
    if (window.htmx) window.htmx.process(sheet);
  }

  // Only now: an opening dialog takes the focus to its first button.
  const begin = () => sheet.querySelector("[autofocus], textarea, input:not([type=hidden]), select")?.focus();

  async function open(link) {
    opener = link.closest("button") ?? link;
    sheet.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href, { headers: { "X-Sheet": "1" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return window.location.assign(link.href);
      fill(await answer.text());
      if (!sheet.open) sheet.showModal();
      begin();
    } catch {
      const note = document.createElement("p");
      note.textContent = sheet.dataset.failed;
      sheet.replaceChildren(note);
      if (!sheet.open) sheet.showModal();
    } finally {
      sheet.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-sheet]") && sheet.open) {
      event.preventDefault();
      sheet.close();
      return;
    }
    const link = event.target.closest("a[data-sheet]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    open(link);
  });
  // A tap beside the sheet closes it: the dialog itself is only hit on its backdrop.
  sheet.addEventListener("click", (event) => {
    if (event.target !== sheet) return;
    const box = sheet.getBoundingClientRect();
    if (event.clientY < box.top || event.clientX < box.left || event.clientX > box.right || event.clientY > box.bottom) sheet.close();
  });
  sheet.addEventListener("close", () => opener?.focus());
})();
