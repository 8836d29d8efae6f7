/* The player of recordings: places, speed, keys, and words that play what they stand for. The browser's own
   controls stay where there is no script. Keys act only while the player has the focus. */
(function () {
  "use strict";

  const shown = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  function begin(box) {
    const audio = box.querySelector("audio");
    const place = box.querySelector("[data-place]");
    const played = box.querySelector("[data-played]");
    const time = box.querySelector("[data-time]");
    const speed = box.querySelector("[data-speed]");
    const play = box.querySelector("[data-hear-key=k]");
    const lines = box.closest(".recording").querySelectorAll("[data-at]");
    box.dataset.hear = "on";
    audio.controls = false;
    audio.hidden = true;

    const length = () => (Number.isFinite(audio.duration) ? audio.duration : Number(place.max));
    function show() {
      place.max = length();
      place.value = audio.currentTime;
      place.setAttribute("aria-valuetext", place.dataset.of.replace("{at}", shown(audio.currentTime)).replace("{all}", shown(length())));
      time.textContent = `${shown(audio.currentTime)} / ${shown(length())}`;
      played.style.setProperty("width", `${(100 * audio.currentTime) / (length() || 1)}%`);
      for (const word of lines) word.classList.toggle("word-now", !audio.paused && Math.abs(Number(word.dataset.at) - audio.currentTime + 0.15) < 0.3);
    }
    function showState() {
      play.querySelector("span").textContent = audio.paused ? play.dataset.play : play.dataset.pause;
      show();
    }
    function go(seconds) { audio.currentTime = Math.min(length(), Math.max(0, seconds)); show(); }
    function start() { audio.play().catch(() => {}); } // why it does not play is told by its error
    function toggle() { if (audio.paused) start(); else audio.pause(); }
    function press(key) {
      if (key === "k" || key === " ") toggle();
      else if (key === "j") go(audio.currentTime - 5);
      else if (key === "l") go(audio.currentTime + 5);
      else return false;
      return true;
    }

    for (const name of ["timeupdate", "durationchange", "seeked"]) audio.addEventListener(name, show);
    for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, showState);
    audio.addEventListener("error", () => { box.querySelector("[data-fault]").hidden = false; });
    const picture = box.querySelector(".hear-picture");
    picture.addEventListener("error", () => { picture.hidden = true; }); // a file that was changed has none
    place.addEventListener("input", () => go(Number(place.value)));
    speed.addEventListener("change", () => { audio.playbackRate = Number(speed.value); });
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-hear-key]");
      if (button) press(button.dataset.hearKey);
    });
    box.addEventListener("keydown", (event) => {
      if (window.hub.composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const onButton = event.target.matches("button, select");
      if (event.key === " " && onButton) return; // presses the button
      if (!press(event.key.toLowerCase())) return;
      event.preventDefault();
      event.stopPropagation();
    });
    box.closest(".recording").addEventListener("click", (event) => {
      const mark = event.target.closest("[data-mark]");
      if (mark) {
        mark.form.elements[mark.dataset.mark].value = audio.currentTime.toFixed(1);
        return;
      }
      const from = event.target.closest("[data-line], [data-at]");
      if (!from || event.target.closest("form")) return;
      go(Number(from.dataset.line || from.dataset.at));
      start();
    });
    show();
  }

  function look(root) {
    for (const box of root.querySelectorAll('[data-hear=""]')) begin(box);
  }
  look(document);
  document.addEventListener("htmx:load", (event) => {
    for (const hidden of event.detail.elt.querySelectorAll("[data-script][hidden]")) hidden.hidden = false;
    look(event.detail.elt);
  });
})();
