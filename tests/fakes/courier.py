"""A courier in memory, for tests of whoever sends: it passes the same contract as the real ones.

Its moods are outcomes at once, since in memory nothing can be late: HANG and DRIP say "timeout", as a real
courier does when its deadline has passed.
"""

from dutyroom.adapters.couriers.plain import cleaned, is_address
from dutyroom.ports import Message, Outcome, Verdict
from tests.fakes.receivers import Mood

_OUTCOMES = {
    Mood.OK: Outcome(Verdict.ACCEPTED, "http 200", "fake-1"),
    Mood.SLOW: Outcome(Verdict.ACCEPTED, "http 200", "fake-1"),
    Mood.DRIP: Outcome(Verdict.FAILED, "timeout"),
    Mood.HANG: Outcome(Verdict.FAILED, "timeout"),
    Mood.ERROR: Outcome(Verdict.FAILED, "http 500"),
    Mood.GARBAGE: Outcome(Verdict.FAILED, "connection"),
    Mood.NONSENSE: Outcome(Verdict.FAILED, "answer"),
    Mood.RESET: Outcome(Verdict.FAILED, "connection"),
    Mood.SWALLOW: Outcome(Verdict.FAILED, "connection"),
    Mood.REFUSE: Outcome(Verdict.REFUSED, "code 1"),
    Mood.LIMIT: Outcome(Verdict.FAILED, "code 2"),
    Mood.REDIRECT: Outcome(Verdict.FAILED, "http 302"),
    Mood.ENDLESS: Outcome(Verdict.FAILED, "answer"),
}


class FakeCourier:
    """Keeps what it was given, as a gateway would have seen it, and ends as its mood says."""

    def __init__(self, channel: str = "fake") -> None:
        self.channel = channel
        self.mood = Mood.OK
        self.received: list[Message] = []

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        if not is_address(message.address):
            return Outcome(Verdict.REFUSED, "address")
        self.received.append(cleaned(message))
        return _OUTCOMES[self.mood]
