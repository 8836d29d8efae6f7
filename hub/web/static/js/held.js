/* What was filled in when the login was over goes back into its form, where nothing else was typed meanwhile. */
(function () {
  "use strict";

  const bar = document.querySelector("[data-held]");
  if (!bar) return;
  fetch("/staff/held/fields", { credentials: "same-origin", cache: "no-store" })
    .then((answer) => (answer.ok ? answer.json() : {}))
    .then((kept) => {
      if (!kept.action) { bar.hidden = true; return; }
      const forms = Array.from(document.forms).filter((form) => new URL(form.action, location.href).pathname === kept.action);
      const form = forms.find((one) => kept.fields.every(([name]) => one.elements.namedItem(name))) || forms[0];
      if (!form) return;
      let filled = false;
      for (const [name, text] of kept.fields) {
        const field = form.elements.namedItem(name);
        if (field instanceof RadioNodeList) { field.value = text; filled = true; continue; }
        if (!field || field.type === "hidden" || field.type === "file") continue;
        if (field.type === "checkbox") field.checked = field.value === text;
        else if (!field.value || field.value === field.defaultValue || field.tagName === "SELECT") field.value = text;
        filled = true;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
      if (!filled) return;
      for (let part = form.parentElement; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
      bar.querySelector("[data-held-words]").textContent = bar.dataset.held;
      const first = kept.fields.map(([name]) => form.elements.namedItem(name)).find((field) => field && field.tagName === "TEXTAREA");
      if (first) first.focus();
    })
    .catch(() => {});   // the link beside it still leads there
})();
