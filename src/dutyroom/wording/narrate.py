"""Events and refusals in the words of the plan: one sentence an event, one line for each thing against an act.

Knows the plan's titles and the codes of the wording files. It refuses to know who a person is (the caller's
`name_of` says) and what the zone is (the caller's `time_of` writes a date inside an answer).
"""

from collections.abc import Callable, Mapping
from typing import Any

from dutyroom.core import events as e
from dutyroom.core.commands import Answer
from dutyroom.core.counts import read_count
from dutyroom.core.decide.answers import NOTHING_NEW
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.grading import WARNING
from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND, Instant, iso
from dutyroom.core.plan import ClockKind, Field, FieldType, Plan
from dutyroom.wording import codes, say

NameOf = Callable[[str], str]
TimeOf = Callable[[Instant], str]


def narrate(plan: Plan, event: e.Event, lang: str, name_of: NameOf, time_of: TimeOf = iso) -> str:
    """What happened, in one sentence. The event's own time is shown beside it, so the sentence does not hold it."""
    return _Narrator(plan, lang, name_of, time_of).sentence(event)


def refuse(plan: Plan, refusal: Refusal, lang: str) -> list[str]:
    """Why an act was refused: the sentence, then one line for each condition or answer that stands against it."""
    fields: dict[str, Any] = dict(refusal.fields)
    step = plan.step.get(str(fields.get("step", "")))
    if step is not None:
        fields["step"] = step.title.in_language(lang)
    if "role" in fields:
        fields["role"] = role_name(plan, str(fields["role"]), lang)
    for name in ("phase", "status"):
        if name in fields:
            fields[name] = say(f"{name}.{fields[name]}", lang)
    labels = {field.id: field.label.in_language(lang) for field in step.asks} if step else {}
    texts = {need.id: need.text.in_language(lang) for need in step.requires} if step else {}
    return [say(refusal.code, lang, **fields), *(_unmet(item, labels, texts, lang) for item in refusal.unmet)]


def tell(finding: Finding, lang: str) -> str:
    """The sentence of a finding."""
    alone = "near" in finding.fields and not finding.fields["near"]
    return say(f"{finding.code}.alone" if alone else finding.code, lang, **finding.fields)


def role_name(plan: Plan, role: str, lang: str) -> str:
    """The name of a role in the plan's words; the bare id where the plan has none."""
    return plan.roles[role].name.in_language(lang) if role in plan.roles else role


def step_title(plan: Plan, key: str, lang: str) -> str:
    """The title of the step behind an obligation's key, its number from the second on, and whose it is of a group."""
    name, _, rest = key.partition("#")
    number, _, role = rest.partition("@")
    step = plan.step.get(name)
    title = step.title.in_language(lang) if step else name
    if role:
        title = say("role_of_step", lang, title=title, role=role_name(plan, role, lang))
    return say("occurrence", lang, title=title, number=number) if number not in ("", "1") else title


def span(milliseconds: int, lang: str) -> str:
    """A length of time in at most two units: `1 小时 30 分钟`, `2 d`. Never negative."""
    left, parts = max(0, milliseconds), []
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND), ("ms", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(say(f"span.{unit}", lang, count=count))
    return " ".join(parts[:2]) or say("span.s", lang, count=0)


def answer_text(plan: Plan, field: Field | None, value: Answer, lang: str, time_of: TimeOf = iso) -> str:
    """An answer as a person reads it: names instead of ids, yes or no, a date."""
    text = str(value)
    if isinstance(value, bool):
        return say("answer.yes" if value else "answer.no", lang)
    if field is None:
        return text
    if field.type is FieldType.TIME and isinstance(value, int):
        return time_of(value)
    if field.type is FieldType.COUNT:
        return _count_text(value, lang)
    if field.type is FieldType.WARNING:
        return _warning_text(plan, text, lang)
    names: Mapping[str, Any] = {
        FieldType.CHOICE: field.options,
        FieldType.KIND: plan.kinds,
        FieldType.ROLE: {role.id: role.name for role in plan.roles.values()},
        FieldType.LEVEL: {level.id: level.name for level in plan.levels},
    }.get(field.type, {})
    return str(names[text].in_language(lang)) if text in names else text


def _count_text(value: Answer, lang: str) -> str:
    """A count as far as it is known."""
    count = read_count(value)
    if count is None or count.exact:
        return str(value)
    if count.most is None:
        code = "answer.at_least" if count.least else "answer.unknown"
        return say(code, lang, least=count.least)
    return say("answer.between", lang, least=count.least, most=count.most)


def _warning_text(plan: Plan, text: str, lang: str) -> str:
    """`hazard:area:colour` with names."""
    parts = text.split(":")
    if len(parts) != 3:
        return text
    hazard, area, colour = parts
    known = plan.warnings.hazards.get(hazard)
    where = plan.warnings.areas.get(area)
    return say(
        "answer.warning",
        lang,
        hazard=known.name.in_language(lang) if known else hazard,
        area=where.in_language(lang) if where else say("answer.everywhere", lang),
        colour=say(f"colour.{colour}", lang) if f"colour.{colour}" in codes() else colour,
    )


def _unmet(item: str, labels: Mapping[str, str], texts: Mapping[str, str], lang: str) -> str:
    kind, name, *fault = item.split(":")
    if kind == "condition":
        return say("condition.unmet", lang, text=texts.get(name, name))
    return say(f"field.{fault[0]}", lang, label=labels.get(name, name))


class _Narrator:
    """One reading of an event: the plan, the language, and how to name people and write times."""

    def __init__(self, plan: Plan, lang: str, name_of: NameOf, time_of: TimeOf) -> None:
        self.plan, self.lang, self.name_of, self.time_of = plan, lang, name_of, time_of

    def sentence(self, event: e.Event) -> str:
        match event:
            case e.CaseOpened():
                code = "event.CaseOpened.exercise" if event.exercise else "event.CaseOpened"
                return self.say(code, kind=self.kind(event.facts))
            case e.ReportReceived():
                return self.report(event)
            case e.ObligationOpened():
                return self.owed(event)
            case e.ActMarked():
                said = self.say(
                    f"event.ActMarked.{event.verb}",
                    person=self.name_of(event.by),
                    title=self.title(event.key),
                )
                return self.with_delay(self.with_answers(said, event), event)
            case e.ActVolunteered():
                said = self.say(
                    "event.ActVolunteered", person=self.name_of(event.by), title=self.title(event.key)
                )
                return self.with_delay(self.with_answers(said, event), event)
            case e.DeadlineMissed() | e.MissExcused():
                return self.deadline(event)
            case e.CommandHandedOver() | e.CommandTakenBack():
                code = f"event.{type(event).__name__}"
                return self.say(code, person=self.name_of(event.by))
            case e.DeviationJustified():
                code = f"event.DeviationJustified{'.change' * event.change}"
                return self.say(code, person=self.name_of(event.by), reason=event.reason)
            case e.LevelSet() | e.Waived() | e.Withdrawn() | e.Lapsed() | e.PhaseMoved():
                return self.change(event)
            case e.DutyOpened() | e.DutySet() | e.PromisePassed() | e.QuietKept():
                return self.duty(event)
        return self.calling(event)

    def say(self, code: str, **fields: object) -> str:
        return say(code, self.lang, **fields)

    def title(self, key: str) -> str:
        return step_title(self.plan, key, self.lang)

    def role(self, role: str) -> str:
        return role_name(self.plan, role, self.lang)

    def kind(self, facts: Mapping[str, Answer]) -> str:
        kind = str(
            facts.get("kind") or (self.plan.facts["kind"].default if "kind" in self.plan.facts else "")
        )
        return self.plan.kinds[kind].in_language(self.lang) if kind in self.plan.kinds else kind

    def worded(self, code: str, otherwise: str) -> str:
        """A name that may be the deployer's own (a channel, a way in): its words if there are any, else itself."""
        return self.say(code) if code in codes() else otherwise

    def report(self, event: e.ReportReceived) -> str:
        stop = "；" if self.lang == "zh" else "; "
        parts = [str(value) for value in event.story.values() if str(value).strip()]
        if event.sealed:
            parts.append(self.say("event.sealed", count=len(event.sealed)))
        story = stop.join(parts) or self.say("event.no_story")
        via = self.worded(f"via.{event.via}", event.via)
        if event.by:
            return self.say("event.ReportReceived.by", person=self.name_of(event.by), via=via, story=story)
        return self.say("event.ReportReceived", via=via, story=story)

    def owed(self, event: e.ObligationOpened) -> str:
        stop = "，" if self.lang == "zh" else ", "
        dues = stop.join(self.due(due, event.at) for due in event.dues)
        code = "event.ObligationOpened.text" if event.text else "event.ObligationOpened"
        return self.say(
            code, role=self.role(event.role), title=self.title(event.key), text=event.text, dues=dues
        )

    def due(self, due: e.Due, opened_at: Instant) -> str:
        verb, within = self.say(f"verb.{due.verb}"), due.due_at - opened_at
        if within <= 0:
            return self.say("due.past", verb=verb)
        word = self.plan.defaults.words.get(due.word)
        name = word.name.in_language(self.lang) if word else due.word
        # A soft clock of a plan that has lost its word is shown as the organisation's number all the same.
        return self.say(f"due.{due.kind}", verb=verb, word=name, within=span(within, self.lang))

    def with_answers(self, said: str, event: e.ActMarked | e.ActVolunteered) -> str:
        step = self.plan.step.get(event.step)
        asked = {field.id: field for field in step.asks} if step else {}
        given = {**event.answers, **event.facts}
        given = {name: value for name, value in given.items() if not name.startswith(WARNING)}
        order = [*asked, *(name for name in given if name not in asked)]
        parts = [self.answer(asked.get(name), name, given[name]) for name in order if name in given]
        if event.sealed:
            parts.append(self.say("event.sealed", count=len(event.sealed)))
        if not parts:
            return said
        return self.say(
            "event.answers", sentence=said, answers=("；" if self.lang == "zh" else "; ").join(parts)
        )

    def answer(self, field: Field | None, name: str, value: Answer) -> str:
        if name == NOTHING_NEW and field is None:
            return self.say("answer.nothing_new")
        label = field.label.in_language(self.lang) if field else name
        colon = "：" if self.lang == "zh" else ": "
        return f"{label}{colon}{answer_text(self.plan, field, value, self.lang, self.time_of)}"

    def with_delay(self, said: str, event: e.ActMarked | e.ActVolunteered) -> str:
        delay = event.at - event.times.reported_at
        # Under a minute is the way through the network, not news.
        if delay < MINUTE:
            return said
        return self.say("event.reported_earlier", sentence=said, span=span(delay, self.lang))

    def deadline(self, event: e.DeadlineMissed | e.MissExcused) -> str:
        title = self.title(event.key)
        if isinstance(event, e.MissExcused):
            return self.say("event.MissExcused", title=title, verb=self.say(f"verb.{event.verb}"))
        verb, role = self.say(f"verb.{event.verb}.negated"), self.role(event.role)
        said = self.say(f"event.DeadlineMissed.{ClockKind(event.kind)}", role=role, verb=verb, title=title)
        return self.say("event.DeadlineMissed.while_down", sentence=said) if event.while_down else said

    def change(self, event: e.LevelSet | e.Waived | e.Withdrawn | e.Lapsed | e.PhaseMoved) -> str:
        match event:
            case e.LevelSet():
                code = "event.LevelSet.changed" if event.was else "event.LevelSet"
                level, was = self.level(event.level), self.level(event.was)
                if not event.by:
                    return self.say("event.LevelSet.automatic", level=level)
                return self.say(code, person=self.name_of(event.by), level=level, was=was)
            case e.Waived():
                person, title = self.name_of(event.by), self.title(event.key)
                return self.say("event.Waived", person=person, title=title, reason=event.reason)
            case e.Withdrawn():
                return self.say(f"event.Withdrawn.{event.why}", title=self.title(event.key))
            case e.Lapsed():
                code = "event.Lapsed" if event.successor else "event.Lapsed.alone"
                return self.say(code, title=self.title(event.key), successor=self.title(event.successor))
        source, target = self.say(f"phase.{event.source}"), self.say(f"phase.{event.target}")
        return self.say("event.PhaseMoved", source=source, target=target)

    def duty(self, event: e.DutyOpened | e.DutySet | e.PromisePassed | e.QuietKept) -> str:
        match event:
            case e.DutyOpened():
                return self.day(event)
            case e.PromisePassed():
                person, was = self.name_of(event.by), self.name_of(event.was)
                return self.say("event.PromisePassed", person=person, was=was, title=self.title(event.key))
            case e.QuietKept():
                wait = span(event.next_call_at - event.at, self.lang)
                return self.say("event.QuietKept", title=self.title(event.key), span=wait)
        return self.say("event.DutySet")

    def day(self, event: e.DutyOpened) -> str:
        said = self.say(f"event.DutyOpened.{event.kind}", day=event.day)
        known = [self.plan.periods[name].name for name in event.periods if name in self.plan.periods]
        if not known:
            return said
        stop = "、" if self.lang == "zh" else ", "
        names = stop.join(name.in_language(self.lang) for name in known)
        return self.say("event.DutyOpened.periods", sentence=said, periods=names)

    def level(self, level: str) -> str:
        return next((one.name.in_language(self.lang) for one in self.plan.levels if one.id == level), level)

    def calling(
        self, event: e.PersonCalled | e.CallFailed | e.RoleEmpty | e.Escalated | e.LadderExhausted
    ) -> str:
        title = self.title(event.key)
        match event:
            case e.PersonCalled():
                code = "event.PersonCalled.again" if event.ring else "event.PersonCalled"
                channel, role = self.channel(event.channel), self.role(event.role)
                who, round_ = self.name_of(event.person), event.ring + 1
                return self.say(code, person=who, role=role, channel=channel, round=round_, title=title)
            case e.CallFailed():
                word, _, value = event.why.partition(" ")
                code = f"courier.detail.{word}"
                why = self.say(code, value=value) if code in codes() else event.why
                who = self.name_of(event.person)
                return self.say(
                    "event.CallFailed", person=who, channel=self.channel(event.channel), why=why, title=title
                )
            case e.RoleEmpty():
                return self.say("event.RoleEmpty", role=self.role(event.role), title=title)
            case e.Escalated():
                why = self.worded(f"event.why.{event.why}", event.why)
                return self.say("event.Escalated", role=self.role(event.role), why=why, title=title)
        wait = span(event.next_call_at - event.at, self.lang)
        code = "event.LadderExhausted.later" if event.next_call_at > event.at else "event.LadderExhausted"
        return self.say(code, round=event.ring + 1, wait=wait, title=title)

    def channel(self, channel: str) -> str:
        return self.worded(f"channel.{channel}", channel)
