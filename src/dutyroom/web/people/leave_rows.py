"""Leave as a page shows it, and a day as a form gives one."""

from dataclasses import dataclass
from datetime import date

from dutyroom.adapters.staff.dates import Day, day_of
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Leave, Person
from dutyroom.web.forms_input import Typed
from dutyroom.web.showing import Shown

MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """`state` is wished, noted, declined or withdrawn; `open` leave can still be taken back."""

    id: str
    kind: str
    first: str
    last: str
    state: str
    state_text: str
    open: bool


def leave_rows(person: Person, shown: Shown) -> list[LeaveRow]:
    """The person's leave that is not over, by its first day."""
    rows = Leave.objects.filter(person=person, ends_at__gt=to_datetime(shown.now)).order_by("first_on", "pk")
    return [
        LeaveRow(
            str(row.pk),
            shown.say(f"people.kind.{row.kind}"),
            row.first_on.isoformat(),
            row.last_on.isoformat(),
            row.state,
            shown.say(f"people.state.{row.state}"),
            row.state in ("wished", "noted"),
        )
        for row in rows[:MOST_SHOWN]
    ]


def day_in(typed: Typed, name: str) -> date | None:
    """The day that a form gives; None for none, and for what is no day."""
    read = day_of(typed.raw(name))
    return read.on if isinstance(read, Day) else None
