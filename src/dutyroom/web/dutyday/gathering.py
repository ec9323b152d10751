"""A duty day of a site as its record has it: what the page, the printed summary and the board's strip show.

Everything is of posts, and of who is on duty or handed over; nothing counts or compares what a person did.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models.expressions import RawSQL

from dutyroom import wiring
from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.duties.answering import is_daily_report
from dutyroom.core.duties.least import least_on
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.duties.occurring import DAY
from dutyroom.core.duties.steps import HANDOVER, ROLL_CALL, SUMMARY, DutyStep, kind_of
from dutyroom.core.instants import HOUR, Instant
from dutyroom.core.plan import Verb
from dutyroom.core.state import Obligation
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Case, Site
from dutyroom.store.scope import cases_for
from dutyroom.web.case.reading import Opened, open_rows
from dutyroom.web.showing import Shown, clock_state
from dutyroom.web.visit import Visit
from dutyroom.wording.criteria import listed
from dutyroom.wording.narrate import answer_text

MOST_PARTS = 6


@dataclass(frozen=True, slots=True)
class Report:
    """A post's daily report. `state`: early, waits, over, done, late, missed, void; `asked` the post asked last."""

    case: str
    key: str
    role: str
    role_id: str
    due: str
    due_at: Instant
    state: str
    state_text: str
    said: str
    nothing: bool
    at: str
    by: str
    asked: str
    command: str
    scribe: str = ""

    @property
    def full(self) -> str:
        """As `pages` names what the reader may do."""
        return f"{self.case} {self.key}"


@dataclass(frozen=True, slots=True)
class Handed:
    """A handover: whose post, when it was due, who had it, who accepted it when; `has` who has the duty until then.

    `lacking`: it was accepted though not everything was handed over, or with fewer on post than the plan wants.
    """

    case: str
    key: str
    role: str
    at: str
    accepted: str
    by: str
    state: str
    state_text: str
    has: tuple[str, ...]
    has_names: str
    said: str
    lacking: bool = False
    id: str = "handover"


@dataclass(frozen=True, slots=True)
class RollCall:
    """A roll call that has begun: answered within the limit, late, not, or still waiting."""

    title: str
    at: str
    state: str
    state_text: str


@dataclass(frozen=True, slots=True)
class Received:
    """Who of those told has received the summary."""

    case: str
    key: str
    role: str
    role_id: str
    at: str
    open: bool
    command: str

    @property
    def full(self) -> str:
        """As `pages` names what the reader may do."""
        return f"{self.case} {self.key}"


@dataclass(frozen=True)
class DayView:
    """One day. `parts` are its cases: more than one where something was added after the first had ended."""

    site: Site
    day: date
    parts: tuple[Opened, ...]
    periods: tuple[str, ...]
    reports: tuple[Report, ...]
    handovers: tuple[Handed, ...]
    roll_calls: tuple[RollCall, ...]
    received: tuple[Received, ...]
    others: tuple[tuple[str, str, str], ...]

    @property
    def reported(self) -> tuple[Report, ...]:
        return tuple(one for one in self.reports if one.state in ("done", "late"))

    @property
    def missing(self) -> tuple[Report, ...]:
        """Reports that are wanted by now and are not there."""
        return tuple(one for one in self.reports if one.state in ("waits", "over", "missed"))

    @property
    def waiting(self) -> tuple[Handed, ...]:
        return tuple(one for one in self.handovers if one.state in ("waits", "over"))


def gather(request: Visit, site: Site, day: date, shown: Shown) -> DayView:
    """The day as it stands now."""
    parts = tuple(open_rows(request, _rows(request, site, day)))
    owed = [
        (one, each) for one in parts for each in one.case.obligations.values() if each.status != "withdrawn"
    ]
    names = {name: None for one in parts for name in one.case.periods}
    return DayView(
        site,
        day,
        parts,
        tuple(_period(parts[0], name) for name in names) if parts else (),
        tuple(_report(one, each) for one, each in owed if is_daily_report(one.plan.step.get(each.step))),
        tuple(handed(one, each) for one, each in owed if kind_of(each.step) == HANDOVER),
        tuple(_roll_call(one, each) for one, each in _in_time(owed) if kind_of(each.step) == ROLL_CALL),
        tuple(_received(one, each) for one, each in owed if kind_of(each.step) == SUMMARY),
        tuple(_others(owed)),
    )


def _rows(request: Visit, site: Site, day: date) -> Sequence[Case]:
    """The cases of the day; one that was opened after an outage was opened later, so only the day it is of decides."""
    since = to_datetime(instant_of(day, "00:00", site.zone) - HOUR)
    found = cases_for(request.person).filter(site=site, kind=DAY, opened_at__gte=since).select_related("site")
    found = found.annotate(of=RawSQL("(store_case.state::jsonb) ->> 'day'", [])).filter(of=str(day))
    return list(found.order_by("opened_at")[:MOST_PARTS])


def _period(opened: Opened, name: str) -> str:
    known = opened.plan.periods.get(name)
    return known.name.in_language(opened.language) if known else name


def _report(opened: Opened, owed: Obligation) -> Report:
    shown, due, mark = opened.shown, owed.dues[0], owed.marks.get(Verb.DONE)
    state = _state(opened, owed)
    asked = opened.role(owed.rung_role) if mark is None and owed.asked else ""
    by = opened.name(mark.by) if mark else ""
    at = shown.time(mark.at) if mark else ""
    nothing = owed.answers.get("nothing") is True
    return Report(
        opened.case.case, owed.key, opened.role(owed.role), owed.role, shown.time(due.due_at), due.due_at, state,
        _state_text(opened, state), said(opened, owed), nothing, at, by, asked, wiring.new_id(), scribe(opened, owed),
    )  # fmt: skip


def scribe(opened: Opened, owed: Obligation) -> str:
    """In words, which post took the report down for who owed it; empty where who owed it said it."""
    step, mark = opened.plan.step.get(owed.step), owed.marks.get(Verb.DONE)
    if mark is None or not isinstance(step, DutyStep):
        return ""
    rules, at = opened.rules, mark.recorded_at
    if rules.holds(mark.by, with_deputies(opened.plan, owed.role), at):
        return ""
    posts = (role for name in step.scribes for role in opened.plan.members(name))
    held = next((role for role in posts if rules.holds(mark.by, (role,), at)), "")
    return opened.shown.say("holding.scribe", role=opened.role(held)) if held else ""


def _state(opened: Opened, owed: Obligation) -> str:
    """early, waits, over (late and still asked for), done, late, missed (no longer asked for), void (released)."""
    now, mark = opened.shown.now, owed.marks.get(Verb.DONE)
    if mark is not None:
        return "late" if clock_state(owed, owed.dues[0], now) == "late" else "done"
    if not owed.is_open:
        return "missed" if owed.status == "lapsed" else "void"
    if owed.dues[0].due_at < now:
        return "over"
    return "waits" if (owed.not_before or owed.begins_at or owed.opened_at) <= now else "early"


def _state_text(opened: Opened, state: str) -> str:
    return opened.shown.say(f"dutyday.state.{state}")


def said(opened: Opened, owed: Obligation) -> str:
    """What was answered, in words: of a report "nothing to report" or what, of any step its fields."""
    step, parts = opened.plan.step[owed.step], []
    if owed.answers.get("nothing") is True:
        parts.append(opened.shown.say("dutyday.nothing"))
    for field in step.asks:
        value = owed.answers.get(field.id)
        if field.id == "nothing" or value is None or value == "":
            continue
        text = answer_text(opened.plan, field, value, opened.language, opened.shown.time)
        parts.append(text if field.id == "what" else f"{field.label.in_language(opened.language)} {text}")
    return " · ".join(parts)


def handed(opened: Opened, owed: Obligation) -> Handed:
    """A handover as it stands."""
    shown, mark = opened.shown, owed.marks.get(Verb.DONE)
    state, turn = _state(opened, owed), owed.begins_at or owed.opened_at
    waits = state in ("waits", "over") and turn <= shown.now
    has = [opened.name(one) for one in opened.rules.roster.holders(owed.role, shown.now)] if waits else []
    before = opened.rules.roster.planned(owed.role, turn - 1)
    kept = tuple(has[: len(before)])
    return Handed(
        opened.case.case, owed.key, opened.role(owed.role), shown.time(turn), shown.time(mark.at) if mark else "",
        opened.name(mark.by) if mark else "", state, _state_text(opened, state), kept, listed(kept, opened.language),
        said(opened, owed), mark is not None and lacking(opened, owed),
    )  # fmt: skip


def lacking(opened: Opened, owed: Obligation) -> bool:
    """Whether a handover says that something was not handed over, or that fewer are on post than the plan wants."""
    wanted = least_on(opened.plan, owed.role, opened.case.periods)
    present = owed.answers.get("on_post")
    return owed.answers.get("taken_over") is False or (isinstance(present, int) and present < wanted)


def _in_time(owed: list[tuple[Opened, Obligation]]) -> list[tuple[Opened, Obligation]]:
    return sorted(owed, key=lambda pair: (pair[1].begins_at or pair[1].opened_at, pair[1].key))


def _roll_call(opened: Opened, owed: Obligation) -> RollCall:
    at = opened.shown.time(owed.begins_at or owed.opened_at)
    state = _state(opened, owed)
    return RollCall(opened.title(owed.step), at, state, _state_text(opened, state))


def _received(opened: Opened, owed: Obligation) -> Received:
    mark = owed.marks.get(Verb.DONE)
    begun = (owed.begins_at or owed.opened_at) <= opened.shown.now
    at = opened.shown.time(mark.at) if mark else ""
    return Received(
        opened.case.case,
        owed.key,
        opened.role(owed.role),
        owed.role,
        at,
        owed.is_open and begun,
        wiring.new_id(),
    )


def _others(owed: list[tuple[Opened, Obligation]]) -> Iterator[tuple[str, str, str]]:
    """Everything else that the calendar owes today: title, post, and how it stands."""
    for opened, each in owed:
        step = opened.plan.step.get(each.step)
        if kind_of(each.step) not in (HANDOVER, ROLL_CALL, SUMMARY) and not is_daily_report(step):
            yield opened.title(each.step), opened.role(each.role), _state(opened, each)


def date_of(opened: Opened) -> date:
    """The local day that the case is of."""
    return date.fromisoformat(opened.case.day)


def days_around(day: date) -> tuple[date, date]:
    """The day before and the day after."""
    return day - timedelta(days=1), day + timedelta(days=1)
