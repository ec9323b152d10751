"""Group-chat robots: what WeCom, DingTalk and Feishu have in common.

All three answer HTTP 200 to a message that they did not deliver and put the truth in a code in the body,
so the code is read first. All three know no identity of a message, so ours goes along as a header and as
a short tag in the text. The robot's address holds its password: it stands in the configuration, and a
person's address is only the robot's name.

A code that nobody listed here counts as "may be tried again": one try too many costs less than a call
that is given up because a vendor added a number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dutyroom.adapters.couriers.exchange import Answer, Exchange, Request, by_status
from dutyroom.adapters.couriers.plain import cleaned, clipped, mark, unmarked, with_link
from dutyroom.ports import Message, Outcome, Verdict

ADDRESS = Outcome(Verdict.REFUSED, "address")


@dataclass(frozen=True, slots=True)
class Robot:
    """One robot of one group. Both fields are secrets."""

    url: str = field(repr=False)
    secret: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one vendor does its own way.

    `compose(robot, message, now_ms)` gives address and body; `code_of(answer fields)` the vendor's code,
    0 for success and None when there is none; `refused` the codes for which trying again cannot help.
    """

    text_bytes: int
    compose: Callable[[Robot, Message, int], tuple[str, bytes]]
    code_of: Callable[[Mapping[str, Any]], int | None]
    refused: frozenset[int]


class RobotCourier:
    """Posts to the robots of one vendor."""

    def __init__(
        self,
        channel: str,
        dialect: Dialect,
        robots: Mapping[str, Robot],
        exchange: Exchange,
        now_ms: Callable[[], int],
    ) -> None:
        self.channel = channel
        self._dialect = dialect
        self._robots = dict(robots)
        self._exchange = exchange
        self._now_ms = now_ms

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """Try once; see the Courier port."""
        robot = self._robots.get(message.address)
        if robot is None:
            return ADDRESS
        ready = _fitted(cleaned(message), self._dialect.text_bytes)
        url, body = self._dialect.compose(robot, ready, self._now_ms())
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": ready.delivery_id}
        return self._exchange.send(Request("POST", url, headers, body), deadline_seconds, self._read)

    def _read(self, answer: Answer) -> Outcome:
        if answer.status >= 500:
            return by_status(answer.status)
        fields = answer.fields()
        code = self._dialect.code_of(fields) if isinstance(fields, dict) else None
        if code:
            refused = code in self._dialect.refused
            return Outcome(Verdict.REFUSED if refused else Verdict.FAILED, f"code {code}")
        if answer.status != 200:
            return by_status(answer.status)
        if code is None:
            return Outcome(Verdict.FAILED, "answer")
        return Outcome(Verdict.ACCEPTED, "code 0")


def whole_number(fields: Mapping[str, Any], *names: str) -> int | None:
    """The first of these fields that is there, as a number; None when it is absent or no number."""
    for name in names:
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, str) and value.lstrip("-").isdecimal():
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    return None


def _fitted(message: Message, limit_bytes: int) -> Message:
    """The message whose text is what the group sees: shortened words, then link and tag, never cut."""
    words = replace(message, text=unmarked(message.text), subject=unmarked(message.subject))
    tail = len(f"\n{words.link}\n{mark(words)}".encode())
    words = replace(words, text=clipped(words.text, max(limit_bytes - tail, 200)))
    return replace(words, text=f"{with_link(words)}\n{mark(words)}")
