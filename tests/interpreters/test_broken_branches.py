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

# Branches that no interpreter's events can depend on, by the beginning of their names.
CANNOT_MATTER = {
    # what pages show; nothing is decided by it
    "acting.offers: if step.voluntary": "a page's list of what may be done",
    "acting._owed_offers: if verb is": "a page's list of what may be done",
    "acting._owed_offers: if _why_not": "a page's list of what may be done",
    # pure defence: no interpreter asks such a thing, and the door is kept all the same
    "__init__.decided: if not isinstance(command, OpenCase | OpenDuty)": "every interpreter opens its case first",
    "opening.open_case: if draft.case.case": "every interpreter opens a case of its own",
    "lapsing.let_pass: if owed is None": "`settle` fires only what is open",
    "lapsing.let_pass: if (command.due_at": "`settle` fires only timers that run",
    # shortcuts: they save looking where there is nothing to be found, and find the same
    "acting.unmet: if not step.requires": "shortcut: the rest finds nothing either",
    "acting._split: if not answers": "shortcut: the rest finds nothing either",
    "opening.consequences: if rested": "shortcut: nothing has changed that decides anything",
    "opening._withdraw: if only_": "shortcut: what the act cannot have ended is passed over",
}

# What only cases of the calendar reach: no incident passes there. `test_broken_duty_branches` takes these out.
DUTY = ("DutyStep", "INCIDENT", "quiet", "is_incoming", "may_come", "is_unannounced", "DUTY", "is_overtaken")


def is_duty(branch: Branch) -> bool:
    """Whether the branch is of the duty day alone."""
    return branch.module == "dutying" or any(mark in branch.name for mark in DUTY)


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


def forged(piece: Piece, broken: Any) -> Iterator[tuple[e.Event, ...]]:
    """Records that end with something refused as if it had been done: what the broken rules answered otherwise.

    Where they failed altogether, it is the first refusal of each kind.
    """
    refused = [one for one in piece.asked if one.refusal is not None]
    if broken[0] == FAILED:
        suspects = list({one.refusal.code: one for one in reversed(refused) if one.refusal}.values())
    else:
        pairs = zip(piece.asked, broken[1], strict=False)
        suspects = [one for one, answer in pairs if one.refusal is not None and one.refusal != answer][:1]
    for one in suspects:
        if (entry := as_if_done(one)) is not None:
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


def audit_differs(branch: Branch, piece: Piece, drill: Any) -> bool:
    """On the record of the whole rules, on that of the broken ones, or on one with a refused act in it."""
    records: list[Sequence[e.Event]] = [piece.events]
    if drill[0] not in (FAILED, piece.events):
        records.append(drill[0])
    for record in (*records, *forged(piece, drill)):
        run = partial(audited, piece, record)
        with branch.taken_out():
            without = outcome(run, piece)
        if without != outcome(run, piece):
            return True
    return False


def broken(branch: Branch, piece: Piece, asked_of: set[str]) -> set[str]:
    """Which of these interpreters the missing branch changes on this piece."""
    whole = piece.events, tuple(one.refusal for one in piece.asked)
    with branch.taken_out():
        drill = outcome(lambda: drilled(piece), piece)
        live = outcome(lambda: lived(piece), piece) if LIVE in asked_of else whole
    audit = AUDIT in asked_of and audit_differs(branch, piece, drill)
    found = {DRILL: drill != whole, LIVE: live != whole, AUDIT: audit}
    return {name for name, different in found.items() if different}


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
    ours = [one for one in branches() if not is_duty(one)]
    mine = [one for one in ours if not one.name.startswith(tuple(CANNOT_MATTER))][number::4]
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
    names = [branch.name for branch in branches()]
    assert {begin: sum(name.startswith(begin) for name in names) for begin in CANNOT_MATTER} == dict.fromkeys(
        CANNOT_MATTER, 1
    )
    assert len(CANNOT_MATTER) <= len(names) // 10
    assert len(set(names)) == len(names) >= 100


def test_a_branch_taken_out_comes_back(known: Known) -> None:
    piece = known.pieces[0]
    branch = next(one for one in branches() if one.name.startswith("calling.call_next: if target"))
    assert broken(branch, piece, {DRILL, LIVE, AUDIT}) == {DRILL, LIVE, AUDIT}
    assert piece.again().events == piece.events
