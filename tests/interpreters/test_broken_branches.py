"""Deleting any branch of `decide` breaks drill, live and audit alike: they have no other rules to go by.

Each branch (the body of an `if`, `elif`, `else` or `case`) is taken out of the running rules in turn; the conditions
stay. Then each of the three must differ on some piece of the corpus: other events, another refusal, an exception. The
audit is shown the record that was made by the whole rules, and the one that the broken rules made: with the branch
gone it takes one of them for something else than it is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest

from dutyroom.core import commands as c
from dutyroom.core import events as e
from dutyroom.core.decide import opening
from dutyroom.core.decide.draft import Draft
from dutyroom.interpreters.audit import replayed
from dutyroom.interpreters.audit.blocks import blocks
from dutyroom.interpreters.audit.replaying import Parted, Path, Replay
from tests.interpreters.branches import Branch, branches, watched
from tests.interpreters.corpus import corpus
from tests.interpreters.playing import Asked, LiveRun, MemoryRecord, Piece, Stepped, fresh

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


def audited(piece: Piece, events: Sequence[e.Event]) -> Any:
    """What the audit makes of the record, and where it finds the record and the plan to part."""
    rules = fresh(piece.rules)
    parted = Replay(rules, tuple(blocks(events)), piece.outages).follow(Path())
    reason = (parted.refusal, parted.expected, parted.timer) if isinstance(parted, Parted) else ()
    return replayed(rules, events), reason


def forged(piece: Piece) -> Iterator[tuple[e.Event, ...]]:
    """Records in which something that was refused stands at the end as if it had been done."""
    for one in piece.asked:
        if one.refusal is not None and (entry := as_if_done(one)):
            yield (*piece.events[: one.behind], entry)


def as_if_done(asked: Asked) -> e.Event | None:
    at, command = asked.at, asked.command
    match command:
        case c.Act(name, by, key, verb, times, answers, sealed):
            step = key.split("#")[0]
            return e.ActMarked(at, name, by, key, step, verb, times, None, {}, answers, sealed)
        case c.Volunteer(name, by, step, times, answers, sealed):
            return e.ActVolunteered(at, name, by, f"{step}#1", step, 1, times, {}, answers, sealed)
        case c.Waive(name, by, key, reason):
            return e.Waived(at, name, by, key, key.split("#")[0], reason)
        case c.Justify(name, by, deviation, reason, change):
            return e.DeviationJustified(at, name, by, deviation, reason, change)
    return None


def differs(run: Callable[[], Any], branch: Branch, piece: Piece) -> bool:
    """Whether the run gives something else without the branch."""
    with branch.taken_out():
        without = outcome(run, piece)
    return bool(without != outcome(run, piece))


def audit_differs(branch: Branch, piece: Piece) -> bool:
    """On the record of the whole rules, on that of the broken ones, or on one with a refused act in it."""
    if differs(lambda: audited(piece, piece.events), branch, piece):
        return True
    with branch.taken_out():
        made = outcome(lambda: drilled(piece), piece)[0]
    if made not in (FAILED, piece.events) and differs(lambda: audited(piece, made), branch, piece):
        return True
    return any(differs(partial(audited, piece, one), branch, piece) for one in forged(piece))


def broken(branch: Branch, piece: Piece, asked_of: set[str]) -> set[str]:
    """Which of these interpreters the missing branch changes on this piece."""
    found = set()
    if DRILL in asked_of and differs(lambda: drilled(piece), branch, piece):
        found.add(DRILL)
    if LIVE in asked_of and differs(lambda: lived(piece), branch, piece):
        found.add(LIVE)
    if AUDIT in asked_of and audit_differs(branch, piece):
        found.add(AUDIT)
    return found


def unbroken(branch: Branch, known: Known) -> set[str]:
    """Which of the three nothing in the corpus shows to need the branch."""
    left = {DRILL, LIVE, AUDIT}
    for piece in known.through(branch.name):
        left -= broken(branch, piece, left)
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
        assert audited(piece, piece.events) == (piece.events, ())


def test_what_cannot_matter_is_there_and_is_little() -> None:
    names = {branch.name for branch in branches()}
    assert set(CANNOT_MATTER) <= names
    assert len(CANNOT_MATTER) <= len(names) // 10
    assert all(CANNOT_MATTER.values())
