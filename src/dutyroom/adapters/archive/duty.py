"""Who was on duty and how they could be reached when a case ran, as an archive keeps it: kinds, never addresses.

Standing holders and duty periods around the case, a person's language and kinds of channels with their waits, and the
spans in which the server was down. Persons are identifiers as in the record. An archive made before this was kept has
none of it; then nobody can say afterwards who should have been called.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dutyroom.core.instants import Instant
from dutyroom.core.roster import Channel, DutyPeriod, Responder, Roster

FORMAT = "dutyroom-duty-1"


@dataclass(frozen=True, slots=True)
class _Period:
    role: str
    person: str
    starts_at: Instant
    ends_at: Instant
    place: int


@dataclass(frozen=True, slots=True)
class _Outage:
    starts_at: Instant
    ends_at: Instant


@dataclass(frozen=True, slots=True)
class _Kept:
    format: str
    standing: dict[str, tuple[str, ...]]
    periods: tuple[_Period, ...]
    people: tuple[Responder, ...]
    outages: tuple[_Outage, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """Roster and people as they stood around a case, and when nobody was there to notice."""

    roster: Roster
    people: Mapping[str, Responder]
    outages: tuple[tuple[Instant, Instant], ...] = ()


_ADAPTER = TypeAdapter(_Kept)


def duty_data(duty: Duty) -> dict[str, Any]:
    """As plain JSON values, in one order."""
    periods = (
        _Period(one.role, one.person, one.starts_at, one.ends_at, one.place)
        for one in sorted(
            duty.roster.periods, key=lambda one: (one.role, one.starts_at, one.place, one.person)
        )
    )
    kept = _Kept(
        FORMAT,
        {role: tuple(holders) for role, holders in sorted(duty.roster.standing.items())},
        tuple(periods),
        tuple(duty.people[person] for person in sorted(duty.people)),
        tuple(_Outage(*span) for span in sorted(duty.outages)),
    )
    data: dict[str, Any] = _ADAPTER.dump_python(kept, mode="json")
    return data


def read_duty(data: bytes) -> Duty | None:
    """What the file says; None where it is not such a file."""
    try:
        kept = _ADAPTER.validate_python(json.loads(data))
    except (ValueError, ValidationError, RecursionError):
        return None
    if kept.format != FORMAT:
        return None
    periods = (
        DutyPeriod(one.role, one.person, one.starts_at, one.ends_at, one.place) for one in kept.periods
    )
    return Duty(
        Roster(kept.standing, tuple(periods)),
        {one.person: one for one in kept.people},
        tuple((one.starts_at, one.ends_at) for one in kept.outages),
    )


__all__ = ["Channel", "Duty", "duty_data", "read_duty"]
