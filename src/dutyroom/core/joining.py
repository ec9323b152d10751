"""What joins a plan's own steps once it is read: second confirmations, and the obligations of the packs it is under.

`complete(plan) -> (Plan, findings)`. What a pack brings is marked with its law; a step of the plan that says
`fulfils: X` stands in for the pack's own X.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dutyroom.core.findings import Finding
from dutyroom.core.packs import Bound, Pack, names, pack
from dutyroom.core.plan import CONFIRMED, Clock, ClockKind, Join, Owes, Plan, Step, Verb
from dutyroom.core.surroundings import CalendarDuty, PackUse, Report


def complete(plan: Plan, *, stored: bool = False) -> tuple[Plan | None, tuple[Finding, ...]]:
    """The plan with everything that joins it; findings where a pack or a post of it is not known.

    Packs change after an edition was approved under them: in a `stored` one a post
    that was not asked for in its day is the last rung's, and a pack that is gone joins nothing.
    """
    findings: list[Finding] = []
    for number, use in enumerate(plan.packs):
        path = f"packs.{number}"
        found = pack(use.id)
        if found is None:
            findings.append(
                _at(plan, f"{path}.id", "plan.unknown_pack", pack=use.id, known=", ".join(names()))
            )
            continue
        unbound = sorted(set(found.roles) - set(use.roles))
        for role in unbound:
            name = found.roles[role].zh
            findings.append(_at(plan, path, "plan.unbound_post", pack=use.id, post=role, name=name))
        for role in sorted(set(use.roles.values()) - {*plan.roles, *plan.outside}):
            findings.append(_at(plan, f"{path}.roles", "plan.unknown_post", pack=use.id, role=role))
        if stored:
            use = replace(use, roles={**dict.fromkeys(unbound, plan.defaults.last_rung), **use.roles})
        if stored or not unbound:
            plan = _join(plan, found, use)
    if findings and not stored:
        return None, tuple(findings)
    return _confirmations(plan), ()


def law_step(plan: Plan, name: str) -> Bound | None:
    """The obligation of one of the plan's packs that has this id, whether or not the plan carries it out itself."""
    for use in plan.packs:
        for bound in found.bound if (found := pack(use.id)) else ():
            one = bound.step or bound.duty
            if one is not None and one.id == name:
                return bound
    return None


def _at(plan: Plan, path: str, code: str, **fields: str) -> Finding:
    line, column = plan.place(path)
    return Finding(code, "error", f"{line}:{column}", fields)


def _join(plan: Plan, found: Pack, use: PackUse) -> Plan:
    done = {step.fulfils for step in plan.steps} | {duty.fulfils for duty in plan.calendar}
    binding = [one for one in found.bound if one.binds(plan.trade)]
    steps = [one.step for one in binding if one.step and one.step.id not in done]
    duties = [one.duty for one in binding if one.duty and one.duty.id not in done]
    facts = {name: fact for name, fact in found.facts.items() if name not in plan.facts}
    instead = {step.fulfils: step.id for step in plan.steps if step.fulfils}
    return replace(
        plan,
        steps=(*plan.steps, *(_follow(_bind_step(plan, step, use.roles), instead) for step in steps)),
        calendar=(*plan.calendar, *(_bind_duty(duty, use.roles) for duty in duties)),
        facts={**plan.facts, **facts},
    )


def _follow(step: Step, instead: Mapping[str, str]) -> Step:
    """A law's step waits for the plan's own step where that stands in for the law's."""
    names = {name: instead.get(name, name) for name in (*step.after.all, *step.after.any)}
    after = Join(tuple(names[one] for one in step.after.all), tuple(names[one] for one in step.after.any))
    clocks = {
        verb: replace(clock, since=instead.get(clock.since, clock.since))
        for verb, clock in step.clocks.items()
    }
    return replace(step, after=after, clocks=clocks)


def _bind_step(plan: Plan, step: Step, roles: Mapping[str, str]) -> Step:
    clocks = {verb: _as_the_plan_reads_it(plan, clock) for verb, clock in step.clocks.items()}
    return replace(
        step,
        clocks=clocks,
        who=tuple(roles.get(role, role) for role in step.who),
        ladder=tuple(roles.get(role, role) for role in step.ladder),
        waivable_by=tuple(roles.get(role, role) for role in step.waivable_by),
        report=_bind_report(step.report, roles),
    )


def _as_the_plan_reads_it(plan: Plan, clock: Clock) -> Clock:
    """The law's 立即 is no number: it means what the organisation says it means, where it says so."""
    meaning = plan.defaults.words.get(clock.word)
    return replace(clock, within=meaning.within) if meaning else clock


def _bind_duty(duty: CalendarDuty, roles: Mapping[str, str]) -> CalendarDuty:
    return replace(
        duty,
        who=roles.get(duty.who, duty.who),
        ladder=tuple(roles.get(role, role) for role in duty.ladder),
        report=_bind_report(duty.report, roles),
    )


def _bind_report(report: Report | None, roles: Mapping[str, str]) -> Report | None:
    """A pack reports to posts and authorities; an authority is bound to one of the plan's outside bodies."""
    return report and replace(report, to=tuple(roles.get(to, to) for to in report.to))


def _confirmations(plan: Plan) -> Plan:
    if not any(step.confirm for step in plan.steps):
        return plan
    return replace(plan, steps=tuple(_with_confirmation(plan)))


def _with_confirmation(plan: Plan) -> Iterator[Step]:
    for step in plan.steps:
        if step.confirm is None:
            yield step
            continue
        second = step.id + CONFIRMED
        yield replace(step, owes=(*step.owes, Owes(second)))
        yield _second(plan, step, second)


def _second(plan: Plan, step: Step, name: str) -> Step:
    assert step.confirm is not None
    clock = step.confirm.clock or Clock(ClockKind.DEFAULT, plan.defaults.done)
    return Step(
        id=name,
        title=step.confirm.title,
        clauses=step.clauses,
        who=(step.confirm.who,),
        phases=step.phases,
        stream=step.stream,
        clocks={Verb.DONE: clock},
        ladder=step.ladder,
        separate_from=(step.id,),
        waivable_by=step.waivable_by,
        line=step.line,
    )
