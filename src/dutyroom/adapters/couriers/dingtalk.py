"""DingTalk (钉钉) group robots: signed webhook, plain text, and the `errcode` of the answer.

The signature is HMAC-SHA256 of "timestamp, line feed, secret" under the secret, in base64, percent-
encoded once, and stands in the address with the timestamp in milliseconds. DingTalk takes timestamps
within an hour of its own clock. More than 20 messages a minute give 130101 (or 410100), which may be
tried again.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dutyroom.adapters.couriers.robots import Dialect, Robot, whole_number
from dutyroom.ports import Message

REFUSED = frozenset(
    {
        40035,  # argument missing or not JSON
        43004,  # wrong content type
        101002,  # message too long (older answer)
        300001,  # token does not exist
        300005,  # token does not exist (groups with outside members)
        310000,  # signature, timestamp, keyword or sender's address did not pass the robot's own check
        400013,  # the group was dissolved
        400101,  # token does not exist
        400102,  # robot switched off
        400105,  # kind of message not supported
        400106,  # robot does not exist
        430101,  # the check of content refused it
        430102,
        430103,
        430104,
        460101,  # message too long
    }
)


def signature(secret: str, timestamp_ms: int) -> str:
    """The robot's signature, in base64, not yet percent-encoded."""
    signed = f"{timestamp_ms}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode("ascii")


def compose(robot: Robot, message: Message, now_ms: int) -> tuple[str, bytes]:
    """Address and body; `at` is left out, so that no text can call for everybody's attention."""
    body = {"msgtype": "text", "text": {"content": message.text}}
    return _signed(robot, now_ms), json.dumps(body, ensure_ascii=False).encode()


def _signed(robot: Robot, now_ms: int) -> str:
    if robot.secret is None:
        return robot.url
    query = urlencode({"timestamp": str(now_ms), "sign": signature(robot.secret, now_ms)})
    return f"{robot.url}{'&' if '?' in robot.url else '?'}{query}"


def code_of(fields: Mapping[str, Any]) -> int | None:
    """The vendor's code."""
    return whole_number(fields, "errcode")


DINGTALK = Dialect(text_bytes=6_000, compose=compose, code_of=code_of, refused=REFUSED)
