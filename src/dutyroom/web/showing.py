"""How times and spans stand on a page: in the site's zone, in the page's language, as seen at one instant.

Refuses to read a clock: `now` is given once a page, so that everything on it was seen at the same moment.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dutyroom.core.events import Due
from dutyroom.core.instants import DAY, HOUR, MINUTE, Instant
from dutyroom.core.plan import Plan, Verb
from dutyroom.core.state import Obligation
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.wording import say
from dutyroom.wording.narrate import span


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; China's where the name is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Shown:
    """One reader's way to see times."""

    language: str
    zone: ZoneInfo
    now: Instant

    def say(self, code: str, **fields: object) -> str:
        """The sentence of the code in the page's language."""
        return say(code, self.language, **fields)

    def time(self, instant: Instant | None) -> str:
        """`10:35` today, `11-24 10:35` on another day of the year, with the year in another year."""
        if instant is None:
            return ""
        moment, today = self._local(instant), self._local(self.now)
        if moment.date() == today.date():
            return f"{moment:%H:%M}"
        return f"{moment:%m-%d %H:%M}" if moment.year == today.year else f"{moment:%Y-%m-%d %H:%M}"

    def moment(self, instant: Instant | None) -> str:
        """To the second, with the date."""
        return "" if instant is None else f"{self._local(instant):%Y-%m-%d %H:%M:%S}"

    def at(self, moment: datetime | None) -> str:
        """`time` of a database timestamp."""
        return "" if moment is None else self.time(from_datetime(moment))

    def span(self, milliseconds: int) -> str:
        """A length of time, no finer than a reader needs: minutes from one minute on, hours from a day on."""
        size = abs(milliseconds)
        unit = HOUR if size >= DAY else MINUTE if size >= MINUTE else 1_000
        return span(size - size % unit, self.language)

    def until(self, instant: Instant) -> str:
        """`5 min left`, or `5 min over`."""
        left = instant - self.now
        return self.say("time.left" if left >= 0 else "time.over", span=self.span(left))

    def ago(self, instant: Instant) -> str:
        """`5 min ago`."""
        return self.say("time.ago", span=self.span(self.now - instant))

    def for_input(self, instant: Instant | None) -> str:
        """The value of a datetime-local input."""
        return "" if instant is None else f"{self._local(instant):%Y-%m-%dT%H:%M}"

    def day_of(self, moment: datetime) -> date:
        """The day of a database timestamp on the site's clocks."""
        return moment.astimezone(self.zone).date()

    def today(self) -> date:
        """The day it is there."""
        return self._local(self.now).date()

    def _local(self, instant: Instant) -> datetime:
        return to_datetime(instant).astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock of an obligation. `state`: running, over, kept, late, missed, excused."""

    verb: str
    verb_id: str
    due: str
    until: str
    kind: str
    kind_id: str
    word: str
    means: str
    state: str
    state_text: str
    marked: str


def clocks(plan: Plan, owed: Obligation, shown: Shown) -> tuple[ClockView, ...]:
    """Every clock of the obligation, in the order of the acts, with where its number comes from and how it stands."""
    return tuple(_clock(plan, owed, due, shown) for due in owed.dues)


def clock_state(owed: Obligation, due: Due, now: Instant) -> str:
    """How one clock stands: `kept` and `excused` were in time, `late` came after, `missed` never came."""
    mark = owed.marks.get(due.verb)
    if mark is not None:
        if due.verb in owed.excused or mark.at <= due.due_at:
            return "excused" if due.verb in owed.excused else "kept"
        return "late"
    if due.verb in owed.missed:
        return "over" if owed.is_open else "missed"
    if not owed.is_open:
        return "void"
    return "over" if due.due_at < now else "running"


def _clock(plan: Plan, owed: Obligation, due: Due, shown: Shown) -> ClockView:
    mark = owed.marks.get(due.verb)
    state = clock_state(owed, due, shown.now)
    word = plan.defaults.words.get(due.word)
    late = shown.span(mark.at - due.due_at) if mark and state == "late" else ""
    return ClockView(
        verb=shown.say(f"verb.{Verb(due.verb)}"),
        verb_id=due.verb,
        due=shown.time(due.due_at),
        until=shown.until(due.due_at) if state in ("running", "over") else "",
        kind=shown.say(f"clock.short.{due.kind}"),
        kind_id=due.kind,
        word=word.name.in_language(shown.language) if word else "",
        means=shown.say(f"clock.{due.kind}.means"),
        state=state,
        state_text=shown.say(f"clock.state.{state}", late=late),
        marked=shown.time(mark.at) if mark else "",
    )
