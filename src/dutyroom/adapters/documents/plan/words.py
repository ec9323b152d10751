"""What the builders of the printed plan share: the plan, the language, step numbers, names and clocks in words.

Refuses to know chapters and tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from dutyroom.core.packs import pack
from dutyroom.core.plan import OPENED, STARTS, VERBS, Clock, ClockKind, Join, Plan, Step, Verb
from dutyroom.core.words import Law, Words
from dutyroom.wording import codes, say
from dutyroom.wording.criteria import listed
from dutyroom.wording.narrate import span


@dataclass(frozen=True)
class Wording:
    """A plan read in one language."""

    plan: Plan
    lang: str

    def say(self, code: str, **fields: object) -> str:
        """A sentence of the printed plan."""
        return say(f"print.{code}", self.lang, **fields)

    def known(self, code: str, otherwise: str) -> str:
        """The word of a code that may not exist; else what was given."""
        return self.say(code) if f"print.{code}" in codes() else otherwise

    def text(self, words: Words | None) -> str:
        return words.in_language(self.lang) if words else ""

    def listed(self, names: Iterable[str]) -> str:
        return listed(names, self.lang)

    def role(self, name: str) -> str:
        """A post, a group or an outside body in words; the bare id where the plan has none."""
        plan = self.plan
        for known in (plan.roles, plan.groups, plan.outside):
            if name in known and known[name].name:
                return self.text(known[name].name)
        return self.known(f"group.{name}", name)

    def roles(self, names: Iterable[str]) -> str:
        return self.listed(self.role(name) for name in names)

    def level(self, name: str) -> str:
        return next((self.text(one.name) for one in self.plan.levels if one.id == name), name)

    def levels(self, names: Iterable[str]) -> str:
        return self.listed(self.level(name) for name in names)

    def span(self, milliseconds: int) -> str:
        return span(milliseconds, self.lang)

    @cached_property
    def numbers(self) -> dict[str, str]:
        """The number by which the document cites a step: its place in the plan."""
        width = 2 if len(self.plan.steps) < 100 else 3
        return {step.id: f"{place:0{width}}" for place, step in enumerate(self.plan.steps, 1)}

    def cited(self, step: str) -> str:
        """A step by its number and title."""
        found = self.plan.step.get(step)
        return f"{self.numbers[step]} {self.text(found.title)}" if found else step

    def number(self, step: str) -> str:
        return self.numbers.get(step, step)

    def joined(self, join: Join) -> str:
        """What must be done before, by number: all, or any one."""
        parts = []
        if join.all:
            parts.append(self.listed(self.number(one) for one in join.all))
        if join.any:
            parts.append(self.say("any_one", steps=self.listed(self.number(one) for one in join.any)))
        return self.say("and").join(parts)

    def kind(self, step: Step, clock: Clock) -> str:
        """Where the clock's number comes from. A pack's number is the law's unless only Dutyroom supplied it."""
        if step.law and clock.kind is ClockKind.HARD:
            return self.say("clock.law")
        return say(f"clock.short.{clock.kind}", self.lang)

    def clock(self, step: Step, verb: Verb) -> str:
        """`完成：1 小时内（硬性）`."""
        clock = step.clocks[verb]
        word = self.plan.defaults.words.get(clock.word)
        said = (
            self.say(
                "clock.worded",
                verb=say(f"verb.{verb}", self.lang),
                word=self.text(word.name),
                span=self.span(clock.within),
                kind=self.kind(step, clock),
            )
            if word
            else self.say(
                "clock.within",
                verb=say(f"verb.{verb}", self.lang),
                span=self.within(clock),
                kind=self.kind(step, clock),
            )
        )
        return said if clock.since == OPENED else said + self.say("clock.since", start=self.start(clock))

    def within(self, clock: Clock) -> str:
        """The length; behind the plan's own word where it has only that."""
        word = self.plan.defaults.words.get(clock.word)
        length = self.span(clock.within)
        return self.say("clock.word", word=self.text(word.name), span=length) if word else length

    def start(self, clock: Clock) -> str:
        if clock.since in STARTS:
            return self.say(f"start.{clock.since}")
        return self.say("start.step", step=self.cited(clock.since))

    def clocks(self, step: Step) -> list[str]:
        """The step's clocks, a line each, in the order of the four acts."""
        return [self.clock(step, verb) for verb in VERBS if verb in step.clocks]

    def owners(self, step: Step) -> str:
        """Who does the step: posts, or each of a group with its quorum."""
        names = self.roles(step.who)
        if not step.each:
            return names
        said = self.say("each", who=names)
        return self.say("quorum", who=said, count=step.quorum) if step.quorum else said

    @staticmethod
    def cell(*lines: str) -> str:
        """A cell of these lines; a dash where there is none."""
        return "\n".join(line for line in lines if line) or "—"

    def law(self, law: Law | None) -> str:
        """The article behind a pack's obligation; its source in full stands with the packs."""
        if law is None:
            return ""
        known = pack(law.pack)
        return self.article(law.article, self.text(known.title) if known else self.text(law.source))

    def article(self, article: str, title: str) -> str:
        """`493-9` is article 9 of order 493; a bare `8` is of the rule with this title."""
        order, dash, number = article.partition("-")
        if dash and order.isdigit():
            return self.say("law.order", order=order, article=number)
        return self.say("law", title=title, article=article)
