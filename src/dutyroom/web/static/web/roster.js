// Dragging a turn on a desk: where it is let go of is only asked about; the next page shows what the change does and
// what it breaks, and nothing is saved before somebody presses a button there. Arrow keys move between turns.
(function () {
  "use strict";
  var table = document.querySelector("table.roster");
  if (!table) return;
  var address = table.getAttribute("data-change"), dragged = null, cell = null;
  function leave() { if (cell) cell.classList.remove("over"); cell = null; }
  function target(event) { var found = event.target.closest && event.target.closest("td[data-day]"); return table.contains(found) ? found : null; }
  if (address) {
    table.addEventListener("dragstart", function (event) {
      dragged = event.target.closest("[data-turn]");
      if (!dragged || !dragged.draggable) { dragged = null; return; }
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.textContent.trim());
      dragged.classList.add("dragged");
    });
    table.addEventListener("dragover", function (event) {
      var found = target(event);
      if (!dragged || !found || found.contains(dragged)) return;
      event.preventDefault();
      if (found !== cell) { leave(); cell = found; cell.classList.add("over"); }
    });
    table.addEventListener("dragend", function () { leave(); if (dragged) dragged.classList.remove("dragged"); dragged = null; });
    table.addEventListener("drop", function (event) {
      var found = target(event);
      if (!dragged || !found) return;
      event.preventDefault();
      var query = new URLSearchParams({ turn: dragged.getAttribute("data-turn"), line: found.getAttribute("data-line"), day: found.getAttribute("data-day"), by: table.getAttribute("data-by") });
      var there = event.target.closest("[data-turn]") || found.querySelector("[data-turn]");
      if (there) query.set("onto", there.getAttribute("data-turn"));
      window.location.assign(address + "?" + query.toString());
    });
  }
  var STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  table.addEventListener("keydown", function (event) {
    var step = STEPS[event.key], at = event.target.closest("td");
    if (!step || !at) return;
    var row = at.parentElement.rowIndex, column = at.cellIndex;
    for (row += step[0], column += step[1]; table.rows[row] && table.rows[row].cells[column]; row += step[0], column += step[1]) {
      var next = table.rows[row].cells[column].querySelector("a.turn");
      if (next) { event.preventDefault(); next.focus(); return; }
    }
  });
})();
