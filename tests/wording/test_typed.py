"""What people type, as answers: uncertain counts, warnings in three parts, "nothing new"."""

from zoneinfo import ZoneInfo

import pytest

from dutyroom.core.commands import Answer
from dutyroom.core.decide.answers import faults
from dutyroom.core.instants import MINUTE
from dutyroom.core.plan import Field, FieldType, Repeat
from dutyroom.core.surroundings import Hazard, Warnings
from dutyroom.wording.narrate import answer_text
from dutyroom.wording.typed import read_answers
from tests.core.builder import plan, step, words

ZONE = ZoneInfo("Asia/Shanghai")
COUNT, WARNING = (
    Field("n", words("n"), FieldType.COUNT),
    Field("w", words("w"), FieldType.WARNING, required=False),
)
STEP = step("report", repeat=Repeat(30 * MINUTE, nothing_new=True), asks=(COUNT, WARNING))
PLAN = plan(
    STEP, warnings=Warnings(hazards={"rain": Hazard("rain", words("暴雨"))}, areas={"east": words("东片")})
)


@pytest.mark.parametrize(
    ("typed", "answer", "zh", "en"),
    [
        ("3", 3, "3", "3"), ("３", 3, "3", "3"), ("1,200", 1200, "1200", "1200"),
        ("3-5", "3-5", "3 至 5", "3 to 5"), ("3至5", "3-5", "3 至 5", "3 to 5"),
        ("3+", "3+", "至少 3", "at least 3"), ("不明", "unknown", "不明", "not known"),
        ("?", "unknown", "不明", "not known"),
    ],
)  # fmt: skip
def test_a_count_as_far_as_it_is_known(typed: str, answer: Answer, zh: str, en: str) -> None:
    assert read_answers(STEP, {"n": typed}, ZONE) == {"n": answer}
    assert faults(PLAN, STEP, {"n": answer}) == ()
    assert (answer_text(PLAN, COUNT, answer, "zh"), answer_text(PLAN, COUNT, answer, "en")) == (zh, en)


@pytest.mark.parametrize("typed", ["many", "5-3", "-1", "3++"])
def test_what_is_no_count_is_refused_and_stays_as_it_was_typed(typed: str) -> None:
    answers = read_answers(STEP, {"n": typed}, ZONE)
    assert answers == {"n": typed}
    assert faults(PLAN, STEP, answers) == ("field:n:wrong",)


def test_a_warning_typed_in_three_parts_is_one_answer() -> None:
    answers = read_answers(STEP, {"n": "0", "w.hazard": "rain", "w.area": "east", "w.colour": "red"}, ZONE)
    assert answers == {"n": 0, "w": "rain:east:red"}
    assert answer_text(PLAN, WARNING, answers["w"], "zh") == "东片暴雨红色预警"
    assert read_answers(STEP, {"w.hazard": "", "w.area": "", "w.colour": ""}, ZONE) == {}
    partly = read_answers(STEP, {"n": "0", "w.hazard": "rain", "w.area": "", "w.colour": "red"}, ZONE)
    assert faults(PLAN, STEP, partly) == ("field:w:wrong",)


def test_nothing_new_needs_no_other_answer_but_takes_no_wrong_one() -> None:
    answers = read_answers(STEP, {"nothing_new": "yes", "n": ""}, ZONE)
    assert answers == {"nothing_new": True}
    assert faults(PLAN, STEP, answers) == ()
    assert faults(PLAN, STEP, {"nothing_new": True, "n": "many"}) == ("field:n:wrong",)
    assert faults(PLAN, STEP, {}) == ("field:n:missing",)
