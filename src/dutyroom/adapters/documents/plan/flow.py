"""The response as drawings: the phases with the moves between them, then each phase with its steps in lanes.

Steps of one stream stand under each other and an arrow means "then"; what waits for a step of another lane says so by
its number, so no lines cross and forty steps stay readable. Refuses to know tables and chapters.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dutyroom.adapters.documents.plan.drawing import Box, Drawing, Line, Path, text_height, wrapped
from dutyroom.adapters.documents.plan.words import Wording
from dutyroom.core.phases import PHASES
from dutyroom.core.plan import VERBS, Move, Step
from dutyroom.wording import say

WIDTH = 168.0
_LANES, _GAP = 4, 3.0
_LANE = (WIDTH - 1 - _GAP * (_LANES - 1)) / _LANES
_PAGE = 196.0  # the height that a figure may take with its caption
_ARROW = 4.5


def overview(words: Wording) -> Drawing:
    """The phases from top to bottom, each move with the steps that decide it."""
    used = {step_phase for step in words.plan.steps for step_phase in step.phases}
    used |= {phase for move in words.plan.moves for phase in (move.source, move.target)}
    phases = [phase for phase in PHASES if phase in used]
    boxes = {phase: Box(54, 2 + place * 26, 60, 12, _phase_lines(words, phase), "head", centred=True)
             for place, phase in enumerate(phases)}  # fmt: skip
    parts: list[Box | Path] = list(boxes.values())
    aside = {"left": 0, "right": 0}
    for (source, target), label in _moves(words).items():
        parts += _move(
            boxes[source], boxes[target], label, phases.index(target) - phases.index(source), aside
        )
    return Drawing(WIDTH, 2 + len(phases) * 26 - 12, tuple(parts))


def phase_drawings(words: Wording, phase: str) -> tuple[Drawing, ...]:
    """The steps of a phase, on as many sheets as they need."""
    steps = [step for step in words.plan.steps if step.phases and step.phases[0] == phase]
    if not steps:
        return ()
    lanes = _fitted(words, steps)
    sheets: list[Drawing] = []
    parts: list[Box | Path] = []
    y = 0.0
    for start in range(0, len(lanes), _LANES):
        row = lanes[start : start + _LANES]
        height = max(lane.height for lane in row) + 9
        if parts and y + height > _PAGE:
            sheets.append(Drawing(WIDTH, y, tuple(parts)))
            parts, y = [], 0.0
        parts += _row(words, row, y)
        y += height
    return (*sheets, Drawing(WIDTH, y, tuple(parts)))


@dataclass(frozen=True, slots=True)
class _Lane:
    """One stream's steps as boxes of lines, with the lines of its head."""

    head: tuple[Line, ...]
    steps: tuple[tuple[Step, tuple[Line, ...]], ...]

    @property
    def height(self) -> float:
        return text_height(self.head) + 3 + sum(text_height(lines) + 2.6 + _ARROW for _, lines in self.steps)


def _phase_lines(words: Wording, phase: str) -> tuple[Line, ...]:
    name = Line(say(f"phase.{phase}", words.lang), 3.6, bold=True)
    count = sum(1 for step in words.plan.steps if step.phases and step.phases[0] == phase)
    return (name, Line(words.say("steps_counted", count=count), 2.6)) if count else (name,)


def _moves(words: Wording) -> dict[tuple[str, str], list[str]]:
    """What leads from one phase to another, a text a way."""
    found: dict[tuple[str, str], list[str]] = {}
    for move in words.plan.moves:
        if move.source in PHASES and move.target in PHASES:
            found.setdefault((move.source, move.target), []).append(_decided(words, move))
    return found


def _decided(words: Wording, move: Move) -> str:
    steps = words.listed(words.cited(one) for one in move.after.all)
    if move.after.any:
        steps += words.say("any_one", steps=words.listed(words.cited(one) for one in move.after.any))
    return steps or words.say("automatic")


def _move(source: Box, target: Box, label: list[str], way: int, aside: dict[str, int]) -> list[Box | Path]:
    """An arrow down to the next phase, else round the side: back on the left, on to a later phase on the right."""
    text = " / ".join(label)
    if way == 1:
        x, y = source.x + 30, source.y + source.height
        note = wrapped(text, 48, 2.6)
        parts: list[Box | Path] = [Path(((x, y), (x, target.y)))]
        return [*parts, *_note(note, x + 2, y + 1)]
    side = "left" if way < 0 else "right"
    aside[side] += 1
    shift = (5 if side == "left" else 26) + 4 * aside[side]
    start, end = source.y + source.height / 2, target.y + target.height / 2
    edge, x = (54, 54 - shift) if side == "left" else (114, 114 + shift)
    note = wrapped(text, 32 if side == "left" else 20, 2.6)
    path = Path(((edge, start), (x, start), (x, end), (edge, end)))
    at = x - 35 if side == "left" else x + 1.5
    return [path, *_note(note, at, (start + end) / 2 - 4)]


def _note(lines: tuple[Line, ...], x: float, y: float) -> list[Box | Path]:
    """Free text: a box without an edge."""
    return [Box(x, y, 40, text_height(lines), lines, "bare")]


def _lanes(words: Wording, steps: list[Step]) -> Iterator[_Lane]:
    streams = dict.fromkeys(step.stream for step in steps)
    for stream in streams:
        name = words.known(f"stream.{stream}", stream) if stream else words.say("stream.none")
        lines = tuple((step, _step_lines(words, step)) for step in steps if step.stream == stream)
        yield _Lane(wrapped(name, _LANE - 3, 2.8, bold=True), lines)


def _fitted(words: Wording, steps: list[Step]) -> list[_Lane]:
    """The lanes, long ones cut so that the page is filled side by side before it is filled downwards."""
    whole = list(_lanes(words, steps))
    for limit in range(60, int(_PAGE) - 16, 12):
        pieces = [piece for lane in whole for piece in _cut(lane, limit)]
        if len(pieces) <= _LANES:
            return pieces
    return [piece for lane in whole for piece in _cut(lane, _PAGE - 16)]


def _cut(lane: _Lane, limit: float) -> Iterator[_Lane]:
    """A lane that is higher than the limit goes on in another beside it."""
    steps: list[tuple[Step, tuple[Line, ...]]] = []
    head = lane.head
    for one in lane.steps:
        piece = _Lane(head, (*steps, one))
        if steps and piece.height > limit:
            yield _Lane(head, tuple(steps))
            head = (*lane.head[:-1], replace(lane.head[-1], text=f"{lane.head[-1].text} …"))
            steps = []
        steps.append(one)
    yield _Lane(head, tuple(steps))


def _step_lines(words: Wording, step: Step) -> tuple[Line, ...]:
    width = _LANE - 3
    lines = wrapped(words.cited(step.id), width, 2.6, bold=True) + wrapped(words.owners(step), width, 2.4)
    for verb in VERBS:
        if verb in step.clocks:
            lines += wrapped(words.clock(step, verb), width, 2.3, grey=True)
    if step.levels:
        lines += wrapped(words.levels(step.levels), width, 2.3, grey=True)
    if step.when != "true":
        lines += wrapped(words.say("on_condition"), width, 2.3, grey=True)
    if step.id in words.plan.spawned:
        cause = words.listed(words.number(one.id) for one in words.plan.steps if _owes(one, step.id))
        lines += wrapped(words.say("caused_by", steps=cause), width, 2.3, grey=True)
    return lines


def _owes(step: Step, target: str) -> bool:
    return any(one.step == target for one in step.owes)


def _row(words: Wording, lanes: list[_Lane], top: float) -> Iterator[Box | Path]:
    """Lanes beside each other under a bar that opens them all at once."""
    bar = Box(0.5, top + 1, len(lanes) * _LANE + (len(lanes) - 1) * _GAP, 1.4, (), "bar")
    if len(lanes) > 1:
        yield bar
    for place, lane in enumerate(lanes):
        x = 0.5 + place * (_LANE + _GAP)
        middle, y = x + _LANE / 2, top + 6.5
        if len(lanes) > 1:
            yield Path(((middle, bar.y + bar.height), (middle, y)))
        height = text_height(lane.head) + 2
        yield Box(x, y, _LANE, height, lane.head, "head", centred=True)
        yield from _stack(words, lane, x, y + height)


def _stack(words: Wording, lane: _Lane, x: float, y: float) -> Iterator[Box | Path]:
    """The steps of a lane from top to bottom. An arrow joins a step with the one above that it waits for."""
    above = ""
    for step, lines in lane.steps:
        before = [*step.after.all, *step.after.any]
        if above in before:
            yield Path(((x + _LANE / 2, y), (x + _LANE / 2, y + _ARROW)))
        rest = words.listed(words.number(one) for one in before if one != above)
        if rest:
            note = Line(words.say("after", steps=rest), 2.3)
            yield Box(x + (_LANE / 2 if above in before else 0), y + 0.6, _LANE / 2, 3.2, (note,), "bare")
        y += _ARROW
        height = text_height(lines) + 2.6
        yield Box(x, y, _LANE, height, lines, "soft" if step.voluntary else "plain")
        y += height
        above = step.id
