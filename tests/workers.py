"""The suite in several processes: how many, and which files first.

pytest-xdist hands whole files to workers, each with a PostgreSQL of its own. It answers nothing about what a test
does: a test that cannot stand another one beside it on the machine has to be mended, for users' machines are busy too.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

MOST = 4

# Begun in this order, before all others, so that the last worker is not left alone with a long file at the end.
LONGEST_FIRST = (
    "tests/browser/test_incident.py",
    "tests/torture/test_kill_storm.py",
    "tests/torture/test_handover_kill.py",
    "tests/browser/test_offline.py",
    "tests/browser/test_axe.py",
)


def count(config: pytest.Config) -> int:
    """As many as there are cores, at most `MOST`; 0, which is this process, where more would be in the way.

    One file cannot be shared out, and one database that was given by its address cannot be either.
    """
    paths = {argument.split("::")[0] for argument in config.args}
    one_file = len(paths) == 1 and Path(*paths).is_file()
    if one_file or config.option.collectonly or os.environ.get("DUTYROOM_TEST_DATABASE_URL"):
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 0 if cores == 1 else min(cores or 1, MOST)


def is_worker(config: pytest.Config) -> bool:
    """This process runs a share of the tests."""
    return hasattr(config, "workerinput")


def only_hands_out(config: pytest.Config) -> bool:
    """This process runs no test itself: it tells workers which to run."""
    return not is_worker(config) and getattr(config.option, "dist", "no") != "no"


def ordered(items: Sequence[pytest.Item], root: Path) -> list[pytest.Item]:
    """The files of `LONGEST_FIRST` first, everything else as it was."""
    place = {name: at for at, name in enumerate(LONGEST_FIRST)}
    return sorted(items, key=lambda item: place.get(item.path.relative_to(root).as_posix(), len(place)))
