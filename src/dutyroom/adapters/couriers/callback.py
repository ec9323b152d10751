"""What a gateway reports afterwards: one signed statement about one delivery, and nothing else.

A stranger who can reach the address can try anything, and so can a gateway that was broken into. Hence a
callback can only say that one delivery was delivered, undelivered or answered. It can name no person,
change no text and act on no case; "answered" means that somebody picked up or pressed a key on that call.
What follows from it is decided elsewhere.

A statement is good for five minutes around its own time. Within them a repeat carries the same
`fingerprint`, so that who keeps the callbacks can see it, and a repeat says nothing new.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dutyroom.adapters.couriers.gateway import signature as signature_of
from dutyroom.core.findings import Refusal

WINDOW_MS = 5 * 60 * 1000
BODY_BYTES = 4_096

_IDENTITY = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_DIGITS = re.compile(r"[0-9]{1,15}")


class Report(StrEnum):
    """All that a gateway may say."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Callback:
    """A statement whose signature and time hold."""

    delivery_id: str
    report: Report
    fingerprint: str  # the same for a repeat of the same request


def verify_callback(
    secret: str, timestamp: str, body: bytes, signature: str, now_ms: int
) -> Callback | Refusal:
    """The statement in a request, or why it is not believed.

    `timestamp` is milliseconds since 1970, UTC, as digits. The signature is hex HMAC-SHA256 over timestamp,
    line feed, body, and is checked before anything of the body is read. An empty secret believes nobody.
    """
    fingerprint = verify_signed(secret, timestamp, body, signature, now_ms, BODY_BYTES)
    return fingerprint if isinstance(fingerprint, Refusal) else _statement(body, fingerprint)


def verify_signed(
    secret: str, timestamp: str, body: bytes, signature: str, now_ms: int, most_bytes: int
) -> str | Refusal:
    """The fingerprint of a request that its gateway signed a moment ago, or why it is not believed."""
    if len(body) > most_bytes:
        return Refusal("courier.callback.too_long", {"limit": most_bytes})
    if not secret or not _DIGITS.fullmatch(timestamp):
        return Refusal("courier.callback.signature")
    expected = signature_of(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), signature.strip().lower().encode("utf-8", "replace")):
        return Refusal("courier.callback.signature")
    if abs(now_ms - int(timestamp)) > WINDOW_MS:
        return Refusal("courier.callback.stale", {"minutes": WINDOW_MS // 60_000})
    return hashlib.sha256(expected.encode()).hexdigest()


def _statement(body: bytes, fingerprint: str) -> Callback | Refusal:
    try:
        fields = json.loads(body, object_pairs_hook=_single)
    except (ValueError, RecursionError):
        return Refusal("courier.callback.unreadable")
    if not isinstance(fields, dict) or set(fields) != {"delivery_id", "report"}:
        return Refusal("courier.callback.fields")
    identity, report = fields["delivery_id"], fields["report"]
    if not isinstance(identity, str) or not _IDENTITY.fullmatch(identity):
        return Refusal("courier.callback.fields")
    if report not in [each.value for each in Report]:
        return Refusal("courier.callback.fields")
    return Callback(identity, Report(report), fingerprint)


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field stands twice")
    return fields
