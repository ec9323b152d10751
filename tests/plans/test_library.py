"""The starter library: every folder under plans/ checks clean, has its people list, and drills as its transcripts say.

`dutyroom drill FOLDER --script FILE --update` writes transcripts anew; a reviewer reads the diff.
"""

import runpy
from pathlib import Path

import pytest

from dutyroom.adapters.planfolder import load, scripts
from dutyroom.core.evolve import replay
from dutyroom.core.findings import Finding
from dutyroom.core.plan import Plan
from dutyroom.core.privacy import find_personal
from dutyroom.interpreters.drill import Drilled, Refused, read_script, rehearse, transcript

PLANS = Path(__file__).parents[2] / "plans"
FOLDERS = sorted(file.parent for file in PLANS.glob("*/plan.yaml"))
NAMES = [folder.name for folder in FOLDERS]
STARTERS = {
    "sanitation-project", "severe-weather", "snow-ice", "heat", "traffic-accident", "road-pollution",
    "electric-shock-or-fall", "wage-dispute-construction", "holiday-duty",
}  # fmt: skip
# A card for the first minutes after an accident leaves wages to the plan for wage disputes.
LEFT_TO_OTHERS = {("electric-shock-or-fall", "check.no_pack_for_trade")}
SCRIPTS = [(folder, file) for folder in FOLDERS for file in scripts(folder)]


def to_mend(folder: Path, findings: tuple[Finding, ...]) -> list[str]:
    """Findings that a starter must not have: errors and warnings; notes are for whoever adapts it."""
    grave = [one for one in findings if one.severity != "note"]
    return [f"{one.place} {one.code}" for one in grave if (folder.name, one.code) not in LEFT_TO_OTHERS]


def the_plan(folder: Path) -> Plan:
    plan = load(folder).plan
    assert plan is not None
    return plan


def test_the_library_is_whole() -> None:
    assert set(NAMES) >= STARTERS
    assert {folder.name for folder, _ in SCRIPTS} == set(NAMES), "every plan has a drill"


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_a_starter_has_nothing_to_mend(folder: Path) -> None:
    loaded = load(folder)
    assert to_mend(folder, loaded.findings) == []
    assert loaded.in_force() is not None


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_a_starter_is_more_than_a_sketch(folder: Path) -> None:
    plan = the_plan(folder)
    own = [step for step in plan.steps if step.law is None]
    assert len(own) >= 15
    assert len(plan.clauses) >= 10
    assert plan.posts and plan.outside and plan.places and plan.resources and plan.calendar
    assert all(clause.chapter for clause in plan.clauses)


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_both_languages_are_written(folder: Path) -> None:
    """No text stands in one language only, and none is the same in both but for figures and signs."""
    plan = the_plan(folder)
    texts = [step.title for step in plan.steps] + [clause.text for clause in plan.clauses]
    texts += [role.name for role in plan.roles.values()] + [level.name for level in plan.levels]
    assert all(any("一" <= sign <= "鿿" for sign in text.zh) for text in texts)
    assert not [text.en for text in texts if any("一" <= sign <= "鿿" for sign in text.en)]


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_no_name_and_no_number_of_a_person_stands_in_a_plan(folder: Path) -> None:
    names = [name for name in load(folder).names.values() if len(name) > 1]
    for text in (load(folder).texts["plan.yaml"], load(folder).texts["roster.yaml"]):
        assert not [one for one in find_personal(text) if one.kind in ("phone", "id_number", "email")]
        assert not [name for name in names if name in text]


@pytest.mark.parametrize("folder", [one for one in FOLDERS if not (one / "make_people.py").exists()], ids=str)
def test_the_people_list_is_what_its_maker_makes(folder: Path) -> None:
    make = runpy.run_path(str(PLANS / "make_people.py"))["make"]
    assert make(folder) == (folder / "people.xlsx").read_bytes()


def drilled(folder: Path, file: Path) -> Drilled:
    rules = load(folder).in_force()
    assert rules is not None
    script, findings = read_script(file.read_text(encoding="utf-8"), rules.plan, rules.roster)
    assert script is not None, findings
    return rehearse(script, rules)


@pytest.mark.parametrize(("folder", "file"), SCRIPTS, ids=lambda one: one.stem)
def test_a_drill_goes_as_its_transcripts_say(folder: Path, file: Path) -> None:
    played, names = drilled(folder, file), load(folder).names
    assert played.as_scripted
    for lang in ("zh", "en"):
        told = transcript(played, lang, lambda person: names.get(person, person))
        assert told == file.with_suffix(f".{lang}.txt").read_text(encoding="utf-8")
    assert replay(played.events) == played.case


@pytest.mark.parametrize(
    ("folder", "file"), [one for one in SCRIPTS if one[1].stem != "night-injury"], ids=lambda one: one.stem
)
def test_a_drill_shows_a_refusal_and_runs_to_the_end(folder: Path, file: Path) -> None:
    """A starter's drill shows what a paper plan cannot: what is refused, and that the case can be closed."""
    played = drilled(folder, file)
    assert played.case.phase == "closed"
    assert any(isinstance(line, Refused) for line in played.lines)
