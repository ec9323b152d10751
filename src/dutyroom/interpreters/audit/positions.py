"""Where in the record each thing stands: the entries that prove a finding, counted from 1."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dutyroom.core import events as e
from dutyroom.core.plan import Verb, implied


@dataclass
class Positions:
    """Entries by obligation and verb."""

    opened: dict[str, int] = field(default_factory=dict)
    missed: dict[tuple[str, Verb], int] = field(default_factory=dict)
    marked: dict[tuple[str, Verb], int] = field(default_factory=dict)
    called: dict[str, list[int]] = field(default_factory=dict)
    empty: dict[str, list[int]] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[e.Event]) -> "Positions":
        """Read them off the record once."""
        found = cls()
        for position, event in enumerate(events, 1):
            found._note(position, event)
        return found

    def _note(self, position: int, event: e.Event) -> None:
        match event:
            case e.ObligationOpened():
                self.opened.setdefault(event.key, position)
            case e.DeadlineMissed():
                self.missed.setdefault((event.key, event.verb), position)
            case e.ActMarked():
                for verb in implied(event.verb):
                    self.marked.setdefault((event.key, verb), position)
            case e.ActVolunteered():
                self.marked.setdefault((event.key, Verb.DONE), position)
            case e.PersonCalled():
                self.called.setdefault(event.key, []).append(position)
            case e.RoleEmpty():
                self.empty.setdefault(event.key, []).append(position)
            case e.Waived() | e.Withdrawn() | e.Lapsed():
                self.ended[event.key] = position

    def of_deadline(self, key: str, verb: Verb) -> tuple[int, ...]:
        """When it was owed, noticed as missed, done, or ended otherwise."""
        found = [
            self.opened.get(key),
            self.missed.get((key, verb)),
            self.marked.get((key, verb)),
            self.ended.get(key),
        ]
        return tuple(sorted({one for one in found if one is not None}))

    def of_key(self, key: str) -> tuple[int, ...]:
        """When it was owed, done or ended."""
        found = [self.opened.get(key), self.marked.get((key, Verb.DONE)), self.ended.get(key)]
        return tuple(sorted({one for one in found if one is not None}))
