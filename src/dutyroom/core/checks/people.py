"""Who acts: roles, deputies, groups, signatures. Findings on posts; who holds them is `holders`' business."""

from collections.abc import Iterator
from itertools import pairwise

from dutyroom.core.checks.sheet import Sheet, head, near
from dutyroom.core.findings import Finding
from dutyroom.core.plan import CONFIRMED, Group, Step


def people(sheet: Sheet) -> Iterator[Finding]:
    """Every finding on posts and groups."""
    yield from _names(sheet)
    for step in sheet.plan.steps:
        yield from _owner(sheet, step)
        yield from _step_names(sheet, step)
        yield from _separate(sheet, step)
    yield from _deputy_loops(sheet)
    for name, group in sheet.plan.groups.items():
        yield from _group(sheet, name, group)
    yield from _two_groups(sheet)
    yield from _signatures(sheet)
    yield from _idle(sheet)


def _unknown(sheet: Sheet, path: str, name: str, clauses: tuple[str, ...] = ()) -> Iterator[Finding]:
    if name and name not in sheet.posts:
        yield sheet.find(path, "unknown_role", "error", clauses[0] if clauses else "", role=name)


def _names(sheet: Sheet) -> Iterator[Finding]:
    plan = sheet.plan
    for role in plan.roles.values():
        for number, deputy in enumerate(role.deputies):
            if deputy not in plan.roles:
                yield from _unknown(sheet, f"roles.{role.id}.deputies.{number}", deputy, role.clauses)
        if role.outside and role.outside not in plan.outside:
            known = near(role.outside, plan.outside)
            clause = role.clauses[0] if role.clauses else ""
            fields = {"role": role.id, "name": role.outside, "nearest": known}
            yield sheet.find(f"roles.{role.id}.outside", "unknown_outside_role", "error", clause, **fields)
    yield from _unknown(sheet, "defaults.last_rung", plan.defaults.last_rung)
    if not plan.defaults.last_rung:
        yield sheet.find("defaults.last_rung", "no_last_rung", "error", "")
    for number, duty in enumerate(plan.calendar):
        if not duty.who and duty.law is None:
            clause = duty.clauses[0] if duty.clauses else ""
            yield sheet.find(f"calendar.{number}.who", "duty_without_post", "error", clause, duty=duty.id)
    yield from _unknown(sheet, head("approved_by"), plan.approved_by)
    for post in plan.posts.values():
        yield from _unknown(sheet, f"posts.{post.id}.role", post.role, post.clauses)
        yield from _unknown(sheet, f"posts.{post.id}.leader", post.leader, post.clauses)
    for number, quota in enumerate(plan.quotas):
        yield from _unknown(sheet, f"quotas.{number}.who", quota.who, quota.clauses)
    for kept in plan.resources.values():
        yield from _unknown(sheet, f"resources.{kept.id}.keeper", kept.keeper, kept.clauses)
    for duty in plan.calendar:
        for part, name in (("who", duty.who), *(("ladder", name) for name in duty.ladder)):
            yield from _unknown(sheet, f"{sheet.duty_paths[duty.id]}.{part}", name, duty.clauses)
    if plan.assisting:
        yield from _unknown(sheet, "assisting.liaison", plan.assisting.liaison)
    for number, level in enumerate(plan.levels):
        for part, several in (("any", level.any), ("all", level.all)):
            for item, one in enumerate(several):
                yield from _unknown(sheet, f"levels.{number}.{part}.{item}", one.judged_by, level.clauses)


def _step_names(sheet: Sheet, step: Step) -> Iterator[Finding]:
    for part, names in (("who", step.who), ("ladder", step.ladder), ("waivable_by", step.waivable_by)):
        for number, name in enumerate(names):
            if name not in sheet.posts:
                where = "each" if part == "who" and step.each else part
                plain = f"{sheet.paths[step.id]}.{where}.{number}" in sheet.plan.marks
                yield sheet.at(step, f"{where}.{number}" if plain else where, "unknown_role", role=name)
    if step.report and not step.law:
        for name in step.report.to:
            if name not in sheet.posts and name not in sheet.plan.outside:
                yield sheet.at(step, "report.to", "unknown_recipient", name=name)


def _owner(sheet: Sheet, step: Step) -> Iterator[Finding]:
    if not step.who:
        yield sheet.at(step, "who", "nobody_acts")
    elif not (step.voluntary or step.each) and (len(step.who) > 1 or step.who[0] in sheet.plan.groups):
        yield sheet.at(step, "who", "unclear_owner", who=", ".join(step.who))
    if step.each and step.quorum:
        members = sum(len(sheet.plan.members(who)) for who in step.who)
        if step.quorum > members:
            yield sheet.at(step, "quorum", "quorum_too_large", quorum=step.quorum, members=members)


def _separate(sheet: Sheet, step: Step) -> Iterator[Finding]:
    """Two acts that two persons must do are given to one post, so that the second can never be done."""
    if step.confirm is not None and step.who == (step.confirm.who,):
        yield sheet.at(step, "confirm.who", "confirms_itself", role=step.confirm.who)
        return
    confirmation = step.id.endswith(CONFIRMED) and step.separate_from == (step.id.removesuffix(CONFIRMED),)
    for name in step.separate_from if not confirmation else ():
        other = sheet.plan.step.get(name)
        if name == step.id:
            yield sheet.at(step, "separate_from", "separate_from_itself")
        elif (
            other
            and len(step.who) == 1
            and other.who == step.who
            and not step.each
            and _first(sheet, step, other)
        ):
            yield sheet.at(step, "separate_from", "own_approver", other=name, role=step.who[0])


def _first(sheet: Sheet, step: Step, other: Step) -> bool:
    """Of two steps that name each other, the fault is told once, at the later one."""
    if step.id not in other.separate_from:
        return True
    ids = list(sheet.plan.step)
    return ids.index(step.id) > ids.index(other.id)


def _deputy_loops(sheet: Sheet) -> Iterator[Finding]:
    """Each circle of deputies once, at its first role. A walk down every role's deputies: linear in their number."""
    roles, state = sheet.plan.roles, dict.fromkeys(sheet.plan.roles, 0)
    for start in roles:
        stack = [(start, iter(roles[start].deputies))] if not state[start] else []
        state[start] = state[start] or 1
        while stack:
            name, rest = stack[-1]
            following = next((one for one in rest if one in roles), None)
            if following is None:
                state[name] = 2
                stack.pop()
            elif state[following] == 1:
                role = roles[name]
                clause = role.clauses[0] if role.clauses else ""
                yield sheet.find(f"roles.{name}.deputies", "deputy_loop", "warning", clause, role=following)
            elif not state[following]:
                state[following] = 1
                stack.append((following, iter(roles[following].deputies)))


def _group(sheet: Sheet, name: str, group: Group) -> Iterator[Finding]:
    clause = group.clauses[0] if group.clauses else ""
    for part, several in (
        ("members", group.members),
        ("leader", (group.leader,)),
        ("deputy", (group.deputy,)),
    ):
        for number, member in enumerate(several):
            if member and member not in sheet.plan.roles:
                exact = f"groups.{name}.{part}.{number}"
                path = exact if exact in sheet.plan.marks else f"groups.{name}.{part}"
                path = f"groups.{name}.{number}" if f"groups.{name}.{number}" in sheet.plan.marks else path
                yield sheet.find(path, "unknown_role", "error", clause, role=member)
    if not group.members:
        yield sheet.find(f"groups.{name}", "empty_group", "error", clause, group=name)
    if (group.together or group.duties) and not group.leader:
        yield sheet.find(f"groups.{name}", "group_without_leader", "warning", clause, group=name)
    leader = sheet.plan.roles.get(group.leader)
    if leader and group.members and group.leader not in group.members:
        yield sheet.find(
            f"groups.{name}.leader", "leader_outside_group", "warning", clause, group=name, role=leader.id
        )
    if leader and group.deputy and leader.deputies and group.deputy != leader.deputies[0]:
        fields = {"group": name, "role": leader.id, "deputy": group.deputy, "other": leader.deputies[0]}
        yield sheet.find(f"groups.{name}.deputy", "two_deputies", "warning", clause, **fields)


def _two_groups(sheet: Sheet) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, group in sheet.plan.groups.items():
        for member in dict.fromkeys((*group.members, group.leader) if group.together else ()):
            if member and member in first:
                clause = group.clauses[0] if group.clauses else ""
                fields = {"role": member, "group": name, "other": first[member]}
                yield sheet.find(f"groups.{name}.members", "two_places_at_once", "error", clause, **fields)
            first.setdefault(member, name)


def _signatures(sheet: Sheet) -> Iterator[Finding]:
    signs = [sheet.plan.step[name] for name in sheet.plan.signs if name in sheet.plan.step]
    for number, name in enumerate(sheet.plan.signs):
        if name not in sheet.plan.step:
            yield sheet.find(
                f"plan.signs.{number}", "unknown_step", other=name, nearest=near(name, sheet.plan.step)
            )
    for step, other in pairwise(signs):
        if other.id not in step.separate_from and step.id not in other.separate_from:
            yield sheet.at(other, "", "one_person_may_sign_twice", "warning", other=step.id)


def _idle(sheet: Sheet) -> Iterator[Finding]:
    """Posts that nothing ever calls: duties on paper without a moment at which they begin."""
    plan = sheet.plan
    used = {name for step in plan.steps for name in (*step.who, *step.ladder, *step.waivable_by)}
    used |= {name for step in plan.steps if step.report for name in step.report.to}
    used |= {name for role in plan.roles.values() for name in role.deputies}
    used |= {name for group in plan.groups.values() for name in (*group.members, group.leader, group.deputy)}
    used |= {name for post in plan.posts.values() for name in (post.role, post.leader)}
    used |= {name for duty in plan.calendar for name in (duty.who, *duty.ladder)}
    used |= {quota.who for quota in plan.quotas} | {one.keeper for one in plan.resources.values()}
    used |= {one.judged_by for level in plan.levels for one in (*level.any, *level.all)}
    used |= {plan.defaults.last_rung, plan.approved_by, plan.assisting.liaison if plan.assisting else ""}
    used |= {name for use in plan.packs for name in use.roles.values()}
    for role in plan.roles.values():
        if role.id not in used:
            clause = role.clauses[0] if role.clauses else ""
            yield sheet.find(f"roles.{role.id}", "idle_role", "warning", clause, role=role.id)
