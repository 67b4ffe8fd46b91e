// In front of a tag without signal: the inspections of it that this phone keeps for whoever last had it, and the form
// that warns of danger there, which works without signal, too.
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
      add(`${one.job} ${one.title}`, `${one.url}?scanned=${encodeURIComponent(one.tag)}`);
    }
    if (person) add("安全通知 · Safety notice", `/inspections/safety/new/?place=${encodeURIComponent(shell.dataset.tag)}`);
  }

  function add(words, address) {
    const row = Object.assign(document.createElement("li"), { className: "qrow" });
    row.append(Object.assign(document.createElement("a"), { className: "name", textContent: words, href: address }));
    shell.querySelector("ul").append(row);
  }

  list().catch(() => {});
})();
