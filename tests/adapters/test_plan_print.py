"""A plan on paper: nothing of the plan is lost, PDF and .docx say the same, and both are sound files."""

import dataclasses
import io
import re
import zipfile
from functools import cache
from pathlib import Path

import docx
import pypdf
import pytest
from docx.oxml.ns import qn

from dutyroom import cli
from dutyroom.adapters.documents.glyphs import drawn
from dutyroom.adapters.documents.plan import Printed, document, print_plan
from dutyroom.adapters.documents.plan.belonging import PARTS, home_of_clauses, home_of_step
from dutyroom.adapters.documents.plan.drawing import Box, Drawing, text_width, wrapped
from dutyroom.adapters.documents.plan.model import Block, Card, Figure, Heading, PlanDocument, Table, Text
from dutyroom.adapters.documents.plan.words import Wording
from dutyroom.adapters.planfolder import LoadedPlan, load
from dutyroom.core.chapters import chapters
from dutyroom.core.findings import Finding
from dutyroom.core.plan import VERBS, Plan
from dutyroom.core.planfile import read_plan
from dutyroom.core.words import Words
from dutyroom.wording import say

PLANS = Path(__file__).resolve().parents[2] / "plans"
FOLDERS = sorted(file.parent.name for file in PLANS.glob("*/plan.yaml"))
REFERENCE = "sanitation-project"
SMALL = """
plan: {id: small, number: N-1, version: "1", title: Small plan, unit: A unit, type: scene, approved_by: leader}
defaults:
  words: {立即: {name: {zh: 立即, en: at once}, within: 5 min}}
  ask_again: 1 min
  ring_again: 10 min
  done: 24 h
  last_rung: leader
roles: {leader: {name: Leader}, guard: {name: Guard, deputies: [leader]}}
kinds: {fire: Fire}
facts: {hurt: {default: 0, name: Hurt, unit: 人}}
levels: [{id: I, rank: 1, name: Level I, any: [{fact: hurt, at_least: 1}]}]
moves: [{source: readiness, target: closed, after: [call]}]
steps:
  - {id: call, title: Call 119, clauses: [C1], who: guard, phases: [readiness], clocks: {done: 立即}}
clauses: [{id: C1, text: Fire is reported at once.}, {id: C2, text: Nothing else.}]
"""


@cache
def folder_of(name: str) -> LoadedPlan:
    return load(PLANS / name)


@cache
def document_of(name: str, lang: str) -> PlanDocument:
    return document(folder_of(name), plan_of(folder_of(name)), lang)


@pytest.fixture(scope="module")
def loaded() -> LoadedPlan:
    return folder_of(REFERENCE)


@pytest.fixture(scope="module")
def printed(loaded: LoadedPlan) -> Printed:
    return print_plan(loaded, "zh")


@pytest.fixture(scope="module")
def pages(printed: Printed) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed.pdf)).pages]


def close(text: str) -> str:
    """Text without spaces and line breaks, as it was typeset: wrapping differs, letters do not."""
    return re.sub(r"\s", "", text)


def texts(block: Block) -> list[str]:
    match block:
        case Heading():
            return [block.text]
        case Text():
            return [block.lead, block.text]
        case Table():
            return [block.caption, *block.columns, *(cell for row in block.rows for cell in row)]
        case Figure():
            return [
                block.caption,
                *(line.text for part in block.drawing.parts if isinstance(part, Box) for line in part.lines),
            ]
        case Card():
            return [block.heading, block.title, *(text for part in block.parts for text in texts(part))]


def everything(made: PlanDocument) -> list[str]:
    return [text for block in made.blocks for text in texts(block)]


def body(data: bytes) -> str:
    """All text of a .docx, tables too, as it stands in the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode()
    found = re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml)
    return close("".join(found)).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def plan_of(one: LoadedPlan) -> Plan:
    assert one.plan is not None
    return one.plan


# --- nothing is lost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", FOLDERS)
def test_every_clause_step_level_and_clock_stands_in_the_document(name: str, lang: str) -> None:
    plan = plan_of(folder_of(name))
    made = document_of(name, lang)
    words = Wording(plan, lang)
    said = everything(made)
    leads = [(block.lead, block.text) for block in made.blocks if isinstance(block, Text) and block.lead]
    assert leads.count(("", "")) == 0
    assert sorted(leads) == sorted((clause.id, words.text(clause.text)) for clause in plan.clauses)
    rows = [row for block in made.blocks if isinstance(block, Table) for row in block.rows]
    for step in plan.steps:
        mine = [row for row in rows if row[0] == words.number(step.id) and len(row) == 5]
        assert len(mine) == 1, step.id
        assert mine[0][1].startswith(words.text(step.title))
        for clock in words.clocks(step):
            assert clock in mine[0][3], (step.id, clock)
        limits = [row for row in rows if row[0] == words.number(step.id) and len(row) == 7]
        assert len(limits) == sum(verb in step.clocks for verb in VERBS) + bool(step.repeat) + bool(
            step.not_before
        )
    for level in plan.levels:
        assert any(row[0] == words.text(level.name) for row in rows)
    for part in (
        plan.roles,
        plan.outside,
        plan.places,
        plan.resources,
        plan.periods,
        plan.posts,
        plan.references,
    ):
        for one in part.values():
            name_of = getattr(one, "name", None) or one.title  # type: ignore[attr-defined]
            assert any(words.text(name_of) in text for text in said), one
    for duty in plan.calendar:
        assert any(row[0] == words.text(duty.title) for row in rows), duty.id


def test_every_text_stands_in_the_pdf_and_in_the_docx(
    loaded: LoadedPlan, printed: Printed, pages: list[str]
) -> None:
    whole, word = close("".join(pages)), body(printed.docx)
    made = document_of(REFERENCE, "zh")
    for block in made.blocks:
        for text in texts(block):
            for line in text.split("\n"):
                if isinstance(block, Figure) and line != block.caption:
                    continue  # in a .docx a drawing is a picture
                assert close(line) in word, line
    for clause in plan_of(loaded).clauses:
        assert close(drawn(clause.text.zh)) in whole, clause.id


def test_the_drawings_are_text_in_the_pdf(loaded: LoadedPlan, pages: list[str]) -> None:
    drawing = next(
        block.drawing
        for block in document_of(REFERENCE, "zh").blocks
        if isinstance(block, Figure) and block.caption == say("print.caption.chart", "zh")
    )
    lines = [line.text for part in drawing.parts if isinstance(part, Box) for line in part.lines]
    assert "项目经理" in lines
    page = next(close(page) for page in pages if say("print.caption.chart", "zh") in page)
    assert all(close(line) in page for line in lines)


# --- the files are sound --------------------------------------------------------------------------------------


def test_the_pdf_is_pdf_a_with_its_fonts_in_it(printed: Printed) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed.pdf))
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]
    assert re.search(r"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>B</pdfaid:conformance>", xmp)
    fonts = set()
    for page in reader.pages:
        for font in (page["/Resources"].get("/Font") or {}).values():  # type: ignore[union-attr]
            child = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = child["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            fonts.add(re.sub(r"^/?[A-Z]{6}\+", "", descriptor["/FontName"]))
    assert fonts and all(font.startswith("NotoSansSC") for font in fonts)


def test_every_page_says_which_edition_it_is(loaded: LoadedPlan, pages: list[str]) -> None:
    plan = plan_of(loaded)
    for place, page in enumerate(pages, 1):
        foot = close(page)
        for wanted in (plan.number, plan.version, plan.source_sha256[:12], f"第{place}页共{len(pages)}页"):
            assert wanted in foot, (place, wanted)


def test_each_card_stands_on_one_page(loaded: LoadedPlan, pages: list[str]) -> None:
    cards = [block for block in document_of(REFERENCE, "zh").blocks if isinstance(block, Card)]
    assert len(cards) > 10
    for card in cards:
        found = [page for page in pages if close(card.title) in close(page)]
        assert len(found) == 1, card.title
        for part in card.parts:
            for text in texts(part):
                assert close(drawn(text)) in close(found[0]) or len(text) > 20, (card.title, text)


def test_the_docx_has_headings_contents_and_repeated_head_rows(loaded: LoadedPlan, printed: Printed) -> None:
    opened = docx.Document(io.BytesIO(printed.docx))
    styled = [(str(line.style and line.style.name).lower(), line) for line in opened.paragraphs]
    headings = [line.text for style, line in styled if style.startswith("heading")]
    entries = [line for style, line in styled if style.startswith("toc")]
    shown = ["".join(part.text for part in line._p.iter(qn("w:t"))) for line in entries]
    assert len(shown) == len(headings) > 40
    assert all(entry.startswith(heading) for entry, heading in zip(shown, headings, strict=True))
    numbers = [int(entry.removeprefix(heading)) for entry, heading in zip(shown, headings, strict=True)]
    last = len(pypdf.PdfReader(io.BytesIO(printed.pdf)).pages)
    assert numbers[0] == 2 and numbers == sorted(numbers) and numbers[-1] <= last
    for table in opened.tables:
        first = table.rows[0]._tr
        many = len(table.rows) > 1 and first.trPr.find(qn("w:tblHeader")) is not None
        assert many or not any(cell.text in ("序号", "岗位") for cell in table.rows[0].cells)
    with zipfile.ZipFile(io.BytesIO(printed.docx)) as archive:
        assert archive.testzip() is None
        assert "Noto Serif CJK SC" in archive.read("word/fontTable.xml").decode()
        footer = next(
            archive.read(name).decode()
            for name in archive.namelist()
            if "footer" in name and name.endswith(".xml")
        )
    assert " PAGE " in footer and " NUMPAGES " in footer and plan_of(loaded).number in footer


def test_the_same_plan_gives_the_same_bytes() -> None:
    plan, _ = read_plan(SMALL)
    folder = LoadedPlan(plan, None)
    assert print_plan(folder, "en") == print_plan(folder, "en")
    assert print_plan(folder, "en").pdf != print_plan(folder, "zh").pdf


# --- people ---------------------------------------------------------------------------------------------------


def test_the_public_version_has_no_names_and_no_phones(loaded: LoadedPlan) -> None:
    plan = plan_of(loaded)
    full = "".join(everything(document(loaded, plan, "zh")))
    public = "".join(everything(document(loaded, plan, "zh", public=True)))
    holders = loaded.holders
    assert len(holders) > 20
    for holder in holders:
        assert holder.name in full and dict(holder.channels)["sms"] in full
        assert holder.name not in public and dict(holder.channels)["sms"] not in public


def test_a_folder_without_people_says_so(loaded: LoadedPlan) -> None:
    alone = dataclasses.replace(loaded, roster=None, holders=(), names={}, people={})
    said = everything(document(alone, plan_of(loaded), "zh"))
    assert say("print.no_people", "zh") in said and say("print.no_roster", "zh") in said


def test_a_rotation_is_printed_once_round(loaded: LoadedPlan) -> None:
    tables = [block for block in document_of(REFERENCE, "zh").blocks if isinstance(block, Table)]
    turns = next(
        table for table in tables if table.caption == say("print.caption.turns", "zh", post="值班员")
    )
    assert len(turns.rows) == 3
    assert turns.rows[0][1] == "2026-11-01 18:00"


# --- chapters and drawings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["general", "special", "scene"])
def test_every_part_and_phase_has_a_chapter_that_exists(kind: str, loaded: LoadedPlan) -> None:
    known = {chapter.number for chapter in chapters(kind)} | {""}
    assert set(PARTS[kind].values()) <= known
    plan = dataclasses.replace(plan_of(loaded), type=kind)
    assert {home_of_step(plan, step) for step in plan.steps} <= known - {""}
    homes = home_of_clauses(plan)
    assert sorted(clause for place in homes.values() for clause in place) == sorted(
        one.id for one in plan.clauses
    )


def test_a_clause_in_no_chapter_goes_where_its_rules_are() -> None:
    plan, _ = read_plan(SMALL)
    assert plan is not None
    clauses = tuple(dataclasses.replace(clause, chapter="9.9") for clause in plan.clauses)
    homes = home_of_clauses(dataclasses.replace(plan, clauses=clauses))
    cited = plan.steps[0].clauses[0]
    assert cited in homes[home_of_step(plan, plan.steps[0])]


@pytest.mark.parametrize("name", FOLDERS)
def test_no_box_of_a_drawing_leaves_the_sheet_or_covers_another(name: str) -> None:
    for lang in ("zh", "en"):
        for block in document_of(name, lang).blocks:
            if isinstance(block, Figure):
                _sound(block.drawing)


def _sound(drawing: Drawing) -> None:
    boxes = [part for part in drawing.parts if isinstance(part, Box) and part.look != "bare"]
    assert drawing.height < 230 and drawing.width < 169
    for box in boxes:
        assert box.x >= 0 and box.y >= 0
        assert box.x + box.width <= drawing.width and box.y + box.height <= drawing.height
        for line in box.lines:
            assert text_width(line.text, line.size) <= box.width, line
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = (
                one.x + one.width <= other.x + 0.01
                or other.x + other.width <= one.x + 0.01
                or one.y + one.height <= other.y + 0.01
                or other.y + other.height <= one.y + 0.01
            )
            assert apart, (one.lines, other.lines)


def test_wrapping_keeps_every_letter_and_never_begins_with_a_comma() -> None:
    text = "值班员接报后，立即核实情况、报告 the project manager，不得迟报。"
    lines = wrapped(text, 20, 2.6)
    assert "".join(line.text.replace(" ", "") for line in lines) == text.replace(" ", "")
    assert len(lines) > 3 and not any(line.text[0] in "，、。" for line in lines)


# --- the command ----------------------------------------------------------------------------------------------


def test_the_command_writes_what_was_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(SMALL, encoding="utf-8")
    assert (
        cli.main(["plan", "print", str(plan), "--to", "pdf", "--out", str(tmp_path / "out"), "--lang", "en"])
        == 0
    )
    (made,) = (tmp_path / "out").iterdir()
    assert made.suffix == ".pdf" and made.read_bytes().startswith(b"%PDF")
    assert str(made) in capsys.readouterr().out


def test_a_plan_that_does_not_read_is_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("plan: [", encoding="utf-8")
    assert cli.main(["plan", "print", str(plan), "--out", str(tmp_path / "out")]) == 1
    assert say("print.cannot", "zh") in capsys.readouterr().out
    assert cli.main(["plan", "print", str(tmp_path / "none.yaml")]) == 2
    assert not (tmp_path / "out").exists()


def test_a_plan_with_errors_is_marked_as_a_draft(loaded: LoadedPlan) -> None:
    fault = Finding("check.unknown_role", "error", "plan.yaml:1:1", {"role": "x"})
    faulty = dataclasses.replace(loaded, findings=(fault,))
    assert document(faulty, plan_of(loaded), "zh").cover.state == say("print.cover.draft", "zh")
    assert document(dataclasses.replace(loaded, findings=()), plan_of(loaded), "zh").cover.state == ""


def test_long_and_hostile_text_stays_on_the_paper() -> None:
    """Nothing is read as markup, nothing runs off the page: the end of a very long row stands above the foot."""
    text = SMALL.replace("title: Small plan", 'title: "#panic() *x* $y$ <b> 😀"')
    plan, findings = read_plan(text)
    assert plan is not None, findings
    long = dataclasses.replace(plan.steps[0], card=Words("长" * 3000 + "终", "x" * 500 + " end"))
    plan = dataclasses.replace(plan, steps=(long,))
    printed = print_plan(LoadedPlan(plan, None), "zh")
    reader = pypdf.PdfReader(io.BytesIO(printed.pdf))
    assert "#panic()*x*$y$<b>〓" in close(reader.pages[0].extract_text())
    places: list[tuple[float, float]] = []

    def note(said: str, page: list[float], text: list[float], _font: object, _size: float) -> None:
        if said.strip():
            places.append((text[4] * page[0] + page[4], text[5] * page[3] + page[5]))

    for page in reader.pages:
        page.extract_text(visitor_text=note)
    assert len(places) > 100
    assert all(0 < x < 575 and 0 < y < 842 for x, y in places)
    assert sum("终" in page.extract_text() for page in reader.pages) >= 2  # in the table and on the card
    assert print_plan(LoadedPlan(plan, None), "en").docx.startswith(b"PK")
