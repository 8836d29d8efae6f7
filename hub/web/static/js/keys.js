/* The desk by keyboard. Which key does what stands in the overlay (hub/web/shortcuts.py), and is read from it.
   Keys never act inside fields nor while an input method composes; single ones can be switched off. */
(function () {
  "use strict";

  const help = document.getElementById("keys");
  const palette = document.getElementById("palette");
  if (!help || !palette) return;
  const lines = new Map(Array.from(help.querySelectorAll("[data-shortcut]"), (line) => [line.dataset.shortcut, line.dataset]));
  const seen = (element) => element.checkVisibility();
  const first = (selector) => Array.from(document.querySelectorAll(selector)).find(seen);
  const isText = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

  /* --- what keys do; other scripts add theirs -------------------------------------------------------- */
  function press(element) {
    if (element.matches("summary")) {
      element.parentElement.open = true;
      const fold = element.parentElement;
      const field = fold.querySelector("textarea, input:not([type=hidden]), select") || fold.querySelector("button");
      if (field) field.focus();
    } else if (element.matches("input:not([type=checkbox])")) element.focus();
    else element.click();
  }

  const rows = () => Array.from(document.querySelectorAll("[data-row]")).filter(seen);
  const link = (row) => row.querySelector("a[href]");
  function step(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement) || row === document.activeElement);
    const now = at < 0 ? all.findIndex((row) => row.matches("[aria-current]")) : at;
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by));
    link(all[next]).focus();
    all[next].scrollIntoView({ block: "nearest" });
  }
  function select() {
    const row = rows().find((one) => one.contains(document.activeElement)) || rows().find((one) => one.matches("[aria-current]"));
    const box = row && row.querySelector("[data-select]");
    if (box) box.click();
  }
  function back() {
    const way = document.querySelector(".back");
    if (way) way.click();
  }

  const does = {
    "row-next": () => step(1),
    "row-previous": () => step(-1),
    select,
    search: () => { const field = first("[data-search]"); if (field) field.focus(); },
    go: (line) => { window.location.assign(line.place); },
    back,
    "save-draft": () => {
      const form = document.activeElement.closest("form") || first("form[data-draft]");
      if (form) form.dispatchEvent(new CustomEvent("hub:save-draft", { bubbles: true }));
    },
    palette: () => openPalette(),
    help: () => openHelp(),
  };
  // Keys whose place is not on this page are not offered.
  const places = { select: "[data-select]", search: "[data-search]", "save-draft": "form[data-draft]" };
  const isHere = (line) => does[line.does] && (!places[line.does] || document.querySelector(places[line.does]));
  function openHelp() {
    for (const [keys, line] of lines) help.querySelector(`[data-shortcut="${CSS.escape(keys)}"]`).hidden = line.does in places && !isHere(line);
    help.showModal();
  }
  function run(line, key) {
    if (line.does === "press") {
      const wanted = first(`[data-key="${CSS.escape(key)}"]`);
      if (wanted) press(wanted);
      return Boolean(wanted);
    }
    if (!does[line.does]) return false;
    does[line.does](line);
    return true;
  }

  /* --- listening -------------------------------------------------------------------------------------- */
  let begun = "";
  let timer = 0;
  const isLeader = (key) => Array.from(lines.keys()).some((keys) => keys.startsWith(key + " "));
  document.addEventListener("keydown", (event) => {
    if (window.hub.composing(event) || event.altKey || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey) {
      const line = lines.get("Ctrl+" + (event.key.length === 1 ? event.key.toLowerCase() : event.key));
      if (line && does[line.does]) { event.preventDefault(); run(line); }
      return;
    }
    if (event.key === "Escape" && event.target.closest(isText) && !event.target.closest("dialog")) {
      event.target.blur(); // the first leaves the field, the second the case
      return;
    }
    if (!document.body.classList.contains("has-keys") || event.target.closest(isText + ", dialog")) return;
    const keys = begun ? `${begun} ${event.key}` : event.key;
    clearTimeout(timer);
    begun = "";
    const line = lines.get(keys);
    if (line && run(line, keys)) event.preventDefault();
    else if (!line && isLeader(event.key)) {
      begun = event.key;
      timer = setTimeout(() => { begun = ""; }, 1500);
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-help]")) openHelp();
  });

  /* --- the palette: everything that can be pressed on this page --------------------------------------- */
  const find = document.getElementById("palette-find");
  const list = document.getElementById("palette-list");
  const none = document.getElementById("palette-none");
  let offers = [];
  let chosen = 0;
  const words = (element) => (element.querySelector("span") || element).textContent.replace(/\s+/g, " ").trim();

  function openPalette() {
    if (palette.open) { palette.close(); return; }
    offers = [];
    for (const element of document.querySelectorAll("[data-key], [data-command]")) {
      if (seen(element) && words(element)) offers.push({ text: words(element), key: element.dataset.key || "", run: () => press(element) });
    }
    for (const [keys, line] of lines) {
      const text = help.querySelector(`[data-shortcut="${CSS.escape(keys)}"] dd`).textContent;
      if (line.does !== "press" && isHere(line) && !["palette", "row-next", "row-previous"].includes(line.does)) {
        offers.push({ text, key: keys, run: () => run(line, keys) });
      }
    }
    for (const element of document.querySelectorAll(".side-link, .view")) {
      const name = (element.querySelector(".side-label, span:not(.view-count)") || element).textContent.trim();
      offers.push({ text: name, key: "", run: () => element.click() });
    }
    find.value = "";
    show();
    palette.showModal();
    find.focus();
  }
  function show() {
    const wanted = find.value.trim().toLowerCase();
    list.replaceChildren();
    offers.filter((offer) => offer.text.toLowerCase().includes(wanted)).slice(0, 12).forEach((offer, number) => {
      const item = document.createElement("li");
      item.className = "palette-item";
      item.id = `palette-${number}`;
      item.setAttribute("role", "option");
      const text = document.createElement("span");
      text.textContent = offer.text;
      item.append(text);
      if (offer.key) {
        const key = document.createElement("kbd");
        key.textContent = offer.key;
        item.append(key);
      }
      item.addEventListener("click", () => take(offer));
      item.offer = offer;
      list.append(item);
    });
    none.hidden = list.children.length > 0;
    mark(0);
  }
  function mark(number) {
    chosen = Math.max(0, Math.min(list.children.length - 1, number));
    Array.from(list.children).forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    if (list.children[chosen]) {
      find.setAttribute("aria-activedescendant", list.children[chosen].id);
      list.children[chosen].scrollIntoView({ block: "nearest" });
    } else find.removeAttribute("aria-activedescendant");
  }
  function take(offer) {
    palette.close();
    offer.run();
  }
  find.addEventListener("typed", show);
  find.addEventListener("keydown", (event) => {
    if (window.hub.composing(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(chosen + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter" && list.children[chosen]) take(list.children[chosen].offer);
    else return;
    event.preventDefault();
  });

  Object.assign(window.hub, { does, press, rows, rowLink: link });
})();
