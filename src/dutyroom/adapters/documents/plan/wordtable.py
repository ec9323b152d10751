"""Tables, fields and shading of a .docx as XML: python-docx writes cells one by one, too slow for two thousand of them.

Header rows repeat on every page and no row is split. Refuses to know what a table says.
"""

from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

from dutyroom.adapters.documents.word import legal

_TWIPS = 9524  # 168 mm
_LONG = 500  # a row with more letters might not fit on a page and may be split


def table(
    out: Document,
    columns: tuple[str, ...],
    widths: tuple[int, ...],
    rows: tuple[tuple[str, ...], ...],
    size: float,
    least_height: int = 0,
) -> None:
    """A table over the page's width; `size` and `least_height` (of a row) in points."""
    wide = [_TWIPS * width // sum(widths) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in wide)
    head = _row(columns, wide, size, 0, head=True) if columns else ""
    body = "".join(_row(row, wide, size, least_height, labelled=not columns) for row in rows)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="7A7A7A"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    made = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(wide)}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="80" w:type="dxa"/>'
        f'<w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>'
    )
    last = out.element.body[-1]  # the section's properties always come last
    last.addprevious(made)


def _row(
    cells: tuple[str, ...],
    wide: list[int],
    size: float,
    height: int,
    head: bool = False,
    labelled: bool = False,
) -> str:
    whole = "" if sum(len(cell) for cell in cells) > _LONG else "<w:cantSplit/>"
    high = f'<w:trHeight w:val="{height * 20}" w:hRule="atLeast"/>' if height else ""
    mark = "<w:tblHeader/>" if head else ""
    made = (
        _cell(text, width, size, strong=head or (labelled and not place))
        for place, (text, width) in enumerate(zip(cells, wide, strict=True))
    )
    return f"<w:tr><w:trPr>{whole}{high}{mark}</w:trPr>{''.join(made)}</w:tr>"


def _cell(text: str, width: int, size: float, strong: bool) -> str:
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E9EEF4"/>' if strong else ""
    bold = "<w:b/>" if strong else ""
    letters = f'<w:rPr>{bold}<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/></w:rPr>'
    lines = "".join(
        f'{"<w:br/>" if place else ""}<w:t xml:space="preserve">{escape(legal(line))}</w:t>'
        for place, line in enumerate(text.split("\n"))
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr><w:r>{letters}{lines}</w:r></w:p></w:tc>'
    )


def fields(line: Paragraph, kind: str, code: str = "", shown: str = "", inside: Any = None) -> None:
    """A field at the end of the paragraph: `whole` with what it shows, or only its `begin` or `end`."""
    if kind in ("begin", "whole"):
        _run(line, inside, "fldChar", "begin")
        _run(line, inside, "instrText", code)
        _run(line, inside, "fldChar", "separate")
    if kind == "whole":
        run = line.add_run(shown)
        if inside is not None:
            inside.append(run._r)
    if kind in ("end", "whole"):
        _run(line, inside, "fldChar", "end")


def _run(line: Paragraph, inside: Any, name: str, value: str) -> None:
    run = line.add_run()
    part = OxmlElement(f"w:{name}")
    if name == "fldChar":
        part.set(qn("w:fldCharType"), value)
    else:
        part.set(qn("xml:space"), "preserve")
        part.text = value
    run._r.append(part)
    if inside is not None:
        inside.append(run._r)


def shaded(properties: Any, fill: str) -> None:
    """Colour behind a paragraph."""
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shade.set(qn(f"w:{name}"), value)
    before = properties.find(qn("w:spacing"))
    if before is not None:
        before.addprevious(shade)
    else:
        properties.append(shade)
