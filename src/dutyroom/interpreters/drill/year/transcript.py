"""A year of duty as text of a page or two: what it came to, what did not go as planned, which holes, what was checked.

A diff of two shows what changed. Staff numbers stand where a duty table would show them: with leave and telephones.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from dutyroom.core.duties.localtime import local_of
from dutyroom.core.instants import Instant
from dutyroom.interpreters.drill.year.account import KINDS, Account, Missed, Month
from dutyroom.interpreters.drill.year.scenario import LostPhone, Ordered, Sick
from dutyroom.interpreters.drill.year.watch import RULES
from dutyroom.wording import say
from dutyroom.wording.columns import aligned
from dutyroom.wording.narrate import role_name, step_title

_MISSED = ("late", "lapsed", "open")


def year_transcript(account: Account, held: Mapping[str, tuple[str, ...]], lang: str) -> str:
    """The whole account in `lang`; `held` are the posts of each person. Ends with a newline."""
    telling = _Telling(account, held, lang)
    parts = (telling.heading, telling.kinds, telling.months, telling.wrong, telling.holes, telling.rules)
    return "\n".join(line for part in parts for line in (*part(), "")).rstrip() + "\n"


class _Telling:
    def __init__(self, account: Account, held: Mapping[str, tuple[str, ...]], lang: str) -> None:
        self.account, self.held, self.lang = account, held, lang
        self.plan, self.scenario = account.plan, account.scenario

    def say(self, code: str, **fields: object) -> str:
        return say(f"dutyyear.{code}", self.lang, **fields)

    def heading(self) -> Iterator[str]:
        plan, scenario, account = self.plan, self.scenario, self.account
        yield self.say("heading", title=scenario.title.in_language(self.lang))
        yield self.say(
            "plan",
            plan=plan.title.in_language(self.lang),
            number=plan.number,
            version=plan.version,
            first=scenario.first,
            last=scenario.last,
            zone=scenario.zone,
            seed=scenario.seed,
        )
        owed = sum(account.count(kind) for kind in KINDS)
        yield self.say("size", cases=account.cases, owed=owed, calls=account.calls, passed=account.passed)

    # ---- numbers

    def kinds(self) -> Iterator[str]:
        yield self.say("by_kind")
        heads = ("kind", "opened", "kept", "missed", "late", "lapsed", "waived", "withdrawn", "open")
        rows = [tuple(self.say(head) for head in heads)]
        for kind in self._kinds():
            count = self.account.count
            outcomes = (count(kind, one) for one in ("late", "lapsed", "waived", "withdrawn", "open"))
            numbers = (count(kind), count(kind, "kept"), self._missed(kind), *outcomes)
            rows.append((self.say(f"kind.{kind}"), *map(str, numbers)))
        yield from aligned(rows)

    def _missed(self, kind: str) -> int:
        """What was missed and counted as such, whether or not it was done later."""
        still = sum(1 for one in self.account.missed if one.outcome == "open" and one.kind == kind)
        return self.account.count(kind, "late", "lapsed") + still

    def months(self) -> Iterator[str]:
        yield self.say("by_month")
        names = self._periods()
        heads = [self.say("month"), self.say("days")]
        heads += [self.plan.periods[name].name.in_language(self.lang) for name in names]
        rows = [tuple(heads + [self.say(f"kind.{kind}") for kind in self._kinds()])]
        for month in self.account.months:
            special = (str(month.special.get(name, 0)) for name in names)
            cells = (self._cell(month, kind) for kind in self._kinds())
            rows.append((f"{month.first:%Y-%m}", str(month.days), *special, *cells))
        yield from aligned(rows)

    def _cell(self, month: Month, kind: str) -> str:
        owed = month.count(kind) - month.count(kind, "withdrawn")
        return f"{month.count(kind, 'kept')}/{owed}" if owed else "-"

    def _kinds(self) -> list[str]:
        return [kind for kind in KINDS if self.account.count(kind)]

    def _periods(self) -> list[str]:
        return [
            name
            for name in self.plan.periods
            if any(month.special.get(name) for month in self.account.months)
        ]

    # ---- what did not go as planned

    def wrong(self) -> Iterator[str]:
        yield self.say("went_wrong")
        lines = sorted([*self._scripted(), *self._missed_lines()])
        for at, line in lines:
            yield f"{self._stamp(at)}  {line}"
        if not lines:
            yield self.say("nothing_wrong")

    def _scripted(self) -> Iterator[tuple[Instant, str]]:
        for ordered in self.scenario.ordered:
            yield from self._ordered(ordered)
        for sick in self.scenario.sick:
            yield sick.starts_at, self._sick(sick)
        for lost in self.scenario.lost_phones:
            yield lost.starts_at, self._lost(lost)
        for starts, ends in self.scenario.outages:
            yield starts, self.say("outage", until=self._stamp(ends))

    def _ordered(self, ordered: Ordered) -> Iterator[tuple[Instant, str]]:
        one = ordered.declared
        period = self.plan.periods[one.period].name.in_language(self.lang)
        first, last = self._stamp(one.starts_at), self._stamp(one.ends_at)
        source = self.say(f"source.{one.source}")
        yield ordered.known_at, self.say("declared", source=source, period=period, first=first, last=last)
        if ordered.withdrawn_at is not None:
            yield ordered.withdrawn_at, self.say("withdrawn_period", period=period)

    def _sick(self, sick: Sick) -> str:
        by = self.say("sick.by", by=sick.by) if sick.by else self.say("sick.nobody")
        noticed, until = self._stamp(sick.noticed_at), self._stamp(sick.ends_at)
        return self.say(
            "sick", person=sick.person, roles=self._roles(sick.person), until=until, noticed=noticed, by=by
        )

    def _lost(self, lost: LostPhone) -> str:
        code = "lost.refused" if lost.refused else "lost"
        roles = self._roles(lost.person)
        return self.say(code, person=lost.person, roles=roles, until=self._stamp(lost.ends_at))

    def _missed_lines(self) -> Iterator[tuple[Instant, str]]:
        """One line for all that were missed at one instant for one reason and ended alike."""

        def alike(one: Missed) -> tuple[object, ...]:
            return one.at, one.step, one.why, one.asked, one.outcome, self._when(one)

        for _, group in groupby(sorted(self.account.missed, key=alike), key=alike):
            found = list(group)
            first = found[0]
            what = step_title(self.plan, first.step, self.lang)
            if "@" in first.key:
                what = self.say("of", what=what, roles=self._listed(one.role for one in found))
            end = self.say(f"end.{first.outcome}", at=self._when(first))
            why = self.say(f"why.{first.why}")
            yield first.at, self.say("miss", what=what, why=why, asked=self._role(first.asked), end=end)

    def _when(self, one: Missed) -> str:
        """The time at which it ended; with the day, where that is another."""
        if one.ended_at is None:
            return ""
        zone = self.scenario.zone
        ended = local_of(one.ended_at, zone)
        same = ended.date() == local_of(one.at, zone).date()
        return f"{ended:%H:%M}" if same else f"{ended:%m-%d %H:%M}"

    # ---- holes and rules

    def holes(self) -> Iterator[str]:
        yield self.say("holes")
        for gap in self.account.gaps:
            post = self.plan.posts[gap.post].name.in_language(self.lang)
            span = f"{self._stamp(gap.starts_at)} – {self._stamp(gap.ends_at)}"
            owner = self._role(gap.owner)
            yield self.say("gap", span=span, post=post, least=gap.least, kept=gap.kept, owner=owner)
        for one in self.account.unheard:
            what = step_title(self.plan, one.key, self.lang)
            role, owner = self._role(one.role), self._role(one.owner)
            yield self.say(f"unheard.{one.why}", at=self._stamp(one.at), what=what, role=role, owner=owner)
        if not (self.account.gaps or self.account.unheard):
            yield self.say("nothing_wrong")

    def rules(self) -> Iterator[str]:
        yield self.say("rules")
        for name in RULES:
            rule, checked = self.say(f"rule.{name}"), self.account.checked.get(name, 0)
            broken = [one for one in self.account.broken if one.rule == name]
            if broken:
                where = f"{broken[0].case} {broken[0].key}"
                at = self._stamp(broken[0].at)
                yield self.say(
                    "rule.broken", rule=rule, checked=checked, broken=len(broken), at=at, where=where
                )
            else:
                yield self.say("rule.holds" if checked else "rule.unseen", rule=rule, checked=checked)

    # ---- words

    def _stamp(self, at: Instant) -> str:
        return f"{local_of(at, self.scenario.zone):%m-%d %H:%M}"

    def _role(self, role: str) -> str:
        return role_name(self.plan, role, self.lang)

    def _roles(self, person: str) -> str:
        return self._listed(self.held.get(person, ()))

    def _listed(self, roles: Iterable[str]) -> str:
        return self.say("comma").join(map(self._role, roles))
