// What the proposals keep on a phone.
(function () {
  "use strict";
  const assay = (window.assay = window.assay || {});
  const STORES = { drafts: "id", photos: "token", queue: "token", contexts: "user", last: "what" };
  assay.vault = assay.offline.vault("assay-proposals", STORES);
})();
