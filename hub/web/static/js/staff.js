/* What staff pages get on top of plain HTML; each of them works without it. No eval, no inline styles.
   Keys never act inside fields, never while an input method composes, and can be switched off. */
(function () {
  "use strict";

  const csrf = document.querySelector('meta[name="csrf"]');
  document.addEventListener("htmx:configRequest", (event) => {
    if (csrf && event.detail.verb !== "get") event.detail.headers["X-CSRF-Token"] = csrf.content;
  });

  /* --- what came with the page, or was put into it later ---------------------------------------- */
  const within = (root, selector) => [...(root.matches(selector) ? [root] : []), ...root.querySelectorAll(selector)];

  /* A full number hides again. */
  function hideLater(shown) {
    setTimeout(() => { shown.textContent = shown.dataset.hidden; }, Number(shown.dataset.hideAfter) * 1000);
  }

  document.addEventListener("htmx:load", (event) => {
    const root = event.detail.elt;
    within(root, "[data-hide-after]").forEach(hideLater);
    for (const part of within(root, "[data-script]")) part.hidden = false;
    const focus = within(root, "[data-focus]")[0];
    if (focus && root !== document.body) focus.focus();
  });

  /* --- Ctrl+Enter sends what is being written --------------------------------------------------- */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || window.hub.composing(event)) return;
    const area = event.target.closest("textarea");
    if (area && area.form) { event.preventDefault(); area.form.requestSubmit(); }
  });

  /* --- how many cases are ticked ------------------------------------------------------------------ */
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-select]")) return;
    const button = document.querySelector("[data-bulk]"), place = document.querySelector("[data-bulk-count]");
    const ticked = document.querySelectorAll("[data-select]:checked").length;
    if (button && place) place.textContent = ticked ? button.dataset.count.replace("{count}", ticked) : "";
  });
})();
