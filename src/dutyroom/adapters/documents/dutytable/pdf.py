"""The duty table as PDF/A, by typst: a page a month. Text reaches typst only as JSON data, never as markup."""

import json
from datetime import UTC, datetime
from pathlib import Path

import typst

from dutyroom.adapters.documents.dutytable.model import DutyTable
from dutyroom.adapters.documents.glyphs import FONTS, drawn
from dutyroom.wording import say

_TEMPLATE = Path(__file__).with_name("dutytable.typ")


def table_pdf(table: DutyTable) -> bytes:
    """The same table gives the same bytes. Characters the font lacks show as 〓."""
    day = table.issued_on
    data = {
        "lang": table.language,
        "title": drawn(table.title),
        "site": drawn(table.site),
        "columns": [drawn(name) for name in table.columns],
        "months": [
            {
                "title": drawn(month.title),
                "rows": [
                    {
                        "kind": row.kind,
                        "cells": [drawn(text) for text in (row.date, row.weekday, *row.cells, row.remark)],
                    }
                    for row in month.rows
                ],
            }
            for month in table.months
        ],
        "phone": drawn(say("dutytable.phone", table.language, phone=table.phone)) if table.phone else "",
        "issued": drawn(say("dutytable.issued", table.language, day=f"{day:%Y-%m-%d}")),
        "notes": [drawn(note) for note in table.notes],
        "date": [day.year, day.month, day.day],
    }
    return bytes(
        typst.compile(
            _TEMPLATE,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards="a-2b",
            timestamp=int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()),
        )
    )
