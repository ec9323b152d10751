"""`dutyroom audit` on a case of the database, its archive beside, and a deviation justified through the live engine."""

import json

import pytest

from dutyroom import wiring
from dutyroom.cli import USER_FAULT, main
from dutyroom.core.commands import Justify, Times
from dutyroom.core.findings import Refusal
from dutyroom.store.dutythen import fits
from dutyroom.wiring.auditing import audit_case, recorded
from tests.web.builder import House, house, new_command


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> House:
    return house()


def test_a_running_case_is_audited_from_the_database(site: House, capsys: pytest.CaptureFixture[str]) -> None:
    case = site.report()
    number = next(number for number, one in site.people.items() if one == site.holder("duty_officer"))
    assert main(["case", "do", case, "verify#1", "received", "--as", number]) == 0
    capsys.readouterr()
    assert main(["audit", f"{case[:4]}-{case[4:8]}", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["case"], data["exact"], data["cost"], data["deviations"]) == (case, True, 0, [])
    assert {one["result"] for one in data["clauses"]} <= {"open", "kept", "not_applicable", "judgement"}
    read = recorded(case)
    assert fits(read.rules.people, read.events)
    assert not fits({}, read.events), "with other people the calls are not judged"


def test_an_unknown_case_is_a_sentence(site: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "FFFF-FFFF"]) == USER_FAULT
    assert "FFFF-FFFF" in capsys.readouterr().err


def test_who_signs_the_end_may_justify_and_nobody_else(site: House) -> None:
    case, now = site.report(), wiring.clock().now()
    times = Times(now, now)
    officer, manager = site.holder("duty_officer"), site.holder("project_manager")
    refused = wiring.live().act(case, Justify(new_command(), officer, "late:x#1:done", "why", False, times))
    assert isinstance(refused, Refusal)
    assert refused.code == "justify.not_yours"
    command = new_command()
    for _ in range(2):  # the same command twice is once
        after = wiring.live().act(case, Justify(command, manager, "late:x#1:done", "why", True, times))
        assert not isinstance(after, Refusal)
    assert [type(one).__name__ for one in recorded(case).events].count("DeviationJustified") == 1
    assert audit_case(case).deviations == ()
