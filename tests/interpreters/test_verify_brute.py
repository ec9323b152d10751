"""The verifier against the plain way, minute by minute, on random small plans: they agree on every minimal failure."""

import os

import pytest

from dutyroom.core.instants import MINUTE
from dutyroom.core.proof import Proof
from dutyroom.interpreters.verify import verify
from tests.core.builder import START
from tests.interpreters.brute import MINUTES, Failure, minimal, small

PLANS = int(os.environ.get("DUTYROOM_BRUTE_PLANS", "256"))  # times 20 minutes: at least 5,000 cases
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_verifier_and_brute_force_agree_on_every_minute(part: int) -> None:
    failing, compared = 0, 0
    for seed in range(part, PLANS, PARTS):
        case = small(seed)
        span = (START, START + MINUTES * MINUTE)
        proof = verify(case.rules, span, case.missing, case.assumptions, zone="UTC")
        for minute in range(MINUTES):
            at = START + minute * MINUTE
            expected = minimal(case, at)
            assert _at(proof, at) == expected, f"small({seed}) at minute {minute}"
            failing += bool(expected)
            compared += 1
    assert compared == len(range(part, PLANS, PARTS)) * MINUTES
    assert compared / 10 < failing < compared, "the small plans must have cover as well as holes"


def _at(proof: Proof, at: int) -> frozenset[Failure]:
    """The failures of the proof at one instant."""
    return frozenset(
        (frozenset(hole.silent), hole.down)
        for hole in proof.holes
        if any(starts <= at < ends for starts, ends in hole.spans)
    )
