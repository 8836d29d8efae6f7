/* The forms below a case, wherever they stand and whenever they come into the page: drafts on the server, texts
   to put in (?? and ::), colleagues (@), the seconds in which a reply can be taken back. Everything is listened
   for at the document. Nothing reacts while an input method composes. No eval, no inline styles. */
(function () {
  "use strict";

  const csrf = document.querySelector('meta[name="csrf"]');
  const DRAFT_MS = 1000, AGAIN_MS = 3000;

  /* --- drafts: saved on the server a second after typing stops ------------------------------------ */
  const saving = new WeakMap();   // form → { timer, abort, text, sent }
  const key = (form) => "unsaved:" + form.dataset.drafts;
  const state = (form) => {
    if (!saving.has(form)) saving.set(form, { timer: 0, abort: null, text: form.elements.text.value, sent: false });
    return saving.get(form);
  };
  function later(form, after) {
    const now = state(form);
    clearTimeout(now.timer);
    if (!now.sent) now.timer = setTimeout(save, after, form);
  }
  async function save(form) {
    const now = state(form), text = form.elements.text.value, note = form.querySelector("[data-draft-note]");
    clearTimeout(now.timer);
    if (now.sent || !form.isConnected) return;
    if (now.abort) now.abort.abort();
    now.abort = new AbortController();
    const body = new URLSearchParams(Array.from(new FormData(form)).filter(([, value]) => typeof value === "string"));
    try {
      const answer = await fetch(form.dataset.drafts, {
        method: "POST", body, signal: now.abort.signal, headers: { "X-CSRF-Token": csrf ? csrf.content : "" },
      });
      if (answer.status === 409) {   // a text came back meanwhile, which this page does not show
        sessionStorage.setItem(key(form), text);
        note.textContent = note.dataset.stale;
        return;
      }
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));   // a login that is over
      now.text = text;
      sessionStorage.removeItem(key(form));
      note.textContent = (await answer.text()).trim();
    } catch (problem) {
      if (problem.name === "AbortError" || now.sent) return;
      sessionStorage.setItem(key(form), text);   // a page that is reloaded meanwhile loses nothing
      note.textContent = note.dataset.offline;
      later(form, AGAIN_MS);
    }
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-drafts]")) return;
    const now = state(form);
    now.sent = true;
    clearTimeout(now.timer);
    if (now.abort) now.abort.abort();
    sessionStorage.removeItem(key(form));
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-drafts]")) state(form).sent = false;
  });
  function saveAll() {
    for (const form of document.querySelectorAll("form[data-drafts]")) {
      if (form.elements.text.value !== state(form).text) save(form);
    }
  }
  document.addEventListener("hub:save-draft", saveAll);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || window.hub.composing(event)) return;
    if (!document.querySelector("form[data-drafts]")) return;
    event.preventDefault();
    saveAll();
  });
  function arrived(root) {
    for (const part of root.querySelectorAll("[data-script]")) part.hidden = false;
    for (const form of root.querySelectorAll("form[data-drafts]")) {
      const area = form.elements.text, unsaved = sessionStorage.getItem(key(form));
      state(form);
      if (unsaved && !area.value.includes(unsaved)) {
        area.value = `${area.value}\n\n${unsaved}`.trim();
        later(form, 0);
      }
      if (area.value.trim()) area.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
    }
    for (const row of document.querySelectorAll(".sending-bar form")) {   // said in the conversation already
      row.hidden = !!document.querySelector(`.case-sending form[action="${row.getAttribute("action")}"]`);
    }
    tick();
  }

  /* --- variables nobody filled in ------------------------------------------------------------------- */
  function showLacking(area) {
    const place = document.getElementById("reply-lacking");
    if (!place || area.id !== "f-reply") return;
    const names = Array.from(new Set(area.value.match(/\{\{\s*[^{}\n]{0,40}?\s*\}\}/g) || []));
    place.replaceChildren(...(names.length ? [place.dataset.lacking] : []), ...names.map((name) => {
      const mark = document.createElement("mark");
      mark.textContent = name;
      return mark;
    }));
  }

  /* --- a list to choose from by keyboard ------------------------------------------------------------ */
  const options = (list) => Array.from(list.querySelectorAll('[role="option"]:not([hidden]):not([aria-disabled])'));
  const chosen = (list) => options(list).find((one) => one.getAttribute("aria-selected") === "true");
  function choose(list, input, by) {
    const all = options(list), at = all.indexOf(chosen(list));
    const next = all[(at + by + all.length) % all.length];
    for (const one of list.querySelectorAll('[role="option"]')) one.setAttribute("aria-selected", String(one === next));
    if (next) {
      input.setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  /* --- ?? and :: : the window with texts to put in --------------------------------------------------- */
  const OPENS = { "??": "pick-knowledge", "？？": "pick-knowledge", "::": "pick-canned", "：：": "pick-canned" };
  let from = 0, to = 0, eager = false;   // what the text replaces; whether Enter came before the list
  function open(id, start, end) {
    const picker = document.getElementById(id);
    if (!picker || picker.open) return;
    [from, to, eager] = [start, end, false];
    const input = picker.querySelector("input");
    input.value = "";
    picker.querySelector(".pick-list").replaceChildren();
    picker.showModal();
    input.focus();
    window.htmx.trigger(input, "picker-open");
  }
  function put(picker, option) {
    const form = document.getElementById("reply-form"), area = form.elements.text;
    const text = option.dataset.pickText, entry = option.dataset.pickEntry;
    picker.close();
    area.setRangeText(text, from, to, "end");
    if (entry) form.elements.entries.value = `${form.elements.entries.value} ${entry}`.trim();
    area.focus();
    const gap = text.indexOf("{{");
    if (gap >= 0) area.setSelectionRange(from + gap, from + text.indexOf("}}", gap) + 2);
    area.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    const picker = event.target.closest && event.target.closest(".picker");
    if (!picker) return;
    const list = picker.querySelector(".pick-list");
    choose(list, picker.querySelector("input"), options(list).length ? 0 - options(list).indexOf(chosen(list)) : 0);
    if (eager && chosen(list)) put(picker, chosen(list));
    eager = false;
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener && document.getElementById(opener.dataset.opens)) {
      event.preventDefault();
      const area = document.getElementById("f-reply");
      open(opener.dataset.opens, area.selectionStart, area.selectionEnd);
    }
    const words = event.target.closest("[data-put]");
    if (words) {
      const area = document.getElementById("f-reply");
      area.setRangeText(words.dataset.put, area.selectionStart, area.selectionEnd, "end");
      area.focus();
      area.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
    }
    if (event.target.closest("[data-picker-close]")) event.target.closest("dialog").close();
    const option = event.target.closest(".picker [role=option][data-pick-text]");
    if (option) put(option.closest(".picker"), option);
    const person = event.target.closest(".mention");
    if (person) name(person);
  });

  /* --- @ : colleagues -------------------------------------------------------------------------------- */
  const mentions = () => document.getElementById("mention-list");
  function offer(area) {
    const list = mentions(), said = /[@＠]([^\s@＠]{0,10})$/.exec(area.value.slice(0, area.selectionStart));
    for (const person of list.children) person.hidden = !said || !person.dataset.name.includes(said[1]);
    list.hidden = !options(list).length;
    choose(list, area, list.hidden ? 0 : -options(list).indexOf(chosen(list)));
  }
  function name(person) {
    const area = document.getElementById("f-note"), before = area.value.slice(0, area.selectionStart);
    const start = Math.max(before.lastIndexOf("@"), before.lastIndexOf("＠"));
    area.setRangeText(`@${person.dataset.name} `, start, area.selectionStart, "end");
    mentions().hidden = true;
    area.focus();
    area.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
  }

  /* --- what typing leads to --------------------------------------------------------------------------- */
  document.addEventListener("typed", (event) => {
    const area = event.target;
    if (!area.matches("form[data-drafts] textarea")) return;
    const form = area.form;
    showLacking(area);
    if (area.value !== state(form).text) later(form, DRAFT_MS);
    if (area.dataset.mentions) offer(area);
    const at = area.selectionStart, opens = OPENS[area.value.slice(at - 2, at)];
    if (opens && area.id === "f-reply" && document.activeElement === area) open(opens, at - 2, at);
  });
  document.addEventListener("keydown", (event) => {
    if (window.hub.composing(event)) return;
    const picker = event.target.closest && event.target.closest(".picker");
    const isNote = event.target.dataset && event.target.dataset.mentions && !mentions().hidden;
    if (!picker && !isNote) return;
    const list = picker ? picker.querySelector(".pick-list") : mentions();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(list, event.target, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && event.target.matches("input, textarea") && !event.ctrlKey && !event.metaKey) {
      if (!picker) name(chosen(list));
      else if (chosen(list)) put(picker, chosen(list));
      else eager = true;
    } else if (event.key === "Escape" && isNote) list.hidden = true;
    else return;
    event.preventDefault();
  });

  /* --- 发送并办结 by key; before the plain Ctrl+Enter of staff.js sees it ------------------------------- */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    const area = event.target.closest && event.target.closest("#reply-form textarea");
    const closes = area && area.form.querySelector('button[name="closes"]');
    if (!closes || window.hub.composing(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    area.form.requestSubmit(closes);
  }, true);

  /* --- the seconds in which a reply can be taken back --------------------------------------------------- */
  const ends = new WeakMap();
  function tick() {
    for (const place of document.querySelectorAll("[data-seconds]")) {
      if (!ends.has(place)) ends.set(place, Date.now() + Number(place.dataset.seconds) * 1000);
      const left = Math.ceil((ends.get(place) - Date.now()) / 1000);
      place.textContent = left > 0 ? place.dataset.word.replace("{n}", left) : place.dataset.over;
      if (left <= -1) {   // the job had a second: what became of it?
        ends.set(place, Date.now());
        document.body.dispatchEvent(new CustomEvent("sending-changed"));
      }
    }
  }
  setInterval(tick, 1000);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || window.hub.composing(event)) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const undo = document.querySelector("[data-undo]");
    if (!undo) return;
    event.preventDefault();
    undo.click();
  });

  document.addEventListener("htmx:load", (event) => { if (event.target.querySelectorAll) arrived(event.target); });
  arrived(document);
})();
