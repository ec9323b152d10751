"""What a person typed, as the typed answers a step asks for: the way back from `narrate.answer_text`.

Refuses to judge: a text that cannot be read as the field's type stays a text, and the core says that it does not fit.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, tzinfo

from dutyroom.core.commands import Answer
from dutyroom.core.counts import UNKNOWN, read_count, write_count
from dutyroom.core.decide.answers import NOTHING_NEW
from dutyroom.core.instants import Instant, parse_iso
from dutyroom.core.plan import Field, FieldType, Step

WARNING_PARTS = ("hazard", "area", "colour")
NOT_KNOWN = frozenset({"unknown", "?", "不明", "未知", "不清楚"})
YES = frozenset({"yes", "true", "on", "1", "y", "是"})
NO = frozenset({"no", "false", "off", "0", "n", "否"})


def clean(text: str) -> str:
    """The text without what no database or page can hold: NUL and lone surrogates; line ends are `\\n`."""
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    return whole.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def read_answers(step: Step, typed: Mapping[str, str], zone: tzinfo) -> dict[str, Answer]:
    """The answers as typed values; what was left empty is left out, and what the step does not ask stays a text."""
    asked = {field.id: field for field in step.asks}
    found: dict[str, Answer] = {}
    for name, text in _whole(step, typed).items():
        said = clean(text)
        if name == NOTHING_NEW and name not in asked:
            found |= {name: True} if said.lower() in YES else {}
        elif said:
            found[name] = read_answer(asked[name], said, zone) if name in asked else said
    return found


def _whole(step: Step, typed: Mapping[str, str]) -> dict[str, str]:
    """A warning is typed in three parts (hazard, area, colour) and is one answer."""
    whole = dict(typed)
    for field in step.asks:
        if field.type is FieldType.WARNING:
            parts = [clean(whole.pop(f"{field.id}.{part}", "")) for part in WARNING_PARTS]
            if any(parts):
                whole[field.id] = ":".join(parts)
    return whole


def read_answer(field: Field, text: str, zone: tzinfo) -> Answer:
    """One answer as its field's type; the text itself where it is none."""
    if field.type is FieldType.COUNT:
        return _count(text)
    if field.type is FieldType.BOOL:
        return True if text.lower() in YES else False if text.lower() in NO else text
    if field.type is FieldType.TIME:
        moment = read_time(text, zone)
        return text if moment is None else moment
    return text


def read_time(text: str, zone: tzinfo) -> Instant | None:
    """The instant of `2026-11-24T10:00` (as a clock in the zone shows it) or of an ISO 8601 text with an offset."""
    try:
        moment = datetime.fromisoformat(clean(text))
        return parse_iso((moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat())
    except (ValueError, OverflowError):
        return None


def _count(text: str) -> Answer:
    """A whole number, or what is known of one: `3-5`, `3+`, `不明`; full-width digits are digits."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    count = read_count(UNKNOWN if plain.lower() in NOT_KNOWN else plain)
    return text if count is None else write_count(count)
