"""The plan's own course: whether every state can go on to an end, and the longest way to each milestone."""

from dutyroom.core.proof import Flow
from dutyroom.core.roster import PlanInForce


def flow_of(rules: PlanInForce) -> Flow | None:
    """What was found of the plan's course."""
    return None
