"""Time limits: contradictions inside a step, between steps that report the same, and clocks that cannot start."""

from collections.abc import Iterator
from itertools import pairwise

from dutyroom.core.checks.sheet import Sheet
from dutyroom.core.findings import Finding
from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND
from dutyroom.core.phases import CLOSED, RECOVERY
from dutyroom.core.plan import OPENED, STARTS, VERBS, ClockKind, Step, Verb

_PAUSES = ("defaults.ask_again", "defaults.ring_again")  # without a pause, calling would never come to an end
_LONGEST = 3_660 * DAY  # ten years: what is longer is a slip of the pen


def clocks(sheet: Sheet) -> Iterator[Finding]:
    """Every finding on clocks, reminders, repeats and holds."""
    for path, clause, within in _durations(sheet):
        if within < 0 or 0 < within < SECOND or (not within and path in _PAUSES):
            yield sheet.find(path, "without_unit", "error", clause, value=within)
        elif within > _LONGEST:
            yield sheet.find(path, "too_long", "error", clause, days=within // DAY)
    for step in sheet.plan.steps:
        yield from _order(sheet, step)
        yield from _starts(sheet, step)
        yield from _holds(sheet, step)
        yield from _repeats(sheet, step)
    yield from _two_clocks(sheet)
    yield from _silence(sheet)


def _durations(sheet: Sheet) -> Iterator[tuple[str, str, int]]:
    """(path, clause, milliseconds) of every length of time that the plan itself writes."""
    defaults = sheet.plan.defaults
    for name in ("ask_again", "ring_again", "done"):
        yield f"defaults.{name}", "", getattr(defaults, name)
    for name, word in defaults.words.items():
        yield f"defaults.words.{name}.within", "", word.within
    for step in sheet.own_steps:
        path, clause = sheet.paths[step.id], step.clauses[0] if step.clauses else ""
        for verb, clock in step.clocks.items():
            if clock.kind is not ClockKind.SOFT:
                yield f"{path}.clocks.{verb}", clause, clock.within
        for name in ("not_before", "remind"):
            yield f"{path}.{name}", clause, getattr(step, name)
        if step.repeat:
            yield f"{path}.repeat.every", clause, step.repeat.every
    for post in sheet.plan.posts.values():
        yield f"posts.{post.id}.reached_within", "", post.reached_within
    for duty in sheet.plan.calendar:
        if not duty.law:
            yield f"{sheet.duty_paths[duty.id]}.within", "", duty.within


def _order(sheet: Sheet, step: Step) -> Iterator[Finding]:
    """Received, taken, on scene, done: none can be due before the one it follows."""
    due = [(verb, step.clocks[verb]) for verb in VERBS if verb in step.clocks]
    for (early, first), (late, second) in pairwise(due):
        if first.since == second.since and first.within > second.within:
            yield sheet.at(step, f"clocks.{late}", "clocks_out_of_order", early=early, late=late)
    done = step.clocks.get(Verb.DONE)
    if done and step.remind and done.since == OPENED and step.remind >= done.within:
        yield sheet.at(step, "remind", "remind_too_late", "warning")


def _starts(sheet: Sheet, step: Step) -> Iterator[Finding]:
    for verb, clock in step.clocks.items():
        if clock.since in STARTS:
            continue
        if clock.since not in sheet.plan.step:
            yield sheet.at(step, f"clocks.{verb}.since", "clock_without_start", since=clock.since)
        elif not _before(sheet, clock.since, step):
            yield sheet.at(step, f"clocks.{verb}.since", "clock_start_not_before", since=clock.since)


def _before(sheet: Sheet, name: str, step: Step) -> bool:
    """Whether the step can only begin once the other is done: it waits for it, or is promised by it."""
    seen: set[str] = set()
    waiting = [*step.after.all, *step.after.any, *_spawners(sheet, step.id)]
    while waiting:
        other = waiting.pop()
        if other == name:
            return True
        if other not in seen and other in sheet.plan.step:
            seen.add(other)
            join = sheet.plan.step[other].after
            waiting.extend((*join.all, *join.any))
    return False


def _spawners(sheet: Sheet, name: str) -> Iterator[str]:
    if name in sheet.plan.spawned:
        yield from (step.id for step in sheet.plan.steps if any(owes.step == name for owes in step.owes))


def _holds(sheet: Sheet, step: Step) -> Iterator[Finding]:
    done = step.clocks.get(Verb.DONE)
    if step.not_before and done and done.since == OPENED and done.within < step.not_before:
        yield sheet.at(step, "not_before", "due_before_allowed")


def _repeats(sheet: Sheet, step: Step) -> Iterator[Finding]:
    if step.repeat is None:
        return
    if step.repeat.every < MINUTE:
        yield sheet.at(step, "repeat.every", "repeat_without_pause")
    endless = step.repeat.until.strip() == "false"
    if endless and (step.outlives or RECOVERY in step.phases or CLOSED in step.phases):
        yield sheet.at(step, "repeat", "repeat_without_end")
    done = step.clocks.get(Verb.DONE)
    if done and done.kind is ClockKind.HARD and done.since == OPENED and done.within > step.repeat.every > 0:
        yield sheet.at(step, "repeat.every", "repeat_before_due", "warning")


def _two_clocks(sheet: Sheet) -> Iterator[Finding]:
    """The same report to the same body twice, with clocks that say different things."""
    first: dict[tuple[str, str], list[Step]] = {}
    for step in sheet.own_steps:
        done = step.clocks.get(Verb.DONE)
        if step.report is None or done is None or step.repeat or step.voluntary or step.outlives:
            continue
        for body in step.report.to:
            earlier = first.setdefault((body, step.report.by), [])
            for other in earlier:
                if _contradict(step, other):
                    yield sheet.at(step, "clocks.done", "two_clocks", "warning", other=other.id, to=body)
                    break
            earlier.append(step)


def _contradict(step: Step, other: Step) -> bool:
    mine, theirs = step.clocks[Verb.DONE], other.clocks[Verb.DONE]
    same = (mine.within, mine.since) == (theirs.within, theirs.since)
    levels = not step.levels or not other.levels or set(step.levels) & set(other.levels)
    waits = {*step.after.all, *step.after.any, *other.after.all, *other.after.any} & {step.id, other.id}
    return not same and bool(levels) and not waits and step.when == other.when


def _silence(sheet: Sheet) -> Iterator[Finding]:
    """A number of the plan or the law whose ladder ends where it began: if that post is silent, nobody else hears."""
    last = sheet.plan.defaults.last_rung
    for step in sheet.plan.steps:
        done = step.clocks.get(Verb.DONE)
        hard = done is not None and done.kind is ClockKind.HARD and done.within <= 24 * HOUR
        if step.voluntary or not hard or step.each or len(step.who) != 1:
            continue
        role = sheet.plan.roles.get(step.who[0])
        asked = {last, *step.ladder, *(role.deputies if role else ())} - {step.who[0]}
        if role and not asked:
            yield sheet.at(step, "ladder", "ladder_ends_in_silence", "warning", role=role.id)
