"""The same inputs for drill, live and audit: what a drill's people asked of the core, and when, given to the others.

A piece is one drill and what was asked in it. `LiveRun` gives the same to the live interpreter on any record, with the
timers noticed by a stepped clock. Nothing here decides anything.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

from dutyroom.adapters.planfolder import load, scripts
from dutyroom.core.commands import Command, OpenCase
from dutyroom.core.events import Event
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import Outage, next_due
from dutyroom.core.state import Case
from dutyroom.interpreters.drill import Script, read_script, rehearse
from dutyroom.interpreters.drill.clockwork import Clockwork
from dutyroom.interpreters.live import Live
from dutyroom.ports import HeldCase, Opening, Receipt, Record

ROOT = Path(__file__).parents[2]
PLANS = tuple(sorted(file.parent for file in (ROOT / "plans").glob("*/plan.yaml")))


@dataclass(frozen=True, slots=True)
class Asked:
    """One command, when it came, the refusal if it was refused, and how many entries there were before it."""

    at: Instant
    command: Command
    refusal: Refusal | None = None
    behind: int = 0


@dataclass(frozen=True)
class Piece:
    """One drill as it went: under which rules, what was asked of the core, what came of it."""

    name: str
    rules: PlanInForce
    asked: tuple[Asked, ...]
    outages: tuple[Outage, ...]
    ended_at: Instant
    ends_at: Instant
    events: tuple[Event, ...]
    case: Case
    script: Script | None = None
    given: PlanInForce | None = (
        None  # the rules that the script was given, before it took people or channels away
    )

    def again(self) -> "Piece":
        """The same drill once more, under the rules as they are now, and a plan of which nothing is remembered."""
        if self.script is not None and self.given is not None:
            return played(self.name, fresh(self.given), self.script)
        asked = [(one.at, one.command) for one in self.asked]
        return listed(self.name, fresh(self.rules), asked, self.ends_at, self.outages)


def starter_scripts() -> Iterator[tuple[str, PlanInForce, Script]]:
    """Every script of every starter plan, with the plan's rules."""
    for folder in PLANS:
        rules = load(folder).in_force()
        assert rules is not None, folder
        for file in scripts(folder):
            yield f"{folder.name}/{file.stem}", rules, script_of(file, rules)


def script_of(file: Path, rules: PlanInForce) -> Script:
    """The script of the file. A script that does not read is a fault of the file's."""
    script, findings = read_script(file.read_text(encoding="utf-8"), rules.plan, rules.roster)
    assert script is not None, (file, findings)
    return script


def played(name: str, rules: PlanInForce, script: Script) -> Piece:
    """Rehearse the script and keep what was asked of the core on the way."""
    asked: list[Asked] = []
    ask = Clockwork.ask

    def noting(self: Clockwork, command: Command, now: Instant) -> Refusal | None:
        behind = self.case.events
        refusal = ask(self, command, now)
        asked.append(Asked(now, command, refusal, behind))
        return refusal

    with patch.object(Clockwork, "ask", noting):
        drilled = rehearse(script, rules)
    ends_at = script.starts + script.until
    return Piece(
        name, drilled.rules, tuple(asked), tuple(script.down), drilled.ended_at, ends_at, drilled.events,
        drilled.case, script, rules,
    )  # fmt: skip


def fresh(rules: PlanInForce) -> PlanInForce:
    """The same rules. What was found out about the plan under other rules is not remembered."""
    return replace(rules, plan=replace(rules.plan))


@dataclass
class Stepped:
    """A clock that stands until it is moved."""

    at: Instant = 0
    speed: float = 1.0

    def now(self) -> Instant:
        return self.at

    def real_seconds(self, milliseconds: int) -> float:
        return milliseconds / 1_000


class TimedRecord(Record, Protocol):
    """A record that says when a worker has to look next."""

    def next_timer(self) -> Instant | None: ...


@dataclass
class LiveRun:
    """The live interpreter on a record: commands at their instants, timers by the clock, nothing while it is down.

    `at_instant` is told of every instant before anything happens at it, as the worker's pulse is.
    """

    record: TimedRecord
    clock: Stepped
    outages: Sequence[Outage] = ()
    at_instant: Callable[[Instant], None] = lambda at: None

    def play(self, asked: Sequence[Asked], ended_at: Instant, case: str) -> list[Refusal | None]:
        """Everything asked, in order, each with its refusal. Who acts at the instant of a timer comes before it."""
        live, answers, waiting = Live(self.record, self.clock), list[Refusal | None](), list(asked)[::-1]
        settled_at = None
        while True:
            timer = self._noticed(self.record.next_timer())
            if waiting and (timer is None or waiting[-1].at <= timer):
                one = waiting.pop()
                self._move(one.at)
                answers.append(self._ask(live, one.command, case))
            elif timer is not None and timer <= ended_at:
                assert timer != settled_at, "a timer ran out and is still there"
                settled_at = timer
                self._move(timer)
                assert live.settle_due() > 0, "a timer was due and nothing was settled"
            else:
                return answers

    def _ask(self, live: Live, command: Command, case: str) -> Refusal | None:
        if isinstance(command, OpenCase):
            answer: object = live.report(command)
        else:
            answer = live.act(case, command)  # type: ignore[arg-type]  # a drill gives no LetPass
        return answer if isinstance(answer, Refusal) else None

    def _move(self, at: Instant) -> None:
        self.clock.at = at
        self.at_instant(at)

    def _noticed(self, due_at: Instant | None) -> Instant | None:
        if due_at is None:
            return None
        return next((end for start, end in self.outages if start <= due_at < end), due_at)


@dataclass
class MemoryRecord:
    """The Record port for one case, in memory. Everything of a decision is kept at once, or nothing of it."""

    in_force: PlanInForce
    outages: Sequence[Outage] = ()
    case: Case = field(default_factory=Case)
    events: list[Event] = field(default_factory=list)

    def rules(self, site: str) -> PlanInForce:
        return self.in_force

    def open(self, opening: Opening) -> Receipt:
        self.events, self.case = list(opening.events), opening.case
        return Receipt(opening.case.case, "")

    @contextmanager
    def hold(self, case: str) -> Iterator[HeldCase]:
        if case != self.case.case:
            raise LookupError(case)
        held = MemoryHeld(self.in_force, self.case, self.outages)
        yield held
        self.case = held.case
        self.events += held.events

    @contextmanager
    def hold_due(self, now: Instant, limit: int) -> Iterator[Sequence[HeldCase]]:
        timer = self.next_timer()
        if timer is None or timer > now:
            yield ()
            return
        with self.hold(self.case.case) as held:
            yield (held,)

    def next_timer(self) -> Instant | None:
        due = next_due(self.case)
        return due[0] if due else None


@dataclass
class MemoryHeld:
    """The one case, held for one decision."""

    rules: PlanInForce
    case: Case
    outages: Sequence[Outage]
    events: list[Event] = field(default_factory=list)

    def append(self, events: tuple[Event, ...], case: Case) -> None:
        self.events.extend(events)
        self.case = case


class Listed(Clockwork):
    """The drill's clock under a list of commands instead of a script: for what no script can ask."""

    def __init__(
        self, rules: PlanInForce, asked: Sequence[tuple[Instant, Command]], outages: Sequence[Outage] = ()
    ):
        super().__init__(rules, outages)
        self.asked = asked
        self.events: list[Event] = []
        self.heard: list[Asked] = []

    def play(self, ended_at: Instant) -> Instant:
        """Ask everything at its instant, and let timers run out until `ended_at`."""
        for at, command in self.asked:
            self.later(at, partial(self.hear, command))
        return self.run(self.asked[0][0], ended_at)

    def hear(self, command: Command, now: Instant) -> None:
        behind = self.case.events
        self.heard.append(Asked(now, command, self.ask(command, now), behind))

    def happened(self, events: tuple[Event, ...]) -> None:
        self.events.extend(events)


def listed(
    name: str, rules: PlanInForce, asked: Sequence[tuple[Instant, Command]], ended_at: Instant,
    outages: Sequence[Outage] = (),
) -> Piece:  # fmt: skip
    """The piece that a list of commands makes. It ends when the case is closed, as every drill does."""
    run = Listed(rules, asked, outages)
    ended = run.play(ended_at)
    heard = tuple(run.heard)
    return Piece(name, rules, heard, tuple(outages), ended, ended_at, tuple(run.events), run.case)
