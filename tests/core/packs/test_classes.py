"""Accident classes and heat bands at their edges: 以上 includes its number, 以下 excludes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.packs import Pack, pack
from dutyroom.core.packs.classes import accident_class, measures_asked, possible_classes


def the(name: str) -> Pack:
    found = pack(name)
    assert found is not None
    return found


ACCIDENTS, HEAT = the("cn-accident-report"), the("cn-heat-2012")
# Written from the text of order 493 art. 3, by measure: the least number of each class, gravest first.
TABLE = {
    "dead": (30, 10, 3),
    "seriously_hurt": (100, 50, 10),
    "direct_loss": (10_000, 5_000, 1_000),  # in 万元: 100, 50 and 10 million yuan
}
NAMES = ("especially_serious", "serious", "larger", "ordinary")


def by_the_table(facts: dict[str, int]) -> str:
    """The gravest class of any one measure."""
    places = [
        next((place for place, least in enumerate(TABLE[name]) if number >= least), 3)
        for name, number in facts.items()
    ]
    return NAMES[min(places)]


@pytest.mark.parametrize(
    ("fact", "number", "name"),
    [
        ("dead", 0, "ordinary"), ("dead", 1, "ordinary"), ("dead", 2, "ordinary"), ("dead", 3, "larger"),
        ("dead", 9, "larger"), ("dead", 10, "serious"), ("dead", 29, "serious"), ("dead", 30, "especially_serious"),
        ("seriously_hurt", 9, "ordinary"), ("seriously_hurt", 10, "larger"), ("seriously_hurt", 49, "larger"),
        ("seriously_hurt", 50, "serious"), ("seriously_hurt", 99, "serious"),
        ("seriously_hurt", 100, "especially_serious"), ("direct_loss", 999, "ordinary"),
        ("direct_loss", 1_000, "larger"), ("direct_loss", 4_999, "larger"), ("direct_loss", 5_000, "serious"),
        ("direct_loss", 9_999, "serious"), ("direct_loss", 10_000, "especially_serious"),
    ],
)  # fmt: skip
def test_an_edge_belongs_to_the_graver_class(fact: str, number: int, name: str) -> None:
    found = accident_class(ACCIDENTS, {fact: number})
    assert found is not None
    assert found.id == name


@given(st.integers(0, 200), st.integers(0, 400), st.integers(0, 20_000))
def test_every_triple_falls_in_exactly_the_class_of_its_gravest_measure(
    dead: int, hurt: int, loss: int
) -> None:
    facts = {"dead": dead, "seriously_hurt": hurt, "direct_loss": loss}
    found = accident_class(ACCIDENTS, facts)
    assert found is not None
    assert found.id == by_the_table(facts)
    assert possible_classes(ACCIDENTS, facts) == ()


@given(st.integers(0, 200), st.sampled_from(("dead", "seriously_hurt", "direct_loss")))
def test_one_measure_meets_the_numbers_of_one_class_only(number: int, fact: str) -> None:
    """Neighbouring classes neither overlap nor leave a gap."""
    inside = [
        one.id
        for one in ACCIDENTS.classes
        for measure in (*one.any, *one.all)
        if measure.fact == fact
        and (measure.at_least or 0) <= number
        and (measure.below is None or number < measure.below)
    ]
    assert len(inside) == 1


def test_an_uncertain_count_keeps_the_certain_class_and_names_the_graver_ones() -> None:
    facts = {"dead": "2-12", "seriously_hurt": 11}
    found = accident_class(ACCIDENTS, facts)
    assert found is not None
    assert found.id == "larger", "eleven seriously hurt are certain"
    assert [one.id for one in possible_classes(ACCIDENTS, facts)] == ["serious"]
    unknown = {"dead": "unknown"}
    assert [one.id for one in possible_classes(ACCIDENTS, unknown)] == list(NAMES)
    assert accident_class(ACCIDENTS, unknown) is None


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({"endangered": 9}, []), ({"endangered": 10}, ["larger_near_miss_endangered"]),
        ({"missing": 2}, []), ({"missing": 3}, ["larger_near_miss_missing"]),
        ({"evacuated": 499}, []), ({"evacuated": 500}, ["larger_near_miss_evacuated"]),
    ],
)  # fmt: skip
def test_a_near_miss_begins_at_its_number(facts: dict[str, int], asked: list[str]) -> None:
    assert [one.id for one in measures_asked(ACCIDENTS, facts)] == asked


@pytest.mark.parametrize(
    ("degrees", "asked"),
    [(0, []), (34, []), (35, ["rotate"]), (36, ["rotate"]), (37, ["six_hours"]), (39, ["six_hours"]),
     (40, ["no_outdoor_work"]), (44, ["no_outdoor_work"])],
)  # fmt: skip
def test_a_band_of_heat_begins_with_its_own_degree(degrees: int, asked: list[str]) -> None:
    assert [one.id for one in measures_asked(HEAT, {"max_temperature": degrees})] == asked


def test_a_forecast_across_an_edge_asks_for_both_measures() -> None:
    assert [one.id for one in measures_asked(HEAT, {"max_temperature": "38-41"})] == [
        "no_outdoor_work",
        "six_hours",
    ]
