"""People, phones and supplies: tables of contacts and of stock, and numbers in running text. They leave the plan.

`find_contacts` and `find_supplies` read tables by their heading row; `masked` is a text without names and phones.
Short public numbers (110, 12345) stay. In doubt a number is a phone.
"""

# ruff: noqa: E501 -- a pattern broken over lines is harder to compare with the words it stands for

import re

from dutyroom.core.drafting.clausing import Passage
from dutyroom.core.drafting.posts import is_blank, is_person, is_post
from dutyroom.core.drafting.proposal import HIGH, MEDIUM, RESOURCE, ROLE, Contact, Reading
from dutyroom.core.drafting.rolefinding import bare, holders_in, role_named

PHONE = re.compile(
    r"(?<![\d.])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
    r"|(?<![\d.])0\d{2,3}[ -—－]?\d{7,8}(?!\d)"
    r"|(?<![\d.])[48]00[ -]?\d{3}[ -]?\d{4}(?!\d)"
    r"|(?<![\d.])(?:1[ -])?\(?\d{3}\)?[ .-]?\d{3}[.-][\dA-Z]{4}(?!\d)"
    r"|(?:(?<=电话)|(?<=电话：)|(?<=电话是)|(?<=电话为)|(?<=号码：)|(?<=号码为)|(?<=电话:)|(?<=手机：)|(?<=热线：))\s*\d{4,8}(?!\d)"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_COLUMNS: tuple[tuple[str, str], ...] = (
    ("phone", r"电话|手机|联系方式|号码|phone|number|mobile|tel|contact no"), ("name", r"姓名|联系人|人员|^name|contact$|person"),
    ("post", r"职务|岗位|职位|应急职务|组内|分工|角色|role|position|title|emergency type"),
    ("unit", r"单位|部门|机构|名称|department|agency|organi[sz]ation|company|^contact"),
)  # fmt: skip
_STOCK: tuple[tuple[str, str], ...] = (
    ("name", r"名称|物资|器材|设备|装备|品名|item|name|equipment|suppl"), ("quantity", r"数量|储备量|quantity|qty|amount"),
    ("unit", r"^单位|计量|unit"), ("place", r"地点|位置|存放|location|place|stored"),
    ("keeper", r"保管|责任人|负责人|管理|keeper|responsible|custodian"),
)  # fmt: skip
_ANSWERABLE = re.compile(
    r"([一-龥]{0,6}(?:联系人|责任人|负责人|保管人|报告人|编制人?|审核人?|批准人?|值班人|带班人|签发人?|组长|队长))[：:]\s*([一-龥]{2,4})(?![一-龥])"
)
_QUANTITY = re.compile(r"^(\d{1,6})\s*([一-龥a-zA-Z/]{0,6})$")
_NAMED_PHONE = re.compile(
    r"^(?P<label>[^：:|\d]{2,40})[：:]\s*(?P<name>[^\d：:|()（）]{0,40}?)\s*(?=[（(]?\+?\d)"
)
_STOCK_LINE = re.compile(
    r"([一-龥]{2,8}?)(\d{1,4})(台|辆|个|具|把|套|只|箱|件|条|顶|副|支|部|盏|米|吨|袋|块|张)"
)
_COUNTED = re.compile(r"^(配备|储备|准备|备有|以及|其中|另有|现有|共有|和|及|应)+")


def find_contacts(reading: Reading) -> None:
    """Every row of a contact table, and every line with a phone number."""
    for passage in reading.passages:
        roles = _columns(passage.columns, _COLUMNS)
        if passage.cells and len(roles) > 1 and ("phone" in roles or {"name", "post"} <= set(roles)):
            _row(reading, passage, roles)
        elif not passage.cells:
            _answerable(reading, passage)
            if PHONE.search(passage.text):
                _line(reading, passage)


def _answerable(reading: Reading, passage: Passage) -> None:
    """`联系人：NAME` anywhere in a sentence: a name that must leave, whatever else the sentence says."""
    for match in _ANSWERABLE.finditer(passage.text):
        if is_person(match[2]) and match[2] not in reading.names:
            reading.names[match[2]] = ""
            if not PHONE.search(passage.text):
                reading.contacts.append(Contact(match[2], "", match[1]))


def _columns(heading: tuple[str, ...], known: tuple[tuple[str, str], ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, text in enumerate(heading):
        plain = re.sub(r"\s", "", text) if not text.isascii() else text.strip()
        for name, words in known:
            if name not in found and number not in found.values() and re.search(words, plain, re.IGNORECASE):
                found[name] = number
                break
    return found


def _row(reading: Reading, passage: Passage, columns: dict[str, int]) -> None:
    cells = {name: passage.cells[at].strip() for name, at in columns.items() if at < len(passage.cells)}
    name, post, unit = (cells.get(one, "") for one in ("name", "post", "unit"))
    phone = cells.get("phone", "")
    if not re.search(r"\d{3}", phone) and not is_person(name):
        return  # a place left open: nothing to move
    phones = [one[0].strip() for one in PHONE.finditer(phone)] or re.findall(r"\d[\d -]{2,}", phone)
    if name and not is_person(name) and not is_blank(name):
        unit, name = unit or name, ""
    post = post if post and not is_blank(post) else ""
    reading.use(passage, HIGH)
    if post and (name or is_post(post)):
        role_named(reading, post, passage, HIGH)
    if name:
        reading.names[name] = post
    inside = bool(name or post)
    reading.contacts.append(Contact(name, post, unit, " / ".join(phones), body=not inside))


def _line(reading: Reading, passage: Passage) -> None:
    """`项目经理：张三 1380000…` or a sentence with a number in it."""
    text = bare(passage.text)
    phones = [one[0].strip() for one in PHONE.finditer(text)]
    if {one.phone for one in reading.contacts} & set(phones):
        return
    match = _NAMED_PHONE.match(text)
    known = [name for name in reading.names if name in text]
    if len(known) == 1 and (match is None or not is_person(match["name"].strip())):
        reading.contacts.append(Contact(known[0], reading.names[known[0]], "", " / ".join(phones)))
        return
    if match is None:
        words = re.sub(r"(的)?(联系)?(电话|手机|热线)?[：:]?\s*$", "", text[: text.find(phones[0])])
        reading.contacts.append(
            Contact(
                "",
                "",
                (words if words.isascii() else words[-24:])[-60:].strip(" ，。（("),
                " / ".join(phones),
                body=True,
            )
        )
        if len(text) < 60:
            reading.use(passage, MEDIUM)
        return
    label, name = match["label"].strip(" *"), match["name"].strip(" ,，*")
    post = label if is_post(label.split()[-1] if label.isascii() else label) else ""
    held = next(iter(holders_in(name)), ("", "", ""))
    post, person = held[0] or post, held[1]
    if post:
        role_named(reading, post, passage, HIGH)
    if person:
        reading.names[person] = post
    unit = "" if post else label
    reading.contacts.append(Contact(person, post, unit, " / ".join(phones), body=not (post or person)))
    reading.use(passage, MEDIUM)


def find_supplies(reading: Reading) -> None:
    """Rows of stock tables, and counted things in the chapter on supplies. No quantity, no resource."""
    for passage in reading.passages:
        columns = _columns(passage.columns, _STOCK)
        if passage.cells and {"name", "quantity"} <= set(columns) and "电话" not in "".join(passage.columns):
            cells = {
                name: passage.cells[at].strip() for name, at in columns.items() if at < len(passage.cells)
            }
            match = _QUANTITY.match(cells.get("quantity", ""))
            if match and cells.get("name"):
                unit = match[2] or cells.get("unit", "")
                _stock(reading, passage, cells["name"], int(match[1]), unit, cells.get("keeper", ""))
        elif not passage.cells and passage.general.startswith(("5", "A4")):
            for match in _STOCK_LINE.finditer(passage.text):
                _stock(reading, passage, _COUNTED.sub("", match[1]), int(match[2]), match[3], "")


def _stock(reading: Reading, passage: Passage, name: str, quantity: int, unit: str, keeper: str) -> None:
    if not name:
        return
    entry: dict[str, object] = {"name": name, "quantity": quantity, "unit": unit}
    if keeper in reading.posts:
        entry["keeper"] = reading.posts[keeper]
    elif is_person(keeper):
        reading.names.setdefault(keeper, "")
    reading.propose(
        RESOURCE, reading.free_id(RESOURCE, f"resource_{len(reading.of(RESOURCE)) + 1}"), entry, passage, HIGH
    )


def masked(text: str, names: dict[str, str], language: str) -> str:
    """The text with people replaced by their post and numbers by a word for where they stand."""
    people = "（姓名见人员表）" if language == "zh" else "(name in the people list)"
    numbers = "（电话见人员表）" if language == "zh" else "(number in the people list)"
    plain = PHONE.sub(numbers, _MAIL.sub(numbers, text))
    for name in sorted(names, key=len, reverse=True):
        post = names[name]
        if name not in plain:
            continue
        edge = r"(?<![A-Za-z]){}(?![A-Za-z])" if name.isascii() else "{}"
        pattern = edge.format(re.escape(name))
        beside = rf"({re.escape(post)}\s*[：:|（(]?\s*[|]?\s*){pattern}" if post else r"(?!)"
        plain = re.sub(beside, lambda match: f"{match[1]}{people}", plain) if post else plain
        plain = re.sub(pattern, f"{post}{people}".replace("\\", r"\\"), plain)
    return plain


__all__ = ["MEDIUM", "PHONE", "ROLE", "find_contacts", "find_supplies", "masked"]
