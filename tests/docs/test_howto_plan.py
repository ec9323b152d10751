"""The one-page plan of the how-to is a whole folder: plan and roster check clean, its drill goes as written."""

import re
from pathlib import Path

from dutyroom.core.checks import check
from dutyroom.core.plan import Plan
from dutyroom.core.planfile import read_plan
from dutyroom.core.roster import Channel, PlanInForce, Responder, Roster
from dutyroom.core.rosterfile import check_roster, read_roster
from dutyroom.interpreters.drill import Refused, read_script, rehearse

PAGE = (Path(__file__).parents[2] / "docs/howto/write-a-plan.md").read_text(encoding="utf-8")
PLAN, ROSTER, DRILL = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
PEOPLE = {number for line in ROSTER.splitlines() for number in re.findall(r"P\d{3}", line)}


def the_plan() -> Plan:
    plan, findings = read_plan(PLAN)
    assert plan is not None, findings
    assert (*findings, *check(plan)) == ()
    return plan


def the_roster(plan: Plan) -> Roster:
    roster, faults = read_roster(ROSTER, plan.id)
    assert roster is not None, faults
    assert check_roster(roster, PEOPLE, plan) == ()
    return roster


def test_the_plan_of_the_how_to_checks_clean_and_its_roster_fits() -> None:
    the_roster(the_plan())


def test_the_drill_of_the_how_to_goes_as_written_and_closes_the_case() -> None:
    plan = the_plan()
    roster = the_roster(plan)
    reached = {person: Responder(person, "zh", (Channel("sms"), Channel("voice"))) for person in PEOPLE}
    script, findings = read_script(DRILL, plan, roster)
    assert script is not None, findings
    drilled = rehearse(script, PlanInForce(plan, roster, reached))
    assert drilled.as_scripted
    assert drilled.case.phase == "closed"
    assert any(isinstance(line, Refused) for line in drilled.lines)
