"""Papers of every format to one document, and the clear sentence for each that cannot be read."""

import io
import zipfile
from pathlib import Path

import pytest
import typst
from docx import Document as WordDocument
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject

from dutyroom.adapters.papers import pdf, read_paper, short
from dutyroom.core.drafting import Document, Paragraph, Table, draft
from dutyroom.core.findings import Finding
from dutyroom.wording import LANGUAGES, say
from tests.core.drafting.papers import CHINESE, CONTACTS


def word_file() -> bytes:
    """A .docx with a title, headings, Word's own numbers, running text and a table."""
    word = WordDocument()
    word.add_heading("河湾项目部应急预案", 0)
    word.add_heading("一、组织机构", 1)
    word.add_paragraph("组长：项目经理")
    word.add_paragraph("负责指挥", style="List Number")
    word.add_paragraph("负责协调", style="List Number")
    table = word.add_table(rows=0, cols=4)
    for row in CONTACTS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    made = io.BytesIO()
    word.save(made)
    return made.getvalue()


def pdf_file(text: str) -> bytes:
    """A PDF with a text layer; a Latin text, so that no font is needed."""
    return bytes(typst.compile(text.encode()))


def paragraphs(document: Document | Finding) -> list[str]:
    assert isinstance(document, Document), document
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def test_word_keeps_headings_its_own_numbers_and_tables() -> None:
    document = read_paper(word_file(), "plan.docx")
    assert isinstance(document, Document)
    assert paragraphs(document) == [
        "河湾项目部应急预案",
        "一、组织机构",
        "组长：项目经理",
        "1. 负责指挥",
        "2. 负责协调",
    ]
    assert document.blocks[1] == Paragraph("一、组织机构", 1)
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    assert table.rows == CONTACTS
    assert {one.name for one in draft(document).contacts} == {"陆文喆", "龚龑"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_in_every_encoding_of_an_office(encoding: str) -> None:
    document = read_paper(CHINESE.encode(encoding), "plan.txt")
    assert paragraphs(document)[:2] == CHINESE.splitlines()[:2]


def test_markdown_has_headings_and_tables() -> None:
    text = "# Plan\n\n**Manager:** call 911\n\n| Name | Phone |\n| --- | --- |\n| A | 1 |\n"
    document = read_paper(text.encode(), "plan.md")
    assert isinstance(document, Document)
    assert document.blocks == (
        Paragraph("Plan", 1),
        Paragraph("Manager: call 911"),
        Table((("Name", "Phone"), ("A", "1"))),
    )


def test_pdf_joins_lines_and_drops_page_numbers() -> None:
    long = (
        "The project manager reports every accident to the owner within two hours and keeps a note, for " * 3
    )
    made = pdf_file(
        f'#set page(numbering: "1", height: 8cm)\n{long}others.\n#pagebreak()\nSecond page.\n#pagebreak()\nThird.'
    )
    found = paragraphs(read_paper(made, "plan.pdf"))
    assert " ".join(found[0].split()) == f"{long}others."
    assert found[1:] == ["Second page.", "Third."]


def locked_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_file("Some text."))))
    writer.encrypt("secret")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def other_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("sheet.xml", "<a/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("plan.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_word"),
        ("plan.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_word"),
        ("plan.docx", word_file()[:900], "damaged"),
        ("plan.docx", other_zip(), "unknown"),
        ("plan.pdf", pdf_file("Some text.")[:300], "damaged"),
        ("plan.pdf", pdf_file("#rect()"), "scanned"),
        ("plan.pdf", locked_pdf(), "locked"),
        ("plan.txt", b"", "empty"),
        ("plan.txt", b"\x00\x01\x02\x03", "not_text"),
        ("plan.odt", b"text", "unknown"),
        ("plan.txt", ("预" * 300_001).encode(), "too_long"),
    ],
)
def test_what_cannot_be_read_says_why_in_both_languages(name: str, data: bytes, code: str) -> None:
    found = read_paper(data, name)
    assert isinstance(found, Finding)
    assert found.code == f"draft.paper.{code}"
    for language in LANGUAGES:
        assert name in say(found.code, language, **found.fields)


@pytest.mark.parametrize("cut", range(0, 4000, 160))
def test_no_damage_raises(cut: int) -> None:
    for name, data in (("plan.docx", word_file()), ("plan.pdf", pdf_file("Some text of a plan."))):
        at = cut % len(data)
        assert isinstance(read_paper(data[:at] + b"\xff\x00" + data[at + 2 :], name), Document | Finding)


def word_with(body: str, part: str = "word/document.xml", **more: str) -> bytes:
    """A good .docx in which one part says something else."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word_file())) as good,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in good.namelist():
            packed.writestr(name, body if name == part else good.read(name))
        for name, text in more.items():
            packed.writestr(name, text)
    return made.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_body(inside: str, doctype: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{WORD}"><w:body>{inside}</w:body></w:document>'
    )


def test_markup_that_unpacks_without_end_is_not_unpacked() -> None:
    bomb = word_with(word_body("<w:p/>" * 2_100_000))
    assert len(bomb) < 200_000, "it looks harmless"
    found = read_paper(bomb, "plan.docx")
    assert isinstance(found, Finding) and found.code == "draft.paper.too_large"
    disguised = read_paper(word_with(word_body(""), **{"media/a.png": "<" + "a" * 12_000_000}), "plan.docx")
    assert isinstance(disguised, Finding) and disguised.code == "draft.paper.too_large"


def test_a_cell_merged_over_a_billion_columns_is_not_laid_out() -> None:
    cell = (
        '<w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p><w:r><w:t>值班</w:t></w:r></w:p></w:tc>'
    )
    found = read_paper(word_with(word_body(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")), "plan.docx")
    assert isinstance(found, Finding) and found.code == "draft.paper.damaged"


def test_a_list_level_of_a_billion_is_not_counted_up_to() -> None:
    level = '<w:lvl w:ilvl="1000000000"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>'
    lists = (
        f'<?xml version="1.0"?><w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="1">{level}'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word_with(lists, "word/numbering.xml"))) as good,
        zipfile.ZipFile(made, "w") as out,
    ):
        for name in good.namelist():
            number = '<w:pPr><w:numPr><w:ilvl w:val="1000000000"/><w:numId w:val="1"/></w:numPr></w:pPr>'
            paragraph = word_body(f"<w:p>{number}<w:r><w:t>值班</w:t></w:r></w:p>")
            out.writestr(name, paragraph if name == "word/document.xml" else good.read(name))
    assert paragraphs(read_paper(made.getvalue(), "plan.docx")) == ["值班"]


def test_entities_are_not_expanded_and_no_other_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("机密")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE d [<!ENTITY l0 "哈哈"><!ENTITY file SYSTEM "{secret.as_uri()}">{laughs}]>'
    for entity in ("&l11;", "&file;"):
        body = word_body(f"<w:p><w:r><w:t>值班{entity}</w:t></w:r></w:p>", doctype)
        found = read_paper(word_with(body), "plan.docx")
        assert isinstance(found, Finding) or paragraphs(found) == ["值班"]


def drawing_pdf(forms: int, times: int) -> bytes:
    """A page that draws a form `times` times, which draws the next one as often, and so on."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (6 * times, b"/F Do " * times),
    ]
    for number in range(forms):
        inner = b"/F Do " * times if number < forms - 1 else b"BT (x) Tj ET "
        head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>/Length %d>>"
        parts.append(head % (6 + number, len(inner)) + b"stream\n" + inner + b"\nendstream")
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, start)


def test_forms_that_draw_each_other_are_not_drawn_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    file = drawing_pdf(3, 4)
    assert paragraphs(read_paper(file, "plan.pdf"))
    monkeypatch.setattr(pdf, "OPERATIONS", 60)
    found = read_paper(file, "plan.pdf")
    assert isinstance(found, Finding) and found.code == "draft.paper.damaged"


def test_a_page_that_unpacks_to_a_flood_is_not_read() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_file("Some text."))))
    stream = DecodedStreamObject()
    stream.set_data(b"q Q " * 2_500_000)
    writer.pages[0].replace_contents(stream.flate_encode())
    made = io.BytesIO()
    writer.write(made)
    assert len(made.getvalue()) < 200_000
    found = read_paper(made.getvalue(), "plan.pdf")
    assert isinstance(found, Finding)


@pytest.mark.parametrize("ending", ["txt", "md"])
def test_a_line_without_end_is_read_in_pieces_and_nothing_is_lost(ending: str) -> None:
    for line in ("啊" * 39_000, "1." * 19_000, " " * 39_000 + "终"):
        found = read_paper(line.encode(), f"plan.{ending}")
        assert max(len(one) for one in paragraphs(found)) <= 2_000
        assert "".join(paragraphs(found)).strip() == line.strip()


def test_a_cell_without_end_is_read_in_pieces() -> None:
    found = short(Document((Table((("岗位", "啊" * 5_000), ("a", "b"))),), "plan"))
    assert [len(one) for one in paragraphs(found)] == [2, 2000, 2000, 1000, 1, 1]
