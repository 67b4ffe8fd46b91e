// The filing page as a plain form (mending a returned proposal): rows come and go, the total is shown.
(function () {
  "use strict";
  const form = document.getElementById("proposal-form");
  const { rows } = window.assay;
  const reckon = () => {
    rows.tidy(form);
    document.getElementById("total").textContent = rows.shown(rows.total(form));
    document.getElementById("new-problem").hidden = form.elements.problem.value !== "new";
  };

  form.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on("[data-add-line]")) rows.addLine(form, on("[data-add-line]").dataset.addLine);
    else if (on("[data-remove-line]")) on(".forecast-line").remove();
    else if (on("[data-remove-coauthor]")) on(".coauthor").remove();
    else if (on("#show-search")) document.getElementById("coauthor-search").hidden = false;
    else if (on("[data-add-coauthor]")) pick(on("[data-add-coauthor]"));
    reckon();
  });

  function pick(button) {
    rows.addCoauthor(form, { number: button.dataset.addCoauthor, name: button.dataset.name, team: button.dataset.team });
    document.getElementById("found").replaceChildren();
  }

  form.addEventListener("input", reckon);
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") event.target.parentElement.querySelector("span").textContent = Array.from(event.target.files, (file) => file.name).join(", ");
  });
  reckon();
})();
