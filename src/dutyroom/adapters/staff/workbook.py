"""A people workbook -> holders of duty posts, counts of the others, and every fault by its cell.

Only rows with a duty post are taken over; of everybody else the importer keeps how many there are in each
unit. Nothing is half imported: one error and there are no holders. Findings repeat no name and no phone
number, so that they may be logged. Knows neither the plan (the caller passes which post names mean which
roles) nor any storage.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from dutyroom.adapters.staff import between
from dutyroom.adapters.staff.addresses import EMAIL, NUMBER, VOICE, WECOM
from dutyroom.adapters.staff.besides import (
    certificates_in,
    read_certificates,
    read_counts,
    read_leave,
)
from dutyroom.adapters.staff.cells import Sheet
from dutyroom.adapters.staff.heading import (
    NAMES as COLUMN_NAMES,
)
from dutyroom.adapters.staff.heading import (
    certificate_headings,
    count_headings,
    find_heading,
    find_refused,
    leave_headings,
    plain,
)
from dutyroom.adapters.staff.lines import Lines
from dutyroom.adapters.staff.mobiles import Unreadable, read_mobile
from dutyroom.adapters.staff.opening import open_sheets
from dutyroom.adapters.staff.people import Away, Certificate, Holder, StaffList
from dutyroom.core.findings import Finding

FINDINGS = 200  # told one by one; the others are counted
LONGEST_NAME, LONGEST_UNIT = 40, 80
DIGITS_OF_A_PHONE = 5  # so many in a name are no name

LANGUAGES: Mapping[str, str] = {
    "": "zh", "中文": "zh", "汉语": "zh", "普通话": "zh", "zh": "zh", "chinese": "zh",
    "英文": "en", "英语": "en", "en": "en", "english": "en",
}  # fmt: skip
_BETWEEN_POSTS = re.compile(r"[、,;/\n]+")
_NO_POST = frozenset({"无", "否", "none", "no"})
_PADDING = re.compile(r"(?<=[\u2e80-\ufaff\U00020000-\U0003ffff]) (?=[\u2e80-\ufaff\U00020000-\U0003ffff])")
_UNSEEN = ("Cc", "Cf")  # pasted with text from chats and web pages


def read_staff(
    data: bytes,
    posts: Mapping[str, str],
    elsewhere: Mapping[str, str] | None = None,
    carried: frozenset[str] | None = None,
) -> StaffList:
    """The people list in an .xlsx or .csv file. `posts` maps the plan's post names, as cells carry them, to role ids.

    `elsewhere` says of posts of other plans which plan's they are; `carried` which kinds of channels something here
    carries, where that is known. Never raises for what a file holds: whatever is wrong is a finding.
    """
    sheets = open_sheets(data)
    if isinstance(sheets, Finding):
        return StaffList(findings=(sheets,))
    heading, findings = find_heading(sheets)
    if heading is None:
        return StaffList(findings=findings)
    named = {_same(name): plan for name, plan in (elsewhere or {}).items()}
    roles = {_same(name): role for name, role in posts.items()}
    reading = _Reading(heading, roles=roles, post_names=tuple(posts), elsewhere=named, carried=carried)
    return reading.staff(sheets)


@dataclass(slots=True)
class _Reading(Lines):
    """One pass over the rows of the people's sheet, then over what stands beside it."""

    roles: Mapping[str, str] = field(default_factory=dict)
    post_names: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    carried: frozenset[str] | None = None
    holder_rows: set[int] = field(default_factory=set)

    def staff(self, sheets: tuple[Sheet, ...]) -> StaffList:
        holders: list[Holder] = []
        counts: Counter[str] = Counter()
        self.findings.extend(find_refused(self.heading))
        rows = list(self.person_rows())
        for row in rows:
            if self.is_holder(row):
                self.holder_rows.add(row)
                holder = self.holder(row)
                if holder is not None:
                    holders.append(holder)
            else:
                counts[self.unit(row)] += 1
        between.find_between(self, rows, self.holder_rows)
        between.find_not_carried(self, self.holder_rows, self.carried)
        holders = between.resolved_deputies(self, holders, self.holder_rows)
        if not self.holder_rows:
            self.findings.append(Finding("staff.no_holders", "error", self.heading.sheet.name))
        holders, away = self.besides(sheets, holders, rows)
        fields = frozenset(self.heading.columns)
        if certificate_headings(sheets):
            fields |= {"certificates"}
        if not counts:
            counts.update(self.counts(sheets))
        if counts or count_headings(sheets):
            fields |= {"counts"}
        if any(each.severity == "error" for each in self.findings):
            return StaffList((), dict(counts), self.told(), fields=fields)
        return StaffList(tuple(holders), dict(counts), self.told(), away, fields)

    def counts(self, sheets: tuple[Sheet, ...]) -> dict[str, int]:
        """Of a list that names holders only: how many others there are, from a sheet that counts them."""
        found: dict[str, int] = {}
        for heading in count_headings(sheets):
            more, faults = read_counts(heading)
            found |= more
            self.findings += faults
        return found

    def besides(
        self, sheets: tuple[Sheet, ...], holders: list[Holder], rows: list[int]
    ) -> tuple[list[Holder], tuple[Away, ...]]:
        """The holders with the certificates of their own sheet, and the leave."""
        people = {self.text(row, "number").upper(): row in self.holder_rows for row in rows}
        away: list[Away] = []
        for heading in leave_headings(sheets):
            spans, faults = read_leave(heading, people)
            away += spans
            self.findings += faults
        found: dict[str, list[Certificate]] = {}
        for heading in certificate_headings(sheets):
            found, faults = read_certificates(heading, people)
            self.findings += faults
        holders = [
            replace(one, certificates=(*one.certificates, *found.get(one.number.upper(), ())))
            for one in holders
        ]
        written = {one.number.upper(): one.number for one in holders}
        return holders, tuple(replace(one, number=written.get(one.number, one.number)) for one in away)

    def told(self) -> tuple[Finding, ...]:
        """What a person can read: a sheet filled wrongly from top to bottom has thousands of findings."""
        errors_first = sorted(self.findings, key=lambda each: each.severity != "error")
        if len(errors_first) <= FINDINGS:
            return tuple(self.findings)
        rest = {"count": len(errors_first) - FINDINGS}
        more = Finding("staff.more", errors_first[FINDINGS].severity, self.heading.sheet.name, rest)
        return (*errors_first[:FINDINGS], more)

    # ---- rows

    def person_rows(self) -> Iterator[int]:
        """Rows below the heading that hold a person: neither empty, nor a note, nor the heading once more."""
        for row in self.heading.sheet.rows:
            if row <= self.heading.row or not any(
                self.cell(row, name) for name in ("number", "name", "post")
            ):
                continue
            name = self.cell(row, "name")
            if name is None and len(self.heading.sheet.rows[row]) == 1:
                continue
            if name is not None and plain(name.value) in COLUMN_NAMES["name"]:
                continue
            if name is None and not self.is_holder(row):
                self.find("name.missing", row, "name", "warning")
                continue
            yield row

    # ---- one holder

    def is_holder(self, row: int) -> bool:
        """A formula in the post column may stand for a post, so its row is looked at as a holder's."""
        cell = self.cell(row, "post")
        return cell is not None and (cell.kind in "ef" or _is_post(self.text(row, "post")))

    def holder(self, row: int) -> Holder | None:
        if not self.readable(row):
            return None
        before = len(self.findings)
        number, name = self.number(row), self.name(row)
        language, second_language = self.languages(row)
        found = Holder(
            number,
            name,
            self.posts(row),
            language,
            self.channels(row, number),
            self.unit(row),
            second_language,
            certificates_in(self, row) if self.has("certificates") else (),
            self.deputies(row),
            self.day(row, "starts"),
            self.day(row, "ends"),
            self.at(row, "number"),
        )
        if found.starts_on and found.ends_on and found.ends_on < found.starts_on:
            self.find("date.reversed", row, "ends", first=f"{found.starts_on}", last=f"{found.ends_on}")
        return found if all(each.severity != "error" for each in self.findings[before:]) else None

    def number(self, row: int) -> str:
        number = self.text(row, "number")
        if not number:
            self.find("number.missing", row, "number")
        elif not NUMBER.fullmatch(number):
            self.find("number.bad", row, "number")
        return number

    def name(self, row: int) -> str:
        """As written, without the space that pads short names. NFC keeps a name its characters."""
        cell = self.cell(row, "name")
        if cell is None or not self.text(row, "name"):
            self.find("name.missing", row, "name")
            return ""
        if sum(each.isdigit() for each in self.text(row, "name")) >= DIGITS_OF_A_PHONE:
            self.find("name.phone", row, "name")
        elif len(self.text(row, "name")) > LONGEST_NAME:
            self.find("name.long", row, "name", longest=LONGEST_NAME)
        written = unicodedata.normalize("NFC", str(cell.value)).strip()
        clean = " ".join("".join(c for c in written if unicodedata.category(c) not in _UNSEEN).split())
        return _PADDING.sub("", clean)

    def unit(self, row: int) -> str:
        unit = self.text(row, "unit")
        if not unit:
            self.find("unit.missing", row, "unit", "warning")
        elif len(unit) > LONGEST_UNIT:
            self.find("unit.long", row, "unit", longest=LONGEST_UNIT)
        return " ".join(unit[:LONGEST_UNIT].split())

    def posts(self, row: int) -> tuple[str, ...]:
        roles: list[str] = []
        written = self.text(row, "post")
        for post in [written] if _same(written) in self.roles else _BETWEEN_POSTS.split(written):
            role = self.roles.get(_same(post))
            if role is not None:
                roles.append(role)
            elif _is_post(post):
                self.find_unknown_post(row, post.strip())
        return tuple(dict.fromkeys(roles))

    def find_unknown_post(self, row: int, post: str) -> None:
        near = get_close_matches(_same(post), self.post_names, n=1, cutoff=0.5)
        other = self.elsewhere.get(_same(post))
        if other:
            self.find("post.other_plan", row, "post", post=post, plan=other, posts="、".join(self.post_names))
        elif near:
            self.find("post.unknown_near", row, "post", post=post, near=near[0])
        else:
            self.find("post.unknown", row, "post", post=post, posts="、".join(self.post_names))

    def languages(self, row: int) -> tuple[str, str]:
        """The one in which the person is written to, and another that is understood."""
        found = []
        for written in _BETWEEN_POSTS.split(self.text(row, "language")):
            language = LANGUAGES.get(written.strip().lower())
            if language is None:
                self.find("language.unknown", row, "language", "warning", language=written.strip())
            found.append(language or "zh")
        first, *others = dict.fromkeys(found)
        return first, others[0] if others else ""

    def channels(self, row: int, number: str) -> tuple[tuple[str, str], ...]:
        """In the order of use. The inbox needs nothing from outside the house, so it always comes first."""
        mobile = self.mobile(row)
        voice, wecom, email = (self.text(row, name) for name in ("voice", "wecom", "email"))
        if wecom and not WECOM.fullmatch(wecom):
            self.find("wecom.bad", row, "wecom")
        if email and not EMAIL.fullmatch(email):
            self.find("email.bad", row, "email")
        if voice and not VOICE.fullmatch(voice):
            self.find("voice.bad", row, "voice")
        every = (
            ("inbox", number),
            ("sms", mobile),
            ("voice", voice or mobile),
            ("wecom", wecom),
            ("email", email),
        )
        return tuple((kind, address) for kind, address in every if address)

    def mobile(self, row: int) -> str:
        cell = self.cell(row, "mobile")
        if cell is None or not self.text(row, "mobile"):
            self.find("mobile.missing", row, "mobile")
            return ""
        read = read_mobile(cell)
        if isinstance(read, Unreadable):
            self.find(f"mobile.{read.fault}", row, "mobile", digits=read.digits)
            return ""
        if read.repaired:
            self.find("mobile.repaired", row, "mobile", "note")
        return read.number

    def deputies(self, row: int) -> tuple[str, ...]:
        parts = (part.strip() for part in _BETWEEN_POSTS.split(self.text(row, "deputies")))
        return tuple(dict.fromkeys(part for part in parts if _is_post(part)))


def _is_post(text: str) -> bool:
    """Whether a cell's text means a post: not a dash, nor a word for none."""
    return any(each.isalnum() for each in text) and text.strip().lower() not in _NO_POST


def _same(post: str) -> str:
    """A post's name as it is compared: one width, no spaces, no case."""
    return "".join(unicodedata.normalize("NFKC", post).split()).lower()
