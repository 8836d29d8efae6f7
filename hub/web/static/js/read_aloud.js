/* Reads a page aloud where the browser can (screens for older people): a button names what it reads. */
(() => {
  const voice = window.speechSynthesis;
  const button = document.querySelector("[data-read-aloud]");
  if (!voice || !button) return;
  const word = button.querySelector("span");
  const start = word.textContent;
  let reading = 0; // which press is being read, 0 = none
  let presses = 0;
  const show = (press) => { reading = press; word.textContent = press ? button.dataset.stop : start; };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (reading) { show(0); voice.cancel(); return; }
    const text = [...document.querySelectorAll(button.dataset.readAloud)].map((part) => part.innerText).join("\n");
    // Sentence by sentence: long texts fall silent half-way in some browsers.
    const sentences = text.split(/(?<=[。！？\n])/).filter((sentence) => sentence.trim());
    const press = ++presses;
    show(press);
    sentences.forEach((sentence, place) => {
      const said = new SpeechSynthesisUtterance(sentence);
      said.lang = "zh-CN";
      said.rate = 0.9;
      if (place === sentences.length - 1) said.onend = () => { if (reading === press) show(0); };
      voice.speak(said);
    });
  });
  addEventListener("pagehide", () => voice.cancel());
})();
