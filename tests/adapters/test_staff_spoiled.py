"""Lists as offices hand them in: each spoiled one is answered with the cell and the remedy, or taken over rightly."""

import random
import re
from datetime import date

import pytest

from dutyroom.adapters.staff import Certificate, StaffList, read_staff
from dutyroom.wording import LANGUAGES
from dutyroom.wording.narrate import tell
from tests.adapters.spoiled import ROWS, SPOILED, book, cell, table
from tests.adapters.test_staff import POSTS

CARRIED = frozenset({"inbox", "sms", "voice", "email"})
PIECES = (b'"', b"\0", b"\r", b"\n\n", b"=1/0", b"#REF!", b"\xff\xfe", b'="0138"', b"1E9")
SECRETS = ("110101199003071234", "13912345678", "城东", "高血压", "阑尾炎", "家里有病人", "李春生", "C029")


def read(data: bytes) -> StaffList:
    return read_staff(data, POSTS, {"除雪队队长": "扫雪铲冰"}, CARRIED)


@pytest.mark.parametrize("name", SPOILED)
def test_it_is_answered_by_cell_and_nothing_is_taken_over_half(name: str) -> None:
    spoiled = SPOILED[name]
    staff = read(spoiled.data)
    assert tuple((one.code.removeprefix("staff."), one.place) for one in staff.findings) == spoiled.found
    assert bool(staff.holders) == spoiled.taken
    assert any(one.severity == "error" for one in staff.findings) != spoiled.taken
    if spoiled.taken:
        assert {one.number for one in staff.holders} >= {"P001", "P002", "P005", "P006"}
        assert staff.counts == {"一班": 2}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_said_names_a_remedy_and_no_person(name: str) -> None:
    staff = read(SPOILED[name].data)
    for one in staff.findings:
        for language in LANGUAGES:
            said = tell(one, language)
            assert len(said) > 12
            assert not re.search(r"\d{9}", said)
            assert not any(each in said for each in ("龚龑", "汤玉芬", "毕海涛", *SECRETS))
    assert not any(each in repr(staff) for each in SECRETS)


def test_thirty_and_more_of_them_are_known() -> None:
    assert len(SPOILED) >= 30


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("full-width digits", "13800000005"),
        ("phone as a decimal", "13800001234"),
        ("spaces and dashes", "13800000005"),
    ],
)
def test_a_number_that_can_be_read_is_read_rightly(name: str, number: str) -> None:
    (found,) = (one for one in read(SPOILED[name].data).holders if one.number == "P005")
    assert dict(found.channels)["sms"] == number


@pytest.mark.parametrize("name", ["date as text", "date as a date", "date as a serial number"])
def test_a_day_is_the_same_day_however_it_was_written(name: str) -> None:
    (found,) = (one for one in read(SPOILED[name].data).holders if one.number == "P005")
    assert found.starts_on == date(2026, 3, 1)


@pytest.mark.parametrize(
    "name", [name for name in SPOILED if name.startswith("CSV in") or "semicolons" in name]
)
def test_a_text_table_reads_like_the_workbook(name: str) -> None:
    found = {one.number: one for one in read(SPOILED[name].data).holders}
    for one in read(book()).holders:
        assert found[one.number] == one


def test_a_certificate_a_deputy_and_a_language_are_read() -> None:
    found = {one.number: one for one in read(book()).holders}
    assert found["P002"].certificates == (Certificate("安全员C证", date(2027, 6, 30)),)
    assert found["P002"].deputies == ("P005",)
    assert (found["P006"].language, found["P006"].starts_on) == ("en", date(2026, 3, 1))
    assert found["P001"].certificates == () and found["P001"].second_language == ""


def test_certificates_are_read_as_people_write_them() -> None:
    written = "安全员C证(2027年6月30日)、急救证；电工证 有效期至2028-01-01、特种作业(长期)"
    (found,) = (one for one in read(cell("I4", written)).holders if one.number == "P005")
    assert [(one.kind, one.valid_until and one.valid_until.isoformat()) for one in found.certificates] == [
        ("安全员C证", "2027-06-30"), ("急救证", None), ("电工证", "2028-01-01"), ("特种作业", None),
    ]  # fmt: skip


def test_nobody_without_a_post_is_in_what_is_read() -> None:
    for row in ROWS[4:]:
        assert str(row[1]) not in repr(read(book())) and str(row[0]) not in repr(read(book()))


@pytest.mark.parametrize("seed", range(200))
def test_no_text_table_raises_whatever_is_in_it(seed: int) -> None:
    """Bytes changed, left out, doubled; encodings and separators mixed: findings, or a list, never an exception."""
    chance = random.Random(seed)
    encoding = chance.choice(["utf-8", "gbk", "utf-16", "utf-8-sig", "gb18030"])
    data = bytearray(table(chance.choice(",;\t|，"), encoding))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(data))
        way = chance.randrange(4)
        if way == 0:
            data[at] = chance.randrange(256)
        elif way == 1:
            del data[at : at + chance.randint(1, 40)]
        elif way == 2:
            data[at:at] = chance.choice(
                [b'"', b"\0", b"\r", b"\n\n", b"=1/0", b"#REF!", b"\xff\xfe", b'="0138"', b"1E9"]
            )
        else:
            data[at:at] = data[at : at + chance.randint(1, 80)]
    for one in read(bytes(data)).findings:
        for language in LANGUAGES:
            assert tell(one, language)
