"""What a plan names around its steps: outside bodies and warnings, places, resources, watches, quotas, the calendar.

Values only, like `plan`. What is owed by the calendar and the watches is run by `duties`; here it is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dutyroom.core.instants import Milliseconds
from dutyroom.core.words import Law, Strict, Words

COLOURS = ("blue", "yellow", "orange", "red")  # ascending; Emergency Response Law (2024) art. 63


@dataclass(frozen=True, slots=True)
class Hazard(Strict):
    """A kind of outside warning with the colours it is given in, ascending (heat has no blue)."""

    id: str
    name: Words
    colours: tuple[str, ...] = COLOURS


@dataclass(frozen=True, slots=True)
class WarningRule(Strict):
    """An outside warning of this colour or a graver one, in one of the areas (none: any), puts us into our own state.

    `automatic` starts without waiting for a person; otherwise the level is proposed to the one who grades.
    """

    hazard: str
    colour: str
    level: str
    state: str = "response"  # "readiness" | "response"
    areas: tuple[str, ...] = ()
    automatic: bool = False
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Warnings(Strict):
    """Outside warnings by hazard, colour and area, and what each means for us. Each area keeps its own state."""

    hazards: Mapping[str, Hazard] = field(default_factory=dict)
    areas: Mapping[str, Words] = field(default_factory=dict)
    rules: tuple[WarningRule, ...] = ()


class ReportBy(StrEnum):
    PHONE = "phone"
    WRITTEN = "written"
    SYSTEM = "system"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Report(Strict):
    """The step is a report to a post or an outside body: how it is made and what it must contain."""

    to: tuple[str, ...]
    by: ReportBy = ReportBy.PHONE
    contents: tuple[Words, ...] = ()
    form: str = ""


@dataclass(frozen=True, slots=True)
class Outside(Strict):
    """A body outside the organisation. `number` is a public short number (119); others are in the people list."""

    id: str
    name: Words
    kind: str = "other"
    number: str = ""
    agreement: str = ""
    note: Words | None = None
    clauses: tuple[str, ...] = ()


OUTSIDE_KINDS = (
    "emergency_service", "authority", "client", "mutual_aid", "press", "public", "neighbour", "utility", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place(Strict):
    """A place the plan names. `priority` 1 is served first; `least` people stay there while it is protected."""

    id: str
    name: Words
    kind: str = "zone"
    priority: int = 0
    least: int = 0
    clauses: tuple[str, ...] = ()


PLACE_KINDS = ("road", "zone", "assembly_point", "post", "protected", "command_post", "store")


@dataclass(frozen=True, slots=True)
class Resource(Strict):
    """Something kept ready. `least` is the number under which more is sought at `source`."""

    id: str
    name: Words
    quantity: int
    unit: Words
    least: int = 0
    place: str = ""
    keeper: str = ""
    state: Words | None = None
    source: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period(Strict):
    """A span with rules of its own: public holidays, or each year from `starts` to `ends` (MM-DD), or dates.

    `declared` has no dates of its own: it holds when the superior, a warning or the organisation declares it. Any
    other period can be declared as well.
    """

    id: str
    name: Words
    holidays: bool = False
    starts: str = ""
    ends: str = ""
    declared: bool = False
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RollCalls(Strict):
    """When the holders of a post are asked whether they can be reached: at these times of day (HH:MM), and so many
    times a day unannounced. `during` names the periods in which it is done (none: every day)."""

    at: tuple[str, ...] = ()
    unannounced: int = 0
    during: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PostInPeriod(Strict):
    """What else holds for a post while a period lasts. 0 or empty leaves it as the post says.

    `where` is "on_site" or "at_home". Where periods overlap, the strictest of each counts.
    """

    least: int = 0
    where: str = ""
    reached_within: Milliseconds = 0
    roll_calls: RollCalls | None = None


WHERE = ("on_site", "at_home")


@dataclass(frozen=True, slots=True)
class Post(Strict):
    """A watch that is kept: who, during which hours and periods, who leads the shift, and how fast it is reached.

    `handover_within` is how long after the turn begins it may take until the next one has accepted it.
    """

    id: str
    name: Words
    role: str
    leader: str = ""
    hours: str = "00:00-24:00"
    during: tuple[str, ...] = ()
    least: int = 1
    reached_within: Milliseconds = 0
    handover: Words | None = None
    absence: Words | None = None
    where: str = ""
    handover_within: Milliseconds = 0
    roll_calls: RollCalls | None = None
    in_period: Mapping[str, PostInPeriod] = field(default_factory=dict)
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quota(Strict):
    """The least (and most) that a role or each of a group must have ready: people, or a resource."""

    who: str
    least: int
    of: str = "people"
    most: int = 0
    during: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


EVERY = ("day", "week", "month", "quarter", "half_year", "year", "three_years", "edition")


@dataclass(frozen=True, slots=True)
class CheckItem(Strict):
    """One condition that a round looks at. Conditions only: wages, rest, gear, vehicles, hours; never persons."""

    id: str
    text: Words


@dataclass(frozen=True, slots=True)
class DutyInPeriod(Strict):
    """What else holds for a calendar duty while a period lasts: other, or more, times of day; another limit."""

    at: tuple[str, ...] = ()
    within: Milliseconds = 0


@dataclass(frozen=True, slots=True)
class CalendarDuty(Strict):
    """What is owed by the calendar: `every` so often, at a time of day, in certain periods; `each` of a group.

    `checklist` is what an inspection looks at.
    """

    id: str
    title: Words
    who: str
    every: str
    kind: str = "check"
    at: str = ""
    each: bool = False
    during: tuple[str, ...] = ()
    within: Milliseconds = 0
    ladder: tuple[str, ...] = ()
    report: Report | None = None
    checklist: tuple[CheckItem, ...] = ()
    in_period: Mapping[str, DutyInPeriod] = field(default_factory=dict)
    see: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    fulfils: str = ""
    law: Law | None = None
    line: int = 0


CALENDAR_KINDS = ("daily_report", "drill", "training", "review", "filing", "check", "handover", "inspection")


@dataclass(frozen=True, slots=True)
class Reference(Strict):
    """Another plan, an annex, a form, a drawing, an agreement or a law. `file` is beside the plan; `sha256` pins it."""

    id: str
    title: Words
    kind: str = "annex"
    file: str = ""
    sha256: str = ""
    number: str = ""
    place: str = ""


REFERENCE_KINDS = ("plan", "annex", "form", "drawing", "agreement", "law")


@dataclass(frozen=True, slots=True)
class PackUse(Strict):
    """A rule pack the plan is under, and which of its posts are the pack's."""

    id: str
    roles: Mapping[str, str] = field(default_factory=dict)
