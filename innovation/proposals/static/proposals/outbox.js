// On pages other than the filing page: send what waits, and say how it goes.
(function () {
  "use strict";
  const note = document.querySelector("#sending[data-send]");
  const assay = window.assay;
  if (!note || !assay?.vault.available) return;
  document.addEventListener("submit", (event) => {
    const { dropDraft: token } = event.target.dataset;
    if (token) assay.store.recall().then((kept) => kept && assay.store.dropDraft(kept.person.id, token)).catch(() => {});
  });
  const words = note.dataset;
  const say = (text, state) => {
    note.querySelector("[data-lead]").textContent = text;
    note.dataset.s = state;
    note.hidden = !text;
  };
  document.addEventListener("assay:sending", (event) => {
    const { state, waiting, url, status, elsewhere } = event.detail;
    if (state === "sending") say(words.textSending, "waiting");
    if (state === "offline") say(words.textWaiting.replace("%n", waiting || 1), "soon");
    if (state === "signed-out") say(words.textSignedOut, "soon");
    if (state === "kept") say(words.textRefused.replace("%s", status), "late");
    if (state === "refused") say(words.textBack, "late");
    if (state === "filed" && url && !elsewhere) window.location.reload();
  });
  assay.send.wheneverThereIsSignal(null);
})();
