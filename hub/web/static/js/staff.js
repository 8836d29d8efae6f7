/* What staff pages get on top of plain HTML; each of them works without it. No eval, no inline styles.
   Keys never act inside fields, never while an input method composes, and can be switched off. */
(function () {
  "use strict";

  const csrf = document.querySelector('meta[name="csrf"]');
  document.addEventListener("htmx:configRequest", (event) => {
    if (csrf && event.detail.verb !== "get") event.detail.headers["X-CSRF-Token"] = csrf.content;
  });

  /* --- a full number hides again -------------------------------------------------------------- */
  for (const shown of document.querySelectorAll("[data-hide-after]")) {
    setTimeout(() => { shown.textContent = shown.dataset.hidden; }, Number(shown.dataset.hideAfter) * 1000);
  }

  /* --- Ctrl+Enter sends what is being written --------------------------------------------------- */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || window.hub.composing(event)) return;
    const area = event.target.closest("textarea");
    if (area && area.form) { event.preventDefault(); area.form.requestSubmit(); }
  });

  /* --- single keys ------------------------------------------------------------------------------ */
  const help = document.getElementById("keys");
  document.addEventListener("click", (event) => {
    if (help && event.target.closest("[data-keys-help]")) help.showModal();
  });
  if (!document.body.classList.contains("has-keys")) return;

  const links = () => Array.from(document.querySelectorAll("[data-row] a"));
  function step(by) {
    const all = links();
    if (!all.length) return;
    const now = all.indexOf(document.activeElement);
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by));
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  }
  function act(element) {
    if (element.matches("summary")) {
      element.parentElement.open = true;
      const field = element.parentElement.querySelector("textarea, input:not([type=hidden]), select");
      if (field) field.focus();
    } else if (element.matches("input")) element.focus();
    else element.click();
  }
  document.addEventListener("keydown", (event) => {
    if (window.hub.composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (event.key === "?" && help) help.showModal();
    else if (event.key === "u" && document.querySelector(".back")) document.querySelector(".back").click();
    else if (wanted) act(wanted);
    else return;
    event.preventDefault();
  });
})();
