"""Which single change helps most: `compare(setup, runs) -> Comparison`, every change against the same incidents.

A change is one thing that can be bought or ordered: a deputy more, a second channel, a second person, calling sooner, a
channel mended, somebody back at the post. Each is played with the draws of the plan as it is (common random numbers),
so that a difference is the change's and not luck's. Refuses to recommend what it did not play.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import NormalDist

from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.instants import SECOND
from dutyroom.core.plan import Plan
from dutyroom.core.roster import Channel, PlanInForce, Responder
from dutyroom.core.sampled import MILESTONES, URGENT, Change, Comparison, Effect
from dutyroom.core.slicing import owners
from dutyroom.interpreters.drill.incident import Setup
from dutyroom.interpreters.drill.intervals import paired
from dutyroom.interpreters.drill.sample import Trial
from dutyroom.interpreters.drill.sampling import trials

_ROLES = 4
_STARTED = MILESTONES.index("started")
_COMMON = ("voice", "sms")


def compare(
    setup: Setup,
    runs: int,
    processes: int = 1,
    progress: Callable[[int, int], object] = lambda done, of: None,
) -> Comparison:
    """Play every change. `progress` is told how many incidents of how many are done. Raises ValueError for no runs."""
    if runs < 1:
        raise ValueError("at least one run")
    base = trials(setup, runs, processes)
    changes = candidates(setup, base)
    played = 1 + len(changes)
    progress(runs, played * runs)
    z = round(NormalDist().inv_cdf(1 - 0.025 / max(1, len(changes))), 6)
    effects = []
    for number, change in enumerate(changes, 1):
        found = trials(changed(setup, change), runs, processes)
        progress((number + 1) * runs, played * runs)
        effects.append(_effect(change, base, found, z))
    roles = setup.rules.plan.roles
    return Comparison(
        runs,
        setup.seed,
        round(sum(one.unkept for one in base) / runs, 6),
        sum(one.lost for one in base) // runs,
        tuple(sorted(effects, key=lambda one: (not one.unkept.shown, one.unkept.mean, one.lost.mean))),
        {name: roles[name].name for one in changes for name in (one.role, one.detail) if name in roles},
    )


def _effect(change: Change, base: Sequence[Trial], found: Sequence[Trial], z: float) -> Effect:
    pairs = list(zip(base, found, strict=True))
    times = [(before.reached[_STARTED], after.reached[_STARTED]) for before, after in pairs]
    started = [after - before for before, after in times if before is not None and after is not None]
    return Effect(
        change,
        paired([after.unkept - before.unkept for before, after in pairs], z),
        paired([after.lost - before.lost for before, after in pairs], z),
        paired(started, z),
    )


def candidates(setup: Setup, base: Sequence[Trial]) -> tuple[Change, ...]:
    """The changes worth trying: for the posts whose steps lose most time, and for what the script breaks."""
    found: list[Change] = []
    for role in _costly(setup.rules.plan, base):
        found += _for_role(setup, role)
    found.append(Change("sooner"))
    channels, people = setup.script.channels, setup.script.people
    found += [Change("mended", detail=kind) for kind in dict.fromkeys((*channels.down, *channels.unheard))]
    away = dict.fromkeys((*people.silent, *people.absent))
    found += [Change("back", _post(setup, name), name) for name in away]
    return tuple(found)


def _post(setup: Setup, name: str) -> str:
    """The post that the person holds when the report comes in, or the post itself: shown instead of a number."""
    roster, at = setup.rules.roster, setup.script.starts
    roles = setup.rules.plan.roles
    return name if name in roles else next((role for role in roles if name in roster.holders(role, at)), "")


def _costly(plan: Plan, base: Sequence[Trial]) -> list[str]:
    """The posts whose first deadlines lose most time, the worst first."""
    lost: dict[str, int] = {}
    for one in base:
        for (step, *_), (_, late, missed, total) in one.deadlines.items():
            if late + missed and plan.step[step].phases[0] in URGENT:
                for role in owners(plan, plan.step[step])[:1]:
                    lost[role] = lost.get(role, 0) + total
    return sorted(lost, key=lambda role: (-lost[role], role))[:_ROLES]


def _for_role(setup: Setup, role: str) -> Iterator[Change]:
    rules, at = setup.rules, setup.script.starts
    deputy = _deputy(rules, role, at)
    if deputy:
        yield Change("deputy", role, deputy)
    reachable = rules.reachable(role, at)
    use, broken = setup.script.channels.use, (*setup.script.channels.down, *setup.script.channels.unheard)
    for kind in _COMMON:
        missing = [one for one in reachable if kind not in {channel.kind for channel in one.channels}]
        if missing and (not use or kind in use) and kind not in broken:
            yield Change("channel", role, kind)
            break
    if len(rules.roster.holders(role, at)) < 2:
        yield Change("second", role)


def _deputy(rules: PlanInForce, role: str, at: int) -> str:
    """The nearest post that could stand in: from the ladders of the role's steps, held by somebody else."""
    plan = rules.plan
    have, holders = set(with_deputies(plan, role)), set(rules.roster.holders(role, at))
    ladders = [
        name for step in plan.steps if role in step.who for rung in step.ladder for name in plan.members(rung)
    ]
    for name in dict.fromkeys((*ladders, plan.defaults.last_rung)):
        others = {one.person for one in rules.reachable(name, at)} - holders
        if name in plan.roles and name not in have and others:
            return name
    return ""


def changed(setup: Setup, change: Change) -> Setup:
    """The same sample with the change made, and nothing else."""
    rules, script = setup.rules, setup.script
    match change.what:
        case "deputy":
            return replace(setup, rules=replace(rules, plan=_with_deputy(rules.plan, change)))
        case "channel":
            return replace(setup, rules=_with_channel(rules, change, script.starts))
        case "second":
            return replace(setup, rules=_with_second(rules, change.role, script.starts))
        case "sooner":
            return replace(setup, rules=_sooner(rules))
        case "mended":
            channels = replace(
                script.channels,
                down=tuple(kind for kind in script.channels.down if kind != change.detail),
                unheard=tuple(kind for kind in script.channels.unheard if kind != change.detail),
            )
            return replace(setup, script=replace(script, channels=channels))
    return _back(setup, change.detail)


def _with_deputy(plan: Plan, change: Change) -> Plan:
    role = plan.roles[change.role]
    return replace(
        plan, roles={**plan.roles, role.id: replace(role, deputies=(*role.deputies, change.detail))}
    )


def _with_channel(rules: PlanInForce, change: Change, at: int) -> PlanInForce:
    people = dict(rules.people)
    for one in rules.reachable(change.role, at):
        if change.detail not in {channel.kind for channel in one.channels}:
            people[one.person] = replace(one, channels=(*one.channels, Channel(change.detail)))
    return replace(rules, people=people)


def _with_second(rules: PlanInForce, role: str, at: int) -> PlanInForce:
    """One more on the post, reached like the first, or by the common channels where nobody holds it."""
    person = f"{role}+1"
    held = rules.reachable(role, at)
    channels = held[0].channels if held else tuple(Channel(kind) for kind in _COMMON)
    standing = {**rules.roster.standing, role: (*rules.roster.standing.get(role, ()), person)}
    people = {**rules.people, person: Responder(person, channels=channels)}
    return replace(rules, roster=replace(rules.roster, standing=standing), people=people)


def _sooner(rules: PlanInForce) -> PlanInForce:
    plan = rules.plan
    defaults = replace(plan.defaults, ask_again=max(SECOND, plan.defaults.ask_again // 2))
    people = {
        person: replace(
            one, channels=tuple(replace(channel, wait=channel.wait // 2) for channel in one.channels)
        )
        for person, one in rules.people.items()
    }
    return replace(rules, plan=replace(plan, defaults=defaults), people=people)


def _back(setup: Setup, name: str) -> Setup:
    people = setup.script.people
    here = replace(
        people,
        silent=tuple(one for one in people.silent if one != name),
        absent=tuple(one for one in people.absent if one != name),
    )
    # The absent lost their channels when the sample was set up: they get back the common ones the script has.
    rules = setup.rules
    back = rules.roster.holders(name, setup.script.starts) if name in rules.plan.roles else (name,)
    channels = tuple(Channel(kind) for kind in setup.script.channels.use or _COMMON)
    known = {
        person: replace(rules.people[person], channels=channels)
        for person in back
        if person in rules.people and not rules.people[person].channels
    }
    script = replace(setup.script, people=here)
    return replace(setup, script=script, rules=replace(rules, people={**rules.people, **known}))
