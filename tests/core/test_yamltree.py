"""Reading YAML: what every line is, and every text that is refused, each at its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core import yamltree
from dutyroom.core.yamltree import place_of, read_tree


def test_scalars_follow_the_core_schema_and_nothing_is_guessed() -> None:
    text = (
        "a: 18:00\nb: no\nc: 2026-11-23\nd: 007\ne: ~\nf: 'true'\ng: true\nh: 1.5\ni: 立即\nj: 0x1f\nk: on\n"
    )
    tree, findings = read_tree(text)
    assert findings == ()
    assert tree == {"a": "18:00", "b": "no", "c": "2026-11-23", "d": 7, "e": None, "f": "true",
                    "g": True, "h": 1.5, "i": "立即", "j": "0x1f", "k": "on"}  # fmt: skip


def test_every_part_knows_where_it_stands() -> None:
    tree, _ = read_tree("a:\n  - b: 1\n    c: {d: 2, 名: 3}\n")
    places = {path: place_of(tree, path) for path in [("a",), ("a", 0), ("a", 0, "c"), ("a", 0, "c", "名")]}
    assert list(places.values()) == ["1:1", "2:5", "3:5", "3:15"]
    assert place_of(tree, ("a", 0, "c", "x", "y")) == "3:5", "the deepest part there is"
    assert place_of(tree, ("nothing",)) == "1:1"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: [1,\n", "plan.not_yaml", "2:1"),
        ("a:\n\t- b", "plan.tab", "2:1"),
        ("a：b\nc: d", "plan.full_width_colon", "1:2"),
        ("a: {b：c}", "plan.full_width_colon", "1:6"),
        ("a: &x [1]\nb: *x", "plan.alias", "1:4"),
        ("a: !!python/object/apply:os.system [ls]", "plan.tag", "1:4"),
        ("a: 1\nb: 2\na: 3", "plan.duplicate_key", "3:1"),
        ("a: 1\n---\nb: 1\n", "plan.second_document", "2:1"),
        ("x: " + "[" * 200_000, "plan.too_deep", "1:43"),
        ("? [1]\n: 2", "plan.not_a_key", "1:3"),
        ("a\x00b: 1", "plan.not_yaml", "1:2"),
        ("a: '\ud800'", "plan.not_yaml", "1:5"),
        ("- a\n- b", "plan.not_a_plan", "1:1"),
        ("", "plan.not_a_plan", "1:1"),
        ("a: " + "x" * 2_000_000, "plan.too_large", "1:1"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_what_cannot_be_read_is_named_at_its_place(text: str, code: str, place: str) -> None:
    _, findings = read_tree(text)
    assert [(one.code, one.place) for one in findings] == [(code, place)]


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    steps = zip("abcdefgh", "bcdefghi", strict=True)
    bomb = "a: &a [x, x]\n" + "".join(f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in steps)
    tree, findings = read_tree(bomb)
    assert tree is None
    assert findings[0].code == "plan.alias"


@pytest.mark.parametrize("filler", ["\n", "-\n", " \u3000\n"])
def test_empty_lines_are_looked_through_once(filler: str) -> None:
    """From each of them anew it would take days."""
    assert not list(yamltree._full_width(filler * 300_000))


@given(st.text(max_size=200))
def test_no_text_brings_the_reader_down(text: str) -> None:
    tree, findings = read_tree(text)
    assert tree is not None or findings
