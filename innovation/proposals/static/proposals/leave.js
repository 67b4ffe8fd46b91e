// Signing out takes along what this device keeps of the person; what has not gone out yet is asked about first.
(function () {
  "use strict";
  const { vault } = window.assay || {};
  const here = document.currentScript.dataset;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!vault?.available || new URL(form.action).pathname !== here.signOut || form.dataset.cleared) return;
    event.preventDefault();
    const waiting = await vault.read("queue", (rows) => rows.count()).catch(() => 0);
    if (waiting && !window.confirm(here.textUnsent)) return;
    await vault.forget();
    form.dataset.cleared = "yes";
    form.submit();
  });
})();
