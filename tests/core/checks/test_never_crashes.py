"""Whatever is in the file, the checker answers with findings that have words: it never raises and never hangs."""

import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.mutants import judged, mutant, run
from dutyroom.core.conditions import compiled, evaluated
from tests.core.checks.faults import CLEAN

LINES = CLEAN.splitlines()
ODD = st.one_of(
    st.sampled_from(
        ["null", "true", "-1", "3.5", "9" * 30, "[]", "{}", "[1, 2]", "[null]", "{a: 1}", "{zh: 1}", "[[[]]]", "~"]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30),
)  # fmt: skip
SIGNS = ". ( ) [ ] { } ! - + * / % < ? : , 1 0 x >= == != && || 2.5 'a' b'x'"
NAMES = "facts.injured answers kept 'cordon' in done open null true size(open) rank level"
CALLS = "has( matches( timestamp( duration( int( string( .all(x, .map(x,"
TOKENS = st.sampled_from(f"{SIGNS} {NAMES} {CALLS}".split())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    assert judged(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(LINES) - 1), ODD)
def test_any_value_in_any_line(number: int, odd: str) -> None:
    key, colon, _ = LINES[number].partition(": ")
    judged("\n".join([*LINES[:number], f"{key}{colon}{odd}", *LINES[number + 1 :]]).encode())


@settings(max_examples=150, deadline=None)
@given(st.lists(TOKENS, min_size=1, max_size=40).map(" ".join))
def test_any_condition(text: str) -> None:
    quoted = text.replace("'", "''")
    judged(CLEAN.replace("when: facts.injured > 0", f"when: '{quoted}'").encode())
    judged(CLEAN.replace("when: facts.injured >= 0", f"when: '{quoted}'").encode())


@pytest.mark.parametrize(
    "text",
    [
        "(" * 400 + "1" + ")" * 400,
        "!" * 900 + "true",
        "-" * 900 + "1",
        "1" + "+1" * 450,
        "[1,2,3].all(a, [1,2,3].all(b, [1,2,3].all(c, true)))",
        "a" * 5_000,
        "true ? " * 120 + "true" + " : false" * 120,
    ],
)
def test_a_condition_beyond_reason_is_refused_or_answered(text: str) -> None:
    with suppress(ValueError, TypeError, RuntimeError):
        evaluated(compiled(text), {"facts": {}})
    judged(CLEAN.replace("when: facts.injured > 0", f"when: '{text}'").encode())


def test_real_files_with_bytes_changed() -> None:
    found = run(200, seed=20261123)
    assert found["bad"] == []
    assert found["without_finding"] < 100  # most changes are seen; one inside a sentence need not be


def test_a_mutant_is_the_same_for_the_same_seed() -> None:
    made = [mutant(CLEAN.encode(), random.Random(5)) for _ in range(2)]
    assert made[0] == made[1] != CLEAN.encode()


@pytest.mark.parametrize(
    "text",
    [
        "done.all(a, done.all(b, done.all(c, true)))",
        "done.all//\n(a, done.all//\n(b, done.all//\n(c, true)))",
        "[1].existsOne(a, [1].existsOne(b, [1].existsOne(c, true)))",
        "(" + "+".join(["done"] * 60) + ").exists(a, a == 'x')",
        "[" + "1," * 150 + "1].all(a, true)",
    ],
)
def test_a_condition_that_would_run_for_years_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="loops"):
        compiled(text)


def test_a_condition_that_looks_through_a_list_is_one() -> None:
    assert evaluated(compiled("done.exists(a, a in open)"), {"done": ["a"], "open": ["a"]}) is True
