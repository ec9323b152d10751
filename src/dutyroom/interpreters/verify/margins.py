"""Where cover is thinnest: the spans in which the fewest silent people break it."""

from collections.abc import Iterable

from dutyroom.core.proof import Hole, Weak

SHOWN = 10


def weakest(holes: Iterable[Hole]) -> tuple[Weak, ...]:
    """Up to ten spans, the thinnest first, then the earliest. None where it takes more people than were tried."""
    found = {
        Weak(starts, ends, hole.question, len(hole.silent))
        for hole in holes
        if not hole.down
        for starts, ends in hole.spans
    }
    order = sorted(found, key=lambda one: (one.least, one.starts, one.ends, one.question))
    return tuple(order[:SHOWN])
