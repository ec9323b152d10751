"""What a case owes and has owed: every obligation with its marks, clocks and ladder place; those still open at hand.

A case of a year has thousands of obligations and a dozen open ones. `Obligations` is a value like any other, but what
it has in common with the value before it is shared and not copied: an event costs what is open, not what ever was.
"""

from collections.abc import Iterable, Iterator, Mapping, ValuesView
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from dutyroom.core.commands import Answer
from dutyroom.core.events import Due
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Verb

Timer = tuple[Instant, int, str, str]  # due instant, order at a tie, obligation, name


@dataclass(frozen=True, slots=True)
class Mark:
    """Who did a verb: `at` is the time it counts from (reported), `recorded_at` when it reached the record."""

    by: str
    at: Instant
    recorded_at: Instant


@dataclass(frozen=True)
class Obligation:
    """Who owes what, from when, by when. `status`: open, done, waived, withdrawn, lapsed."""

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

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    @property
    def owner(self) -> str:
        """The person who took it, else who has received it; empty while it is still being called out to its role."""
        mark = self.marks.get(Verb.TAKEN) or self.marks.get(Verb.RECEIVED)
        return mark.by if mark else ""

    def timers(self) -> Iterator[tuple[int, int, str]]:
        """Every running timer as (due instant, order at a tie, name). Deadlines come before calls."""
        for order, due in enumerate(self.dues):
            if due.verb not in self.marks and due.verb not in self.missed:
                yield due.due_at, order, due.verb.value
        if self.next_call_at is not None:
            yield self.next_call_at, 9, "call"

    @property
    def first_timers(self) -> tuple[Timer | None, Timer | None]:
        """The first of the deadlines that still run, and the next call; looked for once in the life of the value."""
        found: tuple[Timer | None, Timer | None] | None = self.__dict__.get("_first_timers")
        if found is None:  # by hand: `cached_property` takes a lock, which costs more than the looking
            running = [(due_at, order, self.key, name) for due_at, order, name in self.timers()]
            call = running.pop() if self.next_call_at is not None else None
            found = self.__dict__["_first_timers"] = (min(running, default=None), call)
        return found


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

    __slots__ = ("_first_timers", "_length", "_may_extend", "_past", "accounts", "open")

    open: Mapping[str, Obligation]
    accounts: Mapping[str, Account]
    _first_timers: tuple[Timer | None, Timer | None] | None

    def __init__(self) -> None:
        self._become(_Past([], {}), 0, [True], {}, {})

    @classmethod
    def of(cls, owed: Iterable[Obligation]) -> "Obligations":
        """Those obligations, in that order."""
        return reduce(cls.with_one, owed, cls())

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
        changed = {**self.open, owed.key: owed}
        return _made(self._past, self._length, self._may_extend, changed, self.accounts)

    @property
    def first_timers(self) -> tuple[Timer | None, Timer | None]:
        """Of all that is open, the deadline that runs out first, and the next call; looked for once."""
        if self._first_timers is None:
            both = [owed.first_timers for owed in self.open.values()]
            self._first_timers = (
                min((deadline for deadline, _ in both if deadline is not None), default=None),
                min((call for _, call in both if call is not None), default=None),
            )
        return self._first_timers

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
        current, closed = self.open, self._past.closed
        keys = self._past.keys[: self._length]
        return {key: current[key] if key in current else closed[key] for key in keys}.values()

    # ---- how the next value is made

    def _become(
        self,
        past: _Past,
        length: int,
        may_extend: list[bool],
        still_open: Mapping[str, Obligation],
        accounts: Mapping[str, Account],
    ) -> None:
        self._past, self._length, self._may_extend = past, length, may_extend
        self.open, self.accounts = still_open, accounts
        self._first_timers = None

    def _with_new(self, owed: Obligation) -> "Obligations":
        past = self._extendable()
        past.places[owed.key] = self._length
        past.keys.append(owed.key)
        still_open = self.open
        if owed.status == "open":
            still_open = {**still_open, owed.key: owed}
        else:
            past.closed[owed.key] = owed
        accounts = {**self.accounts, owed.step: self.account(owed.step).with_new(owed)}
        return _made(past, self._length + 1, [True], still_open, accounts)

    def _with_closed(self, owed: Obligation) -> "Obligations":
        past = self._extendable()
        past.closed[owed.key] = owed
        still_open = dict(self.open)
        del still_open[owed.key]
        accounts = {**self.accounts, owed.step: self.accounts[owed.step].with_closed(owed)}
        return _made(past, self._length, [True], still_open, accounts)

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
            serialization=core_schema.plain_serializer_function_ser_schema(dict, return_schema=plain),
        )


def _made(
    past: _Past,
    length: int,
    may_extend: list[bool],
    still_open: Mapping[str, Obligation],
    accounts: Mapping[str, Account],
) -> Obligations:
    made = Obligations.__new__(Obligations)
    made._become(past, length, may_extend, still_open, accounts)
    return made
