// Return and reject open as a sheet, with the opinion typed at the desk carried into it. Without script the same
// buttons post the form and the server answers with the sheet's form as a page.
(function () {
  "use strict";
  // The bar that leads a thumb down to the work steps aside once the work is in sight.
  const toWork = document.querySelector("[data-to-work]");
  const work = document.getElementById("work");
  if (toWork && work && window.IntersectionObserver) {
    new IntersectionObserver((seen) => (toWork.hidden = seen.at(-1).isIntersecting)).observe(work);
  }
  const sheet = document.getElementById("sheet");
  if (!sheet || typeof sheet.showModal !== "function") return;
  const opinion = document.getElementById("op");

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-sheet-at]");
    if (button) {
      event.preventDefault();
      const link = document.createElement("a");
      link.href = button.dataset.sheetAt;
      link.dataset.sheet = "";
      document.body.append(link);
      link.click();
      link.remove();
      return;
    }
    if (event.target.closest("[data-close-sheet]") && sheet.open) {
      event.preventDefault();
      sheet.close();
    }
  });

  // The sheet is filled once its page has been fetched.
  new MutationObserver(() => {
    const field = sheet.querySelector('textarea[name="reason"]');
    if (!field || field.dataset.carried) return;
    field.dataset.carried = "yes";
    if (!field.value && opinion?.value) field.value = opinion.value;
    field.addEventListener("input", () => {
      if (opinion) opinion.value = field.value;
    });
  }).observe(sheet, { childList: true, subtree: true });
})();
