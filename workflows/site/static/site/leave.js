// Signing out takes along what this device keeps of the person; what has not gone out yet is asked about first.
(function () {
  "use strict";
  const here = document.currentScript.dataset;

  const open = (name) => new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });

  async function waiting(name) {
    const database = await open(name);
    if (!database) return 0;
    const rows = database.objectStoreNames.contains("queue")
      ? await new Promise((resolve) => {
          const asked = database.transaction("queue").objectStore("queue").count();
          asked.onsuccess = () => resolve(asked.result);
          asked.onerror = () => resolve(0);
        })
      : 0;
    database.close();
    return rows;
  }

  // Another tab that holds the database open blocks the deletion until it closes; signing out does not wait for it.
  const forget = (name) => new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });

  // A store that names a person ("assay-inspections:17") is theirs: somebody else's signing out leaves it alone.
  const isMine = (name) => name.startsWith("assay-") && (!name.includes(":") || name.endsWith(`:${here.person}`));

  async function leave(form) {
    const names = (await indexedDB.databases()).map((one) => one.name).filter(isMine);
    const unsent = (await Promise.all(names.map(waiting))).reduce((sum, rows) => sum + rows, 0);
    if (unsent && !window.confirm(here.textUnsent)) return;
    await Promise.all(names.map(forget));
    form.submit();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!window.indexedDB?.databases || new URL(form.action).pathname !== here.signOut) return;
    event.preventDefault();
    leave(form).catch(() => form.submit());
  });
})();
