"""The proof of cover: every question over the whole stretch, put together; and proved anew after a change.

`verify(rules, span, missing, assumptions, progress)` gives the answer. `prove` keeps with it what was learnt, from
which `reprove` sweeps only the moments that a changed shift, leave or phone touches; a test holds its answer equal to a
full proof's. Makes no judgement of its own: runs are the core's.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from dutyroom.core.instants import Instant
from dutyroom.core.proof import Assumptions, Flow, Hole, Proof
from dutyroom.core.roster import PlanInForce, Responder, Roster
from dutyroom.interpreters.verify.changes import roles, touched
from dutyroom.interpreters.verify.flow import flow_of, without_owner
from dutyroom.interpreters.verify.holes import Telling
from dutyroom.interpreters.verify.margins import weakest
from dutyroom.interpreters.verify.memo import Turns, turns_of
from dutyroom.interpreters.verify.questions import questions
from dutyroom.interpreters.verify.reach import Reach
from dutyroom.interpreters.verify.search import World
from dutyroom.interpreters.verify.sweep import Swept, swept

Progress = Callable[[int, int], None]  # questions done, questions in all


@dataclass
class Proved:
    """A proof with what was learnt on the way. `reprove` takes it over and goes on from it."""

    proof: Proof
    rules: PlanInForce
    zone: str
    swept: list[Swept]
    telling: Telling
    world: World
    turns: Turns
    told: dict[str, tuple[Hole, ...]] = field(default_factory=dict)


def verify(
    rules: PlanInForce,
    span: tuple[Instant, Instant],
    missing: int = 1,
    assumptions: Assumptions | None = None,
    progress: Progress | None = None,
    zone: str = "Asia/Shanghai",
) -> Proof:
    """Whether everything the plan asks is taken in time, whichever `missing` people fail, at every moment of `span`.

    `span` is half-open. `zone` is the one in which scripts of holes tell time. Raises ValueError for a span that ends
    before it begins, and for fewer than no people missing.
    """
    return prove(rules, span, missing, assumptions, progress, zone).proof


def prove(
    rules: PlanInForce,
    span: tuple[Instant, Instant],
    missing: int = 1,
    assumptions: Assumptions | None = None,
    progress: Progress | None = None,
    zone: str = "Asia/Shanghai",
    *,
    flow: bool = True,
) -> Proved:
    """As `verify`, with what `reprove` needs. Without `flow` the plan's own course is left out."""
    if span[1] < span[0] or missing < 0:
        raise ValueError(f"span {span}, missing {missing}")
    assumptions = assumptions or Assumptions()
    world = World(dict(rules.people), assumptions, missing, outages(rules.people, assumptions))
    reach = Reach(world.people, assumptions, span[0])
    asked = questions(rules.plan, assumptions.idle)
    turns: Turns = {}
    found = [swept(one, world, rules.roster, reach, turns) for one in asked]
    for number, one in enumerate(found):
        one.sweep(span)
        if progress is not None:
            progress(number + 1, len(found))
    proof = Proof(
        rules.plan.id,
        rules.plan.source_sha256,
        "",
        *span,
        missing,
        assumptions,
        tuple(one.question for one in asked),
        (),
        (),
        span[1],
        0,
        0,
        flow=flow_of(rules) if flow else None,
    )
    proved = Proved(proof, rules, zone, found, Telling(rules, world, reach, zone), world, turns)
    return _concluded(proved, set(range(len(found))))


def reprove(proved: Proved, rules: PlanInForce, progress: Progress | None = None) -> Proved:
    """The proof for changed rules. Sweeps only what the change touches; another plan, or evidence, is proved afresh."""
    before, span = proved.rules, (proved.proof.starts, proved.proof.ends)
    assumptions = proved.proof.assumptions
    if (
        (rules.plan is not before.plan and rules.plan != before.plan)
        or assumptions.evidence is not None
        or outages(rules.people, assumptions) != proved.world.outages
    ):
        return prove(
            rules,
            span,
            proved.proof.missing,
            assumptions,
            progress,
            proved.zone,
            flow=proved.proof.flow is not None,
        )
    changed = touched(before, rules)
    world = replace(proved.world, people=dict(rules.people))
    reach = Reach(world.people, assumptions, span[0])
    again = set[int]()
    turns = {role: known for role, known in proved.turns.items() if role not in changed.spans}
    sweeps = [one.gone_on(world, rules.roster, reach, turns) for one in proved.swept]
    for number, one in enumerate(sweeps):
        spans = changed.of(one.asked, span)
        if spans:
            again.add(number)
            one.again(spans)
        if progress is not None:
            progress(number + 1, len(sweeps))
    telling = Telling(rules, world, reach, proved.zone)
    return _concluded(
        replace(proved, rules=rules, world=world, telling=telling, swept=sweeps, turns=turns), again
    )


def outages(people: Mapping[str, Responder], assumptions: Assumptions) -> dict[str, frozenset[str]]:
    """What can fail as one: each kind of channel by itself, and what the assumptions name. A name replaces its kind."""
    named = {name: frozenset(kinds) for name, kinds in sorted(assumptions.outages.items())}
    kinds = sorted({one.kind for person in people.values() for one in person.channels})
    single = {kind: frozenset({kind}) for kind in kinds if frozenset({kind}) not in named.values()}
    return {**single, **named}


def _concluded(proved: Proved, again: set[int]) -> Proved:
    """The proof put together; holes of questions that were not swept again are told as before."""
    for number in sorted(again):
        one = proved.swept[number]
        proved.told[one.asked.question.id] = tuple(
            proved.telling.hole(one.asked, *each) for each in one.holes()
        )
    told = [hole for one in proved.swept for hole in proved.told[one.asked.question.id]]
    order = {one.asked.question.id: number for number, one in enumerate(proved.swept)}
    holes = sorted(
        told, key=lambda one: (one.spans[0], len(one.silent), order[one.question], one.silent, one.down)
    )
    proof = replace(
        proved.proof,
        roster=fingerprint(proved.rules.roster, proved.rules.people),
        holes=tuple(holes),
        weakest=weakest(holes),
        covered_until=min((one.spans[0][0] for one in holes), default=proved.proof.ends),
        moments=sum(one.moments for one in proved.swept),
        runs=sum(one.runs for one in proved.swept),
        empty_from=_ends(proved),
        flow=_owned(proved),
    )
    return replace(proved, proof=_aged(proved, proof))


def _owned(proved: Proved) -> Flow | None:
    """The plan's course, which stays, and the posts that nobody holds, which change with the roster."""
    flow = proved.proof.flow
    if flow is None:
        return None
    asked = [one.asked for one in proved.swept]
    unowned = without_owner(asked, proved.rules.roster, proved.turns)
    kept = [one for one in flow.faults if one.what != "no_owner"]
    return replace(flow, faults=(*kept, *unowned))


def _ends(proved: Proved) -> dict[str, Instant]:
    """From when on nobody is rostered on a role that somebody will be looked for in."""
    ends, found = proved.proof.ends, {}
    for role in dict.fromkeys(role for one in proved.swept for role in roles(one.asked.plan)):
        changes, holders = turns_of(proved.rules.roster, role, proved.turns)
        if not holders[-1] and (not changes or changes[-1] < ends):
            found[role] = max(changes[-1] if changes else proved.proof.starts, proved.proof.starts)
    return found


def _aged(proved: Proved, proof: Proof) -> Proof:
    """When the evidence that the proof leans on runs out, and what is covered if nobody answers anything meanwhile."""
    if proof.assumptions.evidence is None:
        return proof
    reach = Reach(proved.world.people, proof.assumptions, proof.starts, expiring=True)
    leant_on = {pair for one in proved.swept for pair in one.leant_on}
    ends = [reach.lasts(*pair) for pair in leant_on]
    return replace(
        proof,
        evidence_until=min((one for one in ends if one > proof.starts), default=None),
        without_renewal=_first_hole(proved, proof, reach),
    )


def _first_hole(proved: Proved, proof: Proof, reach: Reach) -> Instant:
    """The first instant not covered if no answer comes that renews a channel."""
    first = proof.covered_until
    for one in proved.swept:
        aging = swept(one.asked, proved.world, proved.rules.roster, reach)
        first = min(first, aging.first_failure((proof.starts, first)))
    return first


def fingerprint(roster: Roster, people: Mapping[str, Responder]) -> str:
    """The hash of who holds what when, and of everybody's channels; the order in which they are listed is no part."""
    lines = [f"{one.role} {one.starts_at} {one.ends_at} {one.place} {one.person}" for one in roster.periods]
    lines += [f"{role} {persons}" for role, persons in roster.standing.items()]
    lines += [f"{name} {[(one.kind, one.wait) for one in each.channels]}" for name, each in people.items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
