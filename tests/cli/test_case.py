"""`dutyroom case`: what the pages offer, on the command line, with the same words for a refusal."""

import pytest

from dutyroom.cli import USER_FAULT, main
from tests.web.builder import House, house, new_command, rows


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> House:
    return house()


def number(site: House, role: str) -> str:
    person = site.holder(role)
    return next(number for number, one in site.people.items() if one == person)


def test_list_show_do(site: House, capsys: pytest.CaptureFixture[str]) -> None:
    case, officer = site.report(), number(site, "duty_officer")
    code = f"{case[:4]}-{case[4:8]}".upper()
    assert main(["case", "list"]) == 0 and code in capsys.readouterr().out
    assert main(["case", "show", code, "--as", officer]) == 0
    shown = capsys.readouterr().out
    assert "verify#1" in shown and "接报并核实情况" in shown and "verify#1 received" in shown
    assert main(["case", "do", code, "verify#1", "received", "--as", officer]) == 0
    assert "已记录" in capsys.readouterr().out
    answers = ["kind=collective_dispute", "affected=12", "injured=0", "how_checked=电话"]
    typed = [part for answer in answers for part in ("--answer", answer)]
    assert main(["case", "do", case, "verify#1", "done", "--as", officer, *typed]) == 0
    assert rows("SELECT phase FROM store_case WHERE id = %s", case)[0]["phase"] == "readiness"


def test_refused_with_the_pages_words(site: House, capsys: pytest.CaptureFixture[str]) -> None:
    case = site.report()
    assert main(["case", "do", case, "verify#1", "done", "--as", number(site, "duty_officer")]) == 1
    assert "“事件种类”没有填" in capsys.readouterr().out
    assert (
        main(
            ["case", "do", case, "verify#1", "received", "--as", number(site, "spokesperson"), "--lang", "en"]
        )
        == 1
    )
    assert "you do not hold that post now" in capsys.readouterr().out
    assert main(["case", "waive", case, "verify#1", "--as", number(site, "spokesperson")]) == 1
    assert "无权免除" in capsys.readouterr().out


def test_the_same_command_twice_is_once(site: House) -> None:
    case, officer, command = site.report(), number(site, "duty_officer"), new_command()
    for _ in range(2):
        assert main(["case", "do", case, "verify#1", "taken", "--as", officer, "--command", command]) == 0
    assert len(rows("SELECT 1 FROM store_entry WHERE case_id = %s AND type = 'ActMarked'", case)) == 1


@pytest.mark.parametrize(
    "arguments",
    [["show", "FFFF-FFFF"], ["do", "{case}", "verify#1", "done", "--as", "nobody"],
     ["do", "{case}", "verify#1", "done", "--as", "P001", "--answer", "x"]],
)  # fmt: skip
def test_user_faults_are_sentences(
    site: House, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    case = site.report()
    assert main(["case", *(part.format(case=case) for part in arguments)]) == USER_FAULT
    assert capsys.readouterr().err.strip()
