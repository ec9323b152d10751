"""What may be said of a deviation afterwards: why it was right, and whether the plan should change.

An audit names deviations; the reason belongs on the record, beside them. It changes nothing that was decided, so it may
be given at any time, after the end too, by those who answer for the case: the posts that sign its end.
"""

from dutyroom.core.commands import Justify
from dutyroom.core.decide.draft import Draft
from dutyroom.core.events import DeviationJustified
from dutyroom.core.findings import Refusal
from dutyroom.core.plan import Plan


def justifiers(plan: Plan) -> tuple[str, ...]:
    """The posts that may justify: those that sign the end; where the plan names none, its last rung."""
    signing = (plan.step[step] for step in plan.signs if step in plan.step)
    roles = dict.fromkeys(member for step in signing for who in step.who for member in plan.members(who))
    return tuple(roles) or (plan.defaults.last_rung,)


def justify(draft: Draft, command: Justify) -> Refusal | None:
    """Note the reason for a deviation, or say why not."""
    if not draft.rules.holds(command.by, justifiers(draft.plan), draft.at):
        return Refusal("justify.not_yours", {"role": justifiers(draft.plan)[0]})
    if not command.deviation.strip():
        return Refusal("justify.no_deviation")
    if not command.reason.strip():
        return Refusal("justify.no_reason")
    draft.add(
        DeviationJustified(
            draft.at, command.command, command.by, command.deviation, command.reason, command.change
        )
    )
    return None
