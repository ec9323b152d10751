"""What a plan names around its steps, as sections of short entries for the plan's page: bodies, places, watches, law.

Names posts, never people. Each entry has an anchor, a name, and lines; nothing that the plan leaves out is filled in.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dutyroom.core.packs import Bound, pack
from dutyroom.core.plan import Plan
from dutyroom.core.surroundings import CalendarDuty, Report
from dutyroom.core.words import Words
from dutyroom.wording import say
from dutyroom.wording.criteria import tell_warning
from dutyroom.wording.narrate import role_name, span
from dutyroom.wording.watching import duty_rules, post_rules


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the plan names."""

    anchor: str
    name: str
    lines: tuple[str, ...]
    clauses: tuple[str, ...] = ()
    law: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one sort."""

    id: str
    title: str
    entries: tuple[Entry, ...]
    note: str = ""


def sections(plan: Plan, language: str) -> tuple[Section, ...]:
    """The sections that have something in them."""
    teller = _Teller(plan, language)
    found = [
        Section("warnings", teller.say("planning.warnings.title"), tuple(teller.warnings())),
        Section("posts", teller.say("planning.posts"), tuple(teller.posts())),
        Section("periods", teller.say("planning.periods"), tuple(teller.periods())),
        Section("calendar", teller.say("planning.calendar"), tuple(teller.calendar())),
        Section("outside", teller.say("planning.outside"), tuple(teller.outside())),
        Section("places", teller.say("planning.places"), tuple(teller.places())),
        Section("resources", teller.say("planning.resources"), tuple(teller.resources())),
        Section(
            "packs", teller.say("planning.packs"), tuple(teller.packs()), teller.say("planning.packs.what")
        ),
        Section("references", teller.say("planning.references"), tuple(teller.references())),
    ]
    return tuple(section for section in found if section.entries)


def report_line(plan: Plan, report: Report, language: str) -> str:
    """To whom and how a report is made."""
    names = [_body(plan, to, language) for to in report.to]
    by = say(f"planning.by.{report.by}", language)
    return say("planning.report_to", language, to="、".join(names), by=by)


def _body(plan: Plan, name: str, language: str) -> str:
    return (
        plan.outside[name].name.in_language(language)
        if name in plan.outside
        else role_name(plan, name, language)
    )


class _Teller:
    def __init__(self, plan: Plan, language: str) -> None:
        self.plan, self.language = plan, language

    def say(self, code: str, **fields: object) -> str:
        return say(code, self.language, **fields)

    def words(self, words: Words | None) -> str:
        return words.in_language(self.language) if words else ""

    def role(self, role: str) -> str:
        group = self.plan.groups.get(role)
        if group is not None and group.name is not None:
            return self.words(group.name)
        return (
            "、".join(role_name(self.plan, name, self.language) for name in self.plan.members(role))
            if role
            else ""
        )

    def warnings(self) -> Iterator[Entry]:
        names = {level.id: self.words(level.name) for level in self.plan.levels}
        for number, rule in enumerate(self.plan.warnings.rules):
            given = tell_warning(self.plan, rule.hazard, rule.colour, rule.areas, self.language)
            how = self.say("planning.automatic" if rule.automatic else "planning.proposed")
            meaning = (
                f"{self.say(f'planning.state.{rule.state}')} · {names.get(rule.level, rule.level)} · {how}"
            )
            yield Entry(f"warning-{number}", given, (meaning,), rule.clauses)

    def posts(self) -> Iterator[Entry]:
        for post in self.plan.posts.values():
            during = "、".join(
                self.words(self.plan.periods[one].name) for one in post.during if one in self.plan.periods
            )
            reach = (
                self.say("planning.reach", span=span(post.reached_within, self.language))
                if post.reached_within
                else ""
            )
            least = self.say("planning.least", count=post.least) if post.least > 1 else ""
            lines = (
                self.role(post.role),
                f"{post.hours} {during}".strip(),
                least,
                reach,
                self.words(post.handover),
            )
            yield Entry(
                f"post-{post.id}",
                self.words(post.name),
                _filled(*lines, self.words(post.absence), *post_rules(self.plan, post, self.language)),
                post.clauses,
            )

    def periods(self) -> Iterator[Entry]:
        for one in self.plan.periods.values():
            dates = f"{one.starts} – {one.ends}" if one.starts else ""
            yield Entry(f"period-{one.id}", self.words(one.name), _filled(dates), one.clauses)

    def calendar(self) -> Iterator[Entry]:
        for duty in self.plan.calendar:
            report = report_line(self.plan, duty.report, self.language) if duty.report else ""
            rules = duty_rules(self.plan, duty, self.language)
            lines = (self.role(duty.who), self._every(duty), report, *rules)
            law = (
                self.say("planning.article", source=self.words(duty.law.source), article=duty.law.article)
                if duty.law
                else ""
            )
            yield Entry(f"calendar-{duty.id}", self.words(duty.title), _filled(*lines), duty.clauses, law)

    def _every(self, duty: CalendarDuty) -> str:
        during = "、".join(
            self.words(self.plan.periods[one].name) for one in duty.during if one in self.plan.periods
        )
        return " ".join(_filled(self.say(f"planning.every.{duty.every}"), duty.at, during))

    def outside(self) -> Iterator[Entry]:
        for body in self.plan.outside.values():
            yield Entry(
                f"outside-{body.id}",
                self.words(body.name),
                _filled(body.number, self.words(body.note)),
                body.clauses,
            )

    def places(self) -> Iterator[Entry]:
        for place in self.plan.places.values():
            first = self.say("planning.priority", number=place.priority) if place.priority else ""
            least = self.say("planning.least", count=place.least) if place.least else ""
            yield Entry(f"place-{place.id}", self.words(place.name), _filled(first, least), place.clauses)

    def resources(self) -> Iterator[Entry]:
        for one in self.plan.resources.values():
            unit = self.words(one.unit)
            least = self.say("planning.least", count=f"{one.least} {unit}") if one.least else ""
            place = (
                self.words(self.plan.places[one.place].name) if one.place in self.plan.places else one.place
            )
            keeper = self.role(one.keeper)
            lines = _filled(f"{one.quantity} {unit}", least, place, keeper, self.words(one.state))
            yield Entry(f"resource-{one.id}", self.words(one.name), lines, one.clauses)

    def compared(self, bound: Bound) -> str:
        """Said of a number that nobody has compared with the official text yet."""
        return "" if bound.law.checked_on else f" ({self.say('law.not_compared')})"

    def packs(self) -> Iterator[Entry]:
        for use in self.plan.packs:
            found = pack(use.id)
            if found is None:
                continue
            valid = self.say(
                "planning.valid",
                date=found.valid_from,
                checked=found.checked_on or self.say("law.not_compared"),
            )
            own = {step.id for step in self.plan.steps if step.law and step.law.pack == found.id}
            own |= {duty.id for duty in self.plan.calendar if duty.law and duty.law.pack == found.id}
            bound = [
                f"{one.law.article}：{self.words((one.step or one.duty).title)}{self.compared(one)}"  # type: ignore[union-attr]
                for one in found.bound
                if (one.step or one.duty) and (one.step or one.duty).id in own  # type: ignore[union-attr]
            ]
            yield Entry(
                f"pack-{found.id}", self.words(found.title), (self.words(found.source), valid, *bound)
            )

    def references(self) -> Iterator[Entry]:
        for one in self.plan.references.values():
            yield Entry(f"reference-{one.id}", self.words(one.title), _filled(one.number, one.place))


def _filled(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
