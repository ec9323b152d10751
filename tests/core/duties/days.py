"""A duty day of the reference plan, stepped through: `DayPlay(day, periods)`; times are local times of the day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from dutyroom.core.commands import Answer, OpenDuty
from dutyroom.core.duties.handing import held, waiting_in
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.duties.occurring import Day, cases_on
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import MINUTE
from dutyroom.core.plan import Plan
from dutyroom.core.planfile import read_plan
from dutyroom.core.roster import Channel, PlanInForce, Responder, Roster
from dutyroom.core.rosterfile import read_roster
from dutyroom.core.state import Case
from tests.core.builder import START, Play

FOLDER = Path(__file__).parents[3] / "plans" / "sanitation-project"
ZONE = "Asia/Shanghai"
HOLIDAY = ("major_holidays",)


def reference_plan() -> Plan:
    plan, findings = read_plan((FOLDER / "plan.yaml").read_text(encoding="utf-8"))
    assert plan is not None, findings
    return plan


def reference_roster() -> Roster:
    roster, findings = read_roster((FOLDER / "roster.yaml").read_text(encoding="utf-8"))
    assert roster is not None, findings
    return roster


def responders(roster: Roster) -> dict[str, Responder]:
    people = {p for holders in roster.standing.values() for p in holders} | {p.person for p in roster.periods}
    channels = (Channel("wecom"), Channel("voice"))
    return {person: Responder(person, "zh", channels) for person in people}


class DayPlay(Play):
    """One case of the calendar: the duty day, or the first case of another kind that opens on the day."""

    def __init__(
        self,
        day: str = "2027-02-06",
        periods: tuple[str, ...] = HOLIDAY,
        *,
        kind: str = "duty",
        plan: Plan | None = None,
        roster: Roster | None = None,
        opened: str = "00:00",
    ) -> None:
        self.day = Day(date.fromisoformat(day), ZONE, periods)
        self.written = roster or reference_roster()
        self.rules = PlanInForce(plan or reference_plan(), self.written, responders(self.written))
        self.case, self.events, self._commands = Case(), [], 0
        self.now = self.at(opened)
        found = cases_on(self.rules.plan, self.written, self.day)
        self.opened = next(one for one in found if one.kind == kind)
        quiet = "" if periods else self.rules.plan.defaults.quiet
        opening = OpenDuty(
            self.opened.name, "K-1", "site", kind, day, ZONE, self.opened.items, periods, quiet
        )
        assert not isinstance(self.do(opening), Refusal)

    def at(self, time: str) -> int:
        return instant_of(self.day.local, time, ZONE)

    def pass_to(self, time: str, **down: tuple[float, float]) -> None:
        """Let time pass to a time of the day; who keeps the duty follows from what was accepted."""
        self.until((self.at(time) - START) / MINUTE, **down)
        self.follow()

    def follow(self) -> None:
        self.rules = replace(self.rules, roster=held(self.written, waiting_in(self.case)))

    def reply(self, by: str, key: str, **answers: Answer) -> object:
        done = self.act(by, key, **answers)
        self.follow()
        return done

    def refused_code(self, by: str, key: str, **answers: Answer) -> str:
        """The code of the refusal that the act must meet."""
        done = self.act(by, key, **answers)
        assert isinstance(done, Refusal), done
        return done.code
