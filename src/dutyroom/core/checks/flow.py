"""How steps follow each other: what can never begin, never be done, never end, or is owed for ever.

The notions are those of timed Dynamic Condition Response graphs (Hildebrandt & Mukkamala 2011): dead acts, responses
that can never be discharged, and states from which no accepting run is left.
"""

from collections.abc import Iterator

from dutyroom.core.checks.expressions import readable
from dutyroom.core.checks.holding import can_hold
from dutyroom.core.checks.sheet import Sheet, can_follow, near, reachable
from dutyroom.core.findings import Finding
from dutyroom.core.phases import CLOSED, CLOSING, PHASES, READINESS, RECOVERY, RESPONSE, is_legal
from dutyroom.core.plan import FieldType, Move, Step


def flow(sheet: Sheet) -> Iterator[Finding]:
    """Every finding on the order of steps, their promises, and the way through the phases."""
    yield from _step_names(sheet)
    yield from _circles(sheet)
    for step in sheet.own_steps:
        yield from _dead(sheet, step)
        yield from _owes_fields(sheet, step)
        yield from _undischargeable(sheet, step)
    yield from _promise_loops(sheet)
    yield from _moves(sheet)
    yield from _phases(sheet)
    yield from _closing(sheet)
    yield from _nothing_at_level(sheet)


def _step_names(sheet: Sheet) -> Iterator[Finding]:
    first: dict[str, Step] = {}
    for step, path in zip(sheet.plan.steps, sheet.places, strict=True):
        if step.id in first and step.law is None:
            clause = step.clauses[0] if step.clauses else ""
            yield sheet.find(f"{path}.id", "duplicate_step", "error", clause, step=step.id)
        first.setdefault(step.id, step)
        joins = {"after": (*step.after.all, *step.after.any), "separate_from": step.separate_from}
        for part, names in (*joins.items(), ("owes", tuple(owes.step for owes in step.owes))):
            for other in names:
                if other not in sheet.plan.step:
                    yield sheet.at(
                        step, part, "unknown_step", other=other, nearest=near(other, sheet.plan.step)
                    )
        for phase in step.phases:
            if phase not in PHASES:
                yield sheet.at(step, "phases", "unknown_phase", phase=phase)
        if step.id in joins["after"]:
            yield sheet.at(step, "after", "waits_for_itself")
        if not step.phases:
            yield sheet.at(step, "phases", "no_phase")


def _circles(sheet: Sheet) -> Iterator[Finding]:
    """Steps that wait for each other. Only `all` is followed: one of `any` may be free of the circle."""
    state = dict.fromkeys(sheet.plan.step, 0)
    for start in state:
        stack = [(start, iter(sheet.plan.step[start].after.all))] if not state[start] else []
        state[start] = state[start] or 1
        while stack:
            name, rest = stack[-1]
            following = next((one for one in rest if one in state and one != name), None)
            if following is None:
                state[name] = 2
                stack.pop()
            elif state[following] == 1:
                yield sheet.at(sheet.plan.step[name], "after", "waits_in_circle", other=following)
            elif not state[following]:
                state[following] = 1
                stack.append((following, iter(sheet.plan.step[following].after.all)))


def _dead(sheet: Sheet, step: Step) -> Iterator[Finding]:
    """Acts that can never begin: what they wait for comes only afterwards, or only at other levels."""
    known = sheet.plan.step
    late = [name for name in step.after.all if name in known and not can_follow(known[name], step)]
    anys = [name for name in step.after.any if name in known]
    if anys and len(anys) == len(step.after.any) and not any(can_follow(known[name], step) for name in anys):
        late += anys
    for name in late if step.phases and set(step.phases) <= set(PHASES) else ():
        if set(known[name].phases) <= set(PHASES) and known[name].phases:
            yield sheet.at(step, "after", "after_too_late", other=name)
    for name in step.after.all:
        other = known.get(name)
        if other and step.levels and other.levels and not set(step.levels) & set(other.levels):
            yield sheet.at(step, "after", "after_other_level", other=name)
    for owes in step.owes:
        promised = known.get(owes.step)
        if promised and step.phases and promised.phases and not can_follow(step, promised):
            yield sheet.at(step, "owes", "promise_too_late", other=owes.step)


def _owes_fields(sheet: Sheet, step: Step) -> Iterator[Finding]:
    types = {field.id: field.type for field in step.asks}
    for number, owes in enumerate(step.owes):
        where = f"owes.{number}"
        if owes.owner_field and types.get(owes.owner_field) is not FieldType.ROLE:
            yield sheet.at(step, f"{where}.owner_field", "owner_field", field=owes.owner_field)
        if owes.by_field and types.get(owes.by_field) is not FieldType.TIME:
            yield sheet.at(step, f"{where}.by_field", "by_field", field=owes.by_field)
        if owes.text_field and owes.text_field not in types:
            yield sheet.at(step, f"{where}.text_field", "text_field", field=owes.text_field)


def _undischargeable(sheet: Sheet, step: Step) -> Iterator[Finding]:
    """Obligations that nobody could ever meet, whatever they answer."""
    names: set[str] = set()
    for number, field in enumerate(step.asks):
        if field.fact and field.id not in sheet.plan.facts and field.type is not FieldType.WARNING:
            yield sheet.at(step, f"asks.{number}", "unknown_fact", field=field.id)
        if field.type is FieldType.CHOICE and not field.options:
            yield sheet.at(step, f"asks.{number}", "choice_without_options", field=field.id)
        if field.id in names:
            yield sheet.at(step, f"asks.{number}", "asked_twice", field=field.id)
        names.add(field.id)
    texts = [need.when for need in step.requires]
    if len(texts) > 1 and not step.requires_any and all(readable(sheet.plan, text) for text in texts):
        alone = all(can_hold(sheet, (text,), step) for text in texts)
        if alone and not can_hold(sheet, texts, step):
            yield sheet.at(step, "requires", "conditions_contradict")


def _promise_loops(sheet: Sheet) -> Iterator[Finding]:
    """Promises that make each other without a condition: keeping one always opens the next."""
    edges = {
        step.id: [owes.step for owes in step.owes if owes.when == "true" and owes.step in sheet.plan.step]
        for step in sheet.plan.steps
        if step.owes
    }
    for start in edges:
        seen: set[str] = set()
        waiting = list(edges[start])
        while waiting:
            name = waiting.pop()
            if name == start:
                yield sheet.at(sheet.plan.step[start], "owes", "promise_loop", other=edges[start][0])
                return
            if name not in seen:
                seen.add(name)
                waiting.extend(edges.get(name, ()))


def _moves(sheet: Sheet) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for number, move in enumerate(sheet.plan.moves):
        path, clause = f"moves.{number}", move.clauses[0] if move.clauses else ""
        if not is_legal(move.source, move.target):
            yield sheet.find(path, "illegal_move", "error", clause, source=move.source, target=move.target)
        for other in (*move.after.all, *move.after.any):
            step = sheet.plan.step.get(other)
            if step is None:
                fields = {"other": other, "nearest": near(other, sheet.plan.step)}
                yield sheet.find(f"{path}.after", "unknown_step", "error", clause, **fields)
            elif not any(move.source in reachable(phase) for phase in step.phases) and step.phases:
                fields = {"other": other, "source": move.source, "target": move.target}
                yield sheet.find(f"{path}.after", "move_waits_in_vain", "error", clause, **fields)
        if not (move.after.all or move.after.any) and move.when == "true":
            fields = {"source": move.source, "target": move.target}
            yield sheet.find(path, "moves_by_itself", "error", clause, **fields)
        key = (move.source, move.after, move.when)
        if key in seen:
            yield sheet.find(path, "moves_at_once", "error", clause, source=move.source)
        seen.add(key)


def _phases(sheet: Sheet) -> Iterator[Finding]:
    """Phases without a way in, and phases without a way out."""
    moves = sheet.plan.moves
    used = {phase for step in sheet.own_steps for phase in step.phases} & set(PHASES)
    entered = {move.target for move in moves} | {READINESS}
    if any(rule.automatic and rule.state == "response" for rule in sheet.plan.warnings.rules):
        entered.add(RESPONSE)
    left = {move.source for move in moves}
    for phase in [one for one in PHASES if one in used or one in {move.target for move in moves}]:
        if phase != CLOSED and phase not in left:
            yield sheet.find("moves", "no_exit", phase=phase)
        elif (
            phase in used
            and phase not in entered
            and moves
            and all(is_legal(m.source, m.target) for m in moves)
        ):
            step = next(step for step in sheet.own_steps if phase in step.phases)
            yield sheet.at(step, "phases", "phase_never_reached", phase=phase)


def _closing(sheet: Sheet) -> Iterator[Finding]:
    """The steps that end the response: their conditions must be able to hold, at every level, and all of them."""
    ending: dict[str, Move] = {}
    for move in sheet.plan.moves:
        if (move.source, move.target) in ((RESPONSE, CLOSING), (CLOSING, RECOVERY), (RECOVERY, CLOSED)):
            ending |= dict.fromkeys((*move.after.all, *move.after.any), move)
    for name in ending:
        step = sheet.plan.step.get(name)
        if step is None:
            continue
        if step.requires_any and len(step.requires) > 1:
            yield sheet.at(step, "requires", "any_ends_response", "warning")
        elif step.requires:
            yield from _level_waits(sheet, step)
    for move in {id(move): move for move in ending.values()}.values():
        yield from _owed_nowhere(sheet, move)


def _level_waits(sheet: Sheet, step: Step) -> Iterator[Finding]:
    texts = [need.when for need in step.requires]
    if len(set(sheet.plan.rank.values())) < len(sheet.levels):  # ranks that two share are told elsewhere
        return
    if not all(readable(sheet.plan, text) for text in texts) or not can_hold(sheet, texts, step):
        return
    for level in sheet.levels:
        undone = [one.id for one in sheet.plan.steps if not one.holds_at(level)]
        if not can_hold(sheet, texts, step, level, undone):
            yield sheet.at(step, "requires", "close_waits_at_level", level=level)


def _owed_nowhere(sheet: Sheet, move: Move) -> Iterator[Finding]:
    """A move that waits for a step which some level does not owe: at that level the case stays where it is."""
    for name in move.after.all:
        step = sheet.plan.step.get(name)
        missing = [level for level in sheet.levels if step and not step.holds_at(level)]
        if step and missing:
            yield sheet.at(step, "levels", "end_missing_at_level", level=", ".join(missing))


def _nothing_at_level(sheet: Sheet) -> Iterator[Finding]:
    owed = [step for step in sheet.plan.steps if not step.voluntary and RESPONSE in step.phases]
    owed = [step for step in owed if step.id not in sheet.plan.spawned]
    for number, level in enumerate(sheet.plan.levels):
        if owed and not any(step.holds_at(level.id) for step in owed):
            clause = level.clauses[0] if level.clauses else ""
            yield sheet.find(f"levels.{number}", "nothing_at_level", "error", clause, level=level.id)
