/* The desk: a case beside the list, and one live stream for the page. Without script, and on a narrow screen,
   rows are links and forms load pages. What is shown in the pane is what the case's own page shows. */
(function () {
  "use strict";

  const CASES = "/staff/cases/";
  const csrf = document.querySelector('meta[name="csrf"]');
  const channels = document.querySelector('meta[name="desk-channels"]');
  const me = document.body.dataset.agent || "";
  const desk = document.getElementById("desk");
  const pane = document.getElementById("pane");
  const body = document.getElementById("pane-body");
  const wide = window.matchMedia("(min-width: 64rem)");
  const pageAddress = window.location.pathname + window.location.search;
  const pageTitle = document.title;
  const article = () => document.querySelector("[data-open-case]");
  const openId = () => (article() ? article().dataset.openCase : "");
  const rowOf = (id) => document.querySelector(`[data-row][data-case="${CSS.escape(id)}"]`);
  const announce = (text) => {
    const place = document.getElementById("announce");
    if (place) place.textContent = text || "";
  };
  const send = (path, fields) => fetch(path, {
    method: "POST", credentials: "same-origin", body: new URLSearchParams(fields),
    headers: { "X-CSRF-Token": csrf ? csrf.content : "" },
  }).catch(() => {});

  /* --- the live stream --------------------------------------------------------------------------------- */
  let source = null;
  let signedAt = 0;
  let typedAt = 0;
  let timer = 0;
  let wait = 3000;
  let lost = 0; // runs since the stream was lost
  let toldLost = false;
  const people = new Map(); // what was said last of who is at a case

  function connect() {
    clearTimeout(timer);
    if (source) source.close();
    source = null;
    const list = document.querySelector("[data-feed]");
    const open = article();
    const others = channels ? channels.content.split(" ").filter(Boolean) : [];
    if (!list && !open && !others.length) return;
    const query = new URLSearchParams(list ? list.dataset.feed : "");
    query.set("rows", window.hub.rows ? Array.from(document.querySelectorAll("[data-row][data-case]"), (row) => row.dataset.case).join(",") : "");
    if (open) {
      query.set("case", open.dataset.openCase);
      query.set("version", open.dataset.version);
    }
    source = new EventSource(`/staff/desk/events?${query}`);
    for (const name of ["pill", "counts", "row", "case", "presence", ...others]) {
      source.addEventListener(name, (event) => document.dispatchEvent(new CustomEvent(`hub:${name}`, { detail: event.data })));
    }
    source.addEventListener("open", () => { if (Date.now() - typedAt < 8000) sign("types"); }); // said too early
    source.addEventListener("again", connect);
    source.addEventListener("open", () => {
      wait = 3000;
      clearTimeout(lost);
      if (lost && toldLost) say(words.back);
      lost = 0;
      toldLost = false;
      // It may have arrived between the page and its stream, and that changes no version.
      if (article() && article().querySelector("[data-on-way]")) refresh();
    });
    source.addEventListener("error", () => {
      if (!lost) lost = setTimeout(() => { toldLost = true; say(words.offline); }, 5000);
      // The browser comes back by itself unless it was told to go away: the session is over, or the server stops.
      if (!source || source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, wait + Math.random() * 2000);
      wait = Math.min(wait * 2, 60000);
    });
  }
  const words = (document.getElementById("announce") || {}).dataset || {};
  const say = (text) => { window.hub.toast(text); announce(text); };
  /* A browser keeps few connections to a server of HTTP/1.1 open: a tab that nobody sees gives its own back. */
  let hidden = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(() => { if (source) source.close(); source = null; }, 20000);
    else if (!source) connect();
  });
  const soon = () => { clearTimeout(timer); timer = setTimeout(connect, 30); };
  window.addEventListener("pagehide", () => source && source.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });

  const heard = (name, use) => document.addEventListener(`hub:${name}`, (event) => use(event.detail));
  heard("pill", (html) => {
    const place = document.querySelector("[data-pill]");
    if (!place) return;
    place.innerHTML = html;
    window.htmx.process(place);
  });
  heard("counts", (text) => {
    const counts = JSON.parse(text);
    for (const place of document.querySelectorAll("[data-count-of]")) {
      if (place.dataset.countOf in counts) place.textContent = counts[place.dataset.countOf];
    }
    const all = document.getElementById("nav-count");
    if (all && "all" in counts) all.textContent = counts.all;
  });
  heard("row", (text) => {
    const { id, html } = JSON.parse(text);
    const old = rowOf(id);
    if (!old) return;
    if (html === null) { old.remove(); return; }
    const made = document.createElement("template");
    made.innerHTML = html;
    const fresh = made.content.querySelector("[data-row]");
    const [was, is] = [old.querySelector("[data-select]"), fresh.querySelector("[data-select]")];
    if (was && is) is.checked = was.checked;
    if (old.matches("[aria-current]")) fresh.setAttribute("aria-current", "true");
    const focused = old.contains(document.activeElement);
    old.replaceWith(fresh);
    window.htmx.process(fresh);
    showPeople(id);
    if (focused) window.hub.rowLink(fresh).focus({ preventScroll: true });
  });
  heard("case", (text) => {
    const { id, version, gone, again: reads } = JSON.parse(text);
    const open = article();
    if (!open || open.dataset.openCase !== id) return;
    if (gone) showTemplate("gone");
    else if (reads || version > Number(open.dataset.version)) refresh();
  });

  /* --- who is there -------------------------------------------------------------------------------------- */
  const dismissed = new Set();
  heard("presence", (text) => {
    const said = JSON.parse(text);
    people.set(said.id, said);
    showPeople(said.id);
  });
  function withoutMe(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    for (const own of made.content.querySelectorAll(`[data-agent="${CSS.escape(me)}"]`)) own.remove();
    return made.content;
  }
  function showPeople(id) {
    const said = people.get(id);
    if (!said) return;
    const row = rowOf(id);
    if (row && row.querySelector("[data-people]")) row.querySelector("[data-people]").replaceChildren(withoutMe(said.row));
    if (openId() !== id) return;
    article().querySelector("[data-people-here]").replaceChildren(withoutMe(said.head));
    const lock = article().querySelector("[data-softlock]");
    if (!lock) return;
    const warned = withoutMe(said.lock);
    for (const one of warned.querySelectorAll("[data-agent]")) if (dismissed.has(`${id} ${one.dataset.agent}`)) one.remove();
    const is = warned.childElementCount > 0;
    if (is) lock.querySelector("[data-softlock-text]").replaceChildren(warned);
    if (lock.hidden === is) lock.hidden = !is;
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-softlock-go], [data-softlock-wait]");
    if (!button) return;
    const lock = button.closest("[data-softlock]");
    for (const one of lock.querySelectorAll("[data-agent]")) dismissed.add(`${openId()} ${one.dataset.agent}`);
    lock.hidden = true;
    const composer = article().querySelector(".composer-reply");
    if (!composer) return;
    const waits = button.matches("[data-softlock-wait]");
    composer.open = !waits; // what was typed stays in it
    if (waits) { heading().focus(); sign("stopped"); } else composer.querySelector("textarea").focus();
  });

  function sign(word) {
    if (openId()) send(`${CASES}${openId()}/presence`, { sign: word });
  }
  document.addEventListener("typed", (event) => {
    if (!event.isTrusted && !event.target.matches("textarea")) return;
    if (!event.target.closest(".composer-reply") || !event.target.value.trim()) return;
    if (Date.now() - typedAt < 8000) return;
    typedAt = signedAt = Date.now();
    sign("types");
  });
  for (const name of ["keydown", "pointermove", "scroll"]) {
    document.addEventListener(name, () => {
      if (Date.now() - signedAt < 60000 || !openId()) return;
      signedAt = Date.now();
      sign("here");
    }, { passive: true, capture: true });
  }

  /* --- the open case changes while it is read -------------------------------------------------------------- */
  let refreshing = false;
  let again = false;
  const heading = () => article() && article().querySelector(".head-title");
  const isChanged = (field) => (field.matches("textarea") ? field.value.trim() !== "" : field.matches("select")
    ? Array.from(field.options).some((option) => option.selected !== option.defaultSelected && field.selectedIndex > 0)
    : field.value !== field.defaultValue);
  const isBusy = (part) => (part.contains(document.activeElement) && document.activeElement !== heading())
    || Array.from(part.querySelectorAll("textarea, input:not([type=hidden]), select")).some(isChanged);

  async function refresh() {
    if (refreshing) { again = true; return; }
    refreshing = true;
    const id = openId();
    await new Promise((resolve) => { setTimeout(resolve, Math.random() * 200); });
    try {
      const answer = await fetch(CASES + id, { credentials: "same-origin", headers: { "HX-Request": "true", "HX-Target": "pane-body" } });
      if (openId() !== id) return;
      if (answer.status === 404) { showTemplate("gone"); return; }
      if (answer.ok) merge(await answer.text());
    } catch {
      // the stream comes back, and says it again
    } finally {
      refreshing = false;
      if (again) { again = false; refresh(); }
    }
  }
  function merge(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    const fresh = made.content.querySelector("[data-open-case]");
    const open = article();
    if (!fresh || fresh.dataset.openCase !== open.dataset.openCase) return;
    open.dataset.version = fresh.dataset.version;
    open.dataset.isOpen = fresh.dataset.isOpen;
    for (const part of open.querySelectorAll("[data-live]")) {
      const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!other || part.innerHTML === other.innerHTML || isBusy(part)) continue;
      const focused = part.contains(heading()) && document.activeElement === heading();
      const folds = Array.from(part.querySelectorAll("details"), (fold) => fold.open);
      part.innerHTML = other.innerHTML;
      const now = part.querySelectorAll("details");
      if (now.length === folds.length) now.forEach((fold, at) => { fold.open = folds[at]; });
      window.htmx.process(part);
      part.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: part } }));
      if (focused) heading().focus({ preventScroll: true });
    }
    announce(open.dataset.changed);
  }

  /* --- a case beside the list --------------------------------------------------------------------------------- */
  const scrolled = new Map(); // how far each case was read
  let listScroll = 0;
  let thenNext = false;
  let toPush = "";

  function showTemplate(name) {
    const place = pane && !pane.hidden ? body : article();
    const template = document.querySelector(`[data-pane-${name}]`);
    if (!place || !template) { window.location.reload(); return; }
    place.replaceChildren(template.content.cloneNode(true));
    const focus = place.querySelector("[data-focus]");
    if (focus) focus.focus();
    soon();
  }
  function mark(id) {
    for (const row of document.querySelectorAll("[data-row][aria-current]")) row.removeAttribute("aria-current");
    const row = id && rowOf(id);
    if (!row) return;
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  }
  function split(on) {
    if (pane.hidden === !on) return;
    if (on) listScroll = window.scrollY;
    pane.hidden = !on;
    desk.classList.toggle("is-split", on);
    document.body.classList.toggle("desk-split", on);
    window.scrollTo(0, on ? 0 : listScroll);
  }
  function openCase(id, { push = true } = {}) {
    if (openId()) scrolled.set(openId(), body.scrollTop);
    split(true);
    mark(id);
    toPush = push ? id : ""; // the address is that of what is shown, so it changes when that arrives
    const slow = setTimeout(() => announce(body.dataset.loading), 300);
    return window.htmx.ajax("GET", CASES + id, { source: body, target: body, swap: "innerHTML" }).finally(() => clearTimeout(slow));
  }
  function closePane({ push = true } = {}) {
    const id = openId();
    if (pane.hidden) return;
    if (id) scrolled.set(id, body.scrollTop);
    body.replaceChildren();
    split(false);
    document.body.dispatchEvent(new CustomEvent("sending-changed")); // what the conversation said, the bar says now
    document.title = pageTitle;
    if (push) window.history.pushState({ desk: "" }, "", pageAddress);
    const row = id && rowOf(id);
    mark("");
    if (row) {
      window.hub.rowLink(row).focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
    soon();
  }
  function neighbour(by) {
    const all = Array.from(document.querySelectorAll("[data-row]"));
    const at = all.findIndex((row) => row.matches("[aria-current]"));
    return at < 0 ? null : all[at + by] || null;
  }
  function move(by) {
    const row = neighbour(by);
    if (row) openCase(row.dataset.case);
    else announce(pane.dataset.end);
    return Boolean(row);
  }

  // 撤销 of a reply of the open case, in its conversation or in the bar below: the text comes back in the pane.
  function takesBack(form) {
    const of = form.elements.case_id;
    return Boolean(form.querySelector("[data-undo]") && of && openId() && of.value === openId());
  }

  if (desk) {
    desk.addEventListener("click", (event) => {
      const link = event.target.closest(`#queue a[href^="${CASES}"]`);
      if (!link || !wide.matches || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      openCase(link.pathname.slice(CASES.length));
    });
    pane.addEventListener("click", (event) => {
      const button = event.target.closest("[data-pane]");
      if (!button) return;
      if (button.dataset.pane === "close") closePane();
      else move(button.dataset.pane === "next" ? 1 : -1);
    });
    // Every form of the case goes by htmx and its answer into the pane, refused or not.
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
      const ofCase = body.contains(form) && form.action.startsWith(window.location.origin + CASES);
      if (!ofCase && !takesBack(form)) return;
      event.preventDefault();
      if (form.dataset.sent) return;
      form.dataset.sent = "yes";
      const by = event.submitter;
      const values = by && by.name ? { [by.name]: by.value } : {};
      // What stands round an undo selects its own piece of an answer, so that form is no source.
      const sent = ofCase ? { source: form, values } : { source: body, values: Object.fromEntries(new FormData(form)) };
      window.htmx.ajax("POST", form.action, { ...sent, target: body, swap: "innerHTML" })
        .finally(() => { delete form.dataset.sent; });
    }, true);
    document.addEventListener("htmx:beforeSwap", (event) => {
      const { xhr, target, requestConfig } = event.detail;
      if (target !== body) return;
      // htmx puts the new content before the old one: of a group of details only the old one would stay open.
      for (const fold of body.querySelectorAll("details[name]")) fold.removeAttribute("name");
      if ([409, 422].includes(xhr.status) && xhr.getResponseHeader("HX-Pane")) {
        event.detail.shouldSwap = true;
        event.detail.isError = false;
      } else if (xhr.status === 404) {
        event.detail.shouldSwap = event.detail.isError = false;
        showTemplate("gone");
      } else if (xhr.status >= 400) {
        if (requestConfig.verb === "get") showTemplate("failed");
      } else if (!xhr.getResponseHeader("HX-Pane")) {
        event.detail.shouldSwap = false;
        leave(xhr); // the case is no longer for this reader: the answer is the list
      }
    });
    document.addEventListener("htmx:afterSwap", (event) => {
      if (event.detail.target === body) arrived(event.detail.requestConfig);
    });
    window.addEventListener("popstate", (event) => {
      const id = event.state && event.state.desk;
      if (id) openCase(id, { push: false });
      else closePane({ push: false });
    });
    // The list was read anew: where one was in it is kept.
    let kept = 0;
    document.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.target.id === "queue") kept = event.detail.target.scrollTop;
    });
    document.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.elt.id !== "queue") return;
      mark(openId());
      event.detail.elt.scrollTop = kept;
      soon();
    });
    Object.assign(window.hub.does, {
      "case-next": () => move(1),
      "case-previous": () => move(-1),
    });
    const back = window.hub.does.back;
    window.hub.does.back = () => (pane.hidden ? back() : closePane());
  } else {
    // After a reload the list's entry in the history belongs to this document: it has to be loaded.
    window.addEventListener("popstate", () => { if (window.location.pathname + window.location.search !== pageAddress) window.location.reload(); });
  }
  if (window.hub.does) {
    window.hub.does["close-next"] = () => {
      const close = document.querySelector('[data-key="e"]');
      if (!close) return;
      thenNext = true;
      window.hub.press(close);
    };
  }

  function arrived(request) {
    const open = article();
    if (!open) return;
    const id = open.dataset.openCase;
    if (toPush === id) {
      if (!window.history.state || window.history.state.desk === undefined) window.history.replaceState({ desk: "" }, "");
      window.history.pushState({ desk: id }, "", CASES + id);
    }
    toPush = "";
    document.title = `${open.dataset.title} - ${pageTitle.split(" - ").pop()}`;
    pane.querySelector("[data-pane-whole]").href = CASES + id;
    const done = body.querySelector(".done");
    if (request.verb === "get") body.scrollTop = scrolled.get(id) || 0;
    const text = request.path.endsWith("/undo") && body.querySelector("form[data-drafts] textarea");
    if (text) text.focus();
    else if (!body.querySelector("[data-focus]")) heading().focus({ preventScroll: true });
    // A reply can be taken back from the bar as well, when its case is open no more.
    if (request.verb === "post") document.body.dispatchEvent(new CustomEvent("sending-changed"));
    announce(done ? done.textContent.trim() : "");
    const closed = request.verb === "post" && request.path.endsWith("/close") && open.dataset.isOpen === "no";
    if (closed && (thenNext || desk.hasAttribute("data-next")) && neighbour(1)) {
      if (done) window.hub.toast(done.textContent.trim());
      thenNext = false;
      move(1);
      return;
    }
    if (closed) thenNext = false;
    showPeople(id);
    soon();
  }
  function leave(xhr) {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const done = page.querySelector(".done");
    const list = page.getElementById("queue");
    if (!list) { window.location.assign(xhr.responseURL); return; }
    const next = neighbour(1);
    const gone = rowOf(openId());
    if (gone) gone.remove();
    if (done) { window.hub.toast(done.textContent.trim()); announce(done.textContent.trim()); }
    if (next) openCase(next.dataset.case);
    else closePane();
  }

  connect();
})();
