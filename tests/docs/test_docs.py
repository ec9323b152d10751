"""The documents say what the program does: all of it is documented, what is documented exists, links lead somewhere."""

import ast
import dataclasses
import io
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from ruamel.yaml import YAML

from docs.making import PAGES, vocabulary
from dutyroom import cli
from dutyroom.core import plan as shapes
from dutyroom.core.checks import check
from dutyroom.core.events import EVENTS
from dutyroom.core.phases import LEGAL, PHASES
from dutyroom.core.planfile import read_plan

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TEXTS = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
NAMES = [file.relative_to(ROOT).as_posix() for file in TEXTS]
SOURCES = sorted((ROOT / "src" / "dutyroom").rglob("*.py"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_in(text: str) -> set[str]:
    """Everything that stands between single backticks."""
    return set(re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text))


# --- what is made from the program ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_made_pages_are_up_to_date(name: str) -> None:
    assert read(f"docs/{name}") == PAGES[name](), "run: python -m docs.making"


@pytest.mark.parametrize("name", cli.names())
def test_every_command_and_option_is_documented_with_its_meaning(name: str) -> None:
    page = read("docs/reference/commands.md")
    assert f"## `dutyroom {name}`" in page
    section = page.split(f"## `dutyroom {name}`\n")[1].split("\n## ")[0]
    silent = [
        row for row in section.splitlines() if row.startswith("| `") and row.split("|")[2].strip() == ""
    ]
    assert silent == [], "these have no help text"


def test_every_event_says_what_it_means() -> None:
    for name, kind in EVENTS.items():
        assert kind.__doc__ and not kind.__doc__.startswith(f"{name}("), name


def _judgements() -> Iterator[str]:
    """Codes that the source gives to a finding, a refusal or a failure that is told."""
    told = re.compile("Finding|Refusal|Refused|Error|Spoken|finding|fault")
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and told.search(
                getattr(node.func, "id", getattr(node.func, "attr", ""))
            ):
                for argument in ast.walk(node):
                    if isinstance(argument, ast.Constant) and argument.value in vocabulary.sentences():
                        yield argument.value


def test_every_finding_and_refusal_is_documented() -> None:
    documented = code_in(read("docs/reference/findings.md"))
    found = set(_judgements())
    assert len(found) > 100
    assert found - documented == set()


def test_the_picture_of_the_phases_shows_every_legal_move_and_no_other() -> None:
    picture = read("docs/pictures/phases.svg")
    assert {tuple(move.split()) for move in re.findall(r'data-move="([^"]+)"', picture)} == LEGAL
    assert re.findall(r'<g id="(\w+)">', picture) == list(PHASES)


# --- what is written by hand ---------------------------------------------------------------------------------


def test_every_setting_is_documented_and_no_other() -> None:
    pattern = re.compile(r"\b(?:DUTYROOM_[A-Z]+(?:_[A-Z]+)*|DATABASE_URL)\b")
    read_by = [*SOURCES, ROOT / "dutyroom", ROOT / "tests" / "conftest.py", ROOT / "tests" / "database.py"]
    used = {name for file in read_by for name in pattern.findall(file.read_text(encoding="utf-8"))}
    used -= {"DUTYROOM_TEST"}  # the beginning of a name
    documented = {name for name in code_in(read("docs/reference/settings.md")) if pattern.fullmatch(name)}
    assert documented == used


def _nouns() -> Iterator[str]:
    """Core nouns: what plan, state, roster and their neighbours call by a name of its own."""
    for name in ("plan", "surroundings", "counts", "differing", "roster", "state", "findings"):
        for node in ast.parse(read(f"src/dutyroom/core/{name}.py")).body:
            if isinstance(node, ast.ClassDef):
                yield node.name
    yield from ("Times", "Waive", "Command", "Event", "Due")
    yield from (verb.name for verb in shapes.Verb)
    yield from (kind.name for kind in shapes.ClockKind)
    yield from (phase.upper() for phase in PHASES)


def test_the_glossary_and_the_source_use_the_same_names() -> None:
    page = read("docs/glossary.md")
    listed = {
        row.split("|")[3].strip(" `")
        for row in page.splitlines()
        if row.count("`") == 2 and row.startswith("|")
    }
    sources = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    defined = set(re.findall(r"^\s*(?:class|def) (\w+)", sources, re.MULTILINE))
    defined |= set(re.findall(r"^\s*(\w+)(?:: TypeAlias)?(?:, \w+)* = ", sources, re.MULTILINE))
    defined |= {"READINESS", "RESPONSE", "CLOSING", "RECOVERY", "CLOSED", "drill"}
    assert listed - defined == set(), "these are not in the source"
    assert set(_nouns()) - listed == set(), "these are not in the glossary"


def test_one_word_stands_for_one_thing() -> None:
    rows = [
        row.split("|") for row in read("docs/glossary.md").splitlines() if row.startswith("|") and "`" in row
    ]
    for column in (1, 3):
        words = [row[column].strip() for row in rows]
        assert sorted(set(words)) == sorted(words)


def _examples() -> list[dict[str, typing.Any]]:
    blocks = re.findall(r"```yaml\n(.*?)```", read("docs/reference/plan-file.md"), re.DOTALL)
    return [YAML(typ="safe").load(block) for block in blocks]


def test_the_examples_of_the_plan_file_are_one_plan_that_checks_clean() -> None:
    whole: dict[str, typing.Any] = {}
    for example in _examples():
        assert not set(example) & set(whole)
        whole |= example
    text = io.StringIO()
    YAML(typ="safe").dump(whole, text)
    plan, findings = read_plan(text.getvalue())
    assert findings == ()
    assert plan is not None
    assert check(plan) == ()


def _shapes(shape: type, seen: set[type]) -> None:
    """The dataclass and every dataclass inside it."""
    if shape not in seen and dataclasses.is_dataclass(shape):
        seen.add(shape)
        for hint in typing.get_type_hints(shape).values():
            for part in (hint, *typing.get_args(hint)):
                for inner in (part, *typing.get_args(part)):
                    if isinstance(inner, type):
                        _shapes(inner, seen)


def test_every_key_of_the_plan_language_is_documented() -> None:
    page = read("docs/reference/plan-file.md")
    words = set(re.findall(r"\w+", page))
    found: set[type] = set()
    _shapes(shapes.Plan, found)
    assert len(found) > 12
    inner = {
        "source_sha256",
        "line",
        "stream",
        "word",
        "marks",
        "requires_any",
    }  # filled in by the reader, not written
    keys = {field.name for shape in found for field in dataclasses.fields(shape)}
    assert keys - words - inner == set()
    assert {kind.value for kind in shapes.FieldType} <= code_in(page)


def _tests_in(file: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }


def test_every_safeguard_names_a_test_that_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", read("docs/reference/safeguards.md"))
    assert len(named) > 30
    missing = [f"{file}::{name}" for file, name in named if name not in _tests_in(ROOT / file)]
    assert missing == []


# --- every page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    text = re.sub(r"```.*?```", "", read(name), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            assert anchor in _anchors(file.read_text(encoding="utf-8")), target


def _anchors(text: str) -> set[str]:
    """Headings as their addresses: lower case, no punctuation, dashes for blanks."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", NAMES)
def test_no_page_names_a_machine(name: str) -> None:
    text = read(name)
    assert not re.search(r"(?<![\w/])/(root|work|home)/|/tmp/|file://|pypi\.org/simple|mirrors?\.", text)
    assert not re.search(r"[A-Z]:\\\\", text)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if re.search("README|index|howto|tutorial|explanation", name)]
)
def test_pages_for_readers_are_in_both_languages(name: str) -> None:
    text = re.sub(r"```.*?```", "", read(name), flags=re.DOTALL)
    if name == "docs/explanation/architecture.md":
        return
    chinese, english = len(re.findall(r"[一-鿿]", text)), len(re.findall(r"[A-Za-z]{3,}", text))
    assert chinese > 60
    assert english > 40
    assert re.search(r"[一-鿿]", text.splitlines()[0]), "the Chinese heading comes first"


@pytest.mark.parametrize("name", NAMES)
def test_commands_that_are_shown_exist(name: str) -> None:
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", read(name), re.DOTALL))
    shown = re.findall(r"(?:\./|python )dutyroom ([a-z][a-z-]+)", code)
    assert set(shown) - set(cli.names()) == set()


def test_every_page_is_in_the_index() -> None:
    index = read("docs/index.md")
    pages = {file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md")} - {"index.md"}
    assert {page for page in pages if f"({page})" not in index} == set()


def test_pictures_are_small() -> None:
    pictures = list((DOCS / "pictures").glob("*.png"))
    assert {picture.name for picture in pictures} >= {"board.png", "report.png"}
    assert all(picture.stat().st_size < 150_000 for picture in pictures)
