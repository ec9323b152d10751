"""How evenly turns are shared: per post and class the least and the most that anybody stands, and no more than that.

Only people with a full share are compared; who is there for half a year stands less by right. Nobody is ranked: a count
is given for one person's own turns, or as a spread over a post.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dutyroom.core.rostering.evaluate import served_turns
from dutyroom.core.rostering.problem import CLASSES, Assignment, Problem


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the people who hold the post with a full share: by class, the least and the most turns of this post."""

    post: str
    people: int
    least_most: Mapping[str, tuple[int, int]]


def spreads(problem: Problem, assignment: Assignment) -> tuple[Spread, ...]:
    """One for each post, in the order of the rules; classes that no turn of the post has are left out."""
    served = served_turns(problem, assignment)
    found = []
    for post in problem.posts:
        whole = [one for one in problem.people if post in one.posts and one.share == 100]
        turns = {one.id: [t for t in served.get(one.id, []) if t.post == post] for one in whole}
        counts = {
            name: [sum(name in turn.classes for turn in of_one) for of_one in turns.values()]
            for name in CLASSES
        }
        shown = {name: (min(each), max(each)) for name, each in counts.items() if any(each)}
        found.append(Spread(post, len(whole), shown))
    return tuple(found)


def own_turns(problem: Problem, assignment: Assignment) -> Mapping[str, int]:
    """How many free turns each person has, by staff number."""
    counts = {one.id: 0 for one in problem.people}
    for name, persons in assignment.items():
        if name not in problem.frozen:
            for person in persons:
                counts[person] = counts.get(person, 0) + 1
    return dict(sorted(counts.items()))
