// Registers the service worker where there is one (it needs HTTPS or localhost).
(function () {
  "use strict";
  const script = document.body?.dataset.worker;
  if (script && "serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register(script, { scope: "/" }).catch(() => {});
  }
})();
