"""What a case owes and has owed: every obligation with its marks, clocks and ladder place; those still open at hand.

A case of a year has thousands of obligations and a dozen open ones. `Obligations` is a value like any other, but what
it has in common with the value before it is shared and not copied: an event costs what is open, not what ever was.
"""

from collections.abc import Iterable, Iterator, Mapping, ValuesView
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from dutyroom.core.commands import Answer
from dutyroom.core.events import Due
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Verb

Timer = tuple[Instant, int, str, str]  # due instant, order at a tie, obligation, name
CALL = 9  # at a tie, a call comes behind every deadline


@dataclass(frozen=True, slots=True)
class Mark:
    """Who did a verb: `at` is the time it counts from (reported), `recorded_at` when it reached the record."""

    by: str
    at: Instant
    recorded_at: Instant


@dataclass(frozen=True)
class Obligation:
    """Who owes what, from when, by when. `status`: open, done, waived, withdrawn, lapsed.

    `begins_at` is when the calling about it begins, where that is another instant than its opening. `passed_to` is who
    has it in hand since the duty was handed over.
    """

    key: str
    step: str
    occurrence: int
    role: str
    opened_at: Instant
    dues: tuple[Due, ...]
    next_call_at: Instant | None
    not_before: Instant | None = None
    text: str = ""
    parent: str = ""
    status: str = "open"
    rung: int = 0
    rung_role: str = ""
    ring: int = 0
    calls: int = 0
    called: tuple[tuple[str, str], ...] = ()
    asked: tuple[str, ...] = ()
    marks: Mapping[Verb, Mark] = field(default_factory=dict)
    missed: tuple[Verb, ...] = ()
    excused: tuple[Verb, ...] = ()
    facts: Mapping[str, Answer] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    begins_at: Instant | None = None
    passed_to: str = ""

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    @property
    def owner(self) -> str:
        """The person who took it, else who has received it; empty while it is still being called out to its role.

        A promise that has passed with the duty is the next one's; its marks stay as they were made.
        """
        if self.passed_to:
            return self.passed_to
        mark = self.marks.get(Verb.TAKEN) or self.marks.get(Verb.RECEIVED)
        return mark.by if mark else ""

    def timers(self) -> Iterator[tuple[int, int, str]]:
        """Every running timer as (due instant, order at a tie, name). Deadlines come before calls."""
        for order, due in enumerate(self.dues):
            if due.verb not in self.marks and due.verb not in self.missed:
                yield due.due_at, order, due.verb.value
        if self.next_call_at is not None:
            yield self.next_call_at, CALL, "call"

    def first_deadline(self) -> Timer | None:
        """Of the deadlines that still run the one that runs out first."""
        marks, missed = self.marks, self.missed
        running = [
            (due.due_at, order, self.key, due.verb.value)
            for order, due in enumerate(self.dues)
            if due.verb not in marks and due.verb not in missed
        ]
        return min(running) if running else None

    def next_call(self) -> Timer | None:
        """When the next call is due, as a timer."""
        return None if self.next_call_at is None else (self.next_call_at, CALL, self.key, "call")


class Account(NamedTuple):
    """How a step's obligations stand.

    `newest` is the key of the one opened last, `highest` the greatest occurrence; then how many are open, were waived,
    and were not withdrawn.
    """

    newest: str = ""
    highest: int = 0
    running: int = 0
    waived: int = 0
    standing: int = 0

    def with_new(self, owed: Obligation) -> "Account":
        """The account with one more obligation."""
        return Account(
            owed.key,
            max(self.highest, owed.occurrence),
            self.running + (owed.status == "open"),
            self.waived + (owed.status == "waived"),
            self.standing + (owed.status != "withdrawn"),
        )

    def with_closed(self, owed: Obligation) -> "Account":
        """The account after an open obligation was closed."""
        return Account(
            self.newest,
            self.highest,
            self.running - 1,
            self.waived + (owed.status == "waived"),
            self.standing - (owed.status == "withdrawn"),
        )


NO_ACCOUNT = Account()


class _Past:
    """What one value after another has in common: keys in the order of opening, and what is closed by now.

    It only grows. Each value reads of it no more than was there when the value was made.
    """

    __slots__ = ("closed", "keys", "places")

    def __init__(self, keys: list[str], closed: dict[str, Obligation]) -> None:
        self.keys = keys
        self.places = {key: place for place, key in enumerate(keys)}
        self.closed = closed


class Obligations(Mapping[str, Obligation]):
    """All obligations of a case by key, in the order in which they were opened. Immutable to its readers.

    `open` are those still owed. `accounts` has each step's account, and is another object whenever an obligation was
    opened or changed its status, and only then.
    """

    __slots__ = ("_length", "_may_extend", "_past", "accounts", "calls", "deadlines", "open")

    open: Mapping[str, Obligation]
    accounts: Mapping[str, Account]
    deadlines: Mapping[str, Timer]
    calls: Mapping[str, Timer]

    def __init__(self) -> None:
        self._past, self._length, self._may_extend = _Past([], {}), 0, [True]
        self.open, self.accounts, self.deadlines, self.calls = {}, {}, {}, {}

    @classmethod
    def of(cls, owed: Iterable[Obligation]) -> "Obligations":
        """Those obligations, in that order; of two with one key the later stands in the place of the earlier."""
        whole = {one.key: one for one in owed}
        still_open = {key: one for key, one in whole.items() if one.status == "open"}
        accounts: dict[str, Account] = {}
        for one in whole.values():
            accounts[one.step] = accounts.get(one.step, NO_ACCOUNT).with_new(one)
        made = cls()
        closed = {key: one for key, one in whole.items() if key not in still_open}
        made._past, made._length = _Past(list(whole), closed), len(whole)
        made.open, made.accounts = still_open, accounts
        made.deadlines = {key: timer for key, one in still_open.items() if (timer := one.first_deadline())}
        made.calls = {key: timer for key, one in still_open.items() if (timer := one.next_call())}
        return made

    def with_one(self, owed: Obligation) -> "Obligations":
        """These with the obligation added, or put in the place of the one that has its key."""
        before = self.open.get(owed.key)
        if before is None and owed.key not in self:
            return self._with_new(owed)
        if before is None or before.step != owed.step:
            # By no rule of today; but a record that says so is believed.
            return Obligations.of({**self, owed.key: owed}.values())
        if owed.status != "open":
            return self._with_closed(owed)
        made = self._next(self._past, self._length, self._may_extend)
        made._keep_open(owed, before)
        return made

    def account(self, step: str) -> Account:
        """How the obligations of the step stand."""
        return self.accounts.get(step, NO_ACCOUNT)

    def of_step(self, step: str) -> tuple[Obligation, ...]:
        """Every obligation of the step, oldest first."""
        return tuple(owed for owed in self.values() if owed.step == step)

    def newest(self, step: str, role: str) -> Obligation | None:
        """The obligation of the step, owed by the role, that was opened last."""
        account = self.accounts.get(step)
        if account is None:
            return None
        last = self[account.newest]
        if last.role == role:
            return last
        newest_first = (self[key] for key in reversed(self._past.keys[: self._length]))
        return next((owed for owed in newest_first if owed.step == step and owed.role == role), None)

    # ---- a mapping

    def __getitem__(self, key: str) -> Obligation:
        owed = self.open.get(key)
        if owed is not None:
            return owed
        if self._past.places.get(key, self._length) >= self._length:
            raise KeyError(key)
        return self._past.closed[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._past.keys[: self._length])

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"Obligations.of({list(self.values())!r})"

    def values(self) -> ValuesView[Obligation]:
        """All of them, in order."""
        return self._whole().values()

    def _whole(self) -> dict[str, Obligation]:
        current, closed = self.open, self._past.closed
        keys = self._past.keys[: self._length]
        return {key: current[key] if key in current else closed[key] for key in keys}

    # ---- how the next value is made

    def _next(self, past: _Past, length: int, may_extend: list[bool]) -> "Obligations":
        """Another of the same, to be changed before anybody else sees it."""
        made = Obligations.__new__(Obligations)
        made._past, made._length, made._may_extend = past, length, may_extend
        made.open, made.accounts = self.open, self.accounts
        made.deadlines, made.calls = self.deadlines, self.calls
        return made

    def _with_new(self, owed: Obligation) -> "Obligations":
        past = self._extendable()
        past.places[owed.key] = self._length
        past.keys.append(owed.key)
        made = self._next(past, self._length + 1, [True])
        if owed.status == "open":
            made._keep_open(owed, None)
        else:
            past.closed[owed.key] = owed
        made.accounts = {**self.accounts, owed.step: self.account(owed.step).with_new(owed)}
        return made

    def _with_closed(self, owed: Obligation) -> "Obligations":
        past = self._extendable()
        past.closed[owed.key] = owed
        made = self._next(past, self._length, [True])
        made.open = _without(self.open, owed.key)
        made.deadlines, made.calls = _without(self.deadlines, owed.key), _without(self.calls, owed.key)
        made.accounts = {**self.accounts, owed.step: self.accounts[owed.step].with_closed(owed)}
        return made

    def _keep_open(self, owed: Obligation, before: Obligation | None) -> None:
        key = owed.key
        self.open = {**self.open, key: owed}
        if before is None or owed.marks is not before.marks or owed.missed is not before.missed:
            self.deadlines = _with_timer(self.deadlines, key, owed.first_deadline())
        if before is None or owed.next_call_at != before.next_call_at:
            self.calls = _with_timer(self.calls, key, owed.next_call())

    def _extendable(self) -> _Past:
        """The shared past for the first value made from this one; for any other, a copy of what this one reads of it.

        Whoever takes the only thing out of the list is the first, on any number of threads.
        """
        try:
            self._may_extend.pop()
        except IndexError:
            keys = self._past.keys[: self._length]
            return _Past(keys, {key: self._past.closed[key] for key in keys if key not in self.open})
        return self._past

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """In JSON an object of obligations by key."""
        plain = handler.generate_schema(dict[str, Obligation])
        return core_schema.no_info_after_validator_function(
            lambda read: cls.of(read.values()),
            plain,
            serialization=core_schema.plain_serializer_function_ser_schema(cls._whole, return_schema=plain),
        )


T = TypeVar("T")


def _with_timer(timers: Mapping[str, Timer], key: str, timer: Timer | None) -> Mapping[str, Timer]:
    return _without(timers, key) if timer is None else {**timers, key: timer}


def _without(whole: Mapping[str, T], key: str) -> Mapping[str, T]:
    if key not in whole:
        return whole
    rest = dict(whole)
    del rest[key]
    return rest
