"""What one act sets going until it is settled: a statement to its publication, a corrective action to its proof, a
promise to its being kept.

Follows the promises of the plan (`owes`), so it holds for any plan that makes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dutyroom.core.plan import Step, Verb
from dutyroom.core.state import Obligation
from dutyroom.web.case.reading import Opened
from dutyroom.web.case.streams import said
from dutyroom.web.showing import clock_state, clocks
from dutyroom.wording import codes

DIALOGUE, STATEMENT, REVIEW = "dialogue", "statement", "review"


@dataclass(frozen=True, slots=True)
class Link:
    """One stage: what, who, by when, and how it stands (`state`: done, open, over, ahead, or a closed status)."""

    title: str
    role: str
    who: str
    due: str
    when: str
    text: str
    state: str
    state_text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """An act and everything that followed from it. `alive` while anything of it is still owed."""

    number: int
    title: str
    text: str
    who: str
    when: str
    links: tuple[Link, ...]
    alive: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A demand, an offer, or a promise with who keeps it, by when, and whether it was kept."""

    number: int
    text: str
    who: str
    when: str
    keeper: str
    due: str
    state: str
    state_text: str


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    promise: bool
    items: tuple[Item, ...]


def chains(opened: Opened, stream: str) -> tuple[Chain, ...]:
    """Every chain that a voluntary step of the stream began, newest first."""
    roots = [step for step in _voluntary(opened, stream) if step.owes]
    found = [_chain(opened, owed) for step in roots for owed in _of_step(opened, step.id)]
    return tuple(reversed(found))


def corrections(opened: Opened, stream: str) -> tuple[Item, ...]:
    """Voluntary acts of the stream that promise nothing and only come after another: said in the open, on record."""
    steps = [step for step in _voluntary(opened, stream) if not step.owes]
    return tuple(_item(opened, owed) for step in steps for owed in _of_step(opened, step.id))


def dialogue(opened: Opened) -> tuple[Column, ...]:
    """Demands, offers and commitments side by side; empty where the plan's dialogue was not begun."""
    steps = _voluntary(opened, DIALOGUE)
    columns = tuple(_column(opened, step) for step in steps)
    return columns if any(column.items for column in columns) or _runs(opened, DIALOGUE) else ()


def _voluntary(opened: Opened, stream: str) -> list[Step]:
    return [step for step in opened.plan.steps if step.stream == stream and step.voluntary]


def _runs(opened: Opened, stream: str) -> bool:
    return any(opened.plan.step[owed.step].stream == stream for owed in opened.case.obligations.values())


def _of_step(opened: Opened, step: str) -> Iterator[Obligation]:
    return (owed for owed in opened.case.obligations.values() if owed.step == step)


def _children(opened: Opened, key: str) -> Iterator[Obligation]:
    """Everything that hangs on the act, each stage before what it set going."""
    for owed in opened.case.obligations.values():
        if owed.parent == key:
            yield owed
            yield from _children(opened, owed.key)


def _chain(opened: Opened, root: Obligation) -> Chain:
    below = list(_children(opened, root.key))
    links = [_link(opened, owed) for owed in below]
    last = below[-1] if below else root
    if last.is_open:
        links.extend(_ahead(opened, opened.plan.step[last.step], {root.step, *(owed.step for owed in below)}))
    mark = root.marks[Verb.DONE]
    return Chain(
        root.occurrence,
        opened.plan.step[root.step].title.in_language(opened.language),
        (below[0].text if below else "") or said(opened, root),
        opened.name(mark.by),
        opened.shown.time(mark.at),
        tuple(links),
        any(owed.is_open for owed in below),
    )


def _link(opened: Opened, owed: Obligation) -> Link:
    due = owed.dues[-1] if owed.dues else None
    mark = owed.marks.get(Verb.DONE)
    over = due is not None and owed.is_open and clock_state(owed, due, opened.shown.now) == "over"
    state = "over" if over else owed.status
    return Link(
        opened.plan.step[owed.step].title.in_language(opened.language),
        opened.role(owed.role),
        opened.names.get(mark.by, "") if mark else "",
        opened.shown.time(due.due_at) if due else "",
        opened.shown.time(mark.at) if mark else "",
        said(opened, owed) if mark else owed.text,
        state,
        opened.shown.say(f"case.link.{state}"),
    )


def _ahead(opened: Opened, step: Step, seen: set[str]) -> Iterator[Link]:
    """The stages that come if this one goes well: shown, so that nobody takes an approval for a publication."""
    for owes in step.owes[:1]:
        if owes.step not in seen:
            after = opened.plan.step[owes.step]
            title = after.title.in_language(opened.language)
            yield Link(
                title, opened.role(after.who[0]), "", "", "", "", "ahead", opened.shown.say("case.link.ahead")
            )
            yield from _ahead(opened, after, seen | {owes.step})


def _column(opened: Opened, step: Step) -> Column:
    code = f"case.column.{step.id}"
    title = opened.shown.say(code) if code in codes() else step.title.in_language(opened.language)
    return Column(title, bool(step.owes), tuple(_item(opened, owed) for owed in _of_step(opened, step.id)))


def _item(opened: Opened, owed: Obligation) -> Item:
    mark = owed.marks[Verb.DONE]
    kept = next((one for one in opened.case.obligations.values() if one.parent == owed.key), None)
    due = (
        next((clock for clock in clocks(opened.plan, kept, opened.shown) if clock.verb_id == Verb.DONE), None)
        if kept
        else None
    )
    state = "waived" if kept and kept.status == "waived" else due.state if due else ""
    words = opened.shown.say("status.waived") if state == "waived" else due.state_text if due else ""
    text = kept.text if kept and kept.text else said(opened, owed)
    return Item(
        owed.occurrence,
        text,
        opened.name(mark.by),
        opened.shown.time(mark.at),
        opened.role(kept.role) if kept else "",
        due.due if due else "",
        state,
        words,
    )
