// The net benefit while it is typed, in whole fen. What counts is what the server reckons from the same sums.
(function () {
  "use strict";
  const box = document.querySelector("[data-effect]");
  if (!box) return;
  const out = box.querySelector("[data-net]");
  const years = BigInt(box.dataset.years);

  // "1,234.5" → 123450n; null for what is no sum.
  function fen(name) {
    const typed = box.querySelector(`[name="${name}"]`).value.normalize("NFKC").replace(/[\s,¥元]/g, "");
    if (!typed) return 0n;
    const match = /^(\d*)(?:\.(\d{0,2})0*)?$/.exec(typed);
    if (!match || !(match[1] || match[2])) return null;
    return BigInt(match[1] || "0") * 100n + BigInt((match[2] || "").padEnd(2, "0"));
  }

  function show() {
    const sums = ["saving", "added_cost", "investment"].map(fen);
    if (sums.includes(null)) {
      out.textContent = "—";
      return;
    }
    // Half up, away from zero, once at the end, as the server does.
    const exact = (sums[0] - sums[1]) * years - sums[2];
    const size = exact < 0n ? -exact : exact;
    const net = (2n * size + years) / (2n * years);
    const yuan = String(net / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
    out.textContent = `${exact < 0n && net ? "−" : ""}¥${yuan}.${String(net % 100n).padStart(2, "0")}`;
  }
  box.addEventListener("input", show);
  show();
})();
