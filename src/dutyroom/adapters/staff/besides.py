"""What stands on sheets of their own beside the people: leave, and certificates.

Only people of the people's sheet are meant. Of leave the list keeps days and a kind; a reason, a diagnosis, a remark is
never read. Of somebody who holds no duty post nothing is kept here either.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from dutyroom.adapters.staff.dates import NoDay, day_of
from dutyroom.adapters.staff.heading import CERTIFICATES, LEAVE, Heading
from dutyroom.adapters.staff.lines import Lines, cleaned
from dutyroom.adapters.staff.people import Away, Certificate
from dutyroom.core.findings import Finding

LONGEST_CERTIFICATE = 60
MOST_DAYS = 400
LONGEST_COUNT = 5
KINDS: Mapping[str, str] = {
    "": "other", "年假": "annual", "年休假": "annual", "带薪年假": "annual", "annual": "annual",
    "病假": "sick", "sick": "sick",
    "其他": "other", "其它": "other", "事假": "other", "婚假": "other", "产假": "other", "陪产假": "other",
    "丧假": "other", "调休": "other", "补休": "other", "探亲假": "other", "公假": "other", "育儿假": "other",
    "休假": "other", "请假": "other", "other": "other",
}  # fmt: skip
_ASIDE = re.compile(r"[(（\[【:：].*", re.DOTALL)
_BETWEEN = re.compile(r"[、;；\n]+")
_UNTIL = re.compile(
    r"^(.*?)[(（]?(?:有效期至|有效期|有效至|到期|至)?[:：]?\s*"
    r"([0-9０-９]{4}[-/.年][^()（）]*?|长期有效|长期|永久有效|永久)[)）]?$"
)


@dataclass(slots=True)
class Besides(Lines):
    """A sheet whose rows name somebody by staff number. `people`: numbers, whether each holds a duty post."""

    people: Mapping[str, bool] = field(default_factory=dict)

    def whose(self, row: int) -> str:
        """The holder's number as the people's sheet writes it; empty where the row is not taken over."""
        number = self.text(row, "number")
        holds = self.people.get(number.upper())
        if not number:
            self.find("number.missing", row, "number") if self.has_more(row) else None
        elif holds is None:
            self.find("besides.nobody", row, "number", number=number)
        return number.upper() if holds else ""

    def has_more(self, row: int) -> bool:
        return any(self.text(row, name) for name in self.heading.columns if name != "number")

    def rows(self) -> list[int]:
        return [row for row in self.heading.sheet.rows if row > self.heading.row]


def read_leave(heading: Heading, people: Mapping[str, bool]) -> tuple[list[Away], list[Finding]]:
    """The leave of holders; every fault by its cell."""
    lines = Besides(heading, people=people)
    found: list[Away] = []
    for row in lines.rows():
        number = lines.whose(row)
        if not number or not lines.readable(row):
            continue
        away = _away(lines, row, number)
        if away is None:
            continue
        for other in found:
            if other.number == number and away.first_on <= other.last_on and other.first_on <= away.last_on:
                lines.find("leave.overlap", row, "first", other=other.place)
                break
        found.append(away)
    return found, lines.findings


def _away(lines: Besides, row: int, number: str) -> Away | None:
    days = []
    for name in ("first", "last"):
        day = lines.day(row, name)
        if day is None and not lines.text(row, name):
            lines.find("leave.no_day", row, name, column=LEAVE[name][0])
        days.append(day)
    kind = _kind(lines, row)
    first, last = days
    if first is None or last is None:
        return None
    if last < first:
        lines.find("leave.reversed", row, "last", first=first.isoformat(), last=last.isoformat())
        return None
    if (last - first).days > MOST_DAYS:
        lines.find("leave.too_long", row, "last", days=MOST_DAYS)
        return None
    return Away(number, kind, first, last, lines.at(row, "first"))


def _kind(lines: Besides, row: int) -> str:
    """The kind alone: what stands behind it in brackets is nobody's business here, and is not kept."""
    written = lines.text(row, "kind")
    bare = _ASIDE.sub("", written).strip().lower()
    kind = KINDS.get(bare)
    if kind is None:
        lines.find("leave.kind", row, "kind", kinds="年假、病假、其他")
        return "other"
    if bare != written.strip().lower():
        lines.find("leave.detail", row, "kind", "note")
    return kind


def read_certificates(
    heading: Heading, people: Mapping[str, bool]
) -> tuple[dict[str, list[Certificate]], list[Finding]]:
    """The certificates of holders by staff number; every fault by its cell."""
    lines = Besides(heading, people=people)
    found: dict[str, list[Certificate]] = {}
    for row in lines.rows():
        number = lines.whose(row)
        if not number or not lines.readable(row):
            continue
        kind = lines.text(row, "certificate")
        if not kind or len(kind) > LONGEST_CERTIFICATE:
            lines.find("certificate.bad", row, "certificate", longest=LONGEST_CERTIFICATE)
            continue
        until = lines.day(row, "until") if lines.has("until") else None
        if any(one.kind == kind for one in found.get(number, ())):
            lines.find("certificate.twice", row, "certificate", column=CERTIFICATES["certificate"][0])
            continue
        found.setdefault(number, []).append(Certificate(kind, until))
    return found, lines.findings


def read_counts(heading: Heading) -> tuple[dict[str, int], list[Finding]]:
    """How many people without a duty post each unit has."""
    lines = Lines(heading)
    found: dict[str, int] = {}
    for row in (row for row in heading.sheet.rows if row > heading.row):
        unit, written = lines.text(row, "unit"), lines.text(row, "count")
        if not unit and not written:
            continue
        if not (written.isascii() and written.isdecimal() and len(written) <= LONGEST_COUNT):
            lines.find("count.bad", row, "count")
        elif unit in found:
            lines.find("count.twice", row, "unit")
        else:
            found[unit] = int(written)
    return found, lines.findings


def certificates_in(lines: Lines, row: int) -> tuple[Certificate, ...]:
    """Those of one cell of the people's sheet: `安全员C证（2027-06-30）、急救证`."""
    found: dict[str, Certificate] = {}
    for part in _BETWEEN.split(lines.text(row, "certificates")):
        written = part.strip()
        if not any(each.isalnum() for each in written) or written in ("无", "none"):
            continue
        match = _UNTIL.match(written)
        kind, until = (match[1], match[2]) if match else (written, "")
        kind = cleaned(kind).rstrip(" (（,，:：")
        day = day_of(until) if until else None
        if isinstance(day, NoDay):
            lines.find(f"date.{day.fault}", row, "certificates")
        elif not kind or len(kind) > LONGEST_CERTIFICATE:
            lines.find("certificate.bad", row, "certificates", longest=LONGEST_CERTIFICATE)
        elif kind in found:
            lines.find("certificate.twice", row, "certificates", column=kind)
        else:
            found[kind] = Certificate(kind, day.on if day else None)
    return tuple(found.values())
