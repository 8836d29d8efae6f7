/* The alarm page: its stream, its sound, its title. The page counts as listening only while each beat of the
   stream is answered and its sound runs; everything else works by forms without this file. */
(function () {
  "use strict";

  const list = document.getElementById("alarm-list");
  const duty = document.getElementById("duty-sound");
  const down = document.getElementById("alarm-down");
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const title = document.title;
  const SILENT_MS = 5000;
  const AGAIN_MS = 2000;
  if (!list) return;

  /* --- time: the server's, so that a wrong clock at the desk shows no wrong countdown ------------- */
  let ahead = 0;
  function count() {
    for (const place of list.querySelectorAll("[data-until]")) {
      const left = Math.max(0, Math.ceil((Number(place.dataset.until) - (Date.now() + ahead)) / 1000));
      place.textContent = place.dataset.text.replace("{n}", left);
    }
  }
  setInterval(count, 1000);

  /* --- sound: two tones by oscillator, no file; a browser gives none before a click ---------------- */
  let audio = null;
  let tested = false;
  const sounds = () => tested && audio !== null && audio.state === "running";
  function tones(seconds) {
    const volume = audio.createGain();
    volume.gain.value = 0.6;
    volume.connect(audio.destination);
    const tone = audio.createOscillator();
    tone.type = "square";
    for (let at = 0; at < seconds; at += 0.5) {
      tone.frequency.setValueAtTime(960, audio.currentTime + at);
      tone.frequency.setValueAtTime(640, audio.currentTime + at + 0.25);
    }
    tone.connect(volume);
    tone.start();
    tone.stop(audio.currentTime + seconds);
  }
  function ring() {
    if (list.querySelector("[data-rings]") && sounds()) tones(1.5);
  }
  setInterval(ring, AGAIN_MS);

  /* --- what is shown besides the list ------------------------------------------------------------- */
  function state(id, good) {
    const place = document.getElementById(id);
    if (!place) return;
    const badge = place.querySelector(".badge");
    const words = good ? place.dataset.good : place.dataset.bad;
    if (badge.lastChild.textContent !== words) badge.lastChild.textContent = words;
    badge.className = "badge badge-" + (good ? "good" : "bad");
  }
  let rang = 0;
  function notify(ringing) { // says that there is one, never what it says; only where a click has allowed it
    if (ringing > rang && document.hidden && "Notification" in window && Notification.permission === "granted") {
      new Notification(`(${ringing}) ${list.dataset.urgent}`, { tag: "alarm", requireInteraction: true });
    }
    rang = ringing;
  }
  function look() {
    const ringing = list.querySelectorAll("[data-rings]").length;
    notify(ringing);
    document.title = ringing ? `(${ringing}) ${list.dataset.urgent} - ${title}` : title;
    document.body.classList.toggle("is-alarming", ringing > 0);
    state("sound-state", sounds());
  }

  /* --- the list: swapped when it changed, but never under somebody's fingers ------------------------ */
  let kept = null;
  const typing = () => list.contains(document.activeElement) && document.activeElement.matches("input");
  function show(html) {
    if (typing()) { kept = html; return; }
    kept = null;
    const rang = list.querySelectorAll("[data-rings]").length;
    const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
    list.innerHTML = html;
    window.htmx.process(list);
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    count();
    look();
    if (list.querySelectorAll("[data-rings]").length > rang) ring();
  }
  list.addEventListener("focusout", () => setTimeout(() => { if (kept !== null) show(kept); }, 0));
  list.addEventListener("htmx:afterSettle", () => { kept = null; count(); look(); });

  /* --- the stream ---------------------------------------------------------------------------------- */
  let heard = 0;     // when the stream last said something
  let answered = 0;  // when the hub last took our answer: both have to work for the page to count
  let source = null;
  function post(path, body) {
    const headers = { "X-CSRF-Token": csrf };
    return fetch(path, { method: "POST", headers, body: new URLSearchParams(body), cache: "no-store" });
  }
  function beat() {
    if (!duty) { answered = heard; return; }
    post(`/staff/alarms/pages/${duty.dataset.page}`, { sounds: sounds() ? "yes" : "no" })
      .then((answer) => { if (answer.status === 204) answered = Date.now(); })  // else the login is over
      .catch(() => {});
  }
  function open() {
    source = new EventSource(list.dataset.events);
    source.addEventListener("alarms", (event) => show(event.data));
    source.addEventListener("beat", (event) => {
      heard = Date.now();
      ahead = Number(event.data) - heard;
      watch();
      beat();
    });
  }
  const began = Date.now();
  let opened = began;
  function watch() {
    const now = Date.now();
    const silent = now - Math.max(heard, opened) > SILENT_MS;
    const lost = now - Math.max(answered, began) > SILENT_MS;
    down.hidden = !lost && source.readyState !== EventSource.CLOSED;
    state("stream-state", answered > 0 && !lost);
    if (source.readyState === EventSource.CLOSED || silent) {
      source.close();  // also after a sleep, when a browser still believes in a dead connection
      opened = now;
      open();
    }
  }
  open();
  setInterval(watch, 1000);
  window.addEventListener("pagehide", () => source.close());

  /* --- the test: only the answered one counts -------------------------------------------------------- */
  if (duty) {
    const ask = document.getElementById("sound-ask");
    const help = document.getElementById("sound-help");
    document.getElementById("sound-test").addEventListener("click", async () => {
      if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
      audio = audio || new AudioContext();
      await audio.resume();
      help.hidden = true;
      tones(1.5);
      ask.hidden = false;
      document.getElementById("sound-yes").focus();
    });
    document.getElementById("sound-yes").addEventListener("click", async () => {
      tested = true;
      ask.hidden = true;
      await post(`/staff/alarms/pages/${duty.dataset.page}/sound`, {});
      look();
      wake();
    });
    document.getElementById("sound-no").addEventListener("click", () => {
      tested = false;
      ask.hidden = true;
      help.hidden = false;
      look();
    });
    setTimeout(() => { tested = false; look(); }, Number(duty.dataset.hours) * 3600000);
  }

  /* --- the screen stays on ---------------------------------------------------------------------------- */
  async function wake() {
    if (!navigator.wakeLock || document.visibilityState !== "visible" || !tested) return;
    try { await navigator.wakeLock.request("screen"); } catch { /* the battery is low: the sound still rings */ }
  }
  document.addEventListener("visibilitychange", wake);

  /* --- keys: those that the buttons name; Enter takes the first alarm, + and - decide the first possible - */
  const KEYS = { Enter: "1", "+": "y", "-": "n" };
  document.addEventListener("keydown", (event) => {
    if (!document.body.classList.contains("has-keys")) return;
    if (window.hub.composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, textarea, select, a, button, summary, [contenteditable], dialog")) return;
    const wanted = list.querySelector(`[data-alarm-key="${CSS.escape(KEYS[event.key] || event.key)}"]`);
    if (wanted) { event.preventDefault(); wanted.click(); }
  });
  look();
  count();
})();
