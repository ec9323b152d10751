"""Names that lead nowhere (places, resources, references, periods, levels, clauses), words outside their list."""

import re
from collections.abc import Collection, Iterator

from dutyroom.core.chapters import chapters
from dutyroom.core.checks.sheet import Sheet, head, near
from dutyroom.core.findings import Finding
from dutyroom.core.plan import RUNS_AS, Step
from dutyroom.core.surroundings import (
    CALENDAR_KINDS,
    EVERY,
    OUTSIDE_KINDS,
    PLACE_KINDS,
    REFERENCE_KINDS,
    WHERE,
    RollCalls,
)

_HOURS = re.compile(r"([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d\Z")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
_QUIET = re.compile(r"(?:([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?\Z")
_DAY = re.compile(r"(?:20\d\d-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\Z")
_SHORT_NUMBER = re.compile(r"\d{3,6}\Z")
_LEVEL_CHANGE = ("go_on", "stop")
_COMMANDS = ("", "hand_over", "take_back")
_TYPES = ("general", "special", "scene")


def targets(sheet: Sheet) -> Iterator[Finding]:
    """Every name of the plan that does not exist, and every word that is not one of its choices."""
    for step in sheet.own_steps:
        yield from _step(sheet, step)
    yield from _around(sheet)
    yield from _watches(sheet)
    yield from _calendar(sheet)
    yield from _references(sheet)
    yield from _clauses(sheet)
    if sheet.plan.type not in _TYPES:
        yield from _choice(sheet, head("type"), sheet.plan.type, _TYPES)


def _missing(
    sheet: Sheet, path: str, code: str, name: str, known: Collection[str], clause: str = ""
) -> Iterator[Finding]:
    if name and name not in known:
        yield sheet.find(path, code, "error", clause, name=name, nearest=near(name, known))


def _choice(
    sheet: Sheet, path: str, value: str, known: Collection[str], clause: str = ""
) -> Iterator[Finding]:
    if value not in known:
        fields = {"value": value[:60], "known": ", ".join(one for one in known if one)}
        yield sheet.find(path, "not_one_of", "error", clause, **fields)


def _first(clauses: tuple[str, ...]) -> str:
    return clauses[0] if clauses else ""


def _step(sheet: Sheet, step: Step) -> Iterator[Finding]:
    plan, path, clause = sheet.plan, sheet.paths[step.id], _first(step.clauses)
    for level in step.levels:
        if level not in sheet.levels:
            yield sheet.at(step, "levels", "unknown_level", name=level, nearest=near(level, sheet.levels))
    yield from _missing(sheet, f"{path}.place", "unknown_place", step.place, plan.places, clause)
    for name in step.uses:
        yield from _missing(sheet, f"{path}.uses", "unknown_resource", name, plan.resources, clause)
    for name in step.see:
        yield from _missing(sheet, f"{path}.see", "unknown_reference", name, plan.references, clause)
    if step.report:
        form = step.report.form
        yield from _missing(sheet, f"{path}.report.form", "unknown_reference", form, plan.references, clause)
    yield from _choice(sheet, f"{path}.on_level_change", step.on_level_change, _LEVEL_CHANGE, clause)
    yield from _choice(sheet, f"{path}.command", step.command, _COMMANDS, clause)
    if step.command and plan.assisting is None:
        yield sheet.at(step, "command", "command_without_assisting")
    if step.confidence:
        yield sheet.at(step, "", "not_accepted", "warning")


def _around(sheet: Sheet) -> Iterator[Finding]:
    plan = sheet.plan
    for body in plan.outside.values():
        path, clause = f"outside.{body.id}", _first(body.clauses)
        yield from _choice(sheet, f"{path}.kind", body.kind, OUTSIDE_KINDS, clause)
        yield from _missing(
            sheet, f"{path}.agreement", "unknown_reference", body.agreement, plan.references, clause
        )
        if body.number and not _SHORT_NUMBER.match(body.number):
            yield sheet.find(f"{path}.number", "number_in_plan", "error", clause, name=body.id)
        if body.kind == "mutual_aid" and not body.agreement:
            yield sheet.find(path, "aid_without_agreement", "warning", clause, name=body.id)
    for place in plan.places.values():
        yield from _choice(sheet, f"places.{place.id}.kind", place.kind, PLACE_KINDS, _first(place.clauses))
    for kept in plan.resources.values():
        path, clause = f"resources.{kept.id}", _first(kept.clauses)
        yield from _missing(sheet, f"{path}.place", "unknown_place", kept.place, plan.places, clause)
        yield from _missing(sheet, f"{path}.source", "unknown_outside", kept.source, plan.outside, clause)
        if kept.quantity < kept.least:
            few = {"quantity": kept.quantity, "least": kept.least}
            yield sheet.find(f"{path}.quantity", "below_least", "warning", clause, name=kept.id, **few)
    if plan.assisting:
        for name in plan.assisting.locks:
            if name not in plan.step:
                yield sheet.find("assisting.locks", "unknown_step", other=name, nearest=near(name, plan.step))
        if not any(step.command == "take_back" for step in plan.steps):
            yield sheet.find("assisting", "command_never_back", "warning")


def _watches(sheet: Sheet) -> Iterator[Finding]:
    plan = sheet.plan
    if not _QUIET.match(plan.defaults.quiet):
        yield sheet.find("defaults.quiet", "bad_hours", value=plan.defaults.quiet[:40])
    for post in plan.posts.values():
        path, clause = f"posts.{post.id}", _first(post.clauses)
        for name in post.during:
            yield from _missing(sheet, f"{path}.during", "unknown_period", name, plan.periods, clause)
        if not _HOURS.match(post.hours):
            yield sheet.find(f"{path}.hours", "bad_hours", "error", clause, value=post.hours[:40])
        yield from _roll_calls(sheet, path, post.roll_calls, clause)
        if post.where:
            yield from _choice(sheet, f"{path}.where", post.where, WHERE, clause)
        for name, rule in post.in_period.items():
            here = f"{path}.in_period.{name}"
            yield from _missing(sheet, here, "unknown_period", name, plan.periods, clause)
            yield from _roll_calls(sheet, here, rule.roll_calls, clause)
            if rule.where:
                yield from _choice(sheet, f"{here}.where", rule.where, WHERE, clause)
    for number, quota in enumerate(plan.quotas):
        path, clause = f"quotas.{number}", _first(quota.clauses)
        for name in quota.during:
            yield from _missing(sheet, f"{path}.during", "unknown_period", name, plan.periods, clause)
        for name in quota.levels:
            yield from _missing(sheet, f"{path}.levels", "unknown_level", name, sheet.levels, clause)
        yield from _missing(
            sheet, f"{path}.of", "unknown_resource", quota.of, {"people", *plan.resources}, clause
        )
        if quota.most and quota.least > quota.most:
            yield sheet.find(
                f"{path}.most", "least_over_most", "error", clause, least=quota.least, most=quota.most
            )
    for period in plan.periods.values():
        path, clause = f"periods.{period.id}", _first(period.clauses)
        if not period.holidays and not period.declared and not (period.starts and period.ends):
            yield sheet.find(path, "empty_period", "error", clause, name=period.id)
        for part in ("starts", "ends"):
            value = getattr(period, part)
            if value and not _DAY.match(value):
                yield sheet.find(f"{path}.{part}", "bad_date", "error", clause, value=value[:40])


def _roll_calls(sheet: Sheet, path: str, calls: RollCalls | None, clause: str) -> Iterator[Finding]:
    if calls is None:
        return
    for name in calls.during:
        known = sheet.plan.periods
        yield from _missing(sheet, f"{path}.roll_calls.during", "unknown_period", name, known, clause)
    for at in calls.at:
        if not _TIME.match(at):
            yield sheet.find(f"{path}.roll_calls.at", "bad_time", "error", clause, value=at[:40])


def _calendar(sheet: Sheet) -> Iterator[Finding]:
    ids: set[str] = set()
    for duty in sheet.plan.calendar:
        path, clause = sheet.duty_paths[duty.id], _first(duty.clauses)
        if duty.law:
            continue
        if duty.id in ids:
            yield sheet.on(duty, "id", "duplicate_step")
        ids.add(duty.id)
        yield from _choice(sheet, f"{path}.every", duty.every, EVERY, clause)
        yield from _choice(sheet, f"{path}.kind", duty.kind, CALENDAR_KINDS, clause)
        for name in duty.during:
            yield from _missing(sheet, f"{path}.during", "unknown_period", name, sheet.plan.periods, clause)
        for name in duty.see:
            yield from _missing(
                sheet, f"{path}.see", "unknown_reference", name, sheet.plan.references, clause
            )
        if duty.at and not _TIME.match(duty.at):
            yield sheet.on(duty, "at", "bad_time", value=duty.at[:40])
        for name, rule in duty.in_period.items():
            here = f"{path}.in_period.{name}"
            yield from _missing(sheet, here, "unknown_period", name, sheet.plan.periods, clause)
            for at in rule.at:
                if not _TIME.match(at):
                    yield sheet.on(duty, f"in_period.{name}.at", "bad_time", value=at[:40])
        for name in duty.report.to if duty.report else ():
            if name not in sheet.posts and name not in sheet.plan.outside:
                yield sheet.on(duty, "report.to", "unknown_recipient", name=name)


def _references(sheet: Sheet) -> Iterator[Finding]:
    for one in sheet.plan.references.values():
        path = f"references.{one.id}"
        yield from _choice(sheet, f"{path}.kind", one.kind, REFERENCE_KINDS)
        yield from _missing(sheet, f"{path}.place", "unknown_place", one.place, sheet.plan.places)
        if one.kind not in ("law", "plan") and not (one.file or one.place or one.number):
            yield sheet.find(path, "empty_annex", "warning", name=one.id)


def _clauses(sheet: Sheet) -> Iterator[Finding]:
    plan = sheet.plan
    known = {clause.id for clause in plan.clauses}
    cited: set[str] = set()
    for path, clauses in _citing(sheet):
        cited.update(clauses)
        for number, cite in enumerate(clauses):
            if cite not in known:
                exact = f"{path}.{number}" if f"{path}.{number}" in plan.marks else path
                yield sheet.find(exact, "unknown_clause", cited=cite)
    numbers = {chapter.number for chapter in chapters(plan.type)}
    ids: set[str] = set()
    for number, clause in enumerate(plan.clauses):
        path = f"clauses.{number}"
        if clause.id in ids:
            yield sheet.find(f"{path}.id", "duplicate_clause", "error", clause.id, cited=clause.id)
        ids.add(clause.id)
        yield from _choice(sheet, f"{path}.runs_as", clause.runs_as, RUNS_AS, clause.id)
        yield from _missing(sheet, f"{path}.chapter", "unknown_chapter", clause.chapter, numbers, clause.id)
        for name in clause.see:
            yield from _missing(
                sheet, f"{path}.see", "unknown_reference", name, {*plan.references, *known}, clause.id
            )
        if clause.runs_as == "rules" and clause.id not in cited:
            yield sheet.find(path, "clause_without_rule", "warning", clause.id, cited=clause.id)
        if clause.runs_as in ("product", "judgement", "not_executed") and clause.note is None:
            yield sheet.find(path, "clause_without_reason", "error", clause.id, cited=clause.id)


def _citing(sheet: Sheet) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Everything that cites clauses, and where it does."""
    plan = sheet.plan
    for part in ("roles", "groups", "outside", "places", "resources", "periods", "posts"):
        yield from ((f"{part}.{name}.clauses", one.clauses) for name, one in getattr(plan, part).items())
    for part in ("levels", "moves", "quotas"):
        yield from (
            (f"{part}.{number}.clauses", one.clauses) for number, one in enumerate(getattr(plan, part))
        )
    yield from ((f"warnings.rules.{n}.clauses", one.clauses) for n, one in enumerate(plan.warnings.rules))
    yield from ((f"{sheet.paths[step.id]}.clauses", step.clauses) for step in sheet.own_steps
                if not sheet.paths[step.id].endswith(".confirm"))  # fmt: skip
    own = (duty for duty in plan.calendar if duty.law is None)
    yield from ((f"{sheet.duty_paths[duty.id]}.clauses", duty.clauses) for duty in own)
