// A photo before it is kept: made smaller on the device, upright, as JPEG.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  assay.offline = assay.offline || {};
  const LONGEST_SIDE = 1600;

  // A picture that this browser cannot open goes out as it is; the server will say what it thinks of it.
  async function shrink(file) {
    if (!file.type.startsWith("image/")) return file;
    try {
      const canvas = await drawn(file);
      return (await encoded(canvas)) || file;
    } catch {
      return file;
    }
  }

  async function drawn(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return canvas;
  }

  const encoded = (canvas) => new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));

  const nameOf = (file, blob) => (blob.type === "image/jpeg" ? file.name.replace(/\.[^.]+$/, "") + ".jpg" : file.name);

  // An object URL is let go once the picture is painted.
  function show(picture, blob, alt) {
    picture.hidden = false;
    picture.alt = alt;
    picture.src = URL.createObjectURL(blob);
    picture.onload = () => URL.revokeObjectURL(picture.src);
  }

  Object.assign(assay.offline, { pictures: { shrink, drawn, encoded, nameOf, show } });
})();
