"""What an address on each kind of channel looks like; the same for a list and for a page."""

import re

from dutyroom.adapters.staff.cells import Cell
from dutyroom.adapters.staff.mobiles import Mobile, read_mobile

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,5}")
WECOM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
VOICE = re.compile(r"\+?[0-9][0-9 -]{5,24}")  # a landline rings too
_ANY = re.compile(r"[^\s\x00-\x1f]{1,200}")


def read_address(kind: str, written: str) -> str | None:
    """The address as it is kept, or None where it cannot be one of that kind."""
    text = written.strip()
    if kind == "sms":
        read = read_mobile(Cell(text, "s"))
        return read.number if isinstance(read, Mobile) else None
    if kind == "voice":
        read = read_mobile(Cell(text, "s"))
        if isinstance(read, Mobile):
            return read.number
        return text if VOICE.fullmatch(text) else None
    pattern = {"email": EMAIL, "wecom": WECOM}.get(kind, _ANY)
    return text if pattern.fullmatch(text) else None
