"""Papers of every format to one document, and the clear sentence for each that cannot be read."""

import io
import zipfile

import pytest
import typst
from docx import Document as WordDocument
from pypdf import PdfReader, PdfWriter

from dutyroom.adapters.papers import read_paper
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
