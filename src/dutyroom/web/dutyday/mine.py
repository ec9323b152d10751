"""What of the duty day waits for the reader, as lines for "My duty": each with its page, or with its one press."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from dutyroom import wiring
from dutyroom.core.duties.answering import REPORT
from dutyroom.core.duties.steps import HANDOVER, ROLL_CALL, SUMMARY, kind_of
from dutyroom.web.case.reading import Opened
from dutyroom.web.dutyday.leading import address_of
from dutyroom.web.dutyday.waiting import Mine, mine, to_take_down

OWN_PAGES = (ROLL_CALL, HANDOVER, SUMMARY)
MOST_EARLY = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do. With `press` it is done on the spot by posting to `address`."""

    case: str
    key: str
    command: str
    title: str
    role: str
    due: str
    until: str
    over: bool
    address: str
    press: bool
    go: str


def lines(opened: Iterable[Opened]) -> tuple[Line, ...]:
    """The reader's lines, roll calls first, then by the time they fall due."""
    found = [
        one for each in opened for one in mine(each) if has_own_page(one) and one.waits.begins_at <= _now(one)
    ]
    found.sort(key=lambda one: (kind_of(one.waits.owed.step) != ROLL_CALL, one.waits.due_at, one.key))
    return tuple(_line(one) for one in found)


@dataclass(frozen=True, slots=True)
class Early:
    """A daily report that will be wanted of the reader: for which post, from when on it can be made, and where."""

    title: str
    role: str
    since: str
    due: str
    address: str


def early(opened: Iterable[Opened]) -> tuple[Early, ...]:
    """The reports that the reader cannot make yet, the first first."""
    found = [one for each in opened for one in mine(each) if one.waits.kind == REPORT]
    found = [one for one in found if one.waits.begins_at > _now(one)]
    found.sort(key=lambda one: (one.waits.begins_at, one.key))
    return tuple(_early(one) for one in found[:MOST_EARLY])


def _early(one: Mine) -> Early:
    opened, owed, shown = one.opened, one.waits.owed, one.opened.shown
    return Early(
        opened.title(owed.step), opened.role(owed.role), shown.time(one.waits.begins_at),
        shown.time(one.waits.due_at), address_of(opened.plan, opened.row, owed.key),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakeDown:
    """A day on which crews' reports are still wanted that the reader may take down: how many, and on which page."""

    site: str
    count: int
    address: str


def take_down(opened: Iterable[Opened]) -> tuple[TakeDown, ...]:
    """Where the reader takes down what is reported by telephone, while any report is wanted."""
    found = [(one, sum(1 for _ in to_take_down(one))) for one in opened]
    return tuple(
        TakeDown(one.row.site.name(one.language), count, reverse("dutyday_case", args=[one.row.pk]))
        for one, count in found
        if count
    )


def has_own_page(one: Mine) -> bool:
    """Whether it is done on a page of the duty day; everything else is done on its card."""
    return one.waits.kind == REPORT or kind_of(one.waits.owed.step) in OWN_PAGES


def _line(one: Mine) -> Line:
    opened, owed, shown = one.opened, one.waits.owed, one.opened.shown
    kind = REPORT if one.waits.kind == REPORT else kind_of(owed.step)
    press = kind == ROLL_CALL
    case = opened.case.case
    address = reverse("duty_act", args=[case]) if press else address_of(opened.plan, opened.row, owed.key)
    return Line(
        case, owed.key, wiring.new_id(), opened.title(owed.step), opened.role(owed.role), shown.time(one.waits.due_at),
        shown.until(one.waits.due_at), one.waits.due_at < shown.now, address, press, shown.say(f"dutyday.go.{kind}"),
    )  # fmt: skip


def _now(one: Mine) -> int:
    return one.opened.shown.now
