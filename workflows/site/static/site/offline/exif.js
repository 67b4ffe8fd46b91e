// When and where a camera says that a photo was taken: read before the photo is drawn anew and loses both.
// EXIF (CIPA DC-008) is a TIFF in the segment APP1 of a JPEG. Unreadable is the same as absent, as on the server.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  assay.offline = assay.offline || {};
  const HEAD = 256 * 1024; // it stands before the picture itself
  const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]; // bytes of a value, by its type
  const DETAILS = 0x8769, GPS = 0x8825, CHANGED = 0x0132, TAKEN = 0x9003, OFFSET = 0x9011;
  const MOMENT = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/;

  // {at, latitude, longitude}, as text; what is not there is left out.
  async function exif(file) {
    try {
      return told(new DataView(await file.slice(0, HEAD).arrayBuffer()));
    } catch {
      return {};
    }
  }

  function told(view) {
    const start = tiffIn(view);
    if (!start) return {};
    const little = view.getUint16(start) === 0x4949;
    const first = directory(view, start, start + view.getUint32(start + 4, little), little);
    const below = (tag) => (first[tag] ? directory(view, start, start + first[tag].number(), little) : {});
    return { ...moment(below(DETAILS), first), ...place(below(GPS)) };
  }

  // Where the TIFF begins; 0 where this is no JPEG with EXIF.
  function tiffIn(view) {
    if (view.getUint16(0) !== 0xffd8) return 0;
    for (let at = 2; at + 10 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
      const marker = view.getUint16(at);
      if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
      if (marker < 0xffc0 || marker === 0xffda) return 0;
    }
    return 0;
  }

  function directory(view, start, at, little) {
    const found = {};
    for (let n = view.getUint16(at, little), row = at + 2; n > 0; n -= 1, row += 12) {
      const [type, count] = [view.getUint16(row + 2, little), view.getUint32(row + 4, little)];
      const from = count * (SIZES[type] || 0) > 4 ? start + view.getUint32(row + 8, little) : row + 8;
      found[view.getUint16(row, little)] = {
        number: () => view.getUint32(row + 8, little),
        text: () => String.fromCharCode(...new Uint8Array(view.buffer, from, Math.min(count, 64))).split("\0")[0],
        shares: () => Array.from({ length: Math.min(count, 3) }, (_, i) => view.getUint32(from + 8 * i, little) / view.getUint32(from + 8 * i + 4, little)),
      };
    }
    return found;
  }

  // Without an offset of its own the camera's clock is taken to run on the phone's time.
  function moment(details, first) {
    const [, year, month, day, time] = MOMENT.exec((details[TAKEN] || first[CHANGED])?.text() || "") || [];
    if (!year || year < 1990) return {};
    const offset = details[OFFSET]?.text().trim() || "";
    const at = new Date(`${year}-${month}-${day}T${time}${/^[+-]\d\d:\d\d$/.test(offset) ? offset : ""}`);
    return Number.isNaN(at.getTime()) ? {} : { at: at.toISOString() };
  }

  function place(gps) {
    const latitude = degrees(gps[2], gps[1], "S", 90);
    const longitude = degrees(gps[4], gps[3], "W", 180);
    if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return {};
    return { latitude: latitude.toFixed(6), longitude: longitude.toFixed(6) };
  }

  function degrees(parts, side, negative, most) {
    const shares = parts?.shares() || [];
    const sum = shares.reduce((all, share, power) => all + share / 60 ** power, 0);
    if (shares.length !== 3 || !(sum >= 0 && sum <= most)) return null;
    return side?.text() === negative ? -sum : sum;
  }

  assay.offline.exif = exif;
})();
