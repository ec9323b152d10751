"""Counts that are not exact, and what is still known when somebody says "unknown"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.counts import Count, merged, read_count, write_count


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (3, Count(3, 3)), (0, Count(0, 0)), ("3", Count(3, 3)), ("3-5", Count(3, 5)), ("3 至 5", Count(3, 5)),
        ("3+", Count(3, None)), ("unknown", Count(0, None)),
        (True, None), (None, None), (-1, None), (1_000_001, None), ("5-3", None), ("some", None), ("", None),
        ("3+5", None), ("9999999", None),
    ],
)  # fmt: skip
def test_what_an_answer_states(value: object, count: Count | None) -> None:
    assert read_count(value) == count  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        (3, "unknown", "3+"), ("3-5", "unknown", "3+"), (None, "unknown", "unknown"), (0, "unknown", "unknown"),
        (3, 2, 2), ("3+", 4, 4), (3, "4-6", "4-6"), ("unknown", "2+", "2+"), (True, "unknown", "unknown"),
    ],
)  # fmt: skip
def test_unknown_takes_back_no_certainty(before: object, now: object, after: object) -> None:
    assert merged(before, now) == after  # type: ignore[arg-type]


@given(st.integers(0, 1000), st.one_of(st.none(), st.integers(0, 1000)))
def test_a_count_is_written_as_it_is_read(least: int, more: int | None) -> None:
    count = Count(least, None if more is None else least + more)
    assert read_count(write_count(count)) == count
