"""What the reader may do on a case now, and nothing else: verbs as buttons, the last one with the form of its step.

Taken from `offers`; it refuses to know why something is not offered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dutyroom import wiring
from dutyroom.core.commands import Answer
from dutyroom.core.decide.acting import Offer, offers, unmet, waivable
from dutyroom.core.grading import LIFTED, possible_levels, proposed_level
from dutyroom.core.obligations import pending
from dutyroom.core.outsiders import reports_outside
from dutyroom.core.plan import Field, FieldType, Step, Verb
from dutyroom.core.state import Obligation
from dutyroom.core.surroundings import COLOURS, Report
from dutyroom.core.words import Words
from dutyroom.web.acting import ANSWER, Refused, needs_full
from dutyroom.web.case.reading import Opened
from dutyroom.web.showing import ClockView, clocks
from dutyroom.wording.criteria import listed
from dutyroom.wording.differing import label, value_text
from dutyroom.wording.typed import WARNING_PARTS


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a step's form."""

    name: str
    label: str
    type: str
    required: bool
    value: str
    options: tuple[Option, ...]
    hint: str
    parts: tuple["Input", ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """The form that finishes a step. `unmet` says what still stands against it."""

    inputs: tuple[Input, ...]
    unmet: tuple[str, ...]
    needs_full: bool
    happened: str
    latest: str
    nothing_new: bool


@dataclass(frozen=True, slots=True)
class Button:
    verb: str
    label: str
    first: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One obligation or voluntary step with what the reader may do about it."""

    id: str
    key: str
    command: str
    case: str
    title: str
    role: str
    text: str
    advice: str
    told: tuple[tuple[str, str], ...]
    never: tuple[str, ...]
    owner: str
    mine: bool
    overdue: bool
    due: int
    clocks: tuple[ClockView, ...]
    buttons: tuple[Button, ...]
    form: Form | None
    waivable: bool
    refused: Refused | None

    @property
    def finish_first(self) -> bool:
        """Whether finishing is what is due next, so that its button stands out."""
        return not any(button.first for button in self.buttons)


def cards(opened: Opened, refused: Refused | None = None) -> tuple[Card, ...]:
    """The reader's obligations, the most pressing first: own ones before those another person has taken."""
    found = _offered(opened)
    releasable = waivable(opened.rules, opened.case, opened.reader, opened.shown.now)
    keys = dict.fromkeys([*(key for key in found if key in opened.case.obligations), *releasable])
    owed = [
        _owed_card(opened, opened.case.obligations[key], found.get(key, []), key in releasable, refused)
        for key in keys
    ]
    return tuple(sorted(owed, key=lambda card: (not card.mine, not card.overdue, card.due, card.key)))


def voluntary(opened: Opened, refused: Refused | None = None) -> tuple[Card, ...]:
    """Steps the reader may do unasked, in the plan's order."""
    found = _offered(opened)
    return tuple(
        _free_card(opened, opened.plan.step[key], refused) for key in found if key in opened.plan.step
    )


def command_for(refused: Refused | None, key: str) -> str:
    """The command identifier of a form: the refused form keeps its own, so that it stays one command."""
    return refused.posted.command if refused and refused.posted.key == key else wiring.new_id()


def _offered(opened: Opened) -> dict[str, list[Offer]]:
    found: dict[str, list[Offer]] = {}
    for offer in offers(opened.rules, opened.case, opened.reader, opened.shown.now):
        found.setdefault(offer.key or offer.step, []).append(offer)
    return found


def _owed_card(
    opened: Opened, owed: Obligation, offered: list[Offer], releasable: bool, refused: Refused | None
) -> Card:
    step = opened.plan.step[owed.step]
    mine = refused if refused and refused.posted.key == owed.key else None
    verbs = [offer.verb for offer in offered]
    return Card(
        id=_anchor(owed.key),
        key=owed.key,
        command=command_for(mine, owed.key),
        case=opened.case.case,
        title=opened.title(owed.key),
        role=opened.role(owed.role),
        text=owed.text,
        advice=words_of(opened, step.card),
        told=_told(opened, step),
        never=_never(opened, step),
        owner=_owner(opened, owed),
        mine=owed.owner in ("", opened.reader),
        overdue=any(verb not in owed.marks for verb in owed.missed),
        due=pending(owed).due_at if owed.dues else owed.opened_at,
        clocks=clocks(opened.plan, owed, opened.shown),
        buttons=_buttons(opened, owed, verbs),
        form=_form(opened, step, mine) if Verb.DONE in verbs else None,
        waivable=releasable,
        refused=mine,
    )


def _free_card(opened: Opened, step: Step, refused: Refused | None) -> Card:
    mine = refused if refused and refused.posted.key == step.id else None
    title, advice = step.title.in_language(opened.language), words_of(opened, step.card)
    return Card(
        _anchor(step.id), step.id, command_for(mine, step.id), opened.case.case, title, "", "", advice,
        _told(opened, step), _never(opened, step), "", True,
        False, 0, (), (), _form(opened, step, mine), False, mine,
    )  # fmt: skip


def _never(opened: Opened, step: Step) -> tuple[str, ...]:
    """What the step must never do; in an exercise also: tell a body outside in earnest."""
    words = tuple(one.in_language(opened.language) for one in step.never)
    if opened.case.exercise and reports_outside(opened.plan, step.id):
        return (opened.shown.say("drills.never_outside"), *words)
    return words


def _buttons(opened: Opened, owed: Obligation, verbs: Iterable[Verb]) -> tuple[Button, ...]:
    """The verbs before the last; the first one that is still wanted stands out, late or not: calling goes on for it."""
    plain = [verb for verb in verbs if verb is not Verb.DONE]
    next_verb = next((due.verb for due in owed.dues if due.verb not in owed.marks), Verb.DONE)
    return tuple(Button(verb, opened.shown.say(f"verb.{verb}.act"), verb is next_verb) for verb in plain)


def _owner(opened: Opened, owed: Obligation) -> str:
    """Who has taken it; until then who has at least received it."""
    if not owed.owner:
        return ""
    code = "case.owner" if Verb.TAKEN in owed.marks else "case.owner.received"
    return opened.shown.say(code, person=opened.name(owed.owner))


def _form(opened: Opened, step: Step, refused: Refused | None) -> Form:
    texts = {f"condition:{need.id}": need.text.in_language(opened.language) for need in step.requires}
    standing = tuple(texts[item] for item in unmet(opened.plan, opened.case, step))
    typed = refused.posted.answers if refused else None
    happened = refused.posted.happened if refused else ""
    locked = needs_full(opened.plan, step) and not opened.full
    repeats = step.repeat is not None and step.repeat.nothing_new
    latest = opened.shown.for_input(opened.shown.now)
    return Form(inputs(opened, step, typed), standing, locked, happened, latest, repeats)


def inputs(opened: Opened, step: Step, typed: Mapping[str, str] | None = None) -> tuple[Input, ...]:
    """The fields that finish the step; `typed` is what a refused form held."""
    return tuple(_input(opened, field, typed) for field in step.asks)


def _told(opened: Opened, step: Step) -> tuple[tuple[str, str], ...]:
    """What the plan says beside the act: where, until what, what to keep, to whom, under which article."""
    plan, lang = opened.plan, opened.language
    found = [(key, value_text(plan, getattr(step, key), lang)) for key in _SAID if getattr(step, key)]
    if step.report is not None:
        found.append(("report", _report(opened, step.report)))
    if step.law is not None:
        article = opened.shown.say(
            "case.article", law=step.law.source.in_language(lang), article=step.law.article
        )
        found.append(("law", article))
    return tuple((label("Step", key, lang), text) for key, text in found)


_SAID = ("place", "done_when", "evidence", "uses")


def _report(opened: Opened, report: Report) -> str:
    to = value_text(opened.plan, report.to, opened.language)
    contents = value_text(opened.plan, report.contents, opened.language) if report.contents else ""
    by = opened.shown.say(f"case.report_by.{report.by}")
    return " · ".join(filter(None, (to, by, contents)))


def _input(opened: Opened, field: Field, typed: Mapping[str, str] | None) -> Input:
    value = typed.get(field.id, "") if typed is not None else _known(opened, field)
    hint = _level_hint(opened) if field.type is FieldType.LEVEL else ""
    if field.type is FieldType.COUNT:
        hint = opened.shown.say("case.count_hint")
    words = field.label.in_language(opened.language)
    options = _options(opened, field, value)
    parts = _warning_parts(opened, field, typed) if field.type is FieldType.WARNING else ()
    return Input(ANSWER + field.id, words, field.type, field.required, value, options, hint, parts)


def _level_hint(opened: Opened) -> str:
    """The level whose criteria hold, and those that an uncertain count leaves open."""
    names = {level.id: level.name.in_language(opened.language) for level in opened.plan.levels}
    said = []
    if proposed := proposed_level(opened.plan, opened.case):
        said.append(opened.shown.say("case.proposed_level", level=names[proposed]))
    if possible := possible_levels(opened.plan, opened.case):
        levels = listed((names[one] for one in possible), opened.language)
        said.append(opened.shown.say("case.possible_levels", levels=levels))
    return " ".join(said)


def _warning_parts(opened: Opened, field: Field, typed: Mapping[str, str] | None) -> tuple[Input, ...]:
    """Three choices that make one warning: what, where, which colour (or that it is lifted)."""
    warnings, lang = opened.plan.warnings, opened.language
    areas: Mapping[str, Words | None] = warnings.areas or {"all": None}
    names = {
        "hazard": {name: one.name.in_language(lang) for name, one in warnings.hazards.items()},
        "area": {
            n: w.in_language(lang) if w else opened.shown.say("answer.everywhere") for n, w in areas.items()
        },
        "colour": {one: opened.shown.say(f"colour.{one}") for one in (*COLOURS, LIFTED)},
    }
    return tuple(
        _part(opened, f"{field.id}.{part}", part, names[part], typed, field.required)
        for part in WARNING_PARTS
    )


def _part(
    opened: Opened,
    name: str,
    part: str,
    names: Mapping[str, str],
    typed: Mapping[str, str] | None,
    required: bool,
) -> Input:
    chosen = (typed or {}).get(name, "")
    options = tuple(Option(value, text, value == chosen) for value, text in names.items())
    return Input(
        ANSWER + name, opened.shown.say(f"case.warning.{part}"), "choice", required, chosen, options, ""
    )


def _known(opened: Opened, field: Field) -> str:
    """What the form begins with: what is already known, or the level whose criteria hold. A person confirms it."""
    if field.type is FieldType.LEVEL:
        return proposed_level(opened.plan, opened.case)
    known: Answer | None = opened.case.facts.get(field.id) if field.fact else None
    if isinstance(known, bool):
        return "yes" if known else "no"
    return "" if known is None else str(known)


def _options(opened: Opened, field: Field, value: str) -> tuple[Option, ...]:
    names: Mapping[str, Words] = {
        FieldType.CHOICE: field.options,
        FieldType.KIND: opened.plan.kinds,
        FieldType.ROLE: {role.id: role.name for role in opened.plan.roles.values()},
        FieldType.LEVEL: {level.id: level.name for level in opened.plan.levels},
    }.get(field.type, {})
    if field.type is FieldType.BOOL:
        return tuple(Option(one, opened.shown.say(f"answer.{one}"), one == value) for one in ("yes", "no"))
    return tuple(
        Option(name, words.in_language(opened.language), name == value) for name, words in names.items()
    )


def words_of(opened: Opened, words: Words | None) -> str:
    """Words of the plan in the reader's language; nothing for none."""
    return words.in_language(opened.language) if words else ""


def _anchor(key: str) -> str:
    """The key as an HTML id."""
    return "act-" + "".join(sign if sign.isalnum() else "-" for sign in key)
