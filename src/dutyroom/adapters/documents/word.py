"""The review as .docx, by python-docx: what an office edits, signs and files.

The same review gives the same bytes: a .docx is a zip, and its entries carry a fixed date.
"""

import io
import re
import zipfile

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell

from dutyroom.adapters.documents.layout import Layout, Section, lay_out
from dutyroom.core.review import Review

_TEXT_CENTIMETRES = 17.4
# Fonts every Chinese office has; elsewhere the reader's own fallback is used.
_LATIN, _BODY, _HEADING = "Times New Roman", "宋体", "黑体"
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def review_docx(review: Review, lang: str) -> bytes:
    """The review in `lang` (zh or en) as a Word document, with all its text as it was written."""
    return layout_docx(lay_out(review, lang), lang)


def layout_docx(layout: Layout, lang: str) -> bytes:
    """A document that is laid out as a Word document."""
    document = docx.Document()
    _set_up(document, layout, lang)
    _title(document, layout)
    _facts(document, layout)
    for section in layout.sections:
        _section(document, section, layout.none)
    document.add_paragraph("\n" + layout.signature)
    out = io.BytesIO()
    document.save(out)
    return dated(out.getvalue())


def _set_up(document: Document, layout: Layout, lang: str) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.8)
    page.top_margin = page.bottom_margin = Cm(1.8)
    for style, far_east in (("Normal", _BODY), ("Heading 1", _HEADING), ("Heading 2", _HEADING)):
        fonts = document.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
        for name in list(fonts.attrib):
            del fonts.attrib[name]
        for kind, font in (("ascii", _LATIN), ("hAnsi", _LATIN), ("eastAsia", far_east)):
            fonts.set(qn(f"w:{kind}"), font)
        document.styles[style].font.color.rgb = RGBColor(0, 0, 0)
    document.styles["Normal"].font.size = Pt(10)
    properties = document.core_properties
    properties.title, properties.author, properties.language = legal(layout.title), "Dutyroom", lang
    properties.comments = ""


def _title(document: Document, layout: Layout) -> None:
    document.add_heading(legal(layout.heading), 1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(legal(layout.title)).bold = True


def _facts(document: Document, layout: Layout) -> None:
    table = document.add_table(rows=0, cols=2)
    for label, value in layout.facts:
        cells = table.add_row().cells
        _fill(cells[0], label)
        _fill(cells[1], value, bold=True)
    _set_widths(table, (25, 75))


def _section(document: Document, section: Section, none: str) -> None:
    document.add_heading(section.heading, 2)
    if section.rows:
        _table(document, section)
    for line in section.lines:
        document.add_paragraph(legal(line), style="List Bullet")
    if not section.rows and not section.lines:
        document.add_paragraph(none)
    if section.note and section.rows:
        document.add_paragraph().add_run(section.note).font.size = Pt(8)


def _table(document: Document, section: Section) -> None:
    table = document.add_table(rows=1, cols=len(section.columns), style="Table Grid")
    head = table.rows[0]
    for cell, name in zip(head.cells, section.columns, strict=True):
        _fill(cell, name, bold=True)
    head._tr.get_or_add_trPr().append(head._tr.makeelement(qn("w:tblHeader"), {}))  # repeats on every page
    for row in section.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            _fill(cell, value)
    _set_widths(table, section.widths)


def _set_widths(table: Table, widths: tuple[int, ...]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(_TEXT_CENTIMETRES * width / sum(widths))
        for cell in column.cells:  # Word reads the cell's width, others the column's
            cell.width = column.width


def _fill(cell: _Cell, text: str, bold: bool = False) -> None:
    cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    run = cell.paragraphs[0].add_run(legal(text))
    run.bold, run.font.size = bold, Pt(9)


def legal(text: str) -> str:
    """The text without characters that XML 1.0 cannot hold."""
    return _ILLEGAL.sub("", text)


_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def dated(document: bytes) -> bytes:
    """The .docx with a fixed date on its entries, so that the same document gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename, _FIXED_DATE), old.read(entry), zipfile.ZIP_DEFLATED)
    return out.getvalue()
