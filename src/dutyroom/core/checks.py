"""What is wrong with the meaning of a plan: `check(plan) -> findings`, all at once, sorted by place.

A plan without findings of severity "error" can run: every name it uses exists, every condition can be evaluated,
every step has somebody to act, every phase an exit.
"""

from collections.abc import Callable, Iterator

from dutyroom.core.conditions import CANNOT_EVALUATE, NAMES, compiled, context, names_in
from dutyroom.core.findings import Finding
from dutyroom.core.phases import CLOSED, PHASES, is_legal
from dutyroom.core.plan import FieldType, Plan, Step
from dutyroom.core.state import Case


def check(plan: Plan) -> tuple[Finding, ...]:
    """Every finding on the plan's meaning, in the order of the file."""
    found = [finding for rule in _RULES for finding in rule(plan)]
    return tuple(sorted(found, key=lambda finding: (int(finding.place.split(":")[0]), finding.code)))


def _finding(step: Step | None, code: str, severity: str = "error", **fields: str | int) -> Finding:
    return Finding(
        code, severity, f"{step.line if step else 1}:1", fields | ({"step": step.id} if step else {})
    )


def _roles(plan: Plan) -> Iterator[Finding]:
    known = {*plan.roles, *plan.groups}
    for role in plan.roles.values():
        for deputy in role.deputies:
            if deputy not in plan.roles:
                yield _finding(None, "check.unknown_role", role=deputy)
    for name, group in plan.groups.items():
        for member in group.members:
            if member not in plan.roles:
                yield _finding(None, "check.unknown_role", role=member, group=name)
    if plan.defaults.last_rung not in plan.roles:
        yield _finding(None, "check.unknown_role", role=plan.defaults.last_rung)
    for step in plan.steps:
        if not step.who:
            yield _finding(step, "check.nobody_acts")
        elif not (step.voluntary or step.each) and (len(step.who) > 1 or step.who[0] in plan.groups):
            yield _finding(step, "check.unclear_owner", who=", ".join(step.who))
        for name in (*step.who, *step.ladder, *step.waivable_by):
            if name not in known:
                yield _finding(step, "check.unknown_role", role=name)


def _deputy_loops(plan: Plan) -> Iterator[Finding]:
    for start in plan.roles:
        seen, waiting = set(), list(plan.roles[start].deputies)
        while waiting:
            name = waiting.pop()
            if name == start:
                yield _finding(None, "check.deputy_loop", "warning", role=start)
                break
            if name not in seen and name in plan.roles:
                seen.add(name)
                waiting.extend(plan.roles[name].deputies)


def _step_names(plan: Plan) -> Iterator[Finding]:
    ids = [step.id for step in plan.steps]
    for step in plan.steps:
        if ids.count(step.id) > 1:
            yield _finding(step, "check.duplicate_step")
        named = [*step.after.all, *step.after.any, *step.separate_from, *(owes.step for owes in step.owes)]
        for other in named:
            if other not in plan.step:
                yield _finding(step, "check.unknown_step", other=other)
        for phase in step.phases:
            if phase not in PHASES:
                yield _finding(step, "check.unknown_phase", phase=phase)
        if step.id in (*step.after.all, *step.after.any):
            yield _finding(step, "check.waits_for_itself")
        if not step.phases:
            yield _finding(step, "check.no_phase")


def _circles(plan: Plan) -> Iterator[Finding]:
    """Steps that wait for each other. Only `all` is followed: one of `any` may be free of the circle."""
    for step in plan.steps:
        seen: set[str] = set()
        waiting = [other for other in step.after.all if other != step.id]
        while waiting:
            name = waiting.pop()
            before = plan.step[name].after.all if name in plan.step else ()
            if step.id in before and name != step.id:
                yield _finding(step, "check.waits_in_circle", other=name)
                break
            if name not in seen:
                seen.add(name)
                waiting.extend(before)


def _owes_fields(plan: Plan) -> Iterator[Finding]:
    for step in plan.steps:
        types = {field.id: field.type for field in step.asks}
        for owes in step.owes:
            if owes.owner_field and types.get(owes.owner_field) is not FieldType.ROLE:
                yield _finding(step, "check.owner_field", field=owes.owner_field)
            if owes.by_field and types.get(owes.by_field) is not FieldType.TIME:
                yield _finding(step, "check.by_field", field=owes.by_field)
            if owes.text_field and owes.text_field not in types:
                yield _finding(step, "check.text_field", field=owes.text_field)


def _facts(plan: Plan) -> Iterator[Finding]:
    for step in plan.steps:
        for field in step.asks:
            if field.fact and field.id not in plan.facts:
                yield _finding(step, "check.unknown_fact", field=field.id)


def _conditions(plan: Plan) -> Iterator[Finding]:
    for step in plan.steps:
        texts = [step.when, *(need.when for need in step.requires), *(owes.when for owes in step.owes)]
        for text in [*texts, *([step.repeat.until] if step.repeat else [])]:
            yield from _condition(plan, step, text)
    for text in [level.when for level in plan.levels if level.when] + [move.when for move in plan.moves]:
        yield from _condition(plan, None, text)


def _condition(plan: Plan, step: Step | None, text: str) -> Iterator[Finding]:
    try:
        program = compiled(text)
    except ValueError as error:
        yield _finding(step, "check.not_cel", condition=text, problem=str(error).split("\n")[0][:160])
        return
    strangers = sorted(names_in(text) - NAMES)
    for name in strangers:
        yield _finding(step, "check.unknown_name", condition=text, name=name)
    if strangers:
        return
    answers = {field.id: _sample(field.type) for field in step.asks} if step else {}
    try:
        value = program.execute(context(plan, Case(phase="response"), answers))
    except CANNOT_EVALUATE as error:
        yield _finding(step, "check.cannot_evaluate", condition=text, problem=str(error)[:160])
        return
    if not isinstance(value, bool):
        yield _finding(step, "check.not_a_condition", condition=text)


def _sample(kind: FieldType) -> str | int | bool:
    return {FieldType.BOOL: True, FieldType.COUNT: 1, FieldType.TIME: 1}.get(kind, "text")


def _moves(plan: Plan) -> Iterator[Finding]:
    for move in plan.moves:
        if not is_legal(move.source, move.target):
            yield _finding(None, "check.illegal_move", source=move.source, target=move.target)
        for other in (*move.after.all, *move.after.any):
            if other not in plan.step:
                yield _finding(None, "check.unknown_step", other=other)
    used = {phase for step in plan.steps for phase in step.phases} - {CLOSED}
    for phase in sorted(used & set(PHASES)):
        if not any(move.source == phase for move in plan.moves):
            yield _finding(None, "check.no_exit", phase=phase)


def _clauses(plan: Plan) -> Iterator[Finding]:
    known = {clause.id for clause in plan.clauses}
    headings = {cite for role in plan.roles.values() for cite in role.clauses}
    headings |= {cite for level in plan.levels for cite in level.clauses}
    cited = headings | {cite for step in plan.steps for cite in step.clauses}
    for cite in sorted(headings - known):
        yield _finding(None, "check.unknown_clause", clause=cite)
    for step in plan.steps:
        for cite in step.clauses:
            if cite not in known:
                yield _finding(step, "check.unknown_clause", clause=cite)
    for clause in plan.clauses:
        if clause.runs_as == "rules" and clause.id not in cited:
            yield _finding(None, "check.clause_without_rule", "warning", clause=clause.id)
        if clause.runs_as != "rules" and clause.note is None:
            yield _finding(None, "check.clause_without_reason", clause=clause.id)


_RULES: tuple[Callable[[Plan], Iterator[Finding]], ...] = (
    _roles,
    _deputy_loops,
    _step_names,
    _circles,
    _owes_fields,
    _facts,
    _conditions,
    _moves,
    _clauses,
)
