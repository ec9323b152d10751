"""Any HTTP gateway for text messages and voice calls: a described request and a test of success.

A status alone proves little: many gateways answer 200 to a message they refuse. So the test can name a
place in the JSON answer and the value that stands there on success, and the values for which trying again
cannot help. An answer that the test cannot read is a failure, which may be tried again.

What a gateway reports afterwards comes in through `dutyroom.adapters.couriers.callback`.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dutyroom.adapters.couriers.exchange import Answer, Exchange, Request, by_status
from dutyroom.adapters.couriers.plain import cleaned, is_address, one_line
from dutyroom.adapters.couriers.template import encoded, filled, filled_header, filled_url, values
from dutyroom.ports import Message, Outcome, Verdict

REFERENCE_CHARACTERS = 100

Clock = Callable[[], int]

_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True, slots=True)
class SuccessTest:
    """How to tell from an answer that the gateway took the message. `path` is dotted: "data.0.code"."""

    status: frozenset[int] = frozenset({200})
    path: str | None = None
    equals: str | None = None
    refused: frozenset[str] = frozenset()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Signing:
    """Hex HMAC-SHA256 of "timestamp in milliseconds, line feed, body", and the two headers that carry it."""

    secret: str = field(repr=False)
    header: str = "X-Dutyroom-Signature"
    timestamp_header: str = "X-Dutyroom-Timestamp"


@dataclass(frozen=True, slots=True)
class Gateway:
    """The request that the gateway wants."""

    method: Literal["GET", "POST", "PUT"]
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    encoding: Literal["json", "form"]
    body: Mapping[str, Any] | None = field(repr=False)
    success: SuccessTest
    signing: Signing | None = None


class GatewayCourier:
    """Sends through one gateway."""

    def __init__(self, channel: str, gateway: Gateway, exchange: Exchange, now_ms: Clock) -> None:
        self.channel = channel
        self._gateway = gateway
        self._exchange = exchange
        self._now_ms = now_ms

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """Try once; see the Courier port."""
        if not is_address(message.address):
            return Outcome(Verdict.REFUSED, "address")
        request = compose(self._gateway, cleaned(message), self._now_ms())
        return self._exchange.send(request, deadline_seconds, self._read)

    def _read(self, answer: Answer) -> Outcome:
        return judge(self._gateway.success, answer)


def compose(gateway: Gateway, message: Message, now_ms: int) -> Request:
    """The request for one message; the identity always goes along as Idempotency-Key."""
    by_name = values(message)
    headers = {"Idempotency-Key": message.delivery_id}
    headers |= {name: filled_header(text, by_name) for name, text in gateway.headers.items()}
    body = None
    if gateway.body is not None:
        headers["Content-Type"], body = encoded(filled(dict(gateway.body), by_name), gateway.encoding)
    if gateway.signing is not None:
        headers[gateway.signing.timestamp_header] = str(now_ms)
        headers[gateway.signing.header] = signature(gateway.signing.secret, str(now_ms), body or b"")
    return Request(gateway.method, filled_url(gateway.url, by_name), headers, body)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over the timestamp, a line feed and the body: outward and inward alike."""
    return hmac.new(secret.encode(), timestamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def judge(test: SuccessTest, answer: Answer) -> Outcome:
    """What an answer means; first match wins: server's fault, word of refusal, status, word of success."""
    if answer.status >= 500:
        return by_status(answer.status)
    fields = answer.fields()
    word = _word(_at(fields, test.path)) if test.path else None
    if word is not None and word in test.refused:
        return Outcome(Verdict.REFUSED, f"code {_short(word)}")
    if answer.status not in test.status:
        return by_status(answer.status)
    if test.path and word is None:
        return Outcome(Verdict.FAILED, "answer")
    if test.path and word != test.equals:
        return Outcome(Verdict.FAILED, f"code {_short(word or '')}")
    return Outcome(Verdict.ACCEPTED, f"http {answer.status}", _reference(fields, test.reference))


def _reference(fields: Any, path: str | None) -> str | None:
    found = _word(_at(fields, path)) if path else None
    return one_line(found)[:REFERENCE_CHARACTERS] if found else None


def _at(fields: Any, path: str) -> Any:
    """What stands at a dotted path; None where there is nothing."""
    here = fields
    for step in path.split("."):
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
        else:
            return None
    return here


def _word(value: Any) -> str | None:
    """A plain value as a word, so that 0 and "0" are one; None for what is no plain value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _short(word: str) -> str:
    """A gateway's code fit to be kept: a code is a short word, anything else could be personal."""
    digits = sum(each.isdigit() for each in word)  # a telephone number has at least nine with its area
    return word if _CODE.fullmatch(word) and digits < 9 else "?"
