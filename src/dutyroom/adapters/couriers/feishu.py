"""Feishu (飞书, Lark) group robots: signed webhook, a post with a link, and the `code` of the answer.

The signature is its own: HMAC-SHA256 of nothing, under the key "timestamp, line feed, secret", in base64,
with the timestamp in seconds, and both stand in the body. The answer gives `code`; older webhooks give
`StatusCode` instead. A post and not a text: in a text, `<at user_id="all">` would call everybody, in a
post's text it is only letters. 11232 and 9499 (too many requests) may be tried again.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from dutyroom.adapters.couriers.robots import Dialect, Robot, whole_number
from dutyroom.ports import Message

REFUSED = frozenset(
    {
        19001,  # token of the webhook not valid
        19002,  # argument not valid
        19021,  # signature wrong, or our clock is more than an hour off
        19022,  # sender's address not allowed
        19024,  # keyword missing
    }
)
LOCALE = {"zh": "zh_cn", "en": "en_us"}


def signature(secret: str, timestamp_seconds: int) -> str:
    """The robot's signature, in base64."""
    under = f"{timestamp_seconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(under, b"", hashlib.sha256).digest()).decode("ascii")


def compose(robot: Robot, message: Message, now_ms: int) -> tuple[str, bytes]:
    """Address and body: subject as title, a paragraph a line, the link as something to tap."""
    paragraphs = [_elements(line, message.link) for line in message.text.split("\n")]
    post = {LOCALE.get(message.language, "zh_cn"): {"title": message.subject, "content": paragraphs}}
    body: dict[str, Any] = {"msg_type": "post", "content": {"post": post}}
    if robot.secret is not None:
        seconds = now_ms // 1000
        body |= {"timestamp": str(seconds), "sign": signature(robot.secret, seconds)}
    return robot.url, json.dumps(body, ensure_ascii=False).encode()


def _elements(line: str, link: str) -> list[dict[str, str]]:
    before, found, after = line.partition(link) if link else (line, "", "")
    if not found:
        return [{"tag": "text", "text": line}]
    parts = [
        {"tag": "text", "text": before},
        {"tag": "a", "text": link, "href": link},
        {"tag": "text", "text": after},
    ]
    return [part for part in parts if part["text"]]


def code_of(fields: Mapping[str, Any]) -> int | None:
    """The vendor's code, under its present or its former name."""
    return whole_number(fields, "code", "StatusCode")


FEISHU = Dialect(text_bytes=6_000, compose=compose, code_of=code_of, refused=REFUSED)
