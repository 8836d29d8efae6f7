/* What is typed into a new case stays in this tab until it was registered; the server keeps nothing of it
   before. No eval, no inline styles. */
(function () {
  "use strict";

  const over = document.querySelector("[data-forget]");
  if (over) sessionStorage.removeItem("form:" + over.dataset.forget);

  const form = document.querySelector("form[data-kept]");
  if (!form) return;
  const key = "form:" + form.dataset.kept;
  const fields = () => Array.from(form.elements).filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");
  const isFresh = !document.querySelector(".summary") && !form.elements.matter.value;
  const kept = sessionStorage.getItem(key);
  if (kept && isFresh) {
    const values = JSON.parse(kept);
    for (const field of fields()) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = values[field.name] === field.value;
      else if (field.name in values && field.name !== "at") field.value = values[field.name];
    }
    form.elements.matter.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
  }
  function keep() {
    const values = {};
    for (const field of fields()) {
      if ((field.type === "checkbox" || field.type === "radio") && !field.checked) continue;
      values[field.name] = field.value;
    }
    sessionStorage.setItem(key, JSON.stringify(values));
  }
  form.addEventListener("typed", keep);
  form.addEventListener("change", keep);
})();
