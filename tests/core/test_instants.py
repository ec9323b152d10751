"""Lengths of time as people write them."""

import pytest

from dutyroom.core.instants import DAY, HOUR, MINUTE, parse_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30 min", 30 * MINUTE), ("2 h", 2 * HOUR), ("7 d", 7 * DAY), ("PT30M", 30 * MINUTE), ("30分钟", 30 * MINUTE),
        ("30分钟内", 30 * MINUTE), ("1小时以内", HOUR), ("24小时之内", 24 * HOUR), ("半小时", 30 * MINUTE),
        ("半天内", 12 * HOUR), ("2周", 14 * DAY),
    ],
)  # fmt: skip
def test_a_length_of_time(text: str, length: int) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "soon", "立即", "内", "30", "-5 min", "1.5 h", "半", "P"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)
