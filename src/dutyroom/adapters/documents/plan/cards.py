"""Cards of one page, cut out of the plan: one for each post (岗位应急处置卡), one for each line of work on the scene.

What a card says is the same rule as in the chapters, shorter. Names and phones are left to be written in by hand, for
they change faster than the plan.
"""

from collections.abc import Iterator

from dutyroom.adapters.documents.plan.model import Card, Table, Text
from dutyroom.adapters.documents.plan.words import Wording
from dutyroom.core.phases import READINESS, RESPONSE
from dutyroom.core.plan import Step

_Rows = list[tuple[str, ...]]


def role_cards(words: Wording) -> Iterator[Card]:
    """A card for every post that has something to do, in the plan's order."""
    for role in words.plan.roles:
        steps = [step for step in words.plan.steps if _acts(words, step, role)]
        if steps or words.plan.roles[role].duties:
            yield _role_card(words, role, steps)


def scene_cards(words: Wording) -> Iterator[Card]:
    """A card for each stream that has something to say on the scene; for every stream of an on-scene plan."""
    every = words.plan.type == "scene"
    steps = [step for step in words.plan.steps if _on_scene(step) and (every or step.stream)]
    for stream in dict.fromkeys(step.stream for step in steps):
        mine = [step for step in steps if step.stream == stream]
        if every or any(step.card or step.never for step in mine):
            yield _scene_card(words, stream, mine)


def _on_scene(step: Step) -> bool:
    """What is done while it happens: not what may be done, what the law asks of the office, or what comes after."""
    return not step.voluntary and step.law is None and step.phases[:1] in ((READINESS,), (RESPONSE,))


def _acts(words: Wording, step: Step, role: str) -> bool:
    return any(role in words.plan.members(who) for who in step.who)


def _role_card(words: Wording, role: str, steps: list[Step]) -> Card:
    known = words.plan.roles[role]
    name = words.role(role)
    rows: _Rows = [(words.say("card.holder"), words.say("card.blank"))]
    if known.deputies:
        rows.append((words.say("card.deputies"), " → ".join(words.role(one) for one in known.deputies)))
    if known.duties:
        rows.append((words.say("card.duties"), words.text(known.duties)))
    rows += _common(words, steps)
    owed = [step for step in steps if not step.voluntary]
    free = [step for step in steps if step.voluntary]
    if free:
        rows.append((words.say("card.may"), words.listed(words.cited(step.id) for step in free)))
    parts: list[Text | Table] = [Table((), (20, 80), tuple(rows))]
    if owed:
        parts.append(_do(words, owed, whose=False))
    title = words.say("card.title_role", post=name)
    return Card(name, title, tuple(parts))


def _scene_card(words: Wording, stream: str, steps: list[Step]) -> Card:
    name = words.known(f"stream.{stream}", stream) if stream else words.say("stream.none")
    rows: _Rows = []
    places = dict.fromkeys(step.place for step in steps if step.place)
    if places:
        known = words.plan.places
        named = (words.text(known[one].name) if one in known else one for one in places)
        rows.append((words.say("card.places"), words.listed(named)))
    rows += _common(words, steps)
    rows.append((words.say("card.if_worse"), words.say("card.if_worse_text")))
    parts: tuple[Text | Table, ...] = (Table((), (20, 80), tuple(rows)), _do(words, steps))
    return Card(name, words.say("card.title_scene", name=name), parts)


def _common(words: Wording, steps: list[Step]) -> _Rows:
    """What both kinds of card say: prohibitions, reports, public numbers, who is asked when nobody answers."""
    plan, rows = words.plan, []
    never = [words.text(one) for step in steps for one in step.never]
    if never:
        rows.append((words.say("card.never"), "\n".join(dict.fromkeys(never))))
    reports = [
        words.say("card.report", step=words.cited(step.id), who=words.roles(step.report.to))
        + (words.say("report_contents", text=said) if (said := _contents(words, step)) else "")
        for step in steps
        if step.report
    ]
    if reports:
        rows.append((words.say("card.reports"), "\n".join(reports)))
    numbers = [f"{words.text(one.name)} {one.number}" for one in plan.outside.values() if one.number]
    if numbers:
        rows.append((words.say("card.numbers"), words.listed(numbers)))
    if plan.defaults.last_rung in plan.roles:
        rows.append(
            (words.say("card.nobody"), words.say("card.nobody_text", who=words.role(plan.defaults.last_rung)))
        )
    return [(label, text) for label, text in rows]


def _contents(words: Wording, step: Step) -> str:
    return words.listed(words.text(one) for one in step.report.contents) if step.report else ""


def _do(words: Wording, steps: list[Step], whose: bool = True) -> Table:
    """The steps to do; on a post's own card nobody need be told whose they are."""
    rows = tuple(
        (
            words.number(step.id),
            words.cell(words.text(step.title), words.levels(step.levels)),
            *([words.owners(step)] if whose else []),
            words.cell(*words.clocks(step)),
            words.cell(*_points(words, step)),
        )
        for step in steps
    )
    names = ("no", "step", "who", "limit", "points") if whose else ("no", "step", "limit", "points")
    widths = (7, 24, 15, 25, 29) if whose else (7, 28, 29, 36)
    return Table(tuple(words.say(f"column.{name}") for name in names), widths, rows)


def _points(words: Wording, step: Step) -> Iterator[str]:
    """What to mind while doing it: the step's own words, what it needs, what is recorded, when it is done."""
    yield words.text(step.card)
    if step.requires:
        code = "needs_any" if step.requires_any else "needs_all"
        yield words.say(code, text="；".join(words.text(one.text) for one in step.requires))
    if step.asks:
        yield words.say("fills", text=words.listed(words.text(field.label) for field in step.asks))
    if step.done_when:
        yield words.say("done_when", text=words.text(step.done_when))
