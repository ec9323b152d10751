"""Who among those that a roster binds belongs to a body outside the organisation: `outsiders(rules) -> persons`.

The plan says it of a post (`outside: fire_service`); whoever holds such a post at any time of the roster is an
outsider, also when asked in another post's place. In earnest they are called like everybody; an exercise calls none.
"""

from dutyroom.core.plan import Plan
from dutyroom.core.roster import PlanInForce


def outside_roles(plan: Plan) -> frozenset[str]:
    """The posts that a body outside holds."""
    return frozenset(role.id for role in plan.roles.values() if role.outside)


def outsiders(rules: PlanInForce) -> frozenset[str]:
    """Persons who hold such a post, standing or on any turn the roster has."""
    roles = outside_roles(rules.plan)
    if not roles:
        return frozenset()
    standing = {person for role in roles for person in rules.roster.standing.get(role, ())}
    return frozenset(standing | {turn.person for turn in rules.roster.periods if turn.role in roles})


def reports_outside(plan: Plan, step: str) -> bool:
    """Whether the step tells an outside body something: in an exercise it is only said aloud, nobody is rung."""
    report = plan.step[step].report if step in plan.step else None
    outside = {*plan.outside, *outside_roles(plan)}
    return report is not None and any(to in outside for to in report.to)
