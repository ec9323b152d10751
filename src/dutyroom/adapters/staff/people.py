"""What a people list is once it is read: holders of duty posts, counts of everybody else, findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dutyroom.core.findings import Finding


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who holds at least one duty post. `channels` are (kind, address), in the order of use."""

    number: str
    name: str
    roles: tuple[str, ...]
    language: str
    channels: tuple[tuple[str, str], ...]
    unit: str


@dataclass(frozen=True, slots=True)
class StaffList:
    """`counts` are the people of each unit who are not taken over. After any error `holders` is empty."""

    holders: tuple[Holder, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
