"""What a people list is once it is read: holders of duty posts, counts of everybody else, findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dutyroom.core.findings import Finding


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a holder is certified for, and the last day on which it counts; None: for good."""

    kind: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Leave as the list has it: whole days, the first and the last, and of what kind; no reason."""

    number: str
    kind: str
    first_on: date
    last_on: date
    place: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who holds at least one duty post. `channels` are (kind, address), in the order of use.

    `deputies` are staff numbers, `ends_on` is the last day; `place` is the row's cell that holds the staff number.
    """

    number: str
    name: str
    roles: tuple[str, ...]
    language: str
    channels: tuple[tuple[str, str], ...]
    unit: str
    second_language: str = ""
    certificates: tuple[Certificate, ...] = ()
    deputies: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class StaffList:
    """`counts` are the people of each unit who are not taken over. After any error `holders` is empty.

    `fields` are what the list has columns for: what it has none for is not said, which is not the same as empty.
    """

    holders: tuple[Holder, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    away: tuple[Away, ...] = ()
    fields: frozenset[str] = frozenset()
