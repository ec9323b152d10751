"""Deleting any branch of `decide` breaks drill, live and audit alike: they have no other rules to go by.

Each branch (the body of an `if`, `elif`, `else` or `case`) is taken out of the running rules in turn; the conditions
stay. Then each of the three must differ on some piece of the corpus: other events, another refusal, an exception. The
audit is shown the record that was made by the whole rules, and the one that the broken rules made: with the branch
gone it takes one of them for something else than it is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest

from dutyroom.core.decide import opening
from dutyroom.core.decide.draft import Draft
from dutyroom.core.events import Event
from dutyroom.interpreters.audit import replayed
from tests.interpreters.branches import Branch, branches, watched
from tests.interpreters.corpus import corpus
from tests.interpreters.playing import LiveRun, MemoryRecord, Piece, Stepped, fresh

CANNOT_MATTER: dict[str, str] = {}

DRILL, LIVE, AUDIT = "drill", "live", "audit"
FAILED = "failed"


class Endless(Exception):
    """Broken rules went on without end."""


@contextmanager
def bounded(most: int) -> Iterator[None]:
    """Broken rules may never come to an end: then the run is stopped, and that is a difference too."""
    left = [most]
    add, move = Draft.add, opening._move

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def one_more(*given: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Endless
            return work(*given)

        return one_more

    with patch.object(Draft, "add", counted(add)), patch.object(opening, "_move", counted(move)):
        yield


@dataclass(frozen=True)
class Known:
    """The corpus as the whole rules make it, and which branches each piece passes through."""

    pieces: tuple[Piece, ...]
    passed: dict[str, set[str]]

    def through(self, branch: str) -> list[Piece]:
        return [piece for piece in self.pieces if branch in self.passed[piece.name]]


@pytest.fixture(scope="module")
def known() -> Known:
    pieces = corpus()
    passed = {}
    for piece in pieces:
        with watched() as names:
            again = piece.again()
        assert again.events == piece.events, piece.name
        passed[piece.name] = names
    return Known(pieces, passed)


def outcome(run: Callable[[], Any], piece: Piece) -> Any:
    """What the run gives, or that it failed."""
    try:
        with bounded(5 * len(piece.events) + 2_000):
            return run()
    except Exception as error:
        return FAILED, type(error).__name__


def drilled(piece: Piece) -> Any:
    again = piece.again()
    return again.events, tuple(one.refusal for one in again.asked)


def lived(piece: Piece) -> Any:
    record = MemoryRecord(fresh(piece.rules), piece.outages)
    run = LiveRun(record, Stepped(), piece.outages)
    answers = run.play(piece.asked, piece.ended_at, piece.case.case)
    return tuple(record.events), tuple(answers)


def audited(piece: Piece, events: Sequence[Event]) -> Any:
    return replayed(fresh(piece.rules), events)


def broken(branch: Branch, piece: Piece) -> set[str]:
    """Which of the three the missing branch changes on this piece."""
    whole = piece.events, tuple(one.refusal for one in piece.asked)
    with branch.taken_out():
        drill = outcome(lambda: drilled(piece), piece)
        live = outcome(lambda: lived(piece), piece)
        audit = outcome(lambda: audited(piece, piece.events), piece)
        other = () if drill[0] in (FAILED, piece.events) else drill[0]
        audit_of_other = outcome(lambda: audited(piece, other), piece)
    differs = {DRILL: drill != whole, LIVE: live != whole, AUDIT: audit != piece.events}
    if other and not differs[AUDIT]:
        differs[AUDIT] = audit_of_other != outcome(lambda: audited(piece, other), piece)
    return {name for name, different in differs.items() if different}


def unbroken(branch: Branch, known: Known) -> set[str]:
    """Which of the three nothing in the corpus shows to need the branch."""
    left = {DRILL, LIVE, AUDIT}
    for piece in known.through(branch.name):
        left -= broken(branch, piece)
        if not left:
            break
    return left


@pytest.mark.parametrize("number", range(4))
def test_without_any_one_branch_all_three_go_wrong(number: int, known: Known) -> None:
    mine = [one for one in branches() if one.name not in CANNOT_MATTER][number::4]
    assert len(mine) >= 20
    left = {branch.name: sorted(missing) for branch in mine if (missing := unbroken(branch, known))}
    assert left == {}


def test_the_whole_rules_give_the_same_in_all_three(known: Known) -> None:
    for piece in known.pieces:
        whole = piece.events, tuple(one.refusal for one in piece.asked)
        assert drilled(piece) == whole
        assert lived(piece) == whole
        assert audited(piece, piece.events) == piece.events


def test_what_cannot_matter_is_there_and_is_little() -> None:
    names = {branch.name for branch in branches()}
    assert set(CANNOT_MATTER) <= names
    assert len(CANNOT_MATTER) <= len(names) // 10
    assert all(CANNOT_MATTER.values())
