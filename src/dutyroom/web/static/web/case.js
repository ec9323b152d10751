// Keeps what a person is doing when the page brings itself up to date: an open form is never replaced under the hand,
// and what was unfolded stays so.
(function () {
  "use strict";
  function keep(event) {
    var target = event.detail.target;
    if (event.detail.shouldSwap === false || !target || !target.querySelector || !target.querySelector("details.finish[open] form")) return;
    event.detail.shouldSwap = false;
    var note = document.getElementById("stale");
    if (note) note.hidden = false;
  }
  var unfolded = {};
  function named(one) {
    var part = one.closest("[aria-labelledby]"), head = one.parentElement.querySelector("h3");
    return one.id || [part && part.getAttribute("aria-labelledby"), head && head.textContent, one.firstElementChild.textContent.replace(/\d+/g, "")].join("|");
  }
  document.addEventListener("toggle", function (event) {
    if (!event.target.isConnected || event.target.tagName !== "DETAILS" || event.target.className === "finish") return;
    if (event.target.open) unfolded[named(event.target)] = true; else delete unfolded[named(event.target)];
  }, true);
  document.addEventListener("htmx:afterSwap", function () {
    document.querySelectorAll("details:not(.finish):not([open])").forEach(function (one) { if (unfolded[named(one)]) one.open = true; });
  });
  document.addEventListener("htmx:oobBeforeSwap", keep);
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target && event.detail.target.id === "duty") keep(event);
  });
})();
