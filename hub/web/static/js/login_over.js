/* A part of the page asked and the login was over: what is half written in a form is sent first, so that the
   server keeps it (nothing of it is carried out without a login), then comes the login page. */
(function () {
  "use strict";

  function typed(form) {
    let length = 0;
    for (const field of form.elements) {
      if (field.tagName !== "TEXTAREA" && (field.tagName !== "INPUT" || field.type !== "text")) continue;
      if (field.value !== field.defaultValue) length += field.value.length;
    }
    return length;
  }

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const answer = event.detail.xhr;
    if (answer.status !== 401 || !answer.getResponseHeader("HX-Redirect")) return;
    const forms = Array.from(document.querySelectorAll("form[method=post]"));
    const form = forms.sort((one, other) => typed(other) - typed(one))[0];
    if (!form || typed(form) < 2) return;
    event.preventDefault();
    const words = new URLSearchParams(Array.from(new FormData(form)).filter(([, value]) => typeof value === "string"));
    const here = encodeURIComponent(location.pathname + location.search);
    fetch(form.action, { method: "POST", body: words, credentials: "same-origin", redirect: "manual" })
      .finally(() => { location.href = `/staff/login?next=${here}`; });
  });
})();
