"""An audit in words and as JSON: one sentence a deviation, the clause table, the facts; the same for a group of cases.

Careful and neutral: it says what the record shows, of posts, and draws no conclusion. Knows the plan's titles; who a
person is and what the zone is are the caller's (`name_of`, `time_of`).
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from dutyroom.core.audited import Audit, ClauseResult, Deviation, GroundFact, GroupAudit, Kind
from dutyroom.core.instants import Instant, iso
from dutyroom.core.plan import ClockKind, Plan
from dutyroom.core.review import plain
from dutyroom.wording import say
from dutyroom.wording.narrate import role_name, span, step_title

NameOf = Callable[[str], str]
TimeOf = Callable[[Instant], str]

_INSTANTS = frozenset({"at", "due_at", "happened_at", "known_at", "reported_at", "received_at"})
_MOST_ENTRIES = 12


def audit_data(audit: Audit | GroupAudit) -> dict[str, Any]:
    """The audit as plain values for JSON: instants in ISO 8601, lengths of time in milliseconds."""
    data: dict[str, Any] = plain(asdict(audit), _INSTANTS)
    return data


def tell_deviation(
    plan: Plan, one: Deviation, lang: str, name_of: NameOf = str, time_of: TimeOf = iso
) -> str:
    """What the record shows, in one sentence; with the reason, if somebody gave one."""
    said = say(_code(one), lang, **_fields(plan, one, lang, name_of, time_of))
    if one.justified:
        said += f" — {say('audit.justified', lang, reason=one.justified)}"
        said += f"（{say('audit.change_wanted', lang)}）" if one.change_wanted else ""
    return said


def tell_clause(plan: Plan, clause: str, lang: str) -> str:
    """What the plan says: the clause, word for word."""
    found = next((one for one in plan.clauses if one.id == clause), None)
    text = found.text.in_language(lang) if found else ""
    return say("audit.clause", lang, clause=clause, text=" ".join(text.split()))


def tell_fact(plan: Plan, one: GroundFact, lang: str, time_of: TimeOf = iso) -> str:
    """One fact of a ground, of a post, with how strong its evidence is."""
    what, _, verb = one.what.partition(".")
    fields = {
        "title": step_title(plan, one.step, lang),
        "verb": say(f"verb.{verb}.negated", lang) if verb else "",
        "due": time_of(one.due_at) if one.due_at is not None else "",
        "known": time_of(one.known_at) if one.known_at is not None else "",
        "reported": time_of(one.reported_at) if one.reported_at is not None else "",
    }
    return say(
        "audit.fact",
        lang,
        ground=say(f"audit.ground.{one.ground}", lang),
        role=role_name(plan, one.role, lang) if one.role else say("audit.fact.nobody", lang),
        what=say(f"audit.fact.{what}", lang, **fields),
        grade=say(f"audit.grade.{one.grade}", lang),
    )


def audit_text(plan: Plan, audit: Audit, lang: str, name_of: NameOf = str, time_of: TimeOf = iso) -> str:
    """The whole audit: one sentence first, then deviations, clauses and facts. Ends with a newline."""
    lines = list(_opening(plan, audit, lang))
    if audit.deviations:
        lines += ["", say("audit.heading.deviations", lang)]
        for number, one in enumerate(audit.deviations, 1):
            lines.append(f"{number}. {tell_deviation(plan, one, lang, name_of, time_of)}")
            lines += [f"   {tell_clause(plan, clause, lang)}" for clause in one.clauses]
            lines += [] if one.clauses else [f"   {say('audit.no_clause', lang)}"]
            lines.append(f"   {_entries(one.entries, lang)}  ({one.id})")
    lines += ["", say("audit.heading.clauses", lang), *(_clause(one, lang) for one in audit.clauses)]
    lines += ["", say("audit.heading.facts", lang), *_facts(plan, audit, lang, time_of)]
    return "\n".join([*lines, ""])


def group_text(plan: Plan, group: GroupAudit, lang: str) -> str:
    """A group of cases: what the plan should learn from them. Posts and steps only."""
    none = say("audit.group.none", lang)
    lines = [
        say("audit.group", lang, plan=plan.title.in_language(lang), cases=group.cases),
        say("audit.group.never_kept", lang, clauses=" ".join(group.never_kept) or none),
        say("audit.group.one_crew", lang, clauses=" ".join(group.one_crew_only) or none),
        "",
        say("audit.group.clauses", lang),
    ]
    for one in group.clauses:
        crews = " ".join(role_name(plan, role, lang) for role in one.only_kept_by)
        lines.append(
            f"  {one.clause:<8} {one.cases:>4} {one.kept:>4} {one.late:>4} {one.broken:>4}  {crews}".rstrip()
        )
    lines += ["", say("audit.group.steps", lang)]
    for step in group.steps:
        times = f"{step.cases} {step.late} {span(step.lost, lang)} {span(step.median, lang)}"
        lines.append(f"  {step_title(plan, step.step, lang)}  {times}")
    return "\n".join([*lines, *([] if group.steps else [f"  {none}"]), ""])


def _opening(plan: Plan, audit: Audit, lang: str) -> Iterator[str]:
    code = "audit.some" if audit.deviations else "audit.clean"
    fields = {"plan": plan.title.in_language(lang), "number": plan.number, "count": len(audit.deviations)}
    if audit.stuck_at:
        yield say("audit.stuck", lang, entry=audit.stuck_at)
    if not audit.stuck_at or audit.deviations:
        yield say(code, lang, entries=audit.entries, **fields)
    if not audit.exact:
        yield say("audit.inexact", lang)
    if audit.exercise:
        yield say("audit.exercise", lang)


def _clause(one: ClauseResult, lang: str) -> str:
    parts = [f"  {one.clause:<8} {say(f'audit.result.{one.result}', lang)}"]
    if one.hard_late:
        parts.append(say("audit.hard_late", lang, late=span(one.hard_late, lang)))
    if one.soft_late:
        parts.append(say("audit.soft_late", lang, late=span(one.soft_late, lang)))
    if one.entries:
        parts.append(_entries(one.entries, lang))
    return "  ".join(parts)


def _facts(plan: Plan, audit: Audit, lang: str, time_of: TimeOf) -> Iterator[str]:
    if not audit.facts:
        yield f"  {say('audit.no_facts', lang)}"
    for one in audit.facts:
        yield f"  {tell_fact(plan, one, lang, time_of)}  {_entries(one.entries, lang)}"
    if audit.facts:
        answers = dict.fromkeys(one.answer for one in audit.facts if one.answer)
        for answer in answers:
            yield f"  {say('audit.fact.answer', lang, answer=answer)}"
        if not answers:
            yield f"  {say('audit.fact.no_answer', lang)}"


def _entries(entries: tuple[int, ...], lang: str) -> str:
    shown = ", ".join(str(one) for one in entries[:_MOST_ENTRIES])
    return say("audit.entries", lang, entries=shown + ("…" if len(entries) > _MOST_ENTRIES else ""))


def _code(one: Deviation) -> str:
    if one.kind is Kind.NOT_CALLED and one.verb is not None:
        return "audit.not_noticed"
    return f"audit.{one.kind.value}"


def _fields(plan: Plan, one: Deviation, lang: str, name_of: NameOf, time_of: TimeOf) -> dict[str, str | int]:
    nothing = say("audit.nothing", lang)
    names = (
        [step_title(plan, key, lang) for key in one.expected.split(", ")]
        if one.kind is Kind.OPEN_AT_END
        else []
    )
    return {
        "title": step_title(plan, one.key or one.step, lang),
        "verb": say(f"verb.{one.verb}.negated", lang) if one.verb else "",
        "role": role_name(plan, one.role, lang),
        "person": name_of(one.found) if one.kind is Kind.WRONG_ACTOR else "",
        "late": span(one.late, lang),
        "due": time_of(one.due_at if one.due_at is not None else one.at),
        "clock": say(f"clock.{one.clock or ClockKind.HARD}", lang),
        "entry": one.entries[0] if one.entries else 0,
        "expected": one.expected or nothing,
        "found": one.found or nothing,
        "open": "；".join(names) if lang == "zh" else "; ".join(names),
    }
