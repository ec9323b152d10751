"""What the numbers of a rule pack say of a case's facts: which class it falls in, which measures are asked.

Counts that are not exact leave an answer open: the class named is the gravest that is certain, and graver ones that
cannot be ruled out stand beside it. Knows the pack's criteria only, nothing of a plan's own levels.
"""

from collections.abc import Mapping

from dutyroom.core.commands import Answer
from dutyroom.core.grading import all_of, any_of, met
from dutyroom.core.packs import Class, Measure, Pack


def accident_class(pack: Pack, facts: Mapping[str, Answer]) -> Class | None:
    """The gravest class whose criteria certainly hold; None if the pack has none that does."""
    return next((one for one in _gravest_first(pack) if _holds(one, pack, facts) is True), None)


def possible_classes(pack: Pack, facts: Mapping[str, Answer]) -> tuple[Class, ...]:
    """Classes graver than the certain one that an uncertain count leaves open, gravest first."""
    found = []
    for one in _gravest_first(pack):
        answer = _holds(one, pack, facts)
        if answer is True:
            break
        if answer is None:
            found.append(one)
    return tuple(found)


def measures_asked(pack: Pack, facts: Mapping[str, Answer]) -> tuple[Measure, ...]:
    """The measures whose criteria hold, or may hold: an uncertain number never takes a protection away."""
    seen = _with_defaults(pack, facts)
    return tuple(one for one in pack.measures if all_of(met(one.all, seen, {})) is not False)


def _gravest_first(pack: Pack) -> list[Class]:
    return sorted(pack.classes, key=lambda one: one.rank)


def _holds(one: Class, pack: Pack, facts: Mapping[str, Answer]) -> bool | None:
    seen = _with_defaults(pack, facts)
    parts = [any_of(met(one.any, seen, {}))] if one.any else []
    parts += [all_of(met(one.all, seen, {}))] if one.all else []
    return any_of(parts)


def _with_defaults(pack: Pack, facts: Mapping[str, Answer]) -> Mapping[str, Answer]:
    return {fact.id: fact.default for fact in pack.facts.values()} | dict(facts)
