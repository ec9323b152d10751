"""What may be put on a wire: text without control characters, links that are links, the message's identity.

Text comes from site names and plan steps that people typed, so it may hold anything. Cleaning happens here,
once, before a channel sees the message; a channel only shortens. It refuses to know any channel's markup,
with one exception: chat robots read `<...>` as a mention, so `unmarked` exists.
"""

import hashlib
import re
import unicodedata
from dataclasses import replace

from dutyroom.ports import Message

SUBJECT_CHARACTERS = 150
TEXT_CHARACTERS = 4_000
ADDRESS_CHARACTERS = 254  # the longest e-mail address that SMTP can carry (RFC 5321, 4.5.3.1)
LINK_CHARACTERS = 2_000

_LINK = re.compile(r"https?://[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,128}")

# Overrides of writing direction can make a text read as its opposite; joiners that emoji need are kept.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset("\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")


def cleaned(message: Message) -> Message:
    """The message as every channel may carry it. Same identity in, same identity out."""
    return replace(
        message,
        delivery_id=key(message.delivery_id),
        subject=one_line(message.subject[: 4 * SUBJECT_CHARACTERS])[:SUBJECT_CHARACTERS],
        text=lines(message.text[: 4 * TEXT_CHARACTERS])[:TEXT_CHARACTERS],
        link=message.link if is_link(message.link) else "",
    )


def key(delivery_id: str) -> str:
    """The identity in letters that any header or field can carry; hashed when it has others."""
    if _KEY.fullmatch(delivery_id):
        return delivery_id
    return hashlib.sha256(delivery_id.encode("utf-8", "surrogatepass")).hexdigest()


def mark(message: Message) -> str:
    """A short tag of the identity, shown where a gateway has no field for it: a repeat shows the same tag.

    "#3fa9c1e2" on the first try, "#3fa9c1e2/2" on the second.
    """
    digest = hashlib.sha256(key(message.delivery_id).encode("ascii")).hexdigest()[:8]
    return f"#{digest}/{message.attempt}" if message.attempt > 1 else f"#{digest}"


def is_link(text: str) -> bool:
    """Whether this is an http(s) address in plain ASCII, with nothing that could end it early."""
    return len(text) <= LINK_CHARACTERS and _LINK.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether this can be an address of any kind: something, on one line, without spaces around it."""
    return 0 < len(text) <= ADDRESS_CHARACTERS and text == text.strip() and text == one_line(text)


def one_line(text: str) -> str:
    """The text with breaks turned into spaces and everything unprintable gone."""
    if text.isprintable():  # nearly all are: then there is nothing to look at one by one
        return text.strip()
    return "".join(
        " " if each in _BREAKS or each == "\t" else each for each in text if _printable(each)
    ).strip()


def lines(text: str) -> str:
    """The text with one kind of line break and everything unprintable gone."""
    if text.replace("\n", "").isprintable():
        return text.strip()
    joined = text.replace("\r\n", "\n")
    return "".join("\n" if each in _BREAKS else each for each in joined if _printable(each)).strip()


def unmarked(text: str) -> str:
    """The text without the brackets that chat robots read as mentions of people or of everybody."""
    return text.replace("<", "＜").replace(">", "＞")


def with_link(message: Message) -> str:
    """The text, followed by the link unless the text already gives it."""
    if not message.link or message.link in message.text:
        return message.text
    return f"{message.text}\n{message.link}"


def clipped(text: str, limit_bytes: int) -> str:
    """The text cut so that its UTF-8 form fits, never inside a character."""
    raw = text.encode("utf-8")
    if len(raw) <= limit_bytes:
        return text
    return raw[: limit_bytes - 3].decode("utf-8", "ignore") + "…"


def _printable(character: str) -> bool:
    if character in _BREAKS or character == "\t":
        return True
    # Cc: control, Cs: half of a pair that UTF-8 cannot carry.
    return character not in _DIRECTION and unicodedata.category(character) not in ("Cc", "Cs")
