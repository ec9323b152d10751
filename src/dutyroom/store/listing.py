"""A people list held against what is known: who joins, leaves, returns, changes and in what. Pure; writes nothing.

A list speaks only of the columns it has. Who is not in it leaves; leave that is not in it stays. What cannot be done as
the list says is a finding at the list's own cell.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dutyroom.core.findings import Finding
from dutyroom.store.people import Known, Listed, Span

# The kinds of channels that each column of a list speaks of.
CHANNELS_OF: Mapping[str, tuple[str, ...]] = {
    "mobile": ("sms", "voice"),
    "voice": ("voice",),
    "wecom": ("wecom",),
    "email": ("email",),
}
_MANY = 0.5  # of all who are known: so many leavers at once are more likely the wrong file


@dataclass(frozen=True, slots=True)
class Given:
    """A list as it was read: holders, how many others each unit has, leave, and which fields it has columns for."""

    people: tuple[Listed, ...]
    headcounts: Mapping[str, int]
    leave: tuple[Span, ...]
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Changed:
    """One person before and after; `fields` are the names of what is different."""

    before: Listed
    after: Listed
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a list would change. `known` is the hash of all that was known when it was found out."""

    known: str
    joins: tuple[Listed, ...] = ()
    returns: tuple[Listed, ...] = ()
    leaves: tuple[Listed, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: int = 0
    leave: tuple[Span, ...] = ()
    headcounts: Mapping[str, int] | None = None
    counts_before: Mapping[str, int] | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether carrying it out would change nothing."""
        parts = (self.joins, self.returns, self.leaves, self.changed, self.leave)
        return not any(parts) and self.headcounts == self.counts_before

    @property
    def possible(self) -> bool:
        return all(one.severity != "error" for one in self.findings)


def compare(known: Known, given: Given, carried: frozenset[str], today: date) -> Changes:
    """What the list would change today."""
    findings: list[Finding] = []
    joins: list[Listed] = []
    returns: list[Listed] = []
    changed: list[Changed] = []
    stay: set[str] = set()
    for one in given.people:
        if one.number in known.elsewhere:
            fields = {"number": one.number, "site": known.elsewhere[one.number]}
            findings.append(Finding("people.import.elsewhere", "error", one.place, fields))
        elif one.ends_on is not None and one.ends_on < today:
            if one.number not in known.people:
                findings.append(Finding("people.import.gone", "note", one.place))
        elif one.number in known.people:
            stay.add(one.number)
            change = _change(known.people[one.number], one, given.fields, carried, today, findings)
            if change is not None:
                changed.append(change)
        else:
            ready = replace(one, spare=_spare(one.channels, carried))
            (returns if one.number in known.gone else joins).append(ready)
    leaves = tuple(person for number, person in known.people.items() if number not in stay)
    if len(leaves) > max(2, _MANY * len(known.people)):
        counts = {"count": len(leaves), "all": len(known.people)}
        findings.append(Finding("people.import.many_leave", "warning", "", counts))
    staying = {*stay, *(one.number for one in (*joins, *returns))}
    return Changes(
        known=fingerprint(known),
        joins=tuple(joins),
        returns=tuple(returns),
        leaves=leaves,
        changed=tuple(changed),
        unchanged=len(stay) - len(changed),
        leave=_new_leave(known, given.leave, staying, today, findings),
        headcounts=dict(given.headcounts if "counts" in given.fields else known.headcounts),
        counts_before=dict(known.headcounts),
        findings=tuple(findings),
    )


def fingerprint(known: Known) -> str:
    """The hash of everything that a comparison rests on."""
    people = [[repr(one) for one in part.values()] for part in (known.people, known.gone)]
    rest = [
        known.edition,
        sorted(known.elsewhere),
        [repr(one) for one in known.leave],
        dict(known.headcounts),
    ]
    text = json.dumps([people, rest], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _change(
    before: Listed,
    given: Listed,
    fields: frozenset[str],
    carried: frozenset[str],
    today: date,
    findings: list[Finding],
) -> Changed | None:
    """What becomes of a known person; None where the list says what is known."""
    after = replace(before, name=given.name, unit=given.unit, place=given.place)
    if set(given.posts) != set(before.posts):
        after = replace(after, posts=given.posts)
    if "language" in fields:
        after = replace(after, language=given.language, second_language=given.second_language)
    if "certificates" in fields and set(given.qualifications) != set(before.qualifications):
        after = replace(after, qualifications=given.qualifications)
    if "deputies" in fields:
        after = replace(after, deputies=given.deputies)
    if "ends" in fields:
        after = replace(after, ends_on=given.ends_on)
    if given.starts_on and given.starts_on != before.starts_on:
        if before.starts_on is not None and before.starts_on <= today < given.starts_on:
            shown = {"date": before.starts_on.isoformat()}
            findings.append(Finding("people.import.started", "warning", given.place, shown))
        else:
            after = replace(after, starts_on=given.starts_on)
    after = _with_channels(after, given, fields, carried)
    names = tuple(name for name in _COMPARED if getattr(before, name) != getattr(after, name))
    if before.spare != after.spare and "channels" not in names:
        names += ("channels",)
    return Changed(before, after, names) if names else None


_COMPARED = (
    "name", "unit", "posts", "channels", "language", "second_language", "qualifications", "deputies", "starts_on",
    "ends_on",
)  # fmt: skip


def _with_channels(after: Listed, given: Listed, fields: frozenset[str], carried: frozenset[str]) -> Listed:
    """Addresses from the list in the order that is known: whoever put them in order did so on purpose."""
    spoken = {"inbox", *(kind for name in fields for kind in CHANNELS_OF.get(name, ()))}
    listed = {kind: address for kind, address in given.channels if kind in spoken}
    kept = [
        (kind, listed.get(kind, address))
        for kind, address in after.channels
        if kind not in spoken or kind in listed
    ]
    there = {kind for kind, _ in kept}
    channels = (*kept, *((kind, address) for kind, address in given.channels if kind not in there))
    active = frozenset(kind for kind, _ in after.channels if kind not in after.spare)
    spare = _spare(channels, carried | active)
    # What is called stands before what is only kept, as it is read back.
    ordered = (
        *(one for one in channels if one[0] not in spare),
        *sorted(one for one in channels if one[0] in spare),
    )
    return replace(after, channels=ordered, spare=spare)


def _spare(channels: Sequence[tuple[str, str]], carried: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(kind for kind, _ in channels if kind not in carried))


def _new_leave(
    known: Known, given: Sequence[Span], staying: set[str], today: date, findings: list[Finding]
) -> tuple[Span, ...]:
    """Leave of the list that is not known yet."""
    found = []
    for span in given:
        if span.number not in staying:
            continue
        own = [one for one in known.leave if one.number == span.number]
        if any(
            (one.first_on, one.last_on, one.kind) == (span.first_on, span.last_on, span.kind) for one in own
        ):
            continue
        if span.last_on < today:
            findings.append(Finding("people.import.leave_over", "note", span.place))
            continue
        clash = next(
            (one for one in own if one.first_on <= span.last_on and span.first_on <= one.last_on), None
        )
        if clash is not None:
            fields = {"first": clash.first_on.isoformat(), "last": clash.last_on.isoformat()}
            findings.append(Finding("people.import.leave_overlap", "error", span.place, fields))
            continue
        found.append(span)
    return tuple(found)
