"""A conflict of a roster and the ways to mend one, in words; one sentence a demand, one line a turn that changes hands.

Persons are written as they are given: whoever shows the lines to people who may know the names passes `name_of`.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

from dutyroom.core.findings import Finding
from dutyroom.core.instants import HOUR
from dutyroom.core.roster import BEGINNING, END
from dutyroom.core.rostering import conflict as c
from dutyroom.core.rostering.changes import Move
from dutyroom.core.rostering.conflict import Demand, hindrances
from dutyroom.core.rostering.evaluate import local
from dutyroom.core.rostering.problem import Problem
from dutyroom.wording import say

MOST_TIMES = 3

NameOf = Callable[[str], str]

_LIMITS = frozenset({*c.LIMITS, "law_day", "law_month", "law_rest_day"})


def same(name: str) -> str:
    return name


def tell_conflict(
    problem: Problem, demands: Sequence[Demand], lang: str, post_of: NameOf, name_of: NameOf = same
) -> list[str]:
    """Each demand of a conflict, with who cannot take the turn and why."""
    telling = _Telling(problem, demands, lang, post_of, name_of)
    return [*telling.covers(), *(telling.demand(one) for one in demands if one.what != c.COVER)]


def tell_finding(finding: Finding, lang: str, post_of: NameOf, name_of: NameOf = same) -> str:
    """What a roster breaks, with posts by their names."""
    fields = dict(finding.fields)
    for key, named in (("post", post_of), ("other", post_of), ("person", name_of)):
        if key in fields:
            fields[key] = named(str(fields[key]))
    return say(finding.code, lang, **fields)


def tell_moves(
    problem: Problem, moves: Sequence[Move], lang: str, post_of: NameOf, name_of: NameOf = same
) -> list[str]:
    """Who takes which turn instead of whom."""
    lines = []
    for move in moves:
        turn = problem.turn[move.turn]
        code = "move" if move.leaves and move.comes else ("empty" if move.leaves else "more")
        fields = {"at": local(problem, turn.starts_at), "post": post_of(turn.post)}
        people = {"comes": name_of(move.comes), "leaves": name_of(move.leaves)}
        lines.append(say(f"rostermaking.mend.{code}", lang, **fields, **people))
    return lines


class _Telling:
    def __init__(
        self, problem: Problem, demands: Sequence[Demand], lang: str, post_of: NameOf, name_of: NameOf
    ) -> None:
        self.problem, self.demands, self.lang = problem, demands, lang
        self.post_of, self.name_of = post_of, name_of

    def demand(self, one: Demand) -> str:
        tell = {c.AWAY: self._away, c.EMPLOYED: self._employed, c.REST: self._rest}
        if one.what in tell:
            return tell[one.what](one)
        if one.what in (c.FIXED, c.FORBIDDEN):
            return self._say(one.what, person=self.name_of(one.person), **self._turn(one.turn))
        if one.what == c.NO_GOOD:
            seats = "; ".join(f"{self.name_of(who)} {self._seat(turn)}" for who, turn in one.seats)
            return self._say(c.NO_GOOD, seats=seats)
        if one.what == c.LIMIT:
            return self._say(f"limit.{one.name}", most=self._limit(one.name))
        law = self.problem.working
        numbers = {"most": law.day_hours, "least": law.rest_days} if law else {}
        return self._say(f"law.{one.name}", **numbers)

    def _limit(self, name: str) -> str:
        """The number, or from the least to the most where people have their own."""
        found = sorted({getattr(person.limits, name) for person in self.problem.people} - {0})
        return str(found[0]) if len(found) == 1 else f"{found[0]}–{found[-1]}"

    def covers(self) -> list[str]:
        """The turns to be filled; those of one post with the same people in the way are one sentence."""
        grouped: dict[tuple[str, int, str], list[str]] = defaultdict(list)
        for one in self.demands:
            if one.what == c.COVER:
                turn = self.problem.turn[one.turn]
                grouped[turn.post, turn.least, self._who(one)].append(local(self.problem, turn.starts_at))
        lines = []
        for (post, least, who), times in grouped.items():
            able = sum(post in person.posts for person in self.problem.people)
            at = self._joined(times) if len(times) <= MOST_TIMES else self._from_to(times)
            fields = {"post": self.post_of(post), "at": at, "least": least, "able": able, "who": who}
            lines.append(self._say("cover" if able else "cover.nobody", **fields))
        return lines

    def _who(self, one: Demand) -> str:
        """Who holds the post, by what keeps them from this turn: everybody, not only those the conflict needs."""
        found: dict[str, list[str]] = defaultdict(list)
        for hindrance in hindrances(self.problem, c.demands(self.problem), one.turn):
            why = "limit" if hindrance.why in _LIMITS else (hindrance.why or "free")
            found[why].append(self.name_of(hindrance.person))
        return ("；" if self.lang == "zh" else "; ").join(
            say(
                "rostermaking.count",
                self.lang,
                count=len(people),
                why=say(f"rostermaking.why.{why}", self.lang),
                who=self._joined(people),
            )
            for why, people in found.items()
        )

    def _from_to(self, times: Sequence[str]) -> str:
        return say(
            "rostermaking.demand.cover.span", self.lang, first=times[0], last=times[-1], count=len(times)
        )

    def _joined(self, parts: Sequence[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(parts)

    def _away(self, one: Demand) -> str:
        """The spans that touch the turns in question; all of them would bury the one that matters."""
        person = self.problem.person[one.person]
        turns = [turn for turn in self.problem.turns if turn.id not in self.problem.frozen]
        first, last = min(turn.starts_at for turn in turns), max(turn.ends_at for turn in turns)
        spans = [
            self._span(away.starts_at, away.ends_at)
            for away in person.away
            if away.starts_at < last and first < away.ends_at
        ]
        return self._say("away", person=self.name_of(person.id), spans="; ".join(spans))

    def _employed(self, one: Demand) -> str:
        person = self.problem.person[one.person]
        span = self._span(person.starts_at, person.ends_at)
        return self._say("employed", person=self.name_of(person.id), span=span)

    def _rest(self, one: Demand) -> str:
        hours = f"{self.problem.posts[one.name].rest / HOUR:g}"
        return self._say("rest", post=self.post_of(one.name), hours=hours)

    def _span(self, starts: int, ends: int) -> str:
        first = "" if starts <= BEGINNING else local(self.problem, starts)
        last = "" if ends >= END else local(self.problem, ends)
        return f"{first} – {last}".strip()

    def _turn(self, name: str) -> dict[str, object]:
        turn = self.problem.turn[name]
        return {"post": self.post_of(turn.post), "at": local(self.problem, turn.starts_at)}

    def _seat(self, name: str) -> str:
        turn = self.problem.turn[name]
        return f"{self.post_of(turn.post)} {local(self.problem, turn.starts_at)}"

    def _say(self, code: str, **fields: object) -> str:
        return say(f"rostermaking.demand.{code}", self.lang, **fields)
