"""A text message that somebody sent back: one signed request of the gateway, read into a value.

The gateway is believed because it signed; what it carries is a stranger's text all the same. It can name no person, no
case and no obligation: whose the address is, and what the text settles, is decided elsewhere.
"""

import json
import re
import unicodedata
from dataclasses import dataclass

from dutyroom.adapters.couriers.callback import verify_signed
from dutyroom.core.findings import Refusal

BODY_BYTES = 16_384
LONGEST_TEXT, LONGEST_ADDRESS = 2_000, 200

_IDENTITY = re.compile(r"[A-Za-z0-9._:@-]{1,128}")
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1[0-9]{10}$)")
_SPACING = re.compile(r"[\s()-]")
_REQUIRED, _KNOWN = {"from", "text", "message_id"}, {"from", "text", "message_id", "sent_at"}


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message. `sent_at` is when the gateway says it came in (ms UTC); None if it does not say."""

    sender: str
    text: str
    message_id: str
    sent_at: int | None = None


def verify_inbound(
    secret: str, timestamp: str, body: bytes, signature: str, now_ms: int
) -> Inbound | Refusal:
    """The message in a request, or why it is not believed; signed exactly like a callback."""
    signed = verify_signed(secret, timestamp, body, signature, now_ms, BODY_BYTES)
    return signed if isinstance(signed, Refusal) else _message(body)


def addresses(sender: str) -> tuple[str, ...]:
    """The ways in which a list of people may have written the sender's address."""
    plain = _SPACING.sub("", unicodedata.normalize("NFKC", sender))
    bare = _COUNTRY.sub("", plain)
    found = (
        (sender.strip(), plain, bare, f"+86{bare}", f"86{bare}")
        if bare.isdigit()
        else (sender.strip(), plain)
    )
    return tuple(dict.fromkeys(one for one in found if one))


def _message(body: bytes) -> Inbound | Refusal:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return Refusal("courier.callback.unreadable")
    if not isinstance(fields, dict) or not _REQUIRED <= set(fields) <= _KNOWN:
        return Refusal("courier.inbound.fields")
    texts = [fields[name] for name in ("from", "text", "message_id")]
    if not all(isinstance(one, str) for one in texts):
        return Refusal("courier.inbound.fields")
    sender, text, identity = (_storable(one) for one in texts)
    sent_at = fields.get("sent_at")
    if sent_at is not None and (isinstance(sent_at, bool) or not isinstance(sent_at, int) or sent_at < 0):
        return Refusal("courier.inbound.fields")
    if not sender or len(sender) > LONGEST_ADDRESS or not _IDENTITY.fullmatch(identity):
        return Refusal("courier.inbound.fields")
    return Inbound(sender, text[:LONGEST_TEXT], identity, sent_at)


def _storable(text: str) -> str:
    """Without what no store can hold: NUL and lone surrogates."""
    return text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
