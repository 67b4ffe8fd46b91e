// Reads the code on a tag where the browser can (BarcodeDetector); elsewhere the code is typed.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const can = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

  // A tag's code is a link to /e/<tag>; an older label may carry the bare tag.
  function tagIn(text) {
    const found = /\/e\/([^/?#]+)/.exec(text);
    try {
      return found ? decodeURIComponent(found[1]) : text.trim();
    } catch {
      return text.trim();
    }
  }

  async function scan(video, seen) {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const stop = () => {
      stream.getTracks().forEach((track) => track.stop());
      video.hidden = true;
    };
    const look = async () => {
      if (video.hidden) return;
      const [code] = await detector.detect(video).catch(() => []);
      if (code) return stop(), seen(tagIn(code.rawValue));
      setTimeout(look, 250);
    };
    look();
    return stop;
  }

  Object.assign(assay.inspections, { canScan: can, scan, tagIn });
})();
