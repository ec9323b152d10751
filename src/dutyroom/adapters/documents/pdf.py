"""The review as PDF/A, by typst. User text reaches typst only as JSON data, never as markup.

The same review gives the same bytes: the document's date is the case's, not the clock's.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from dutyroom.adapters.documents.glyphs import FONTS, drawn
from dutyroom.adapters.documents.layout import Layout, lay_out
from dutyroom.core.instants import Instant
from dutyroom.core.review import Review
from dutyroom.wording import say

_TEMPLATE = Path(__file__).with_name("review.typ")


def review_pdf(review: Review, lang: str) -> bytes:
    """The review in `lang` (zh or en) as PDF/A-2b. Characters the font lacks show as 〓 (see
    `missing_glyphs`).
    """
    return layout_pdf(lay_out(review, lang), lang, review.closed or review.opened)


def layout_pdf(layout: Layout, lang: str, at: Instant) -> bytes:
    """A document that is laid out as PDF/A-2b; `at` is its date."""
    moment = datetime.fromtimestamp(at // 1000, UTC)
    data: dict[str, Any] = _drawn(asdict(layout))
    data["lang"] = lang
    data["page"] = (
        say("review.page", lang, page="\x00", pages="\x01").replace("\x00", "{p}").replace("\x01", "{n}")
    )
    data["date"] = [moment.year, moment.month, moment.day]
    return bytes(
        typst.compile(
            _TEMPLATE,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards="a-2b",
            timestamp=int(moment.timestamp()),
        )
    )


def _drawn(value: Any) -> Any:
    if isinstance(value, str):
        return drawn(value)
    if isinstance(value, dict):
        return {key: _drawn(each) for key, each in value.items()}
    return [_drawn(each) for each in value] if isinstance(value, tuple | list) else value
