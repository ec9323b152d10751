"""The benchmark of duty rosters at small sizes: nothing broken, everything proved and mended; times never."""

import pytest

from benchmarks import duty_rosters

pytestmark = pytest.mark.slow


def test_a_month_is_made_proved_and_mended_and_many_people_are_rostered() -> None:
    found = duty_rosters.run(small=True)
    assert found["proved"] and found["broken"] == 0
    assert found["repairs"]["mended"] == found["repairs"]["proved"] == found["repairs"]["count"] == 3
    assert found["many"]["broken"] == 0 and found["many"]["spread"] <= 1
