// Photos: made smaller here, shown at once, kept, and sent when there is a signal.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const { shrink, nameOf, show: paint } = assay.offline.pictures;
  const PURPOSES = { before: "before", after: "after", papers: "calculation" };

  function thumb(photo, words) {
    const row = document.getElementById("thumb-row").content.firstElementChild.cloneNode(true);
    row.dataset.photo = photo.token;
    const picture = row.querySelector("img");
    if (photo.blob.type.startsWith("image/")) {
      paint(picture, photo.blob, photo.name);
    } else {
      row.querySelector(".paper").hidden = false;
      row.querySelector(".paper-name").textContent = photo.name;
    }
    row.querySelector("button").setAttribute("aria-label", words.remove.replace("%n", photo.name));
    return row;
  }

  const LOOKS = { sent: ["accepted", "textSent"], unsent: ["soon", "textUnsent"], sending: ["waiting", "textUploading"], refused: ["late", "textFailed"] };

  function mark(token, state, form, why = "") {
    const row = document.querySelector(`[data-photo="${token}"]`);
    if (!row) return;
    const [look, word] = LOOKS[state];
    const chip = row.querySelector(".st");
    chip.dataset.s = look;
    const icon = document.querySelector("#chip-icons").content.querySelector(`[data-s="${look}"] svg`).cloneNode(true);
    chip.replaceChildren(icon, form.dataset[word]);
    chip.title = why;
    explain(row, why);
  }

  function explain(row, why) {
    const box = row.closest("[data-photos]");
    box.parentElement.querySelectorAll(`[data-why="${row.dataset.photo}"]`).forEach((old) => old.remove());
    if (!why) return;
    const error = document.getElementById("error-row").content.firstElementChild.cloneNode(true);
    error.dataset.why = row.dataset.photo;
    error.querySelector("span").textContent = why;
    box.after(error);
  }

  function show(photo, form) {
    const box = form.querySelector(`[data-photos="${photo.purpose}"]`);
    box.insertBefore(thumb(photo, { remove: form.dataset.textRemove }), box.querySelector(".add"));
    mark(photo.token, photo.refused ? "refused" : photo.sent ? "sent" : "unsent", form, photo.refused || "");
  }

  async function taken(input) {
    const purpose = PURPOSES[input.name];
    const files = Array.from(input.files);
    input.value = "";
    return Promise.all(files.map(async (file) => {
      const blob = await shrink(file);
      return { token: assay.vault.uuid(), purpose, name: nameOf(file, blob), blob, sent: false };
    }));
  }

  assay.photos = { taken, show, mark };
})();
