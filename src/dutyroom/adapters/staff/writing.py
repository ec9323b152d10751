"""Holders of duty as a workbook that people keep up and that reads back as the same list.

Every cell is a text, so that no number loses a digit and nothing is ever a formula; the headings are the first names
that the reader knows.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dutyroom.adapters.staff.heading import COUNTS, LEAVE, NAMES, SHEET
from dutyroom.adapters.staff.people import Away, Certificate, Holder

FIELDS = (
    "number", "name", "unit", "post", "mobile", "voice", "email", "wecom", "language", "certificates", "deputies",
    "starts", "ends",
)  # fmt: skip
WIDTHS = (10, 12, 18, 24, 15, 15, 26, 16, 12, 36, 16, 12, 12)
_LANGUAGES = {"zh": "中文", "en": "英文"}
_KINDS = {"annual": "年假", "sick": "病假", "other": "其他"}
# Characters with which a program may take a text for a formula. Such a text gets a quote before it, which the reader
# of tables takes off again; in the workbook itself the cell's type says that it is a text.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def write_staff(
    holders: Sequence[Holder],
    away: Sequence[Away],
    counts: Mapping[str, int],
    posts: Mapping[str, str],
    notes: Sequence[str] = (),
) -> bytes:
    """The workbook. `counts` are the people of each unit without a post, `posts` the plan's names of roles.

    `notes` say what it is, on a sheet of their own.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # a new workbook has one sheet
    sheet.title = SHEET
    _fill(sheet, [NAMES[name][0] for name in FIELDS], (_row(one, posts) for one in holders), WIDTHS)
    leave = book.create_sheet("休假")
    headings = [LEAVE[name][0] for name in ("number", "kind", "first", "last")]
    rows = ((one.number, _KINDS[one.kind], f"{one.first_on}", f"{one.last_on}") for one in away)
    _fill(leave, headings, rows, (10, 12, 14, 14))
    others = ((unit, str(count)) for unit, count in counts.items())
    _fill(book.create_sheet("其他人数"), [COUNTS[name][0] for name in ("unit", "count")], others, (20, 12))
    if notes:
        _fill(book.create_sheet("说明"), ["说明 / Notes"], ([note] for note in notes), (100,))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _row(one: Holder, posts: Mapping[str, str]) -> Iterator[str]:
    addresses = dict(one.channels)
    mobile = addresses.get("sms", "")
    voice = addresses.get("voice", "")
    languages = [one.language, *([one.second_language] if one.second_language else [])]
    yield from (one.number, one.name, one.unit)
    yield "、".join(posts.get(role, role) for role in one.roles)
    yield mobile or voice
    yield voice if voice != mobile and mobile else ""
    yield from (addresses.get("email", ""), addresses.get("wecom", ""))
    yield "、".join(_LANGUAGES.get(language, language) for language in languages)
    yield "、".join(map(_certificate, one.certificates))
    yield "、".join(one.deputies)
    yield from (_day(one.starts_on), _day(one.ends_on))


def _certificate(one: Certificate) -> str:
    return f"{one.kind}（{one.valid_until}）" if one.valid_until else one.kind


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _fill(
    sheet: Worksheet, headings: Sequence[str], rows: Iterable[Iterable[str]], widths: Sequence[int]
) -> None:
    sheet.append(list(headings))
    for row in rows:
        sheet.append([str(cell) or None for cell in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.value is not None:
                cell.number_format = "@"
                cell.data_type = "s"  # whatever a name begins with, it is never a formula
                cell.quotePrefix = str(cell.value).startswith(_RISKY)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
