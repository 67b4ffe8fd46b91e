// Three nonces are made by the browser's own source of chance. Kept here they are sent; kept by oneself only their
// SHA-256 goes out, with the nonces shown to be written down. Without script they are typed.
(() => {
  const form = document.querySelector("[data-nonces]");
  if (!form || !window.crypto?.getRandomValues) return;
  const [lot, round, party] = [form.dataset.lot, form.dataset.round, form.dataset.party];
  const rows = [...form.querySelectorAll("[data-tier]")];
  const made = new Map();
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const digest = async (text) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
  const own = () => form.closest("form").querySelector("[name=keep]:checked")?.value === "self";

  async function show() {
    for (const row of rows) {
      const nonce = made.get(row), input = row.querySelector("input"), out = row.querySelector("output");
      if (!nonce) continue;
      const commitment = crypto.subtle ? await digest(`${lot}|${round}|${party}|${nonce}`) : "";
      input.value = own() ? commitment : nonce;
      out.textContent = own() ? nonce : commitment;
      row.querySelector("[data-says]").textContent = own() ? form.dataset.note : form.dataset.commitment;
      out.hidden = !out.textContent;
    }
  }
  function make() {
    for (const row of rows) made.set(row, hex(crypto.getRandomValues(new Uint8Array(16))));
    show();
  }
  form.querySelector("[data-make]").hidden = false;
  form.querySelector("[data-make]").addEventListener("click", make);
  form.closest("form").addEventListener("change", (event) => { if (event.target.name === "keep") show(); });
  for (const row of rows) row.querySelector("input").addEventListener("input", () => made.delete(row));
  if (rows.every((row) => !row.querySelector("input").value)) make();
})();
