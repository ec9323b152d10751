"""What the plan's sentences themselves give away: blanks, personal data, rules out of force.

Every text of the plan is read once, wherever it stands.
"""

import dataclasses
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from dutyroom.core.checks.sheet import Sheet, head
from dutyroom.core.findings import Finding
from dutyroom.core.plan import Plan
from dutyroom.core.words import Law, Words

_BLANK = re.compile(
    r"TODO|TBD|FIXME|待定|待补充|待填|待完善|待明确|[×✕]{2,}|(?<![A-Za-z])[Xx]{2,}(?![A-Za-z])|_{3,}|＿{2,}"
    r"|\[\s*\]|【\s*】|（\s*）|\(\s{2,}\)|[?？]{3,}|某某|某(单位|公司|项目|部门)(?!的)"
)
_CONTACT = re.compile(
    r"(?<![0-9A-Za-z-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])"  # mobile
    r"|(?<![0-9A-Za-z-])0\d{2,3}[ -]?\d{7,8}(?![0-9A-Za-z])"  # landline
    r"|(?<![0-9A-Za-z])\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d{4}[0-9Xx](?![0-9A-Za-z])"  # identity
    r"|[\w.+-]+@[\w-]+\.\w+"  # e-mail
)
_COMMENT = re.compile(r"(?:^|\s)#(.*)$", re.MULTILINE)
_PROVINCE = re.compile(
    "北京市|天津市|上海市|重庆市|河北省|山西省|辽宁省|吉林省|黑龙江省|江苏省|浙江省|安徽省|福建省|江西省|山东省|河南省"
    "|湖北省|湖南省|广东省|海南省|四川省|贵州省|云南省|陕西省|甘肃省|青海省|台湾省|内蒙古自治区|广西壮族自治区|西藏自治区"
    "|宁夏回族自治区|新疆维吾尔自治区"
)


def texts(sheet: Sheet) -> Iterator[Finding]:
    """Every finding on what the plan's sentences say."""
    provinces: dict[str, str] = {}
    for path, clause, text in _written(sheet.plan):
        yield from _sentence(sheet, path, clause, text)
        for name in _PROVINCE.findall(text):
            if provinces and name not in provinces:
                other = next(iter(provinces))
                yield sheet.find(path, "two_provinces", "warning", clause, name=name, other=other)
            provinces.setdefault(name, path)


def comments(text: str) -> tuple[Finding, ...]:
    """Phone numbers, identity numbers and addresses in the comments of a plan file; they are part of no plan value."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if "#" in line:
            for match in _COMMENT.finditer(line):
                if contact := _CONTACT.search(match[1]):
                    place = f"{number}:{match.start(1) + contact.start() + 1}"
                    found.append(
                        Finding("check.personal_data", "error", place, {"masked": masked(contact[0])})
                    )
    return tuple(found)


def masked(text: str) -> str:
    """Enough of a number to find it by, not enough to use it."""
    return f"{text[:3]}…{text[-2:]}"


def _sentence(sheet: Sheet, path: str, clause: str, text: str) -> Iterator[Finding]:
    for code, severity, fields in _faults(text):
        yield sheet.find(path, code, severity, clause, **fields)


@lru_cache(maxsize=8192)  # while somebody types, all sentences but one are those of a moment ago
def _faults(text: str) -> tuple[tuple[str, str, dict[str, str | int]], ...]:
    found: list[tuple[str, str, dict[str, str | int]]] = []
    if blank := _BLANK.search(text):
        found.append(("placeholder", "warning", {"blank": blank[0][:20]}))
    if contact := _CONTACT.search(unicodedata.normalize("NFKC", text)):
        found.append(("personal_data", "error", {"masked": masked(contact[0])}))
    for rule, pattern in _outdated():
        if cited := pattern.search(text):
            fields = {"cited": cited[0], "since": rule["since"], "source": rule["source"]}
            found.append(
                (
                    "rule_out_of_force",
                    "warning",
                    fields | {"now_zh": rule["now"]["zh"], "now_en": rule["now"]["en"]},
                )
            )
    return tuple(found)


@cache
def _outdated() -> tuple[tuple[Mapping[str, Any], re.Pattern[str]], ...]:
    table = tomllib.loads(files(__package__).joinpath("outdated.toml").read_text("utf-8"))
    return tuple((rule, re.compile(rule["written"], re.IGNORECASE)) for rule in table.values())


def _written(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """(path, clause, text) of every text of the plan's own; both languages as one, so that a fault is told once."""
    for name in ("title", "unit"):
        yield from _parts(f"plan.{name}", "", getattr(plan, name))
    for name in ("number", "parent", "trade"):
        yield f"plan.{name}", "", getattr(plan, name)
    yield from _parts(head("revise_when"), "", plan.revise_when)
    yield from _parts(head("signed_by"), "", plan.signed_by)
    for part in _PARTS:
        value = getattr(plan, part)
        entries = value.items() if isinstance(value, Mapping) else enumerate(value)
        number = -1
        for key, one in entries:
            if getattr(one, "law", None) is None and not _confirmation(plan, part, key):
                number += 1
                at = f"{part}.{key if isinstance(value, Mapping) else number}"
                yield from _parts(at, _clause(part, one), one)
    if plan.assisting:
        yield from _parts("assisting", "", plan.assisting)
    yield from _parts("warnings", "", plan.warnings)


_PARTS = (
    "roles", "groups", "kinds", "facts", "outside", "places", "resources", "periods", "posts", "references", "levels",
    "steps", "calendar", "clauses",
)  # fmt: skip


def _confirmation(plan: Plan, part: str, key: object) -> bool:
    """A second confirmation is no entry of its own in the file."""
    if part != "steps" or not isinstance(key, int) or key == 0:
        return False
    before = plan.steps[key - 1]
    return before.confirm is not None and plan.steps[key].id == f"{before.id}_confirmed"


def _clause(part: str, one: Any) -> str:
    if part == "clauses":
        return str(one.id)
    clauses = getattr(one, "clauses", ())
    return str(clauses[0]) if clauses else ""


def _parts(path: str, clause: str, value: Any) -> Iterator[tuple[str, str, str]]:
    """The texts below one part of the plan."""
    if isinstance(value, Words):
        yield path, clause, value.zh if value.zh == value.en else f"{value.zh}\n{value.en}"
    elif isinstance(value, str):
        yield path, clause, value
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _parts(f"{path}.{number}", clause, one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _parts(f"{path}.{key}", clause, one)
    elif dataclasses.is_dataclass(value) and not isinstance(value, Law | type):
        for name in _fields(type(value)):
            inner = getattr(value, name)
            if inner:
                yield from _parts(f"{path}.{name}", clause, inner)


# Words that the plan language gives a meaning of its own: names, conditions, and the like are no sentences.
_NO_TEXT = frozenset({
    "id", "clauses", "who", "phases", "after", "when", "levels", "clocks", "ladder", "waivable_by", "separate_from",
    "law", "command", "place", "uses", "fact", "type", "kind", "colours", "areas", "hazard", "colour", "owes", "repeat",
    "on_level_change", "confidence", "fulfils", "runs_as", "chapter", "sha256", "stream", "deputies", "members",
    "leader", "deputy", "role", "hours", "during", "keeper", "agreement", "form", "see", "unit_", "default", "rules",
    "liaison", "locks", "judged_by", "kinds", "starts", "ends", "at", "every", "by",
})  # fmt: skip


@cache
def _fields(shape: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(shape) if field.name not in _NO_TEXT)
