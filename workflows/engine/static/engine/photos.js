// What was chosen is shown at once, small, beside the tile that chooses. Without script the browser tells the number.
(function () {
  "use strict";
  document.querySelectorAll("[data-chosen] input[type=file]").forEach((input) => {
    const box = input.closest("[data-chosen]");
    input.classList.add("visually-hidden");
    input.addEventListener("change", () => {
      box.querySelectorAll("[data-shown]").forEach((old) => old.remove());
      for (const file of input.files) box.prepend(shown(file));
    });
  });

  function shown(file) {
    const tile = document.createElement("span");
    tile.className = "thumb";
    tile.dataset.shown = "";
    tile.title = file.name;
    if (!file.type.startsWith("image/")) {
      tile.textContent = file.name;
      return tile;
    }
    const picture = document.createElement("img");
    picture.className = "w-100 h-100 object-fit-cover";
    picture.alt = file.name;
    picture.src = URL.createObjectURL(file);
    picture.onload = () => URL.revokeObjectURL(picture.src);
    tile.append(picture);
    return tile;
  }
})();
