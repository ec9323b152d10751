"""How the suite is shared out among processes."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import workers

CHECKOUT = Path(__file__).parents[1]


def asked(*paths: str, collectonly: bool = False, **more: object) -> Any:
    """What pytest was asked for, as far as it matters here."""
    return SimpleNamespace(args=list(paths), option=SimpleNamespace(collectonly=collectonly, **more))


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUTYROOM_TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr(workers.os, "sched_getaffinity", lambda _: set(range(16)), raising=False)


def test_the_suite_takes_every_core_up_to_four(monkeypatch: pytest.MonkeyPatch) -> None:
    assert workers.count(asked("tests")) == workers.MOST
    monkeypatch.setattr(workers.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert workers.count(asked("tests")) == 2
    monkeypatch.setattr(workers.os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert workers.count(asked("tests")) == 0


def test_what_cannot_be_shared_out_runs_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert workers.count(asked(f"{__file__}::test_x", __file__)) == 0
    assert workers.count(asked("tests", collectonly=True)) == 0
    monkeypatch.setenv("DUTYROOM_TEST_DATABASE_URL", "postgresql://127.0.0.1/one")
    assert workers.count(asked("tests")) == 0


def test_only_a_process_that_runs_tests_needs_a_database() -> None:
    assert workers.only_hands_out(asked("tests", dist="loadfile"))
    assert not workers.only_hands_out(asked("tests", dist="no"))
    worker = SimpleNamespace(option=SimpleNamespace(dist="loadfile"), workerinput={})
    assert not workers.only_hands_out(worker)  # type: ignore[arg-type]


def test_the_longest_files_are_there_and_come_first() -> None:
    names = ["tests/core/test_counts.py", *reversed(workers.LONGEST_FIRST), "tests/web/test_case.py"]
    items: Any = [SimpleNamespace(path=CHECKOUT / name) for name in names]
    assert all(item.path.is_file() for item in items)
    found = [item.path.relative_to(CHECKOUT).as_posix() for item in workers.ordered(items, CHECKOUT)]
    assert found == [*workers.LONGEST_FIRST, "tests/core/test_counts.py", "tests/web/test_case.py"]
