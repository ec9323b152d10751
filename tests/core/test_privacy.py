"""What is warned of and, as important, what is not. Numbers are invented, check digits made here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.privacy import Found, find_personal, mask


def identity_number(first: str) -> str:
    """The 18 digits whose first 17 are given: GB 11643 by its other definition, a sum of 1 mod 11."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first))
    check = (1 - total) % 11
    return first + ("X" if check == 10 else str(check))


def card(first: str) -> str:
    """The digits with the Luhn digit put at the end."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(first)))
    return first + str(-total % 10)


ADULT, WITH_X = identity_number("11010519491231002"), identity_number("44030119900101109")
FULL_WIDTH = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+-",
    "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ＋－",
)

PERSONAL = [
    ("id_number", ADULT),
    ("id_number", WITH_X.lower()),
    ("id_number", "110105 19491231 002X"),
    ("id_number", ADULT.translate(FULL_WIDTH)),
    ("id_number", "110105491231002"),
    ("phone", "13800000001"),
    ("phone", "138 0000 0001"),
    ("phone", "138-0000-0001"),
    ("phone", "138.0000.0001"),
    ("phone", "138 000 00001"),
    ("phone", "１３８００００００01"),
    ("phone", "+86 138 0000 0001"),
    ("phone", "＋86－13800000001"),
    ("phone", "0086 13800000001"),
    ("phone", "8613800000001"),
    ("phone", "010-65520000"),
    ("phone", "(0755) 2552 0000"),
    ("phone", "（０７５５）２５５２００００"),
    ("phone", "07552552000"),
    ("phone", "+44 20 7946 0000"),
    ("plate", "粤B12345"),
    ("plate", "粤B·12345"),
    ("plate", "京A D12345"),
    ("plate", "沪a12f45"),
    ("plate", "粤B１２３４５"),
    ("plate", "粤Z1234港"),
    ("bank_card", card("622202000000000000")),
    ("bank_card", card("622202000000000")),
    ("bank_card", card("400000000000000")),
    ("bank_card", " ".join(card("622202000000000000")[i : i + 4] for i in range(0, 19, 4))),
    ("bank_card", "-".join(card("511111111111111")[i : i + 4] for i in range(0, 16, 4))),
    ("bank_card", card("34000000000000")),
    ("email", "wang.example+site@mail.example.cn"),
]


@pytest.mark.parametrize(("kind", "it"), PERSONAL)
@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("联系", "，请回电"), ("张三（", "）"), ("号 ", "。"), ("在2026-11-23 18:00，", " 3人")],
)
def test_found_where_it_stands(kind: str, it: str, before: str, after: str) -> None:
    assert find_personal(before + it + after) == (Found(kind, len(before), len(before) + len(it)),)


@pytest.mark.parametrize("word", ["电话", "座机：", "手机是", "tel: ", "Phone "])
def test_a_local_number_after_a_word_for_phone(word: str) -> None:
    assert mask(f"{word}65520000，三楼") == (f"{word}***，三楼", (Found("phone", len(word), len(word) + 8),))


ORDINARY = [
    "2026-11-23 18:00",
    "2026-11-23T18:00:00.000Z",
    "2026-11-23T18:00:00+08:00",
    "20261123180000",
    "2026年11月23日18时00分到18:30",
    "30 min",
    "每30分钟一次，共12次，影响1200人，直接损失5000000元",
    "0900-1800",
    "09:00-18:00 / 13:00-17:00",
    "1795449600000",
    "138000000012",
    "138000000",
    "1.3800000001",
    "12800000001",
    "110 119 120 122 12345 12333 12350",
    "400-820-8820",
    "8008208820",
    "65520000",
    "K12+300 至 K15+800",
    "第1380000号文件 GB 11643-1999",
    "c9f0f895fb98ab9159f51fd0297e236d13800000001a8d1b2c3d4e5f60718293",
    "550e8400-e29b-41d4-a716-446655440000",
    "photo_13800000001.jpg",
    "113.9345678, 22.5312345",
    "192.168.10.200",
    ADULT[:-1] + str((int(ADULT[-1].replace("X", "0")) + 1) % 10),
    identity_number("11010520261331002"),
    identity_number("99010519491231002"),
    "991313491331002",
    card("622202000000000000")[:-1] + str((int(card("622202000000000000")[-1]) + 1) % 10),
    card("900000000000000"),
    card("62220200000000"),
    "云SERVER 新WORDS 苏ABCDE",
    "粤B1234",
    "京A区三组",
    "@值班室 收到 @12",
    "a@b",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert find_personal(text) == ()
    assert find_personal(f"说明：{text}。") == ()


def test_mask_keeps_the_rest_and_hides_lengths() -> None:
    text = f"18:00 王某 13800000001 与 {ADULT}，车牌粤B12345，共3人"
    masked, found = mask(text)
    assert masked == "18:00 王某 *** 与 ***，车牌***，共3人"
    assert [each.kind for each in found] == ["phone", "id_number", "plate"]


@given(
    st.lists(st.sampled_from([it for _, it in PERSONAL] + ORDINARY), max_size=6), st.sampled_from("；\n，|")
)
def test_nothing_is_left_after_masking(parts: list[str], between: str) -> None:
    masked, found = mask(between.join(parts))
    assert find_personal(masked) == ()
    assert len(found) == sum(part not in ORDINARY for part in parts)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    masked, found = mask(text)
    places = [place for each in found for place in (each.start, each.end)]
    assert places == sorted(places) and all(0 <= place <= len(text) for place in places)
    assert (masked == text) == (not found) or found


def test_a_long_text_of_digits_is_read_once_not_squared() -> None:
    # Every pattern has a bounded length, so 200,000 characters are a fraction of a second, not minutes.
    assert find_personal("1" * 200_000) == ()
    assert find_personal("a." * 100_000) == ()
    assert find_personal("0755 " * 40_000) == ()
