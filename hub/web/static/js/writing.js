/* Where campaigns and templates are written: placeholders at the caret, drafts kept on the server while one
   types, Ctrl+S. Nothing reacts while an input method composes. No eval, no inline styles. */
(function () {
  "use strict";

  const csrf = document.querySelector('meta[name="csrf"]');
  const KEEP_MS = 1000, AGAIN_MS = 3000;
  const form = document.querySelector("form[data-keeps]");
  const state = { timer: 0, abort: null, sent: false, dirty: false };

  /* --- placeholders: put in where the caret stands, its fallback selected to be typed over ------------ */
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-insert]");
    const area = chip && document.getElementById(chip.dataset.into);
    if (!area) return;
    const start = area.selectionStart, mark = chip.dataset.insert, words = chip.dataset.select;
    area.setRangeText(mark, start, area.selectionEnd, "end");
    area.focus();
    const at = start + mark.lastIndexOf(words);
    area.setSelectionRange(at, at + words.length);
    area.dispatchEvent(new CustomEvent("typed", { bubbles: true }));
  });

  /* --- read aloud as a telephone would, where the browser can; pressed again it stops ------------------- */
  const speaker = document.querySelector("[data-speak]");
  if (speaker && window.speechSynthesis) {
    speaker.hidden = false;
    speaker.addEventListener("click", () => {
      const bubble = document.querySelector("#phone .phone-bubble");
      if (window.speechSynthesis.speaking || !bubble) return window.speechSynthesis.cancel();
      const words = new SpeechSynthesisUtterance(bubble.textContent);
      words.lang = "zh-CN";
      window.speechSynthesis.speak(words);
    });
  }

  /* --- Ctrl+S ------------------------------------------------------------------------------------------ */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || window.hub.composing(event)) return;
    const button = document.querySelector("button[data-save]");
    if (!button) return;
    event.preventDefault();
    if (!button.form.dataset.sent) button.form.requestSubmit(button);
  });

  if (!form) return;

  /* --- kept on the server a second after typing stops --------------------------------------------------- */
  const note = form.querySelector("[data-keep-note]");
  function later(after) {
    clearTimeout(state.timer);
    if (!state.sent) state.timer = setTimeout(keep, after);
  }
  async function keep() {
    if (state.sent || !form.isConnected) return;
    if (state.abort) state.abort.abort();
    state.abort = new AbortController();
    state.dirty = false;
    try {
      const answer = await fetch(form.dataset.keeps, {
        method: "POST", body: new URLSearchParams(new FormData(form)), signal: state.abort.signal,
        headers: { "X-CSRF-Token": csrf ? csrf.content : "" },
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));   // a login that is over
      note.textContent = (await answer.text()).trim();
    } catch (problem) {
      if (problem.name === "AbortError" || state.sent) return;
      state.dirty = true;
      note.textContent = note.dataset.offline;
      later(AGAIN_MS);
    }
  }
  for (const kind of ["typed", "change"]) {
    form.addEventListener(kind, () => { state.dirty = true; later(KEEP_MS); });
  }
  document.addEventListener("submit", (event) => {   // saved, or dropped: nothing is kept behind it
    if (event.target !== form && !event.target.action.endsWith("/discard")) return;
    state.sent = true;
    clearTimeout(state.timer);
    if (state.abort) state.abort.abort();
  });
  window.addEventListener("pageshow", () => { state.sent = false; });
  window.addEventListener("pagehide", () => {   // gone before the second was over
    if (!state.dirty || state.sent) return;
    navigator.sendBeacon(form.dataset.keeps, new URLSearchParams(new FormData(form)));
  });
})();
