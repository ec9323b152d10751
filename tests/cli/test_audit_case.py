"""`dutyroom audit` on a case of the database, its archive beside, and a deviation justified through the live engine."""

import json
import zipfile

import pytest

from dutyroom import wiring
from dutyroom.adapters.archive.reading import Archived, read_archive
from dutyroom.cli import USER_FAULT, main
from dutyroom.core.commands import Justify, Times
from dutyroom.core.findings import Refusal
from dutyroom.interpreters.audit import audit
from dutyroom.store.dutythen import fits
from dutyroom.wiring.archiving import archive_case
from dutyroom.wiring.auditing import audit_case, recorded
from tests.web.builder import House, house, new_command, rows


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


def test_the_archive_of_a_case_audits_the_same_without_the_database(
    site: House, capsys: pytest.CaptureFixture[str]
) -> None:
    case = site.report()
    number = next(number for number, one in site.people.items() if one == site.holder("duty_officer"))
    assert main(["case", "do", case, "verify#1", "taken", "--as", number]) == 0
    archived = archive_case(case, "zh", reviewed=True)
    assert archived.zip is not None, archived.findings
    read = read_archive(archived.zip)
    assert isinstance(read, Archived)
    assert read.exact, "it holds who was on duty"
    here = audit_case(case)
    assert audit(read.rules, read.events, exact=read.exact, outages=read.outages) == here
    capsys.readouterr()
    assert main(["audit", str(archived.zip), "--lang", "en"]) == 0
    assert "agree with the plan" in capsys.readouterr().out
    with zipfile.ZipFile(archived.zip) as bag:
        duty = next(bag.read(name).decode() for name in bag.namelist() if name.endswith("data/duty.json"))
    people = json.loads(duty)["people"]
    assert {key for one in people for key in one} == {"person", "language", "channels"}
    assert {key for one in people for channel in one["channels"] for key in channel} == {"kind", "wait"}
    names = [one["name"] for one in rows("SELECT name FROM store_person")]
    assert names
    assert [name for name in names if name in duty] == []
