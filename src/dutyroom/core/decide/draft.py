"""The decision while it is being made: the events so far and the case as they leave it."""

from dutyroom.core.conditions import joined, true_of
from dutyroom.core.events import Event
from dutyroom.core.evolve import evolve
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Join, Plan
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case, Obligation


class Draft:
    """Collects events; `at` is the instant they carry. Lives only inside one call of `decide`."""

    def __init__(self, rules: PlanInForce, case: Case, at: Instant) -> None:
        self.rules = rules
        self.plan: Plan = rules.plan
        self.before = self.case = case
        self.at = at
        self.events: list[Event] = []

    def add(self, event: Event) -> None:
        """Record the event and go on from the case it leaves."""
        self.case = evolve(self.case, event)
        self.events.append(event)

    def owed(self, key: str) -> Obligation:
        return self.case.obligations[key]

    def met(self, join: Join, when: str) -> bool:
        """Whether a join is complete and its condition holds now."""
        return joined(self.plan, self.case, join) and self.sees(when)

    def sees(self, condition: str) -> bool:
        """Whether the condition holds now."""
        return true_of(self.plan, self.case, condition)
