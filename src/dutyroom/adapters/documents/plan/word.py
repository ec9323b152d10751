"""The plan as .docx, by python-docx: what an office edits, signs and files. Headings are real, contents are a field.

Page numbers in the contents are those of the PDF until the field is updated. The same plan gives the same bytes.
"""

import io
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from dutyroom.adapters.documents.plan.drawing import text_width
from dutyroom.adapters.documents.plan.model import (
    Block,
    Card,
    Cover,
    Figure,
    Heading,
    PlanDocument,
    SignaturePage,
    Table,
    Text,
)
from dutyroom.adapters.documents.plan.wordfonts import BODY, HEADING, LATIN, declare_fonts
from dutyroom.adapters.documents.plan.wordtable import fields, shaded, table
from dutyroom.adapters.documents.word import dated, legal

_TEXT_POINTS = 476.0  # 168 mm
_GREY = RGBColor(0x55, 0x55, 0x55)


def plan_docx(document: PlanDocument, pictures: tuple[bytes, ...], pages: tuple[int, ...]) -> bytes:
    """The document as .docx. `pictures` are its figures as PNG, `pages` the page of each heading, both in order."""
    return _Writer(document, iter(pictures), pages).written()


def headings(document: PlanDocument) -> Iterator[tuple[str, int]]:
    """Every heading in printed order with its level: the pages to sign stand round the contents."""
    yield from ((one.heading, 1) for one in document.signatures)
    for block in document.blocks:
        if isinstance(block, Heading):
            yield block.text, block.level
        elif isinstance(block, Card):
            yield block.heading, 2


class _Writer:
    """One document being written from top to bottom."""

    def __init__(self, document: PlanDocument, pictures: Iterator[bytes], pages: tuple[int, ...]) -> None:
        self.document, self.pictures, self.pages = document, pictures, pages
        self.out: Document = docx.Document()
        self.bookmarks = 0
        self.fresh_page = False  # whether nothing stands on the page yet, so that no empty one is made

    def written(self) -> bytes:
        _set_up(self.out, self.document)
        self.cover(self.document.cover)
        for place, page in enumerate(self.document.signatures):
            self.sign(page)
            if place == 0:  # the contents stand between the approval and the departments' page
                self.contents()
        for block in self.document.blocks:
            self.block(block)
        _footer(self.out, self.document)
        data = io.BytesIO()
        self.out.save(data)
        return dated(data.getvalue())

    def cover(self, cover: Cover) -> None:
        for label, value in cover.facts:
            line = self.paragraph(f"{label}：" if self.document.lang == "zh" else f"{label}: ", size=9.5)
            line.paragraph_format.left_indent = Cm(10)
            line.add_run(legal(value)).bold = True
        for text, size, above, bold in (
            (cover.unit, 16, 120, False), (cover.title, 26, 18, True), (cover.state, 12, 18, True),
            (cover.unit, 12, 230, False), (cover.date, 12, 6, False),
        ):  # fmt: skip
            if text:
                line = self.paragraph(text, size=size, bold=bold)
                line.alignment, line.paragraph_format.space_before = WD_ALIGN_PARAGRAPH.CENTER, Pt(above)

    def sign(self, page: SignaturePage) -> None:
        self.heading(page.heading, 1, new_page=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
        self.paragraph(page.text, size=11.5)
        high = 26 if len(page.rows) < 4 else 20
        table(self.out, page.columns, page.widths, page.rows, size=10.5, least_height=high)

    def contents(self) -> None:
        line = self.paragraph(self.document.contents, size=15, bold=True)
        line.alignment, line.paragraph_format.page_break_before = WD_ALIGN_PARAGRAPH.CENTER, True
        entries = list(headings(self.document))
        for place, ((text, level), page) in enumerate(zip(entries, self.pages, strict=True), 1):
            entry = self.out.add_paragraph(style=f"TOC {level}")
            if place == 1:
                fields(entry, "begin", ' TOC \\o "1-3" \\h \\z \\u ')
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), f"_Toc{place:06}")
            entry._p.append(link)
            run = entry.add_run(legal(text) + "\t")
            link.append(run._r)
            fields(entry, "whole", f" PAGEREF _Toc{place:06} \\h ", str(page), inside=link)
            if place == len(entries):
                fields(entry, "end")

    def block(self, block: Block) -> None:
        match block:
            case Heading():
                self.heading(block.text, block.level, block.new_page)
                return
            case Text():
                self.text(block)
            case Table():
                self.table(block)
            case Figure():
                self.figure(block)
            case Card():
                self.card(block)
        self.fresh_page = False

    def heading(self, text: str, level: int, new_page: bool = False) -> Paragraph:
        """A heading with the bookmark that the contents point to."""
        line: Paragraph = self.out.add_heading(legal(text), level)
        line.paragraph_format.page_break_before = new_page
        self.fresh_page = new_page
        self.bookmarks += 1
        for kind, place in (("bookmarkStart", 1), ("bookmarkEnd", len(line._p))):
            mark = OxmlElement(f"w:{kind}")
            mark.set(qn("w:id"), str(self.bookmarks))
            if kind == "bookmarkStart":
                mark.set(qn("w:name"), f"_Toc{self.bookmarks:06}")
            line._p.insert(place if kind == "bookmarkStart" else len(line._p), mark)
        return line

    def text(self, text: Text, size: float = 10.5) -> None:
        line = self.paragraph("", size=size)
        if text.lead:
            line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Cm(1.3), Cm(-1.3)
            lead = line.add_run(legal(text.lead) + "\t")
            lead.bold, lead.font.size, lead.font.color.rgb = True, Pt(9), _GREY
            line.paragraph_format.tab_stops.add_tab_stop(Cm(1.3))
        run = line.add_run(legal(text.text))
        run.font.size = Pt(8.5 if text.small else size)
        if text.small:
            run.font.color.rgb = _GREY

    def table(self, part: Table, size: float = 8.5) -> None:
        if part.caption:
            line = self.paragraph(part.caption, size=9.5, bold=True)
            line.alignment, line.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
            line.paragraph_format.space_before = Pt(8)
        table(self.out, part.columns, part.widths, part.rows, size=size)
        self.paragraph("", size=4)  # two tables without a line between them would become one

    def figure(self, figure: Figure) -> None:
        line = self.out.add_paragraph()
        line.alignment, line.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
        shape = line.add_run().add_picture(io.BytesIO(next(self.pictures)), width=Mm(figure.drawing.width))
        shape._inline.docPr.set("descr", legal(figure.alt))
        self.paragraph(figure.caption, size=9.5, bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER

    def card(self, card: Card) -> None:
        """A card on a page of its own; letters are smaller where there is much on it."""
        size = _card_size(card)
        self.heading(card.heading, 2, new_page=not self.follows_heading())
        title = self.paragraph(card.title, size=13, bold=True)
        title.runs[0].font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
        shaded(title._p.get_or_add_pPr(), "33475B")
        for part in card.parts:
            if isinstance(part, Table):
                self.table(part, size)
            else:
                self.text(part, size)

    def follows_heading(self) -> bool:
        return self.fresh_page

    def paragraph(self, text: str, size: float, bold: bool = False) -> Paragraph:
        line = self.out.add_paragraph()
        line.paragraph_format.space_after = Pt(3)
        if text:
            run = line.add_run(legal(text))
            run.font.size, run.bold = Pt(size), bold
        else:
            line.paragraph_format.line_spacing = 1.15 if size > 5 else Pt(size)
        return line


def _card_size(card: Card) -> float:
    """Letters that let the card stay on its page: by an estimate of the height it needs, in points."""
    tables = [part for part in card.parts if isinstance(part, Table)]
    sizes = (10.0, 9.0, 8.0, 7.0, 6.0)
    return next((size for size in sizes if sum(_height(one, size) for one in tables) < 600), 5.5)


def _height(part: Table, size: float) -> float:
    rows = (part.columns, *part.rows) if part.columns else part.rows
    return sum(_row_height(row, part.widths, size) for row in rows)


def _row_height(row: tuple[str, ...], widths: tuple[int, ...], size: float) -> float:
    rooms = [_TEXT_POINTS * width / sum(widths) - 8 for width in widths]
    lines = [
        sum(max(1, -(-text_width(line, size) // room)) for line in cell.split("\n"))
        for cell, room in zip(row, rooms, strict=True)
    ]
    return max(lines) * size * 1.35 + 4


def _set_up(out: Document, document: PlanDocument) -> None:
    page = out.sections[0]
    page.start_type = WD_SECTION.NEW_PAGE
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(21)
    page.top_margin, page.bottom_margin = Mm(20), Mm(22)
    declare_fonts(out)
    for level, size, above in ((1, 15, 14), (2, 12.5, 10), (3, 11, 8)):
        style = out.styles[f"Heading {level}"]
        _font(style, HEADING, LATIN[document.lang], size)
        style.font.bold = True
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(above), Pt(6)
        style.paragraph_format.keep_with_next = True
        entry = out.styles.add_style(f"TOC {level}", 1)
        entry.base_style = out.styles["Normal"]
        entry.font.size, entry.font.bold = Pt(10), level == 1
        entry.paragraph_format.left_indent = Cm(0.6 * (level - 1))
        entry.paragraph_format.space_after = Pt(2)
        entry.paragraph_format.tab_stops.add_tab_stop(Mm(168), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    _font(out.styles["Normal"], BODY, LATIN[document.lang], 10.5)
    properties = out.core_properties
    properties.title, properties.author = legal(document.title), legal(document.cover.unit)
    properties.language, properties.comments = "zh-CN" if document.lang == "zh" else "en-GB", ""


def _font(style: object, far_east: str, latin: str, size: float) -> None:
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()  # type: ignore[attr-defined]
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for kind, font in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", far_east)):
        fonts.set(qn(f"w:{kind}"), font)
    style.font.size, style.font.color.rgb = Pt(size), RGBColor(0, 0, 0)  # type: ignore[attr-defined]


def _footer(out: Document, document: PlanDocument) -> None:
    """Number, version and hash at the left; page x of y, as fields, at the right."""
    line = out.sections[0].footer.paragraphs[0]
    line.style = out.styles["Normal"]  # the footer's own style has a tab in the middle
    line.paragraph_format.tab_stops.add_tab_stop(Mm(168), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run(legal(document.footer) + "\t")
    before, _, rest = document.page.partition("{p}")
    between, _, after = rest.partition("{n}")
    line.add_run(before)
    fields(line, "whole", " PAGE ", "1")
    line.add_run(between)
    fields(line, "whole", " NUMPAGES ", str(max(document_pages(document), 1)))
    line.add_run(after)
    for run in line.runs:
        run.font.size, run.font.color.rgb = Pt(7.5), _GREY


def document_pages(document: PlanDocument) -> int:
    """About how many pages there are, shown until the field is updated."""
    return sum(1 for block in document.blocks if isinstance(block, Card | Heading))
