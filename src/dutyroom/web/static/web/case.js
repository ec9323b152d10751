// Keeps what a person is typing when the page brings itself up to date: an open form is never replaced under the hand.
(function () {
  "use strict";
  function keep(event) {
    var target = event.detail.target;
    if (event.detail.shouldSwap === false || !target || !target.querySelector || !target.querySelector("details.finish[open] form")) return;
    event.detail.shouldSwap = false;
    var note = document.getElementById("stale");
    if (note) note.hidden = false;
  }
  document.addEventListener("htmx:oobBeforeSwap", keep);
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target && event.detail.target.id === "duty") keep(event);
  });
})();
