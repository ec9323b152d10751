"""The printed plan put together: cover, pages to sign, chapters in the order of GB/T 29639-2020, annexes, cards.

Every clause stands once, word for word, in the chapter it names, else in the chapter of the rules that cite it, else in
the index at the end. Every step stands in one table. Refuses to know paper and file formats.
"""

from collections.abc import Callable, Iterator, Mapping

from dutyroom.adapters.documents.plan import cards, flow, people, steps, surroundings
from dutyroom.adapters.documents.plan.belonging import PARTS, home_of_clauses, home_of_step
from dutyroom.adapters.documents.plan.chart import organisation
from dutyroom.adapters.documents.plan.model import (
    Block,
    Card,
    Cover,
    Figure,
    Heading,
    PlanDocument,
    SignaturePage,
    Text,
)
from dutyroom.adapters.documents.plan.words import Wording
from dutyroom.adapters.planfolder import LoadedPlan
from dutyroom.core.chapters import Chapter, chapters
from dutyroom.core.phases import PHASES
from dutyroom.core.plan import Plan
from dutyroom.wording import say

_NEW_PAGE = ("1", "3", "A1")  # short chapters follow each other on a page
_Maker = Callable[[Wording], list[Block]]


def document(loaded: LoadedPlan, plan: Plan, lang: str, public: bool = False) -> PlanDocument:
    """The whole document of a plan in one language; `public` leaves out names and phones."""
    words = Wording(plan, lang)
    year, month, day = _date(plan.issued)
    hash_prefix = plan.source_sha256[:12]
    footer = words.say("footer", number=plan.number, version=plan.version, hash=hash_prefix)
    page = words.say("page", page="\x00", pages="\x01").replace("\x00", "{p}").replace("\x01", "{n}")
    return PlanDocument(
        lang=lang,
        title=words.text(plan.title),
        cover=_cover(words, loaded, hash_prefix),
        signatures=(_approval(words), _signers(words)),
        contents=words.say("contents"),
        footer=footer,
        page=page,
        blocks=tuple(_blocks(words, loaded, public)),
        date=(year, month, day),
    )


def cards_of(made: PlanDocument) -> tuple[Block, ...]:
    """The cards of a document, alone."""
    return tuple(block for block in made.blocks if isinstance(block, Card))


def _date(issued: str) -> tuple[int, int, int]:
    """The day the plan was issued; a fixed one where it does not say, so that the same plan gives the same bytes."""
    parts = issued.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        year, month, day = (int(part) for part in parts)
        if 1970 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 28 + (month != 2) * 2:
            return year, month, day
    return 1980, 1, 1


def _cover(words: Wording, loaded: LoadedPlan, hash_prefix: str) -> Cover:
    plan = words.plan
    facts = (
        (words.say("cover.number"), plan.number),
        (words.say("cover.version"), plan.version),
        (words.say("cover.type"), words.known(f"type.{plan.type}", plan.type)),
        (words.say("cover.hash"), hash_prefix),
    )
    faulty = any(one.severity == "error" for one in loaded.findings)
    state = words.say("cover.draft") if faulty else ""
    return Cover(
        facts, words.text(plan.unit), words.text(plan.title), plan.issued or words.say("cover.no_date"), state
    )


def _approval(words: Wording) -> SignaturePage:
    plan = words.plan
    role = words.role(plan.approved_by) if plan.approved_by else "　" * 8
    said = words.say(
        "approval.text", title=words.text(plan.title), version=plan.version, unit=words.text(plan.unit)
    )
    columns = tuple(words.say(f"column.{name}") for name in ("approver", "signature", "date"))
    return SignaturePage(words.say("approval.heading"), said, columns, (30, 40, 30), ((role, "", ""),))


def _signers(words: Wording) -> SignaturePage:
    names = words.plan.signed_by or tuple(words.plan.roles)
    columns = tuple(words.say(f"column.{name}") for name in ("department", "signature", "date"))
    rows = tuple((words.role(name), "", "") for name in names)
    return SignaturePage(words.say("signers.heading"), words.say("signers.text"), columns, (40, 35, 25), rows)


def _blocks(words: Wording, loaded: LoadedPlan, public: bool) -> Iterator[Block]:
    homes = home_of_clauses(words.plan)
    parts = PARTS.get(words.plan.type, PARTS["general"])
    makers = _makers(words, loaded, public)
    for chapter in chapters(words.plan.type):
        made = list(_chapter(words, chapter, homes, parts, makers))
        empty = not made and not _has_sections(words.plan.type, chapter)
        yield Heading(_heading(words, chapter), min(chapter.depth, 3), new_page=chapter.number in _NEW_PAGE)
        if empty:
            yield Text(words.say("nothing_required" if chapter.required else "nothing"), small=True)
        yield from made
    yield from _further(words, homes, parts, makers)


def _has_sections(kind: str, chapter: Chapter) -> bool:
    return any(other.number.startswith(chapter.number + ".") for other in chapters(kind))


def _heading(words: Wording, chapter: Chapter) -> str:
    title = words.text(chapter.title)
    if chapter.annex:
        return words.say("annex", number=chapter.number.removeprefix("A"), title=title)
    return f"{chapter.number}  {title}"


def _chapter(
    words: Wording,
    chapter: Chapter,
    homes: Mapping[str, list[str]],
    parts: Mapping[str, str],
    makers: Mapping[str, _Maker],
) -> Iterator[Block]:
    known = {clause.id: clause for clause in words.plan.clauses}
    yield from surroundings.clause_lines(words, [known[name] for name in homes.get(chapter.number, [])])
    mine = [step for step in words.plan.steps if home_of_step(words.plan, step) == chapter.number]
    if mine:
        yield steps.step_table(words, mine)
    for part, home in parts.items():
        if home == chapter.number:
            yield from makers[part](words)


def _further(
    words: Wording, homes: Mapping[str, list[str]], parts: Mapping[str, str], makers: Mapping[str, _Maker]
) -> Iterator[Block]:
    """What the standard has no annex for: parts without a chapter, cards, the words of clocks, clauses left over."""
    number = sum(1 for chapter in chapters(words.plan.type) if chapter.annex)
    known = {clause.id: clause for clause in words.plan.clauses}
    loose = [known[name] for name in homes.get("", [])]
    after_card = False
    further: list[tuple[str, list[Block]]] = [
        *((f"part.{part}", makers[part](words)) for part, home in parts.items() if not home),
        ("annex.role_cards", [*cards.role_cards(words)]),
        ("annex.scene_cards", [*cards.scene_cards(words)]),
        ("annex.clock_words", [*surroundings.clock_words(words)]),
        ("annex.loose_clauses", [*surroundings.clause_lines(words, loose)]),
    ]
    for code, made in further:
        if made:
            number += 1
            first = number == 1 or code in ("annex.role_cards", "annex.scene_cards")
            yield Heading(
                words.say("annex", number=number, title=words.say(code)), 1, new_page=first or after_card
            )
            after_card = isinstance(made[-1], Card)
            yield from made


def _makers(words: Wording, loaded: LoadedPlan, public: bool) -> Mapping[str, _Maker]:
    return {
        "kinds": lambda w: [*surroundings.kinds(w)],
        "levels": lambda w: [*surroundings.levels(w)],
        "chart": _chart,
        "posts": lambda w: [*surroundings.posts(w)],
        "groups": lambda w: [*surroundings.groups(w)],
        "watches": lambda w: [*surroundings.watches(w)],
        "reports": lambda w: [table] if (table := steps.report_table(w)) else [],
        "warnings": lambda w: [*surroundings.warnings(w)],
        "flow": _flow,
        "places": lambda w: [*surroundings.places(w)],
        "clocks": lambda w: [table] if (table := steps.clock_table(w)).rows else [],
        "outside": lambda w: [*surroundings.outside(w), *surroundings.assisting(w)],
        "quotas": lambda w: [*surroundings.quotas(w)],
        "periods": lambda w: [*surroundings.periods(w)],
        "calendar": lambda w: [*surroundings.calendar(w), *surroundings.revision(w)],
        "resources": lambda w: [*surroundings.resources(w)],
        "supplies_note": lambda w: [Text(w.say("see_supplies"))] if w.plan.resources else [],
        "contacts_note": lambda w: [Text(w.say("see_contacts"))],
        "system": lambda w: [
            *surroundings.parents(w), *surroundings.packs(w), *surroundings.references(w, ("plan", "law", "annex"))
        ],
        "forms": lambda w: [*surroundings.references(w, ("form",))],
        "drawings": lambda w: [*surroundings.references(w, ("drawing",))],
        "agreements": lambda w: [*surroundings.references(w, ("agreement",))],
        "contacts": lambda w: [*people.contacts(w, loaded, public), *people.rosters(w, loaded, public)],
    }  # fmt: skip


def _chart(words: Wording) -> list[Block]:
    caption = words.say("caption.chart")
    return [Figure(organisation(words), caption, words.say("alt.chart", posts=words.roles(words.plan.roles)))]


def _flow(words: Wording) -> list[Block]:
    found: list[Block] = [Figure(flow.overview(words), words.say("caption.phases"), words.say("alt.phases"))]
    for phase in PHASES:
        sheets = flow.phase_drawings(words, phase)
        name = say(f"phase.{phase}", words.lang)
        for place, sheet in enumerate(sheets, 1):
            of = words.say("sheet_of", number=place, count=len(sheets)) if len(sheets) > 1 else ""
            found.append(
                Figure(sheet, words.say("caption.flow", phase=name) + of, words.say("alt.flow", phase=name))
            )
    return [*found, Text(words.say("legend"), small=True)]
