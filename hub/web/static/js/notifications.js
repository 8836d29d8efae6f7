/* The unread count in the title of the tab, and what a browser says while the page is in the background: a
   number of cases, never a name. Permission is asked by a button, never by itself. */
(function () {
  "use strict";

  const SAID = "hub:notified";
  const canTell = "Notification" in window;

  function show(place) {
    const found = place.querySelector("[data-unread]");
    const bare = document.title.replace(/^\(\d+\+?\) /, "");
    document.title = found ? `(${Number(found.dataset.unread) > 99 ? "99+" : found.dataset.unread}) ${bare}` : bare;
    if (!found || !found.dataset.alert || !document.hidden || !canTell || Notification.permission !== "granted") return;
    if (localStorage.getItem(SAID) === found.dataset.newest) return; // another tab said it
    localStorage.setItem(SAID, found.dataset.newest);
    new Notification(found.dataset.alert, { tag: "hub" });
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.matches("[data-bell]")) show(event.target);
  });

  /* The page's live stream, where there is one, says when to look again. */
  document.addEventListener("hub:notifications", () => {
    for (const bell of document.querySelectorAll("[data-bell]")) window.htmx.trigger(bell, "look");
  });

  const state = document.querySelector("[data-permission]");
  const ask = document.querySelector("[data-ask-permission]");
  if (!state || !ask) return;
  function say() {
    const permission = canTell ? Notification.permission : "absent";
    state.textContent = state.dataset[permission] || "";
    ask.hidden = permission !== "default";
  }
  ask.addEventListener("click", () => { Notification.requestPermission().then(say); });
  say();
})();
