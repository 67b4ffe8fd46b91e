// Passkeys: fetch the question, let the device answer, put the answer into the form and send it.
(function () {
  "use strict";
  const able = window.isSecureContext && "credentials" in navigator && "PublicKeyCredential" in window;
  // No host made of numbers alone can have passkeys, so no button promises one there.
  const named = !/^[\d.]+$|^\[/.test(location.hostname);
  if (!able || !named) return;
  document.querySelectorAll("[data-passkey-part]").forEach((part) => { part.hidden = false; });
  document.querySelectorAll("[data-passkey-absent]").forEach((part) => { part.hidden = true; });

  const bytes = (text) => {
    const plain = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(plain), (sign) => sign.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
    return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const described = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

  // What the server writes as base64url the browser wants as bytes, and back.
  const asked = (options) => {
    const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
    if (key.excludeCredentials) key.excludeCredentials = described(key.excludeCredentials);
    if (key.allowCredentials) key.allowCredentials = described(key.allowCredentials);
    return { publicKey: key };
  };
  const answered = (credential) => {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {},
    });
  };

  async function use(button) {
    const form = button.form;
    if (!form.reportValidity()) return;
    const said = form.querySelector("[data-passkey-said]");
    said.textContent = "";
    let question;
    try {
      const sent = await fetch(button.dataset.question, {
        method: "POST",
        headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
        redirect: "error",
      });
      if (!sent.ok) throw new Error(sent.statusText);
      question = asked(await sent.json());
    } catch {
      said.textContent = button.dataset.silent;
      return;
    }
    try {
      form.elements.passkey.value = answered(await navigator.credentials[button.dataset.passkey](question));
    } catch {
      said.textContent = button.dataset.stopped;
      return;
    }
    form.requestSubmit();
  }

  document.querySelectorAll("button[data-passkey]").forEach((button) => {
    button.addEventListener("click", () => use(button));
  });
})();
