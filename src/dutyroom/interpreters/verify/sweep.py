"""From moments to spans: the verdicts of a question over a stretch of time, each with how long it holds.

Between two changes of anything that was asked, every answer is the same; so the sweep jumps from one to the next and
leaves no moment out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dutyroom.core.instants import Instant
from dutyroom.core.roster import Roster
from dutyroom.interpreters.verify.memo import Memo, Turns, Watched
from dutyroom.interpreters.verify.questions import Asked
from dutyroom.interpreters.verify.reach import Reach
from dutyroom.interpreters.verify.search import Failure, Found, World, failures

Span = tuple[Instant, Instant]
Numbers = tuple[tuple[tuple[int, ...], str], ...]  # each failure's persons by number, and its outage
Pattern = tuple[Numbers, tuple[tuple[int, str], ...]]  # and the answers that were leant on


@dataclass
class Swept:
    """One question over the whole stretch: the failures with their spans, in order of time."""

    asked: Asked
    memo: Memo[Found, Pattern]
    failing: list[tuple[Instant, Instant, Failure]] = field(default_factory=list)
    leant_on: set[tuple[str, str]] = field(default_factory=set)
    moments: int = 0
    runs: int = 0

    def sweep(self, span: Span) -> None:
        """Look at every moment of the span, and keep what fails."""
        at, ends = span
        while at < ends:
            (found, leant_on), persons, until = self.memo.at(at)
            self.moments += 1
            for silent, down in found:
                failure = Failure(frozenset(persons[number] for number in silent), down)
                self.failing.append((at, min(until, ends), failure))
            self.leant_on.update((persons[number], channel) for number, channel in leant_on)
            at = until

    def again(self, spans: Iterable[Span]) -> None:
        """Sweep these spans anew, and keep the rest."""
        for span in spans:
            self.failing = [kept for one in self.failing for kept in _outside(one, span)]
            self.sweep(span)

    def gone_on(self, world: World, roster: Roster, reach: Reach, turns: Turns) -> "Swept":
        """Go on under a changed roster or people list; what was learnt of moments that look alike still holds."""
        fresh = swept(self.asked, world, roster, reach, turns)
        fresh.memo.top, fresh.memo.kinds = self.memo.top, self.memo.kinds
        fresh.failing, fresh.moments, fresh.runs = self.failing, self.moments, self.runs
        return fresh

    def first_failure(self, span: Span) -> Instant:
        """The first instant of the span that is not covered with nobody missing but those tried; its end if none."""
        at, ends = span
        while at < ends:
            (found, _), _, until = self.memo.at(at)
            if found:
                return at
            at = until
        return ends

    def holes(self) -> Iterator[tuple[Failure, tuple[Span, ...]]]:
        """Each failure with the merged spans in which it breaks cover, the earliest first."""
        spans: dict[Failure, list[Span]] = {}
        for starts, ends, failure in sorted(self.failing, key=lambda one: one[:2]):
            known = spans.setdefault(failure, [])
            if known and known[-1][1] >= starts:
                known[-1] = (known[-1][0], max(ends, known[-1][1]))
            else:
                known.append((starts, ends))
        found = [(failure, tuple(one)) for failure, one in spans.items()]
        yield from sorted(
            found, key=lambda one: (one[1][0], len(one[0].silent), sorted(one[0].silent), one[0].down)
        )


def _outside(one: tuple[Instant, Instant, Failure], span: Span) -> Iterator[tuple[Instant, Instant, Failure]]:
    """What is left of a failing stretch without the span."""
    starts, ends, failure = one
    if starts < span[0]:
        yield starts, min(ends, span[0]), failure
    if ends > span[1]:
        yield max(starts, span[1]), ends, failure


def swept(asked: Asked, world: World, roster: Roster, reach: Reach, turns: Turns | None = None) -> Swept:
    """A sweep that has not begun. `turns` is shared by sweeps of one roster, which all look up the same."""

    def find(at: Instant, watched: Watched) -> Found:
        found = failures(asked, world, watched, at, reach.watched(watched))
        one.runs += found.runs
        return found

    one = Swept(
        asked, Memo(roster, reach.sees, find, _numbered, reach.lasts, turns={} if turns is None else turns)
    )
    return one


def _numbered(found: Found, numbers: Mapping[str, int]) -> Pattern:
    failed = tuple((tuple(sorted(numbers[one] for one in each.silent)), each.down) for each in found.failures)
    leant_on = sorted((numbers[person], channel) for person, channel in found.leant_on)
    return failed, tuple(leant_on)
