"""An instance file is read whole, or each fault is answered with its line and what to do; never with a traceback."""

import random

import pytest

from dutyroom.adapters.rostering.arrays import OFF, Arrays, cost
from dutyroom.adapters.rostering.shiftfile import read
from dutyroom.wording import codes, say

GOOD = """# an instance
SECTION_HORIZON
7

SECTION_SHIFTS
E,480,
L,600,E

SECTION_STAFF
A,E=7|L=0,2400,480,5,2,2,1
B,E=7|L=3,2400,480,5,2,2,1

SECTION_DAYS_OFF
A,0,3

SECTION_SHIFT_ON_REQUESTS
A,1,E,4

SECTION_SHIFT_OFF_REQUESTS
B,2,L,2

SECTION_COVER
0,E,1,100,1
0,L,1,100,1
"""


def test_a_good_file_has_no_findings_and_gives_its_numbers() -> None:
    problem, findings = read(GOOD)
    assert findings == () and isinstance(problem, Arrays)
    assert problem.size == (2, 7, 2)
    assert not problem.follows[1, 0] and problem.follows[0, 1]
    assert not problem.allowed[0, :, 1].any()  # a maximum of 0: may not
    assert not problem.allowed[0, [0, 3]].any() and problem.allowed[0, 1, 0]
    assert problem.required.sum() == 2
    nobody = problem.required.copy().T * 0 + OFF
    assert cost(problem, nobody) == 4 + 200  # the wish for a turn, and two seats nobody takes


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("SECTION_HORIZON\n7\n", "", "no_section", 22),
        ("\n7\n", "\nseven\n", "number", 3),
        ("\n7\n", "\n0\n", "no_days", 3),
        ("\n7\n", "\n99999\n", "number", 3),
        ("L,600,E", "L,600,X", "unknown_shift", 7),
        ("L,600,E", "L,600", "columns", 7),
        ("L,600,E", "E,600,", "name_twice", 7),
        ("E=7|L=3", "E=7|N=3", "unknown_shift", 11),
        ("E=7|L=3", "E=7|L=three", "number", 11),
        ("E=7|L=3,2400,480", "E=7|L=3,480,2400", "minutes_order", 11),
        ("A,0,3", "C,0,3", "unknown_person", 14),
        ("A,0,3", "A,7", "number", 14),
        ("A,0,3", "A", "columns", 14),
        ("A,1,E,4", "A,1,N,4", "unknown_shift", 17),
        ("B,2,L,2", "B,2,L", "columns", 20),
        ("0,L,1,100,1", "0,E,1,100,1", "cover_twice", 24),
        ("0,L,1,100,1", "0,L,-1,100,1", "number", 24),
        ("SECTION_DAYS_OFF", "SECTION_DAYS_OF", "unknown_section", 13),
        ("# an instance", "7", "no_heading", 1),
    ],
)
def test_each_fault_is_named_with_its_line_and_a_remedy_in_both_languages(
    old: str, new: str, code: str, line: int
) -> None:
    assert old in GOOD
    problem, findings = read(GOOD.replace(old, new, 1))
    assert problem is None
    found = {(one.code, one.place) for one in findings}
    assert (f"shiftfile.{code}", str(line)) in found
    for one in findings:
        for lang in ("zh", "en"):
            assert str(line) in say(one.code, lang, **one.fields) or one.place != str(line)


def test_all_faults_are_told_at_once() -> None:
    _, findings = read(GOOD.replace("A,1,E,4", "A,9,N,x"))
    assert [one.code for one in findings] == [
        "shiftfile.number",
        "shiftfile.unknown_shift",
        "shiftfile.number",
    ]


def test_no_text_makes_it_fail_but_by_findings() -> None:
    chance = random.Random(3)
    for _ in range(400):
        text = list(GOOD)
        for _ in range(chance.randint(1, 6)):
            text[chance.randrange(len(text))] = chance.choice("\x00,|=#\n9-Ω值SA ")
        problem, findings = read("".join(text))
        assert (problem is None) == bool(findings)
        assert {one.code for one in findings} <= codes()
    for whole in ("", "\ufeff", "SECTION_", ",,,,", "SECTION_COVER\n" * 5):
        assert read(whole)[0] is None
