// In front of a tag without signal: the inspections of it that this phone keeps for whoever last had it.
(function () {
  "use strict";
  const shell = document.getElementById("tag-shell");
  const { offline, inspections } = window.assay || {};
  if (!shell || !offline?.available) return;

  async function list() {
    const person = inspections.last();
    const sheets = person && (await inspections.storeOf(person).sheets());
    const tag = shell.dataset.tag.toLowerCase();
    for (const one of sheets?.inspections || []) {
      if (!one.site || one.tag.toLowerCase() !== tag) continue;
      const row = document.createElement("li");
      row.className = "qrow";
      const name = Object.assign(document.createElement("a"), { className: "name", textContent: `${one.job} ${one.title}` });
      name.href = `${one.url}?scanned=${encodeURIComponent(one.tag)}`;
      row.append(name);
      shell.querySelector("ul").append(row);
    }
  }
  list().catch(() => {});
})();
