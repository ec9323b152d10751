"""Whether the posts that a plan wants kept are kept: `gaps(rules, periods, starts, ends) -> gaps`, each with an owner.

A gap is a span in which fewer hold a post, and can be asked, than the plan says. Its owner is a post too: the leader of
the watch, that role's deputies, the last rung; the first of them that somebody holds. Whether who holds a post also
answers is another question, which only a call can settle.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.duties.occurring import holds_on, least_of
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.roster import PlanInForce
from dutyroom.core.surroundings import Post


@dataclass(frozen=True, slots=True)
class Gap:
    """From `starts_at` (inclusive) to `ends_at` (exclusive) `kept` hold the post where `least` should."""

    post: str
    role: str
    starts_at: Instant
    ends_at: Instant
    least: int
    kept: int
    owner: str


def gaps(rules: PlanInForce, periods: Sequence[str], starts: Instant, ends: Instant) -> tuple[Gap, ...]:
    """Every gap of the span, in which these periods are in force, in order of the plan's posts and of time."""
    posts = [post for post in rules.plan.posts.values() if holds_on(post.during, periods)]
    return tuple(gap for post in posts for gap in _of_post(rules, post, periods, starts, ends))


def _of_post(
    rules: PlanInForce, post: Post, periods: Sequence[str], starts: Instant, ends: Instant
) -> Iterator[Gap]:
    least, at = least_of(post, periods), starts
    while at < ends:
        _, _, until = rules.roster.holders_span(post.role, at)
        kept = len(rules.reachable(post.role, at))
        if kept < least:
            owner = owner_of(rules, post, at)
            yield Gap(post.id, post.role, at, min(until, ends), least, kept, owner)
        at = until


def owner_of(rules: PlanInForce, post: Post, at: Instant) -> str:
    """The role that a gap of the post belongs to at the instant; the last rung where nobody holds any of them."""
    for role in _above(rules.plan, post):
        if role != post.role and rules.reachable(role, at):
            return role
    return rules.plan.defaults.last_rung


def _above(plan: Plan, post: Post) -> Iterator[str]:
    for member in plan.members(post.leader) if post.leader else ():
        yield from with_deputies(plan, member)
    yield plan.defaults.last_rung
