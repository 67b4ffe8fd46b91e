// Picking several tasks and sending them: the count, shift for a range, and how far it is. Without script the boxes
// and buttons are a plain form.
(function () {
  "use strict";
  const bar = document.querySelector("[data-batch-bar]");
  const most = Number(bar?.dataset.most);
  const boxes = () => [...document.querySelectorAll("[data-pickable] .tick input")];
  const picked = () => boxes().filter((box) => box.checked);
  const all = document.querySelector("[data-pick-all]");
  let last = null;

  function tell() {
    if (!bar) return;
    const chosen = picked();
    const may = (verb) => chosen.some((box) => box.dataset.picks.split(" ").includes(verb));
    const words = bar.dataset.text.replace("{n}", chosen.length);
    const much = chosen.length > most ? ` · ${bar.dataset.textMost.replace("{n}", most)}` : "";
    document.querySelectorAll("[data-picked]").forEach((place) => (place.textContent = words + much));
    document.querySelectorAll('button[form="batch"]').forEach((button) => {
      button.hidden = chosen.length > 0 && !may(button.value);
      button.disabled = !chosen.length || Boolean(much);
    });
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes().length;
      all.indeterminate = chosen.length > 0 && !all.checked;
    }
  }

  function range(to) {
    const list = boxes();
    const [from, until] = [list.indexOf(last), list.indexOf(to)].sort((a, b) => a - b);
    if (from >= 0) list.slice(from, until + 1).forEach((box) => (box.checked = to.checked));
  }

  if (bar) {
    if (all) all.closest("label").hidden = false;
    document.addEventListener("click", (event) => {
      const box = event.target.closest?.(".tick input");
      if (box && box !== all) {
        if (event.shiftKey && last) range(box);
        last = box;
        return tell();
      }
      // While picking on a phone the whole row is the box.
      const name = event.target.closest?.(".picking .qrow .name");
      const own = name?.closest(".qrow").querySelector(".tick input");
      if (own) {
        event.preventDefault();
        own.click();
      }
    });
    all?.addEventListener("change", () => {
      boxes().slice(0, most).forEach((box) => (box.checked = all.checked));
      tell();
    });
    // What will happen is told in a sheet over the list.
    bar.addEventListener("submit", (event) => {
      if (!document.getElementById("sheet")?.showModal) return;
      event.preventDefault();
      const link = document.createElement("a");
      link.href = `${bar.action}?${new URLSearchParams([["verb", event.submitter.value], ...picked().map((box) => ["item", box.value])])}`;
      link.dataset.sheet = "";
      event.submitter.append(link);
      link.click();
      link.remove();
    });
    document.addEventListener("htmx:afterSwap", tell);
    window.addEventListener("pageshow", tell);
    tell();
  }

  // One request each, so that the bar moves; the whole form follows, finds them done by their tokens and tells of all.
  async function send(form) {
    const items = [...form.querySelectorAll('input[name="item"]')].map((field) => field.value);
    const place = form.querySelector("[data-progress]");
    const progress = place.querySelector("progress");
    const words = place.querySelector("[role=status]");
    place.hidden = false;
    for (const [at, item] of items.entries()) {
      words.textContent = form.dataset.textStep.replace("{done}", at).replace("{all}", items.length);
      const body = new FormData(form);
      body.delete("item");
      body.append("item", item);
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Step": "1" }, redirect: "error" });
      if (!answer.ok) break; // the whole form says what is wrong
      progress.value = at + 1;
    }
    form.submit();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-batch]") || form.querySelectorAll('input[name="item"]').length < 2) return;
    event.preventDefault();
    send(form).catch(() => {
      form.querySelector("[role=status]").textContent = form.dataset.textBroken;
      delete form.dataset.sent;
      form.querySelectorAll("[data-held]").forEach((button) => {
        button.disabled = false;
        button.removeAttribute("data-held");
      });
    });
  });
})();
