"""WeCom (企业微信) group robots: plain text to a webhook, and the `errcode` of the answer.

Plain text and not markdown: site and step names are typed by people, and in markdown a name could become
a link to somewhere else. WeCom turns an address in plain text into something to tap by itself. The
webhook takes at most 2,048 bytes of text and 20 messages a minute; beyond that it answers 45009, which
may be tried again.
"""

import json
from collections.abc import Mapping
from typing import Any

from dutyroom.adapters.couriers.robots import Dialect, Robot, whole_number
from dutyroom.ports import Message

REFUSED = frozenset(
    {
        40008,  # kind of message not known
        40058,  # argument not valid
        44004,  # empty content
        45002,  # content too long
        93000,  # webhook address or key not valid
        93004,  # robot switched off
        93008,  # robot is not in the group
    }
)


def compose(robot: Robot, message: Message, now_ms: int) -> tuple[str, bytes]:
    """Address and body; a WeCom webhook has no signature, so the time plays no part."""
    body = {"msgtype": "text", "text": {"content": message.text}}
    return robot.url, json.dumps(body, ensure_ascii=False).encode()


def code_of(fields: Mapping[str, Any]) -> int | None:
    """The vendor's code."""
    return whole_number(fields, "errcode")


WECOM = Dialect(text_bytes=2_048, compose=compose, code_of=code_of, refused=REFUSED)
