"""Drills: a script in, a transcript out. The expected transcripts lie beside the scripts; a reviewer reads the diff.

`dutyroom drill FOLDER --script FILE --update` writes them anew.
"""

from dataclasses import replace
from pathlib import Path

# ruff: noqa: E501  (tables read better with a case on a line)
import pytest

from dutyroom.adapters.planfolder import LoadedPlan, load, scripts
from dutyroom.core import events as e
from dutyroom.core.evolve import replay
from dutyroom.core.roster import PlanInForce
from dutyroom.interpreters.drill import Drilled, Refused, Script, read_script, rehearse, transcript
from dutyroom.wording.narrate import tell

FOLDER = Path(__file__).parents[2] / "plans/sanitation-project"


@pytest.fixture(scope="module")
def loaded() -> LoadedPlan:
    return load(FOLDER)


@pytest.fixture(scope="module")
def rules(loaded: LoadedPlan) -> PlanInForce:
    in_force = loaded.in_force()
    assert in_force is not None, loaded.findings
    return in_force


def read(text: str, rules: PlanInForce) -> Script:
    script, findings = read_script(text, rules.plan, rules.roster)
    assert script is not None, [tell(finding, "en") for finding in findings]
    return script


def play(text: str, rules: PlanInForce) -> Drilled:
    return rehearse(read(text, rules), rules)


# ---- the scripts of the reference plan


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", scripts(FOLDER), ids=lambda file: file.stem)
def test_a_script_gives_its_expected_transcript(
    file: Path, lang: str, loaded: LoadedPlan, rules: PlanInForce
) -> None:
    drilled = play(file.read_text(encoding="utf-8"), rules)
    assert drilled.as_scripted
    told = transcript(drilled, lang, lambda person: loaded.names.get(person, person))
    assert told == file.with_suffix(f".{lang}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", scripts(FOLDER), ids=lambda file: file.stem)
def test_a_drill_leaves_a_record_that_replays_and_is_marked_an_exercise(
    file: Path, rules: PlanInForce
) -> None:
    drilled = play(file.read_text(encoding="utf-8"), rules)
    assert replay(drilled.events) == drilled.case
    assert drilled.case.exercise
    assert [one.at for one in drilled.lines] == sorted(one.at for one in drilled.lines)


def test_the_acceptance_incident_runs_to_its_end(rules: PlanInForce) -> None:
    drilled = play((FOLDER / "drills/wage-dispute.yaml").read_text(encoding="utf-8"), rules)
    assert drilled.case.phase == "closed"
    assert not list(drilled.case.open_obligations())
    assert len([line for line in drilled.lines if isinstance(line, Refused)]) == 2


# ---- how people and channels behave

SMALL = """\
drill: {id: small, title: {zh: 小演练, en: Small}, starts: "2026-11-23T10:00:00+08:00"}
report: {facts: {kind: fire}, story: {what: smoke}}
people: {answer_after: 30 s}
channels: {use: [sms, voice]}
acts:
  - {at: 3 min, by: duty_officer, does: verify, verb: taken}
until: 30 min
"""


def called(drilled: Drilled) -> list[tuple[int, str, str]]:
    return [
        ((one.at - drilled.script.starts) // 1_000, one.person, one.channel)
        for one in drilled.events
        if isinstance(one, e.PersonCalled)
    ]


def marks(drilled: Drilled) -> list[tuple[int, str, str]]:
    return [
        ((one.at - drilled.script.starts) // 1_000, one.by, one.verb.value)
        for one in drilled.events
        if isinstance(one, e.ActMarked)
    ]


def test_who_is_called_answers(rules: PlanInForce) -> None:
    drilled = play(SMALL, rules)
    assert called(drilled)[0] == (0, "P010", "sms")
    assert marks(drilled)[:2] == [(30, "P010", "received"), (180, "P010", "taken")]


def test_the_silent_are_called_and_the_next_person_answers(rules: PlanInForce) -> None:
    drilled = play(SMALL.replace("answer_after: 30 s", "answer_after: 30 s, silent: [P010]"), rules)
    wait = rules.plan.defaults.ask_again // 1_000
    assert called(drilled)[:3] == [(0, "P010", "sms"), (wait, "P010", "voice"), (2 * wait, "P011", "sms")]
    assert (180, "P011", "taken") in marks(drilled), "the act is done by who is not silent"


def test_a_silent_role_is_silent_in_that_role_only(rules: PlanInForce) -> None:
    drilled = play(SMALL.replace("answer_after: 30 s", "silent: [duty_officer]"), rules)
    assert {up.role for up in drilled.events if isinstance(up, e.Escalated)} == {"quality_safety_supervisor"}


def test_the_slow_take_their_time(rules: PlanInForce) -> None:
    drilled = play(SMALL.replace("answer_after: 30 s", "slow: {duty_officer: 90 s}"), rules)
    assert marks(drilled)[0] == (90, "P010", "received")


EMPTY_DESK = SMALL.replace("answer_after: 30 s", "absent: [duty_officer]").replace(
    "by: duty_officer", "by: quality_safety_supervisor"
)


def test_an_absent_holder_does_not_act_for_the_role(rules: PlanInForce) -> None:
    first = rules.roster.holders("duty_officer", read(SMALL, rules).starts)[0]
    text = SMALL.replace("answer_after: 30 s", f"absent: [{first}]")
    assert first not in {mark[1] for mark in marks(play(text, rules))}


def test_the_absent_cannot_be_called_at_all(rules: PlanInForce) -> None:
    drilled = play(EMPTY_DESK, rules)
    assert [one.role for one in drilled.events if isinstance(one, e.RoleEmpty)] == ["duty_officer"]
    assert called(drilled)[0][1] == "P002"


def test_a_channel_that_is_down_says_so_and_one_unheard_does_not(rules: PlanInForce) -> None:
    down = play(SMALL.replace("use: [sms, voice]", "use: [sms, voice], down: [sms]"), rules)
    assert called(down)[:2] == [(0, "P010", "sms"), (2, "P010", "voice")]
    unheard = play(SMALL.replace("use: [sms, voice]", "use: [sms, voice], unheard: [sms]"), rules)
    assert called(unheard)[:2] == [
        (0, "P010", "sms"),
        (rules.plan.defaults.ask_again // 1_000, "P010", "voice"),
    ]


def test_what_is_done_while_the_server_is_down_counts_from_when_it_was_done(rules: PlanInForce) -> None:
    text = SMALL.replace("at: 3 min", "at: 8 min").replace(
        "until", "outages: [{start: 7 min, end: 14 min}]\nuntil"
    )
    drilled = play(text, rules)
    taken = [one for one in drilled.events if isinstance(one, e.ActMarked) and one.verb == "taken"]
    assert [(one.at - drilled.script.starts) // 60_000 for one in taken] == [14]
    assert [(one.times.reported_at - drilled.script.starts) // 60_000 for one in taken] == [8]
    assert not [one for one in drilled.events if isinstance(one, e.DeadlineMissed) and one.verb == "taken"]


def test_an_act_against_the_plan_is_refused_and_shown_with_its_reasons(rules: PlanInForce) -> None:
    drilled = play(SMALL.replace("by: duty_officer, does: verify", "by: spokesperson, does: verify"), rules)
    assert not drilled.as_scripted
    refused = [one for one in drilled.lines if isinstance(one, Refused)]
    assert [(one.by, one.step, one.refusal.code) for one in refused] == [("P007", "verify", "act.not_yours")]
    assert "REFUSED" in transcript(drilled, "en")


def test_an_act_that_should_have_been_refused_is_shown(rules: PlanInForce) -> None:
    drilled = play(SMALL.replace("verb: taken", "verb: taken, expect: refused"), rules)
    assert not drilled.as_scripted
    assert "NOT AS SCRIPTED" in transcript(drilled, "en")


def test_the_same_script_twice_is_the_same_transcript(rules: PlanInForce) -> None:
    assert transcript(play(SMALL, rules), "zh") == transcript(play(SMALL, rules), "zh")


def test_a_drill_touches_no_roster_but_its_own(rules: PlanInForce) -> None:
    before = replace(rules)
    play(EMPTY_DESK, rules)
    assert rules == before


# ---- one thing spoiled in a good script


@pytest.mark.parametrize(
    ("good", "bad", "code", "line"),
    [
        ("report:", "raport:", "plan.unknown_key", 2),
        ("verb: taken", "werb: taken", "plan.unknown_key", 6),
        ("until: 30 min", "until: soon", "plan.wrong_shape", 7),
        ("until: 30 min", "until: 0 min", "drill.until", 7),
        ("until: 30 min", "", "plan.missing", 1),
        ('starts: "2026-11-23T10:00:00+08:00"', 'starts: "2026-11-23T10:00:00"', "drill.no_start", 1),
        ("by: duty_officer", "by: duty_offcer", "drill.unknown_person", 6),
        ("{answer_after: 30 s}", "{silent: [P999]}", "drill.unknown_person", 3),
        ("{answer_after: 30 s}", "{absent: [duty_officer]}", "drill.absent_acts", 6),
        ("does: verify", "does: verfy", "drill.unknown_step", 6),
        ("at: 3 min, ", "", "drill.when", 6),
        ("at: 3 min", "at: 3 min, after: 3 min", "drill.when", 6),
        ("at: 3 min, by: duty_officer, does: verify", "after: 3 min, by: duty_officer, does: watch_signs", "drill.never_due", 6),
        ("does: verify, verb: taken", "does: commitment, answers: {due: tomorrow}", "drill.bad_time", 6),
        ("verb: taken", "verb: took", "plan.wrong_shape", 6),
        ("drill: {", "drill: {{", "plan.not_a_key", 1),
    ],
)  # fmt: skip
def test_one_thing_spoiled_is_one_finding_at_its_line(
    good: str, bad: str, code: str, line: int, rules: PlanInForce
) -> None:
    script, findings = read_script(SMALL.replace(good, bad, 1), rules.plan, rules.roster)
    assert script is None
    assert (findings[0].code, int(findings[0].place.split(":")[0])) == (code, line)
    assert all(tell(one, lang) for one in findings for lang in ("zh", "en"))
