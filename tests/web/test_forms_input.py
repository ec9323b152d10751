"""Whatever is typed becomes a value or a fault, never an exception, and nothing that a store cannot hold."""

import unicodedata
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyroom.core.instants import parse_iso
from dutyroom.web.forms_input import Typed, clean
from dutyroom.wording import say

ZONE = ZoneInfo("Asia/Shanghai")
ANYTHING = st.one_of(
    st.text(st.characters(), max_size=60),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.text(max_size=5), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_every_reader_takes_anything(value: Any) -> None:
    typed = Typed({"it": value})
    text = typed.text("it", 20, required=True)
    assert len(text) <= 20
    assert (count := typed.count("it")) is None or 0 <= count <= 100_000
    typed.choice("it", frozenset({"a"}))
    typed.yes_no("it")
    typed.identifier("it")
    typed.phone("it")
    typed.local_time("it", ZONE)
    typed.instant("it")
    for fault in typed.faults:
        assert say(fault.code, "zh", **fault.fields) and say(fault.code, "en", **fault.fields)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=80))
def test_clean_text_can_be_stored_and_cleaning_again_changes_nothing(text: str) -> None:
    found = clean(text)
    found.encode("utf-8")
    assert not [each for each in found if unicodedata.category(each) in ("Cc", "Cs") and each not in "\n\t"]
    assert clean(found) == found


@pytest.mark.parametrize(("text", "count"), [("12", 12), ("１２", 12), ("1,200", 1200), (" 3 ", 3), ("0", 0)])
def test_counts(text: str, count: int) -> None:
    assert Typed({"n": text}).count("n") == count


@pytest.mark.parametrize("text", ["-1", "1.5", "一", "1e5", "100001", "9" * 40])
def test_no_counts(text: str) -> None:
    typed = Typed({"n": text})
    assert typed.count("n") is None
    assert len(typed.faults) == 1


def test_a_local_time_is_read_in_the_sites_zone() -> None:
    assert Typed({"t": "2026-11-23T18:00"}).local_time("t", ZONE) == parse_iso("2026-11-23T18:00:00+08:00")
