/* What every page gets on top of plain HTML. Each page works without it. No eval, no inline styles.
   Elements meant for script only carry `hidden data-script` and are shown here. */
(function () {
  "use strict";

  const root = document.documentElement;
  root.classList.add("scripted");

  /* --- input methods: half-composed pinyin is not a word, its Enter is not a submit ------------ */
  const composing = (event) => event.isComposing || event.keyCode === 229;
  const typed = (event) => event.target.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
  document.addEventListener("input", (event) => { if (!event.isComposing) typed(event); });
  document.addEventListener("compositionend", typed);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && composing(event) && event.target.matches("input")) event.preventDefault();
  }, true);

  /* --- words at the edge of the screen --------------------------------------------------------- */
  function toast(text, seconds) {
    const place = document.getElementById("toasts");
    if (!place || !text) return;
    const box = document.createElement("div");
    box.className = "toast";
    box.textContent = text;
    place.append(box);
    setTimeout(() => box.remove(), (seconds || 6) * 1000);
  }

  /* --- forms: one submit only, words while it works -------------------------------------------- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-own-submit")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button || !button.dataset.busy) return;
    const words = button.querySelector("span") || button;
    setTimeout(() => {
      if (!form.dataset.sent) return;
      button.dataset.before = words.textContent;
      words.textContent = button.dataset.busy;
      button.setAttribute("aria-disabled", "true");
    }, 300);
  });
  window.addEventListener("pageshow", () => {
    // A page taken back from the history must be usable again.
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[data-before]")) {
      (button.querySelector("span") || button).textContent = button.dataset.before;
      button.removeAttribute("aria-disabled");
      delete button.dataset.before;
    }
  });

  function count(area) {
    const left = Number(area.dataset.count) - Array.from(area.value).length;
    const place = document.getElementById("c-" + area.name);
    if (!place) return;
    place.textContent = (left < 0 ? area.dataset.countOver : area.dataset.countText).replace("{n}", Math.abs(left));
    place.classList.toggle("count-over", left < 0);
  }
  document.addEventListener("typed", (event) => { if (event.target.dataset.count) count(event.target); });

  /* Fields that matter only while a choice is made: data-shown-by="name=value", "name=one|other" */
  function showDependent() {
    for (const part of document.querySelectorAll("[data-shown-by]")) {
      const [name, value] = part.dataset.shownBy.split("=");
      const chosen = document.querySelector(`input[name="${name}"]:checked, select[name="${name}"]`);
      part.hidden = !value.split("|").includes(chosen ? chosen.value : "");
    }
  }
  document.addEventListener("change", showDependent);

  /* --- copy, print, leave ---------------------------------------------------------------------- */
  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const done = () => toast(copy.dataset.done);
      if (navigator.clipboard) navigator.clipboard.writeText(copy.dataset.copy).then(done, () => toast(copy.dataset.failed));
      else toast(copy.dataset.failed);
    }
    if (event.target.closest("[data-print]")) window.print();
    const leave = event.target.closest("[data-leave]");
    if (leave) { event.preventDefault(); leaveTo(leave.dataset.leave); }
  });

  /* 快速离开: three times Shift, or the button. The server takes what it keeps for this browser away; the page is replaced, so "back" does not show it. */
  let shifts = [];
  function leaveTo(address) {
    document.body.hidden = true;
    fetch("/leave", { method: "POST", keepalive: true, credentials: "same-origin" }).catch(() => {});
    window.location.replace(address);
  }
  document.addEventListener("keydown", (event) => {
    const leave = document.querySelector("[data-leave]");
    if (!leave) return;
    if (event.key !== "Shift") { shifts = []; return; }
    if (event.repeat) return;
    const now = Date.now();
    shifts = shifts.filter((at) => now - at < 1500).concat(now);
    if (shifts.length === 3) leaveTo(leave.dataset.leave);
  });

  /* --- htmx: say when something did not work --------------------------------------------------- */
  document.addEventListener("htmx:sendError", () => toast(document.getElementById("toasts").dataset.offline));
  document.addEventListener("htmx:responseError", () => toast(document.getElementById("toasts").dataset.failed));

  /* --- rows of places that are pushed sideways: the one that is open is seen ------------------------- */
  for (const current of document.querySelectorAll("nav [aria-current]")) {
    let row = current.parentElement;
    while (row && row !== document.body && row.scrollWidth <= row.clientWidth) row = row.parentElement;
    if (!row || row === document.body || getComputedStyle(row).overflowX === "visible") continue;
    const [here, bar] = [current.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += here.left - bar.left - (bar.width - here.width) / 2;
  }

  for (const link of document.querySelectorAll(".summary-list a")) { // says which field it speaks of
    const field = document.getElementById(link.hash.slice(1));
    const group = field && field.matches("[type=radio], [type=checkbox]") ? field.closest("fieldset") : null;
    const label = group ? group.querySelector("legend") : field && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    if (!label) continue;
    const words = label.cloneNode(true);
    for (const part of words.querySelectorAll(".optional, .choice-hint")) part.remove();
    const name = words.textContent.trim();
    if (name && !link.textContent.includes(name)) link.prepend(`${name}${document.documentElement.lang.startsWith("zh") ? "：" : ": "}`);
  }

  /* --- start ----------------------------------------------------------------------------------- */
  for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
  for (const area of document.querySelectorAll("textarea[data-count]")) count(area);
  showDependent();
  const focus = document.querySelector("[data-focus]");
  if (focus) focus.focus();

  window.hub = { toast, composing };
})();
