"""What a visitor typed, made safe to keep: texts, counts, times, identifiers; a fault is a value, never an exception.

Reads a form and a JSON body alike. Bad input of any kind becomes a `Fault` with a code that has a sentence, and all
faults are collected, so that a person is told everything at once. It refuses to know what the fields mean.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dutyroom.core.instants import Instant, parse_iso
from dutyroom.wording.typed import clean as clean_text
from dutyroom.wording.typed import read_time

LARGEST_COUNT = 100_000
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{8,64}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,24}")
_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One field that cannot be taken, and why (a code under `input.`)."""

    field: str
    code: str
    fields: Mapping[str, str | int] = dataclasses.field(default_factory=dict)


@dataclass
class Typed:
    """The fields as they came, and the faults found so far. Each method reads one field."""

    given: Mapping[str, object]
    faults: list[Fault] = dataclasses.field(default_factory=list)

    def fault(self, name: str, code: str, **fields: str | int) -> None:
        self.faults.append(Fault(name, f"input.{code}", fields))

    def raw(self, name: str) -> str:
        """The field as clean text without a limit; a list's first, a number's digits."""
        value = self.given.get(name)
        if isinstance(value, list | tuple):
            value = value[0] if value else ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return clean(str(value)) if isinstance(value, str | int | float) else ""

    def text(self, name: str, longest: int, *, required: bool = False) -> str:
        """Free text of at most `longest` characters."""
        found = self.raw(name)
        if len(found) > longest:
            self.fault(name, "too_long", longest=longest)
            return found[:longest]
        if required and not found:
            self.fault(name, "missing")
        return found

    def count(self, name: str, *, required: bool = False) -> int | None:
        """A whole number from 0 to LARGEST_COUNT; full-width digits are digits."""
        found = unicodedata.normalize("NFKC", self.raw(name)).replace(",", "").strip()
        if not found:
            if required:
                self.fault(name, "missing")
            return None
        if not (found.isascii() and found.isdigit()) or len(found) > 9:
            self.fault(name, "not_a_count")
            return None
        if int(found) > LARGEST_COUNT:
            self.fault(name, "too_many", most=LARGEST_COUNT)
            return None
        return int(found)

    def choice(self, name: str, options: frozenset[str], otherwise: str = "") -> str:
        """One of the options; what is not given is `otherwise`."""
        found = self.raw(name)
        if found and found not in options:
            self.fault(name, "not_an_option")
            return otherwise
        return found or otherwise

    def yes_no(self, name: str) -> bool | None:
        """Yes, no, or not said."""
        found = self.raw(name).lower()
        if found and found not in _YES | _NO:
            self.fault(name, "not_an_option")
        return True if found in _YES else False if found in _NO else None

    def identifier(self, name: str) -> str:
        """A client-made identifier: 8 to 64 letters, digits, dashes."""
        found = self.raw(name)
        if not _IDENTIFIER.fullmatch(found):
            self.fault(name, "not_an_identifier")
            return ""
        return found

    def phone(self, name: str) -> str:
        """A telephone number, with its spaces; empty if none is given."""
        found = unicodedata.normalize("NFKC", self.raw(name))
        if found and not _PHONE.fullmatch(found):
            self.fault(name, "not_a_phone")
            return ""
        return found

    def local_time(self, name: str, zone: ZoneInfo) -> Instant | None:
        """A `datetime-local` value as an instant, read in the zone; an ISO text with an offset is taken as it is."""
        found = self.raw(name)
        if not found:
            return None
        instant = read_time(found, zone)
        if instant is None:
            self.fault(name, "not_a_time")
        return instant

    def instant(self, name: str) -> Instant | None:
        """Milliseconds, or ISO 8601 with an offset; None for anything else, silently: devices send what they send."""
        found = self.raw(name)
        if found.isascii() and found.isdigit():
            return int(found) if len(found) < 15 else None
        try:
            return parse_iso(found) if found else None
        except (ValueError, OverflowError):
            return None


def clean(text: str) -> str:
    """Without what no store or page can hold: NUL and other control characters, lone surrogates; composed (NFC)."""
    text = clean_text(text)
    if not text.isprintable():
        text = "".join(each for each in text if _may_stay(each))
    return unicodedata.normalize("NFC", text).strip()


def _may_stay(character: str) -> bool:
    if character in "\n\t":
        return True
    # Marks that turn the direction of writing can make a text read other than it stands.
    return (
        unicodedata.category(character) not in ("Cc", "Cs")
        and character not in "\u202a\u202b\u202c\u202d\u202e"
    )
