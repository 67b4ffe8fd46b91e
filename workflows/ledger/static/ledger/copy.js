// A digest is copied whole, so that nobody compares it by eye. Without script the text can still be selected.
(function () {
  "use strict";
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const word = button.querySelector("span");
      word.textContent = button.dataset.done;
    });
  });
})();
