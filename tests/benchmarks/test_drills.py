"""The drills' benchmark at its smallest: the sketch it compares with is the same model. Times are never held."""

from benchmarks import drills


def test_the_sketch_hears_the_first_answer_when_the_core_does() -> None:
    assert drills.agree(drills.first_step(), 40) == "40 of 40"
