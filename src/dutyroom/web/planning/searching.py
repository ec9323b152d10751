"""One box over the whole plan: every place whose words hold all the words asked for, with an address to go to."""

from collections.abc import Iterator
from dataclasses import dataclass

from dutyroom.core.plan import Plan
from dutyroom.web.forms_input import clean
from dutyroom.web.planning.parts import Section
from dutyroom.wording import say
from dutyroom.wording.narrate import role_name

LONGEST = 80
MOST = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the plan. `kind` says what it is, `anchor` where on the page."""

    kind: str
    title: str
    text: str
    anchor: str


def query_of(typed: str) -> str:
    """What is looked for, as it may be shown again."""
    return clean(typed)[:LONGEST]


def search(plan: Plan, parts: tuple[Section, ...], query: str, language: str) -> tuple[Hit, ...]:
    """The hits in the page's order; none for an empty query."""
    words = query.casefold().split()
    if not words:
        return ()
    found = (one for one in _places(plan, parts, language) if _holds(one, words))
    return tuple(one for _, one in zip(range(MOST), found, strict=False))


def _holds(hit: Hit, words: list[str]) -> bool:
    text = f"{hit.kind} {hit.title} {hit.text}".casefold()
    return all(word in text for word in words)


def _places(plan: Plan, parts: tuple[Section, ...], language: str) -> Iterator[Hit]:
    for clause in plan.clauses:
        kind = say("planning.hit.clause", language, id=clause.id)
        note = clause.note.in_language(language) if clause.note else ""
        yield Hit(kind, "", f"{clause.text.in_language(language)} {note}".strip(), f"clause-{clause.id}")
    for step in plan.steps:
        who = " ".join(role_name(plan, name, language) for role in step.who for name in plan.members(role))
        asks = " ".join(one.label.in_language(language) for one in step.asks)
        card = step.card.in_language(language) if step.card else ""
        title = step.title.in_language(language)
        yield Hit(
            say("planning.hit.step", language), title, f"{who} {card} {asks}".strip(), f"step-{step.id}"
        )
    for role in plan.roles.values():
        duties = role.duties.in_language(language) if role.duties else ""
        yield Hit(
            say("planning.hit.role", language), role.name.in_language(language), duties, f"role-{role.id}"
        )
    for section in parts:
        for entry in section.entries:
            yield Hit(section.title, entry.name, " ".join((*entry.lines, entry.law)).strip(), entry.anchor)
