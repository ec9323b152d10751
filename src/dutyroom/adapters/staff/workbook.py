"""A people workbook -> holders of duty posts, counts of the others, and every fault by its cell.

Only rows with a duty post are taken over; of everybody else the importer keeps how many there are in each
unit. Nothing is half imported: one error and there are no holders. Findings repeat no name and no phone
number, so that they may be logged. Knows neither the plan (the caller passes which post names mean which
roles) nor any storage.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from dutyroom.adapters.staff.heading import NAMES as COLUMN_NAMES
from dutyroom.adapters.staff.heading import Heading, find_heading, plain
from dutyroom.adapters.staff.mobiles import Unreadable, read_mobile
from dutyroom.adapters.staff.opening import Cell, open_sheets
from dutyroom.adapters.staff.people import Holder, StaffList
from dutyroom.core.findings import Finding

FINDINGS = 200  # told one by one; the others are counted

LANGUAGES: Mapping[str, str] = {
    "": "zh", "中文": "zh", "汉语": "zh", "普通话": "zh", "zh": "zh", "chinese": "zh",
    "英文": "en", "英语": "en", "en": "en", "english": "en",
}  # fmt: skip

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_WECOM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_BETWEEN_POSTS = re.compile(r"[、,;/\n]+")
_NO_POST = frozenset({"无", "否", "none", "no"})
_PADDING = re.compile(r"(?<=[\u2e80-\ufaff\U00020000-\U0003ffff]) (?=[\u2e80-\ufaff\U00020000-\U0003ffff])")
_UNSEEN = ("Cc", "Cf")  # pasted with text from chats and web pages
_LETTER_OR_ZERO = re.compile(r"[A-Za-z0]")


def read_staff(data: bytes, posts: Mapping[str, str]) -> StaffList:
    """The people list in an .xlsx file. `posts` maps the plan's post names, as cells carry them, to role ids.

    Never raises for what a file holds: whatever is wrong is a finding.
    """
    sheets = open_sheets(data)
    if isinstance(sheets, Finding):
        return StaffList(findings=(sheets,))
    heading, findings = find_heading(sheets)
    if heading is None:
        return StaffList(findings=findings)
    return _Reading(heading, {_same(name): role for name, role in posts.items()}, tuple(posts)).staff()


@dataclass(slots=True)
class _Reading:
    """One pass over the rows of one sheet, collecting what is wrong."""

    heading: Heading
    roles: Mapping[str, str]
    post_names: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)
    holder_rows: set[int] = field(default_factory=set)

    def staff(self) -> StaffList:
        holders: list[Holder] = []
        counts: Counter[str] = Counter()
        rows = list(self.person_rows())
        for row in rows:
            if self.is_holder(row):
                self.holder_rows.add(row)
                holder = self.holder(row)
                if holder is not None:
                    holders.append(holder)
            else:
                counts[self.unit(row)] += 1
        self.find_lost_leading(rows)
        self.find_same_numbers(rows)
        self.find_same_mobiles()
        if not self.holder_rows:
            self.findings.append(Finding("staff.no_holders", "error", self.heading.sheet.name))
        failed = any(each.severity == "error" for each in self.findings)
        return StaffList(() if failed else tuple(holders), dict(counts), self.told())

    def told(self) -> tuple[Finding, ...]:
        """What a person can read: a sheet filled wrongly from top to bottom has thousands of findings."""
        errors_first = sorted(self.findings, key=lambda each: each.severity != "error")
        if len(errors_first) <= FINDINGS:
            return tuple(self.findings)
        rest = {"count": len(errors_first) - FINDINGS}
        more = Finding("staff.more", errors_first[FINDINGS].severity, self.heading.sheet.name, rest)
        return (*errors_first[:FINDINGS], more)

    # ---- rows and cells

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

    def cell(self, row: int, name: str) -> Cell | None:
        column = self.heading.columns.get(name)
        return self.heading.sheet.rows[row].get(column) if column else None

    def text(self, row: int, name: str) -> str:
        """The cell as clean text of one width; empty when there is none or it shows a formula or an error."""
        cell = self.cell(row, name)
        if cell is None or cell.kind in "ef":
            return ""
        value = cell.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = unicodedata.normalize("NFKC", str(value)).replace("\r", "\n")
        return "".join(
            each for each in text if each == "\n" or unicodedata.category(each) not in _UNSEEN
        ).strip()

    def find(self, code: str, row: int, name: str, severity: str = "error", **fields: str | int) -> None:
        column = self.heading.columns[name]
        self.findings.append(
            Finding(f"staff.{code}", severity, self.heading.sheet.place(row, column), fields)
        )

    def readable(self, row: int) -> bool:
        """Whether every cell that is taken over holds a value: a formula's last result may be out of date."""
        good = True
        for name in self.heading.columns:
            cell = self.cell(row, name)
            if cell is not None and cell.kind in "ef":
                self.find("cell.formula" if cell.kind == "f" else "cell.error", row, name)
                good = False
        return good

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
        found = Holder(
            number, name, self.posts(row), self.language(row), self.channels(row, number), self.unit(row)
        )
        return found if all(each.severity != "error" for each in self.findings[before:]) else None

    def number(self, row: int) -> str:
        number = self.text(row, "number")
        if not number:
            self.find("number.missing", row, "number")
        elif not _NUMBER.fullmatch(number):
            self.find("number.bad", row, "number")
        return number

    def name(self, row: int) -> str:
        """As written, without the space that pads short names. NFC keeps a name its characters."""
        cell = self.cell(row, "name")
        if cell is None or not self.text(row, "name"):
            self.find("name.missing", row, "name")
            return ""
        written = unicodedata.normalize("NFC", str(cell.value)).strip()
        clean = " ".join("".join(c for c in written if unicodedata.category(c) not in _UNSEEN).split())
        return _PADDING.sub("", clean)

    def unit(self, row: int) -> str:
        unit = self.text(row, "unit")
        if not unit:
            self.find("unit.missing", row, "unit", "warning")
        return unit

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
        if near:
            self.find("post.unknown_near", row, "post", post=post, near=near[0])
        else:
            self.find("post.unknown", row, "post", post=post, posts="、".join(self.post_names))

    def language(self, row: int) -> str:
        written = self.text(row, "language")
        language = LANGUAGES.get(written.lower())
        if language is None:
            self.find("language.unknown", row, "language", "warning", language=written)
        return language or "zh"

    def channels(self, row: int, number: str) -> tuple[tuple[str, str], ...]:
        """In the order of use. The inbox needs nothing from outside the house, so it always comes first."""
        mobile = self.mobile(row)
        wecom, email = self.text(row, "wecom"), self.text(row, "email")
        if wecom and not _WECOM.fullmatch(wecom):
            self.find("wecom.bad", row, "wecom")
        if email and not _EMAIL.fullmatch(email):
            self.find("email.bad", row, "email")
        every = (("inbox", number), ("sms", mobile), ("voice", mobile), ("wecom", wecom), ("email", email))
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

    # ---- between rows

    def find_lost_leading(self, rows: list[int]) -> None:
        """A number cell among longer texts that begin with a letter or a zero: its beginning was eaten."""
        texts = [self.text(row, "number") for row in rows if self.kind(row, "number") == "s"]
        like = max((text for text in texts if _LETTER_OR_ZERO.match(text)), key=len, default="")
        for row in rows:
            number = self.text(row, "number")
            if self.kind(row, "number") == "n" and len(like) > len(number):
                severity = "error" if row in self.holder_rows else "warning"
                self.find("number.lost_leading", row, "number", severity, number=number, like=like)

    def find_same_numbers(self, rows: list[int]) -> None:
        for first, row, number in _repeated(rows, lambda row: self.text(row, "number").upper()):
            severity = "error" if {first, row} & self.holder_rows else "warning"
            self.find("number.twice", row, "number", severity, number=number, other=self.at(first, "number"))

    def find_same_mobiles(self) -> None:
        for first, row, _ in _repeated(sorted(self.holder_rows), self.mobile_key):
            self.find("mobile.twice", row, "mobile", "warning", other=self.at(first, "mobile"))

    def mobile_key(self, row: int) -> str:
        cell = self.cell(row, "mobile")
        read = read_mobile(cell) if cell is not None else None
        return "" if read is None or isinstance(read, Unreadable) else read.number

    def kind(self, row: int, name: str) -> str:
        cell = self.cell(row, name)
        return cell.kind if cell is not None else ""

    def at(self, row: int, name: str) -> str:
        return self.heading.sheet.place(row, self.heading.columns[name])


def _is_post(text: str) -> bool:
    """Whether a cell's text means a post: not a dash, nor a word for none."""
    return any(each.isalnum() for each in text) and text.strip().lower() not in _NO_POST


def _same(post: str) -> str:
    """A post's name as it is compared: one width, no spaces, no case."""
    return "".join(unicodedata.normalize("NFKC", post).split()).lower()


def _repeated(rows: Iterable[int], key: Callable[[int], str]) -> Iterator[tuple[int, int, str]]:
    """(first row, later row, value) for each value that comes again; empty values do not count."""
    first: dict[str, int] = {}
    for row in rows:
        value = key(row)
        if value and first.setdefault(value, row) != row:
            yield first[value], row, value
