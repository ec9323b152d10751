"""A plan laid out for checking: where each of its parts stands, and which phase may follow which.

What every family of checks shares, worked out once. Knows no rule of its own and no sentence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from dutyroom.core.findings import Finding
from dutyroom.core.phases import LEGAL, PHASES
from dutyroom.core.plan import CONFIRMED, Plan, Step
from dutyroom.core.surroundings import CalendarDuty
from dutyroom.core.words import Law

# What the form of a first report may state before anybody has acted.
REPORTED = frozenset({"kind", "affected", "injured", "dead", "missing", "danger_now"})


@dataclass(frozen=True)
class Sheet:
    """One plan under the checker's eyes."""

    plan: Plan

    def find(
        self, path: str, code: str, severity: str = "error", clause: str = "", /, **fields: str | int
    ) -> Finding:
        """A finding at the place of that path, or of the deepest part of it that the text has."""
        line, column = self.plan.place(path)
        return Finding(f"check.{code}", severity, f"{line}:{column}", fields, clause)

    def at(
        self, step: Step, part: str, code: str, severity: str = "error", /, **fields: str | int
    ) -> Finding:
        """A finding on a part of a step (`clocks.done`; empty: the step), with the clause that it carries out."""
        clause = step.clauses[0] if step.clauses else ""
        path = f"{self.paths.get(step.id, '')}.{part}" if part else self.paths.get(step.id, "")
        found = self.find(path, code, severity, clause, **{"step": step.id, **fields})
        if not self.plan.marks and step.line:
            return Finding(found.code, severity, f"{step.line}:1", found.fields, clause)
        return found

    def on(
        self, duty: CalendarDuty, part: str, code: str, severity: str = "error", /, **fields: str | int
    ) -> Finding:
        """A finding on a part of a calendar duty."""
        clause = duty.clauses[0] if duty.clauses else ""
        path = f"{self.duty_paths[duty.id]}.{part}"
        return self.find(path, code, severity, clause, **{"step": duty.id, **fields})

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Where each step stands in the text, in their order: its entry, the one it confirms, or its pack."""
        found: list[str] = []
        number = -1
        before: Step | None = None
        for step in self.plan.steps:
            second = before is not None and before.confirm is not None and step.id == before.id + CONFIRMED
            number += step.law is None and not second
            found.append(
                self._pack(step.law) if step.law else f"steps.{number}{'.confirm' if second else ''}"
            )
            before = step
        return tuple(found)

    @cached_property
    def paths(self) -> dict[str, str]:
        """Where each step stands in the text; of two with one name, the first."""
        named = zip(reversed(self.plan.steps), reversed(self.places), strict=True)
        return {step.id: path for step, path in named}

    @cached_property
    def duty_paths(self) -> dict[str, str]:
        """Where each calendar duty stands in the text, or the pack that it comes from."""
        own = (duty for duty in self.plan.calendar if duty.law is None)
        found = {duty.id: f"calendar.{number}" for number, duty in enumerate(own)}
        return {duty.id: self._pack(duty.law) for duty in self.plan.calendar if duty.law} | found

    @cached_property
    def own_steps(self) -> tuple[Step, ...]:
        """The steps that the plan itself writes, and their confirmations."""
        return tuple(step for step in self.plan.steps if step.law is None)

    @cached_property
    def posts(self) -> frozenset[str]:
        """Every name that can act: roles and groups."""
        return frozenset({*self.plan.roles, *self.plan.groups})

    @cached_property
    def asked(self) -> frozenset[str]:
        """Facts that somebody can state: a step asks for them, or the first report does."""
        fields = {field.id for step in self.plan.steps for field in step.asks if field.fact}
        return frozenset(fields | REPORTED)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        return tuple(level.id for level in self.plan.levels)

    def _pack(self, law: Law | None) -> str:
        uses = [number for number, use in enumerate(self.plan.packs) if law and use.id == law.pack]
        return f"packs.{uses[0]}" if uses else "packs"


def head(part: str) -> str:
    """The path of what stands on the cover."""
    return f"plan.{part}"


def near(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant; a dash if none is close."""
    return next(iter(get_close_matches(name, tuple(known), 1, 0.5)), "—")


def reachable(phase: str) -> frozenset[str]:
    """The phases a case in this phase may still be in, itself among them."""
    return _REACH.get(phase, frozenset({phase}))


def _closure() -> Iterator[tuple[str, frozenset[str]]]:
    for start in PHASES:
        seen, waiting = {start}, [start]
        while waiting:
            source = waiting.pop()
            new = {target for origin, target in LEGAL if origin == source} - seen
            seen |= new
            waiting.extend(new)
        yield start, frozenset(seen)


_REACH = dict(_closure())


def can_follow(before: Step, after: Step) -> bool:
    """Whether a phase of the one can be followed by, or be, a phase of the other."""
    return any(not reachable(phase).isdisjoint(after.phases) for phase in before.phases)
