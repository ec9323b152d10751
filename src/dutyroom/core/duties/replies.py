"""An answer of a few characters, as a text message brings it: `read_reply(text) -> Reply`.

The grammar is small on purpose, for thumbs and cheap phones: `0` or 无事: nothing to report; `1` or 收到: I am here;
`12 0`, `12人 无事`: so many at work, nothing to report; everything else is the report itself. Full-width characters
count as their narrow ones.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Said(StrEnum):
    NOTHING = "nothing"
    HERE = "here"
    REPORT = "report"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer says: `present` is the number of people at work if it was given, `text` the report."""

    said: Said
    present: int | None = None
    text: str = ""


LONGEST = 500
_NOTHING = frozenset(
    (
        *("0", "无", "无事", "无事报告", "无异常", "正常", "一切正常", "平安", "没事", "没有"),
        *("none", "no", "nothing", "ok", "fine", "nil"),
    )
)
_HERE = frozenset(("1", "收到", "在", "在岗", "到", "好", "好的", "是", "yes", "here", "received", "roger"))
_AT_WORK = r"(?:在岗|到岗|上岗)?\s*(\d{1,4})\s*"
_COUNT = re.compile(
    _AT_WORK + r"(?:个)?(?:人|名|people)?[\s,、;。.]+(\S.*)|" + _AT_WORK + r"(?:个)?(?:人|名|people)\s*(.*)"
)
_EDGES = " \t。.！!，,、；;~～"


def read_reply(text: str) -> Reply:
    """What the text says. Never refuses: what is not understood is taken as the report it may be."""
    plain = unicodedata.normalize("NFKC", text).strip(_EDGES + "\r\n\u3000")[:LONGEST]
    if not plain:
        return Reply(Said.EMPTY)
    word = plain.casefold()
    if word in _NOTHING:
        return Reply(Said.NOTHING)
    if word in _HERE:
        return Reply(Said.HERE)
    counted = _COUNT.fullmatch(plain)
    if counted is None:
        return Reply(Said.REPORT, None, plain)
    present, rest = int(counted[1] or counted[3]), (counted[2] or counted[4] or "").strip(_EDGES)
    if not rest or rest.casefold() in _NOTHING:
        return Reply(Said.NOTHING, present)
    return Reply(Said.REPORT, present, rest)
