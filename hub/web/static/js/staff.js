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

  /* Drafts: kept in this tab only, gone when they were sent. */
  function keepDraft(form) {
    const area = form.querySelector("textarea");
    const note = form.querySelector("[data-draft-note]");
    const key = "draft:" + form.dataset.draft;
    const kept = sessionStorage.getItem(key);
    if (kept && !area.value.trim()) {
      area.value = kept;
      note.textContent = note.dataset.text;
      form.closest("details").open = true;
      area.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
    }
    area.addEventListener("typed", () => {
      if (area.value.trim()) sessionStorage.setItem(key, area.value);
      else sessionStorage.removeItem(key);
      note.textContent = area.value.trim() ? note.dataset.text : "";
    });
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  }

  document.addEventListener("htmx:load", (event) => {
    const root = event.detail.elt;
    within(root, "[data-hide-after]").forEach(hideLater);
    within(root, "form[data-draft]").forEach(keepDraft);
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
})();
