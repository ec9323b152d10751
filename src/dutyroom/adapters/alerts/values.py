"""Values that all forms of warnings share: times with their offset, identifiers, colours, kinds and statuses."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from unicodedata import category
from zoneinfo import ZoneInfo

from dutyroom.core.alerts import ACTUAL, ALERT, CANCEL, EXERCISE, SEVERITIES, TEST, UPDATE, colour_in
from dutyroom.core.findings import Finding
from dutyroom.core.instants import Instant, parse_iso

KINDS = {"alert": ALERT, "update": UPDATE, "cancel": CANCEL}
STATUSES = {"actual": ACTUAL, "exercise": EXERCISE, "test": TEST, "system": TEST, "draft": TEST}
LONGEST = 200

# CAP forbids Z and fractions; the Chinese form has a space where CAP has a T. All are understood, none is guessed.
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
# CAP 1.2, 3.2.1: no spaces, commas, < or & in identifier and sender.
_IDENTIFIER = re.compile(r"[^\s,<&]{1,200}")


@dataclass(slots=True)
class Faults:
    """Findings collected while one message is read; `place` is an element or a key."""

    zone: ZoneInfo
    found: list[Finding] = field(default_factory=list)

    def find(self, code: str, place: str, severity: str = "error", **fields: str | int) -> None:
        self.found.append(Finding(f"alert.{code}", severity, place, fields))

    @property
    def is_fatal(self) -> bool:
        return any(one.severity == "error" for one in self.found)

    def time(self, value: str, place: str, *, required: bool = False) -> Instant | None:
        if not value:
            if required:
                self.find("missing", place, part=place)
            return None
        parts = _TIME.fullmatch(value)
        if parts is None:
            self.find("bad_time", place, value=value[:40])
            return None
        year, month, day, hour, minute, second, offset = parts.groups()
        said = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}"
        try:
            if offset is None:
                # A zone has not the same offset all the year.
                offset = datetime.fromisoformat(said).replace(tzinfo=self.zone).isoformat()[len(said) :]
                self.find("no_offset", place, "warning", value=value[:40], offset=offset)
            return parse_iso(said + ("+00:00" if offset == "Z" else offset))
        except (ValueError, OverflowError):
            self.find("bad_time", place, value=value[:40])
            return None

    def identifier(self, value: str, place: str) -> str:
        if not value:
            self.find("missing", place, part=place)
        elif not _IDENTIFIER.fullmatch(value):
            self.find("bad_identifier", place, value=value[:60])
        return value[:LONGEST]

    def sender(self, value: str, place: str) -> str:
        """Whoever it is: many write their name with blanks. Numbers are only unique within it."""
        if not value:
            self.find("missing", place, part=place)
        return value[:LONGEST]

    def kind(self, value: str, place: str) -> str:
        return self._one_of(value, place, KINDS, ALERT)

    def status(self, value: str, place: str) -> str:
        return self._one_of(value, place, STATUSES, ACTUAL)

    def _one_of(self, value: str, place: str, known: dict[str, str], otherwise: str) -> str:
        found = known.get(value.strip().casefold())
        if found is None:
            self.find("unknown_word", place, value=value[:40], known=", ".join(known))
        return found or otherwise


def plain(text: str) -> str:
    """One line without what no store or page can hold: NUL and other control characters, lone surrogates."""
    line = " ".join(text.split())
    return "".join(each for each in line if category(each) not in ("Cc", "Cs")).strip()


def colour_of(colour: str, severity: str, texts: tuple[str, ...]) -> str:
    """The colour that was given, as such or as the severity; else the one that event or heading name; else the one that
    the severity stands for."""
    for text in (colour, severity, *texts):
        if found := colour_in(text):
            return found
    return SEVERITIES.get(severity.strip().casefold(), "")
