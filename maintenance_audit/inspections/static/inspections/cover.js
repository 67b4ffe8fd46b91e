// Cover faces and plates before a photo is kept or sent: tap to place a block, tap a block to take it away. No drag.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const SMALLEST = 0.04;

  // Resolves to the blob to use, or null if the photo is left out.
  function cover(canvas) {
    const dialog = document.getElementById("cover");
    const shown = dialog.querySelector("canvas");
    const blocks = [];
    let size = 0.14; // of the longer side
    shown.width = canvas.width;
    shown.height = canvas.height;
    const pen = shown.getContext("2d");
    const side = () => size * Math.max(canvas.width, canvas.height);

    function paint() {
      pen.drawImage(canvas, 0, 0);
      pen.fillStyle = "#111";
      for (const block of blocks) pen.fillRect(block.x - block.side / 2, block.y - block.side / 2, block.side, block.side);
    }

    function tap(event) {
      const box = shown.getBoundingClientRect();
      const x = ((event.clientX - box.left) * canvas.width) / box.width;
      const y = ((event.clientY - box.top) * canvas.height) / box.height;
      const hit = blocks.findIndex((b) => Math.abs(b.x - x) <= b.side / 2 && Math.abs(b.y - y) <= b.side / 2);
      if (hit >= 0) blocks.splice(hit, 1);
      else blocks.push({ x, y, side: side() });
      paint();
    }

    function resize(by) {
      size = Math.min(0.6, Math.max(SMALLEST, size * by));
      if (blocks.length) blocks[blocks.length - 1].side = side();
      paint();
    }

    return new Promise((resolve) => {
      const heard = new AbortController();
      const on = (selector, work) => dialog.querySelector(selector).addEventListener("click", work, { signal: heard.signal });
      const end = (blob) => {
        heard.abort();
        dialog.close();
        resolve(blob);
      };
      shown.addEventListener("click", tap, { signal: heard.signal });
      dialog.addEventListener("cancel", (event) => (event.preventDefault(), end(null)), { signal: heard.signal });
      on("[data-smaller]", () => resize(1 / 1.35));
      on("[data-larger]", () => resize(1.35));
      on("[data-drop]", () => end(null));
      on("[data-keep]", async () => end(await assay.offline.pictures.encoded(shown)));
      paint();
      dialog.showModal();
    });
  }

  assay.inspections.cover = cover;
})();
