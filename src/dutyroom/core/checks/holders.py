"""The plan against those who hold its posts: `check_holders(plan, roster, people)`.

Whether two signatures can come from two persons, whether a chain is staffed at every hour, whether one person is
needed in two places. Knows staff numbers and kinds of channels, never a name or a number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dutyroom.core.checks.sheet import Sheet
from dutyroom.core.findings import Finding
from dutyroom.core.instants import iso
from dutyroom.core.plan import CONFIRMED, Plan, Step
from dutyroom.core.roster import Responder, Roster


def check_holders(plan: Plan, roster: Roster, people: Mapping[str, Responder]) -> tuple[Finding, ...]:
    """Findings on plan, roster and people together; places are those of the plan file."""
    staff = _Staff(Sheet(plan), roster, people)
    return (*_one_person(staff), *_two_places(staff), *_unreachable(staff), *_gaps(staff))


@dataclass(frozen=True)
class _Staff:
    sheet: Sheet
    roster: Roster
    people: Mapping[str, Responder]

    @cached_property
    def holders(self) -> Mapping[str, frozenset[str]]:
        """Everybody who ever holds each post."""
        found = {role: set(persons) for role, persons in self.roster.standing.items()}
        for period in self.roster.periods:
            found.setdefault(period.role, set()).add(period.person)
        return {role: frozenset(persons) for role, persons in found.items()}

    def doers(self, step: Step) -> frozenset[str]:
        """Everybody who may do the step: holders of its posts and of their deputies."""
        roles = self.sheet.plan.roles
        names = [member for who in step.who for member in self.sheet.plan.members(who)]
        names += [deputy for name in names if name in roles for deputy in roles[name].deputies]
        return frozenset().union(*(self.holders.get(name, frozenset()) for name in names))

    def chain(self, step: Step) -> tuple[str, ...]:
        """Every post that is asked when the step falls due."""
        plan = self.sheet.plan
        own = [member for who in step.who for member in plan.members(who)]
        deputies = [deputy for name in own if name in plan.roles for deputy in plan.roles[name].deputies]
        ladder = [member for name in step.ladder for member in plan.members(name)]
        return tuple(dict.fromkeys((*own, *deputies, *ladder, plan.defaults.last_rung)))


def _one_person(staff: _Staff) -> Iterator[Finding]:
    """Two acts for two persons, and only one person who could do either: the second can never be done."""
    told: set[frozenset[str]] = set()
    for step in staff.sheet.own_steps:
        for name in step.separate_from:
            other = staff.sheet.plan.step.get(name)
            if other is None or frozenset((step.id, name)) in told:
                continue
            both = staff.doers(step) | staff.doers(other)
            if len(both) == 1:
                told.add(frozenset((step.id, name)))
                part = "" if step.id.endswith(CONFIRMED) else "separate_from"
                yield staff.sheet.at(step, part, "one_person_does_both", other=name, person=next(iter(both)))


def _two_places(staff: _Staff) -> Iterator[Finding]:
    """A person whose posts belong to two groups that act at once, without anybody else in the post."""
    first: dict[str, tuple[str, str]] = {}
    for name, group in staff.sheet.plan.groups.items():
        for role in dict.fromkeys((*group.members, group.leader) if group.together else ()):
            held = staff.holders.get(role, frozenset())
            person = next(iter(held)) if len(held) == 1 else ""
            other, before = first.setdefault(person, (name, role)) if person else (name, role)
            if other != name and before != role:
                fields = {"person": person, "group": name, "other": other, "role": role}
                yield staff.sheet.find(f"groups.{name}", "person_in_two_places", "warning", **fields)


def _unreachable(staff: _Staff) -> Iterator[Finding]:
    """Posts that are held, but by nobody who has a number: they are called and nothing rings."""
    asked = {name for step in staff.sheet.plan.steps for name in staff.chain(step)}
    for role in staff.sheet.plan.roles.values():
        held = staff.holders.get(role.id, frozenset())
        reached = [person for person in held if person in staff.people and staff.people[person].channels]
        if role.id in asked and held and not reached:
            clause = role.clauses[0] if role.clauses else ""
            yield staff.sheet.find(f"roles.{role.id}", "nobody_has_a_number", "error", clause, role=role.id)


def _gaps(staff: _Staff) -> Iterator[Finding]:
    """Chains in which no post at all is held for a while: at night, between two turns, on a day off."""
    standing = {role for role, persons in staff.roster.standing.items() if persons}
    told: set[tuple[str, ...]] = set()
    for step in staff.sheet.plan.steps:
        chain = staff.chain(step)
        if step.voluntary or chain in told or standing.intersection(chain):
            continue
        told.add(chain)
        hole = _hole(staff.roster, chain)
        if hole is not None:
            fields = {"start": iso(hole[0])[:16], "end": iso(hole[1])[:16], "chain": ", ".join(chain)}
            yield staff.sheet.at(step, "", "nobody_at_night", **fields)


def _hole(roster: Roster, chain: tuple[str, ...]) -> tuple[int, int] | None:
    periods = sorted((one.starts_at, one.ends_at) for one in roster.periods if one.role in chain)
    covered = periods[0][0] if periods else 0
    for starts_at, ends_at in periods:
        if starts_at > covered:
            return covered, starts_at
        covered = max(covered, ends_at)
    return None
