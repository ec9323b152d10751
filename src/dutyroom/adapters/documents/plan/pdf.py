"""The plan as PDF/A by typst, its drawings as PNG, and the page of each heading. Text reaches typst as data only.

The same plan gives the same bytes: the document's date is the plan's, not the clock's.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from dutyroom.adapters.documents.glyphs import FONTS, drawn
from dutyroom.adapters.documents.plan.drawing import Box, Drawing, Line
from dutyroom.adapters.documents.plan.model import Block, Card, Figure, Heading, PlanDocument, Table, Text

_TEMPLATE = Path(__file__).with_name("plan.typ")
_FIGURES = Path(__file__).with_name("figures.typ")
_DOTS_PER_INCH = 200.0


def plan_pdf(document: PlanDocument) -> tuple[bytes, tuple[int, ...]]:
    """PDF/A-2b, and the page on which each heading stands (signature pages included), in their order."""
    moment = datetime(*document.date, tzinfo=UTC)
    data = json.dumps(_data(document), ensure_ascii=False)
    compiler = typst.Compiler(
        _TEMPLATE, font_paths=[FONTS], ignore_system_fonts=True, sys_inputs={"data": data}
    )
    made = compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=int(moment.timestamp()))
    pages = json.loads(compiler.query("<pages>", field="value", one=True))
    return _bytes(made), tuple(int(page) for page in pages)


def pictures(drawings: tuple[Drawing, ...]) -> tuple[bytes, ...]:
    """Each drawing as a PNG."""
    if not drawings:
        return ()
    data = [{"svg": _svg(one), "width": one.width, "height": one.height} for one in drawings]
    made = typst.compile(
        _FIGURES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="png",
        ppi=_DOTS_PER_INCH,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return tuple(_bytes(one) for one in _listed(made))


def _listed(made: Any) -> list[Any]:
    """typst gives one picture for one page, a list for several."""
    return made if isinstance(made, list) else [made]


def _bytes(made: Any) -> bytes:
    return bytes(made)


def _data(document: PlanDocument) -> dict[str, Any]:
    return {
        "lang": document.lang,
        "title": drawn(document.title),
        "cover": _drawn(asdict(document.cover)),
        "signatures": [_drawn(asdict(one)) for one in document.signatures],
        "contents": document.contents,
        "footer": drawn(document.footer),
        "page": document.page,
        "date": document.date,
        "blocks": [_block(one) for one in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Figure):
        drawing = block.drawing
        said: dict[str, Any] = _drawn({"caption": block.caption, "alt": block.alt})
        return {"kind": "figure", "svg": _svg(drawing), "width": drawing.width, **said}
    if isinstance(block, Card):
        head = _drawn({"heading": block.heading, "title": block.title})
        return {"kind": "card", **head, "parts": [_block(one) for one in block.parts]}
    fields: dict[str, Any] = _drawn(asdict(block))
    return {"kind": _KINDS[type(block)], **fields}


_KINDS: dict[type, str] = {Heading: "heading", Text: "text", Table: "table"}


def _svg(drawing: Drawing) -> str:
    """The drawing with letters that the fonts have."""
    parts = tuple(
        Box(
            part.x,
            part.y,
            part.width,
            part.height,
            tuple(_line(one) for one in part.lines),
            part.look,
            part.centred,
        )
        if isinstance(part, Box)
        else part
        for part in drawing.parts
    )
    return Drawing(drawing.width, drawing.height, parts).svg()


def _line(line: Line) -> Line:
    return Line(drawn(line.text), line.size, line.bold, line.grey)


def _drawn(value: Any) -> Any:
    if isinstance(value, str):
        return drawn(value)
    if isinstance(value, dict):
        return {key: _drawn(each) for key, each in value.items()}
    return [_drawn(each) for each in value] if isinstance(value, tuple | list) else value
