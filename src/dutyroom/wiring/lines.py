"""What carries messages out, by the type of run: a service reaches everybody, an exercise only our own people.

The type of run is decided once, when a case is opened; what is claimed for sending is typed by it (`store.outbox`).
`ExerciseLine` has no argument, field or method that takes an outward courier or an outsider's address, so a program
that would ring an outside body in an exercise does not pass the type checker. It marks every message itself.
"""

from dataclasses import dataclass

from dutyroom.ports import Colleague, Courier, Message, Outcome, Outsider, Written
from dutyroom.wording import say


@dataclass(frozen=True, slots=True)
class InwardCourier:
    """One channel to our own people."""

    courier: Courier

    def carry(self, to: Colleague, message: Written, deadline_seconds: float) -> Outcome:
        """Send it as it is written."""
        return self.courier.send(_addressed(to.address, message, exercise=False), deadline_seconds)

    def carry_marked(self, to: Colleague, message: Written, deadline_seconds: float) -> Outcome:
        """Send it with the mark of an exercise before subject and text."""
        return self.courier.send(_addressed(to.address, message, exercise=True), deadline_seconds)


@dataclass(frozen=True, slots=True)
class OutwardCourier:
    """One channel to bodies outside."""

    courier: Courier

    def carry(self, to: Outsider, message: Written, deadline_seconds: float) -> Outcome:
        """Send it as it is written."""
        return self.courier.send(_addressed(to.address, message, exercise=False), deadline_seconds)


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One channel in earnest."""

    inward: InwardCourier
    outward: OutwardCourier

    def send(self, to: Colleague | Outsider, message: Written, deadline_seconds: float) -> Outcome:
        """Try once to reach whoever is called."""
        if isinstance(to, Outsider):
            return self.outward.carry(to, message, deadline_seconds)
        return self.inward.carry(to, message, deadline_seconds)


@dataclass(frozen=True, slots=True)
class ExerciseLine:
    """One channel of an exercise: our own people, and every message marked."""

    inward: InwardCourier

    def send(self, to: Colleague, message: Written, deadline_seconds: float) -> Outcome:
        """Try once to reach one of our own people, with the mark on it."""
        return self.inward.carry_marked(to, message, deadline_seconds)


def lines(courier: Courier) -> tuple[ServiceLine, ExerciseLine]:
    """A channel as both kinds of run see it."""
    inward = InwardCourier(courier)
    return ServiceLine(inward, OutwardCourier(courier)), ExerciseLine(inward)


def _addressed(address: str, message: Written, *, exercise: bool) -> Message:
    mark = say("message.exercise_mark", message.language) if exercise else ""
    return Message(
        delivery_id=message.delivery_id,
        attempt=message.attempt,
        address=address,
        language=message.language,
        severity=message.severity,
        subject=mark + message.subject,
        text=mark + message.text,
        link=message.link,
        exercise=exercise,
    )
