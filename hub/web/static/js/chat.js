/* The chat page on top of plain HTML: messages leave by POST, answers arrive on an event stream.
   A message keeps its id until the server has taken it, so sending it again changes nothing; every
   message has a number, so one that is on the page already is not shown twice. */
(function () {
  "use strict";

  const box = document.getElementById("chat");
  if (!box || !window.fetch || !window.EventSource) return;
  const log = document.getElementById("chat-log");
  const form = document.getElementById("chat-form");
  const field = document.getElementById("f-text");
  const state = document.getElementById("chat-state");
  const pending = []; // sent, not yet confirmed: {id, text, choice, bubble}
  let sending = false;
  let source = null;
  let wait = 1000;
  let timer = 0;

  const lastSeq = () => Math.max(0, ...Array.from(log.querySelectorAll("[data-seq]"), (item) => Number(item.dataset.seq)));
  const toEnd = () => { log.scrollTop = log.scrollHeight; };
  // An answer longer than the log is read from its beginning.
  const toStart = (item) => {
    const above = item.getBoundingClientRect().top - log.getBoundingClientRect().top;
    if (above < 0) log.scrollTop += above;
  };
  const say = (words) => { state.textContent = words || ""; state.hidden = !words; };

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function show(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    let fresh = false;
    let told = null; // the first that is not one's own
    for (const item of Array.from(template.content.children)) {
      if (document.getElementById(item.id)) continue;
      if (item.classList.contains("bubble-own")) {
        // The stream may be quicker than the answer to the POST: the waiting copy goes.
        const words = item.querySelector(".bubble-text").textContent;
        const copy = pending.find((one) => one.text === words && one.bubble.isConnected);
        if (copy) copy.bubble.remove();
      }
      log.append(item);
      fresh = true;
      if (!told && !item.classList.contains("bubble-own")) told = item;
      for (const one of pending) if (one.bubble.isConnected) log.append(one.bubble);
      const used = Array.from(log.querySelectorAll(".bubble-choices")).filter((old) => !item.contains(old));
      // Whoever chose by keyboard goes on from the talk, not from the top of the page.
      if (used.some((old) => old.contains(document.activeElement))) log.focus({ preventScroll: true });
      for (const old of used) old.remove();
    }
    if (!fresh) return;
    toEnd();
    if (told) toStart(told);
  }

  function bubble(text) {
    const item = document.createElement("div");
    item.className = "bubble bubble-own bubble-waiting";
    item.dataset.own = "yes";
    const words = document.createElement("p");
    words.className = "bubble-text";
    words.textContent = text;
    const who = document.createElement("p");
    who.className = "bubble-who";
    who.textContent = box.dataset.sending;
    item.append(who, words);
    log.append(item);
    toEnd();
    return item;
  }

  async function flush() {
    if (sending || !pending.length) return;
    sending = true;
    const next = pending[0];
    const slow = setTimeout(() => say(box.dataset.searching), 300);
    try {
      const body = new URLSearchParams({ text: next.text, client_id: next.id, after: String(lastSeq()) });
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "1" }, credentials: "same-origin" });
      if (answer.status === 409) {  // the browser had lost its token and has another one now
        source.close();
        for (const old of log.querySelectorAll("[data-seq]")) old.remove();  // of a talk that is not ours any more
        listen();
        throw new Error("try again");
      }
      if (answer.status >= 500) throw new Error("try again");
      const words = await answer.text();
      pending.shift();
      next.bubble.remove();
      if (answer.ok) { show(words); say(""); } else { say(words); if (!field.value) field.value = next.text; }
      wait = 1000;
      if (later) { source.close(); listen(); }  // the answer to it is not to wait until then
    } catch {
      say(box.dataset.offline);
      clearTimeout(timer);
      timer = setTimeout(() => { sending = false; flush(); }, wait);
      wait = Math.min(wait * 2, 15000);
      clearTimeout(slow);
      return;
    }
    clearTimeout(slow);
    sending = false;
    flush();
  }

  function send(text) {
    const words = text.trim();
    if (!words) { field.focus(); return false; }
    const most = Number(field.dataset.most);
    const count = Array.from(words).length;
    if (count > most) {  // said here, so that nothing is cut and nothing has to be sent for it
      say(box.dataset.tooLong.replace("{most}", most).replace("{count}", count));
      return false;
    }
    pending.push({ id: newId(), text: words, bubble: bubble(words) });
    flush();
    return true;
  }

  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.hasAttribute("formaction")) return;  // language and size
    event.preventDefault();
    if (send(field.value)) field.value = "";
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || window.hub.composing(event)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  // 有用 / 没用 beside an answer: the form is replaced by what the server makes of it.
  async function rate(old, button) {
    try {
      const body = new URLSearchParams(new FormData(old, button));
      const answer = await fetch(old.action, { method: "POST", body, headers: { "X-Fragment": "1" }, credentials: "same-origin" });
      const words = await answer.text();
      if (!answer.ok) { say(words); return; }
      const template = document.createElement("template");
      template.innerHTML = words;
      const fresh = template.content.firstElementChild;
      old.replaceWith(fresh);
      const told = fresh.querySelector("[role=status]");
      if (told) told.focus({ preventScroll: true });
      fresh.scrollIntoView({ block: "nearest" });
    } catch {
      say(box.dataset.offline);
    }
  }
  box.addEventListener("submit", (event) => {
    if (event.target.matches("[data-feedback]")) {
      event.preventDefault();
      rate(event.target, event.submitter);
      return;
    }
    if (event.target === form || !event.target.matches("[data-say]")) return;
    event.preventDefault();
    const button = event.submitter;
    send(button && button.name === "text" ? button.value : new FormData(event.target).get("text"));
  });

  let later = false;  // told to come back in a while: that is no lost connection
  function listen() {
    source = new EventSource(`${box.dataset.events}?after=${lastSeq()}`);
    source.addEventListener("message", (event) => { show(event.data); });
    source.addEventListener("states", (event) => {
      for (const [seq, words] of Object.entries(JSON.parse(event.data))) {
        const state = document.querySelector(`#m-${seq} [data-state]`);
        if (state && state.textContent !== words) state.textContent = words;
      }
    });
    later = false;
    source.addEventListener("open", () => { if (!pending.length) say(""); flush(); });
    source.addEventListener("later", () => { later = true; });
    source.addEventListener("error", () => {
      if (!later) say(box.dataset.offline);
      // The browser tries again by itself, with Last-Event-ID, unless it was told to go away.
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    });
  }

  window.addEventListener("pagehide", () => source && source.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  window.addEventListener("online", () => { clearTimeout(timer); sending = false; flush(); });
  toEnd();
  const last = log.lastElementChild;
  if (last && !last.classList.contains("bubble-own")) toStart(last);
  listen();
})();
