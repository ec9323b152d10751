"""The reference plan's year of duty, and scenarios made of it: `reference()` gives what `play_year` needs."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from dutyroom.adapters.planfolder import LoadedPlan, load
from dutyroom.core.calendar.calendarfile import CalendarFile, read_calendar
from dutyroom.core.calendar.days import Calendar
from dutyroom.core.calendar.official import calendar_of_file
from dutyroom.core.roster import PlanInForce
from dutyroom.core.rosterfile import roster_zone
from dutyroom.interpreters.drill.year import Account, Scenario, Year, play_year, read_scenario
from dutyroom.wording.narrate import tell

FOLDER = Path(__file__).parents[3] / "plans" / "sanitation-project"
SCENARIO = FOLDER / "years" / "2027.yaml"


@dataclass(frozen=True)
class Reference:
    """The plan folder as the command reads it."""

    loaded: LoadedPlan
    rules: PlanInForce
    own: CalendarFile
    calendar: Calendar
    zone: str

    def read(self, text: str) -> Scenario:
        scenario, findings = read_scenario(text, self.rules.plan, self.rules.roster, self.zone)
        assert scenario is not None, [f"{one.place} {tell(one, 'en')}" for one in findings]
        return scenario

    def year(self, **changes: Any) -> Scenario:
        """The scenario of 2027 with something in it changed."""
        return replace(self.read(SCENARIO.read_text(encoding="utf-8")), **changes)

    def play(self, scenario: Scenario, rules: PlanInForce | None = None) -> Account:
        return play_year(scenario, rules or self.rules, self.calendar, self.own.declared)

    def start(self, scenario: Scenario) -> Year:
        return Year(scenario, self.rules, self.calendar, self.own.declared)


@cache
def reference() -> Reference:
    loaded = load(FOLDER)
    rules = loaded.in_force()
    own, findings = read_calendar((FOLDER / "calendar.yaml").read_text(encoding="utf-8"))
    assert rules is not None and own is not None, (loaded.findings, findings)
    return Reference(loaded, rules, own, calendar_of_file(own), roster_zone(loaded.texts["roster.yaml"]))
