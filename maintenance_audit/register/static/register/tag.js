// The tag that was scanned, read from the address: the shell that stands here without signal is the same for all.
(function () {
  "use strict";
  const shell = document.getElementById("tag-shell");
  if (!shell) return;
  let tag = location.pathname.split("/").pop();
  try {
    tag = decodeURIComponent(tag);
  } catch {}
  shell.dataset.tag = tag;
  shell.querySelector(".tag-name").textContent = tag;
  document.title = `${tag} · ${document.title}`;
})();
