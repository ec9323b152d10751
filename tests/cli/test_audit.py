"""`dutyroom audit`: an archive offline, in words and as JSON; broken ones said aloud; groups without persons."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from dutyroom import cli
from dutyroom.adapters.archive.duty import Duty, duty_data, read_duty
from dutyroom.adapters.archive.reading import Archived, archives_in, read_archive
from dutyroom.adapters.vault import Vault
from dutyroom.core.audited import ClauseInGroup, GroupAudit, StepInGroup
from dutyroom.core.findings import Finding
from dutyroom.core.instants import MINUTE
from dutyroom.core.plan import Verb
from dutyroom.core.roster import Channel, DutyPeriod, Responder, Roster
from dutyroom.interpreters.audit import audit, audit_group, audited
from dutyroom.wording import LANGUAGES
from dutyroom.wording.auditing import audit_data, audit_text, group_text, tell_deviation
from tests.adapters.audit_archive import archive
from tests.interpreters import audit_injections as put
from tests.interpreters.audit_player import PLANS, Player, in_force

RECORDS = Path(__file__).parents[1] / "records"
OLD, NEW = RECORDS / "case-of-the-first-language.zip", RECORDS / "case-with-duty.zip"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = cli.main(["audit", *arguments])
    told = capsys.readouterr()
    return code, told.out + told.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_archive_is_audited_without_a_database(capsys: pytest.CaptureFixture[str], lang: str) -> None:
    code, told = said(capsys, str(NEW), "--lang", lang)
    assert code == 1
    assert "skipped:verify#1:done" in told
    first = told.splitlines()[0]
    assert ("有 1 处偏离" if lang == "zh" else "there are 1 deviations") in first
    assert "{" not in told


def test_an_old_archive_says_that_its_calls_are_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    _, told = said(capsys, str(OLD))
    assert "呼叫按记录所写" in told


def test_json_is_the_audit(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, str(NEW), "--format", "json")
    data = json.loads(told)
    assert (code, data["exact"], data["broken"]) == (1, True, 0)
    assert [one["kind"] for one in data["deviations"]] == ["skipped"]
    assert data["deviations"][0]["at"].endswith("Z")


def test_a_broken_archive_is_said_aloud(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with zipfile.ZipFile(NEW) as packed:
        packed.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    record = folder / "data" / "record.jsonl"
    record.write_bytes(record.read_bytes().replace(b'channel\\":\\"sms', b'channel\\":\\"fax', 1))
    code, told = said(capsys, str(folder))
    assert code == 1
    assert "没有通过核验" in told.splitlines()[0]
    assert "channel=fax" in told, "what it says now is held against the plan all the same"


@pytest.mark.parametrize("name", ["missing.zip", "some/where"])
def test_what_is_not_there_is_told(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, told = said(capsys, name)
    assert (code, name in told) == (2, True)


def test_a_folder_without_archives_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, told = said(capsys, str(tmp_path))
    assert (code, "没有档案" in told) == (2, True)


def test_archives_of_several_plans_are_not_taken_together(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for file in (OLD, NEW):
        shutil.copy(file, tmp_path)
    assert len(archives_in(tmp_path)) == 2
    code, told = said(capsys, str(tmp_path), "--group")
    assert (code, "heat, sanitation-project" in told) == (2, True)


def test_a_file_that_is_no_archive_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.zip"
    nothing.write_bytes(b"not a zip")
    code, told = said(capsys, str(nothing))
    assert code == 2
    assert "zip" in told


def test_an_archive_written_now_reads_back_with_its_duty(tmp_path: Path) -> None:
    rules = in_force("heat")
    played = Player(rules, {}, level=rules.plan.levels[0].id).play()
    text = (PLANS / "heat" / "plan.yaml").read_text(encoding="utf-8")
    vault = Vault.open(tmp_path / "vault")
    duty = Duty(Roster(rules.roster.standing), rules.people, ((1, 2),))
    read = read_archive(archive(tmp_path / "out", vault, rules, played.events, text, duty=duty))
    assert isinstance(read, Archived)
    assert read.events == played.events
    assert (read.exact, read.outages, dict(read.rules.people)) == (True, ((1, 2),), dict(rules.people))
    assert [one.code for one in read.faults if one.severity == "error"] == []
    assert not isinstance(read, Finding)
    folder = read_archive(next((tmp_path / "out").glob("dutyroom-*[!p]")))
    assert isinstance(folder, Archived)
    assert folder.events == read.events


def test_duty_comes_back_exactly_and_rubbish_does_not() -> None:
    duty = Duty(
        Roster({"a": ("P1", "P2")}, (DutyPeriod("b", "P3", 5_000, 9_000, 1),)),
        {"P1": Responder("P1", "en", (Channel("sms", 90_000), Channel("voice")))},
        ((1_000, 2_000),),
    )
    back = read_duty(json.dumps(duty_data(duty)).encode())
    assert back is not None
    assert (back.roster.standing, back.roster.periods, back.people, back.outages) == (
        duty.roster.standing, duty.roster.periods, duty.people, duty.outages,
    )  # fmt: skip
    assert [read_duty(rubbish) for rubbish in (b"", b"[]", b"{}", b"\xff", b'{"format": "other"}')] == [
        None
    ] * 5


# ---- words

KINDS = ("late", "skipped", "wrong_actor", "out_of_order", "twice", "not_in_plan", "open_at_end")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "kind", ["late", "skipped", "wrong_actor", "out_of_order", "twice", "not_in_plan", "open_at_end"]
)
def test_every_kind_of_deviation_is_worded(kind: str, lang: str) -> None:
    rules = in_force("heat")
    player = Player(rules, {}, level=rules.plan.levels[0].id).play()
    makers: dict[str, Any] = {"skipped": lambda one: put.skipped(one, whole=True)}
    one = next(makers.get(kind, getattr(put, kind, None))(player))
    found = audit(one.rules, one.events)
    told = tell_deviation(rules.plan, found.deviations[0], lang, lambda person: f"<{person}>")
    assert told
    assert "{" not in told
    assert ("<" in told) == (kind == "wrong_actor")
    assert told in audit_text(rules.plan, found, lang, lambda person: f"<{person}>")


# ---- a group


def _group() -> tuple[GroupAudit, set[str]]:
    rules = in_force("sanitation-project")
    level = rules.plan.levels[0].id
    late = {("review", Verb.DONE): 30 * MINUTE, ("keep_service", Verb.DONE): 10 * MINUTE}
    players = [
        Player(rules, {}, level=level, delays=late, answer_after=after).play() for after in (20_000, 30_000)
    ]
    found = [audited(rules, one.events) for one in players]
    return audit_group(rules.plan, [one for one, _ in found], [case for _, case in found]), set(rules.people)


def test_a_group_names_the_clauses_that_are_never_kept_and_where_time_goes() -> None:
    group, _ = _group()
    assert group.cases == 2
    assert group.never_kept
    review = next(one for one in group.steps if one.step == "review")
    assert (review.cases, review.late, review.lost, review.median) == (2, 2, 60 * MINUTE, 30 * MINUTE)
    for lang in LANGUAGES:
        assert group.never_kept[0] in group_text(in_force("sanitation-project").plan, group, lang)


def test_a_clause_that_one_crew_alone_keeps_names_the_crew() -> None:
    rules = in_force("sanitation-project")
    crews = rules.plan.members("crew_leaders")
    delays = {(f"keep_service#1@{crew}", Verb.RECEIVED): 10 * MINUTE for crew in crews[1:]}
    played = Player(rules, {}, level=rules.plan.levels[0].id, delays=delays).play()
    found, case = audited(rules, played.events)
    group = audit_group(rules.plan, [found], [case])
    (clause,) = rules.plan.step["keep_service"].clauses[:1]
    assert next(one for one in group.clauses if one.clause == clause).only_kept_by == (crews[0],)
    assert clause in group.one_crew_only


def test_a_group_holds_no_person() -> None:
    group, people = _group()
    told = json.dumps(audit_data(group), ensure_ascii=False)
    told += group_text(in_force("sanitation-project").plan, group, "zh")
    assert [person for person in people if f'"{person}"' in told] == []
    allowed = {"clause", "step", "plan", "only_kept_by", "never_kept", "one_crew_only", "clauses", "steps"}
    for shape in (GroupAudit, ClauseInGroup, StepInGroup):
        assert is_dataclass(shape)
        texts = {one.name for one in fields(shape) if one.type not in (int, "int")} - {"lost", "median"}
        assert texts <= allowed
    assert people.isdisjoint(_texts(audit_data(group)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)
