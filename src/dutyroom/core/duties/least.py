"""How many keep a post while certain periods hold: a handover asks it, and so does whoever shows or rosters a post."""

from dutyroom.core.duties.occurring import holds_on, least_of
from dutyroom.core.duties.steps import LEAST, DutyStep
from dutyroom.core.plan import Plan, Step
from dutyroom.core.state import Case


def least_on(plan: Plan, role: str, periods: tuple[str, ...]) -> int:
    """The most that any post of the role, or any of the periods for it, asks."""
    posts = (post for post in plan.posts.values() if post.role == role and holds_on(post.during, periods))
    return max([1, *(least_of(post, periods) for post in posts)])


def said_of(plan: Plan, case: Case, step: Step, condition: str) -> str:
    """A step's condition as it reads for the case: a handover's with the number that the day's periods ask for."""
    if not (isinstance(step, DutyStep) and step.incoming):
        return condition
    return condition.replace(LEAST, str(least_on(plan, step.who[0], case.periods)))
