// While one types, the findings on the text are asked for and shown, a fifth of a second after the last key; line
// numbers stand beside the text. Without this script the button "check" does the same.
(function () {
  "use strict";
  var form = document.getElementById("editor"), text = document.getElementById("text");
  var found = document.getElementById("found"), gutter = document.getElementById("gutter");
  if (!form || !text || !found || !window.fetch || !window.AbortController) return;
  var timer = 0, running = null, lines = 0;

  function number() {
    var count = text.value.split("\n").length, marks = {};
    found.querySelectorAll("[data-line]").forEach(function (one) {
      var notice = one.closest(".notice"), kind = notice && notice.classList.contains("bad") ? "error" : notice && notice.classList.contains("warn") ? "warning" : "";
      if (kind && marks[one.dataset.line] !== "error") marks[one.dataset.line] = kind;
    });
    var key = count + JSON.stringify(marks);
    if (key === lines) return;
    lines = key;
    var all = document.createDocumentFragment(), plain = "";
    for (var line = 1; line <= count; line += 1) {
      if (marks[line]) {
        all.append(plain); plain = "";
        var span = document.createElement("span");
        span.className = marks[line]; span.textContent = line;
        all.append(span, "\n");
      } else plain += line + "\n";
    }
    all.append(plain);
    gutter.replaceChildren(all);
    follow();
  }
  function follow() { gutter.scrollTop = text.scrollTop; }

  function ask() {
    if (running) running.abort();
    var mine = running = new AbortController(), began = performance.now();
    var body = new FormData();
    body.append("text", text.value);
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    document.body.classList.add("busy");
    fetch(form.dataset.findings, { method: "POST", body: body, signal: mine.signal, headers: { "X-Requested-With": "fetch" } })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
      .then(function (page) {
        if (mine !== running) return;
        found.replaceChildren.apply(found, Array.from(new DOMParser().parseFromString(page, "text/html").body.childNodes));
        number();
        form.dataset.took = Math.round(performance.now() - began);
        form.dataset.asked = String(1 + Number(form.dataset.asked || 0));
      })
      // No signal, or signed out: what stands there stays, and the button still checks.
      .catch(function () {})
      .finally(function () { if (mine === running) document.body.classList.remove("busy"); });
  }

  text.addEventListener("input", function () {
    number();
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  });
  text.addEventListener("scroll", follow, { passive: true });

  // A finding leads to its place in the text.
  form.addEventListener("click", function (event) {
    var link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    var rows = text.value.split("\n"), line = Math.min(Number(link.dataset.line), rows.length), start = 0;
    for (var at = 0; at < line - 1; at += 1) start += rows[at].length + 1;
    text.focus();
    text.setSelectionRange(start, start + rows[line - 1].length);
    text.scrollTop = Math.max(0, (line - 6) * (text.scrollHeight / rows.length));
    follow();
  });

  var unsaved = false, initial = text.value;
  text.addEventListener("input", function () { unsaved = text.value !== initial; });
  form.addEventListener("submit", function () { unsaved = false; });
  window.addEventListener("beforeunload", function (event) { if (unsaved) event.preventDefault(); });

  gutter.hidden = false;
  number();
})();
