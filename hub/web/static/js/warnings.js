// The release of a warning counts down some seconds before it is sent, and can be called off until then.
// Without script the form is sent at once.
"use strict";
for (const form of document.querySelectorAll("form[data-countdown]")) {
  let sure = false;
  form.addEventListener("submit", (event) => {
    if (sure) return;
    event.preventDefault();
    if (form.querySelector(".warning-countdown")) return;
    event.stopImmediatePropagation();
    const line = document.createElement("div");
    line.className = "warning-countdown";
    line.setAttribute("role", "status");
    const text = document.createElement("span");
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "button button-secondary";
    cancel.textContent = form.dataset.countdownCancel;
    line.append(text, cancel);
    form.append(line);
    cancel.focus();
    let left = Number(form.dataset.countdown);
    const say = () => { text.textContent = form.dataset.countdownText.replace("{n}", String(left)); };
    say();
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) { say(); return; }
      clearInterval(timer);
      sure = true;
      line.remove();
      form.requestSubmit();
    }, 1000);
    cancel.addEventListener("click", () => {
      clearInterval(timer);
      line.remove();
    });
  }, true);
}
