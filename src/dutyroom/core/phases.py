"""Which moves between phases are legal. The docs' diagram is drawn from this table; an unlisted move is refused."""

# What runs by the calendar knows no response: it is on, and when nothing is owed any more it is over.
DUTY = "duty"

READINESS, RESPONSE, CLOSING, RECOVERY, CLOSED = "readiness", "response", "closing", "recovery", "closed"

PHASES = (READINESS, RESPONSE, CLOSING, RECOVERY, CLOSED)

LEGAL: frozenset[tuple[str, str]] = frozenset(
    {
        (READINESS, RESPONSE),  # the plan is activated
        (READINESS, CLOSED),  # stood down: no incident after all
        (RESPONSE, CLOSING),  # the closing conditions hold and closing is proposed
        (CLOSING, RESPONSE),  # it flared up again before both had signed
        (CLOSING, RECOVERY),  # two roles have signed: responders stand down
        (RECOVERY, CLOSED),  # reviewed, archived, every promise kept
    }
)


def is_legal(source: str, target: str) -> bool:
    """Whether a case may move from `source` to `target`."""
    return (source, target) in LEGAL or (source, target) == (DUTY, CLOSED)
