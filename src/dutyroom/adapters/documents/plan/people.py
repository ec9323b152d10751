"""Who is reached how, and who is on duty when: annexes from the people list and the roster, never from the plan.

The public version names posts only. Refuses to know steps.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dutyroom.adapters.documents.plan.model import Table, Text
from dutyroom.adapters.documents.plan.words import Wording
from dutyroom.adapters.planfolder import ROSTER, LoadedPlan
from dutyroom.core.roster import DutyPeriod
from dutyroom.core.yamltree import read_tree

Part = Text | Table
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TURNS = 62  # a rotation that does not come round in so many turns is printed so far


def contacts(words: Wording, loaded: LoadedPlan, public: bool) -> list[Part]:
    """Posts with their holders and phones; outside bodies with public short numbers."""
    made: list[Part] = []
    if public:
        made.append(Text(words.say("public_version")))
    elif loaded.holders:
        rows = tuple(
            (words.role(role), holder.number, holder.name, holder.unit or "—", _phone(holder.channels))
            for role in words.plan.roles
            for holder in loaded.holders
            if role in holder.roles
        )
        columns = tuple(
            words.say(f"column.{name}") for name in ("post", "staff_number", "name", "unit", "phone")
        )
        made.append(Table(columns, (24, 14, 18, 22, 22), rows, words.say("caption.people")))
    else:
        made.append(Text(words.say("no_people")))
    numbers = tuple((words.text(one.name), one.number) for one in words.plan.outside.values() if one.number)
    if numbers:
        columns = (words.say("column.body"), words.say("column.number"))
        made.append(Table(columns, (60, 40), numbers, words.say("caption.numbers")))
    return made


def rosters(words: Wording, loaded: LoadedPlan, public: bool) -> list[Part]:
    """Standing holders in the order in which they are asked, and the turns of the posts that rotate."""
    roster = loaded.roster
    if public:
        return []
    if roster is None:
        return [Text(words.say("no_roster"))]
    made: list[Part] = []
    named = {number: f"{name}（{number}）" for number, name in loaded.names.items()}
    standing = tuple(
        (words.role(role), " → ".join(named.get(one, one) for one in persons))
        for role, persons in roster.standing.items()
    )
    if standing:
        columns = (words.say("column.post"), words.say("column.asked_in"))
        made.append(Table(columns, (30, 70), standing, words.say("caption.standing")))
    zone = _zone(loaded)
    for role in dict.fromkeys(period.role for period in roster.periods):
        mine = [period for period in roster.periods if period.role == role]
        made += _rotation(words, role, mine, named, zone)
    return made


def _phone(channels: tuple[tuple[str, str], ...]) -> str:
    found = dict(channels)
    return found.get("sms") or found.get("voice") or "—"


def _zone(loaded: LoadedPlan) -> ZoneInfo:
    """The zone the roster names; it was checked when the roster was read."""
    tree, _ = read_tree(loaded.texts.get(ROSTER, ""))
    head = tree.get("roster") if tree else None
    return ZoneInfo(str(head.get("zone", "UTC")) if isinstance(head, Mapping) else "UTC")


def _rotation(
    words: Wording, role: str, periods: list[DutyPeriod], named: Mapping[str, str], zone: ZoneInfo
) -> list[Part]:
    """A post's turns: once round where they repeat, with the days on which the whole begins and ends."""
    turns = _turns(periods)
    shown = turns[: _round(turns)]
    rows = tuple(
        (
            str(place),
            _local(starts, zone),
            _local(ends, zone),
            "、".join(named.get(one, one) for one in persons),
        )
        for place, (starts, ends, persons) in enumerate(shown, 1)
    )
    columns = tuple(words.say(f"column.{name}") for name in ("turn", "begins", "ends", "on_duty"))
    table = Table(columns, (8, 24, 24, 44), rows, words.say("caption.turns", post=words.role(role)))
    ends = _local(turns[-1][1], zone)
    if len(shown) < len(turns):
        code = "turns_repeat" if _repeats(turns, len(shown)) else "turns_go_on"
        return [table, Text(words.say(code, count=len(shown), until=ends), small=True)]
    return [table]


_Turn = tuple[int, int, tuple[str, ...]]


def _turns(periods: list[DutyPeriod]) -> list[_Turn]:
    found: dict[tuple[int, int], list[tuple[int, str]]] = {}
    for one in periods:
        found.setdefault((one.starts_at, one.ends_at), []).append((one.place, one.person))
    return [
        (*span, tuple(person for _, person in sorted(persons))) for span, persons in sorted(found.items())
    ]


def _round(turns: list[_Turn]) -> int:
    """How many turns are printed: once round, else as many as a page or two hold."""
    return next(
        (size for size in range(1, min(_TURNS, len(turns))) if _repeats(turns, size)), min(_TURNS, len(turns))
    )


def _repeats(turns: list[_Turn], size: int) -> bool:
    """Whether the persons come round after so many turns of one length each."""
    lengths = {ends - starts for starts, ends, _ in turns}
    same = all(turn[2] == turns[place % size][2] for place, turn in enumerate(turns))
    return same and len(lengths) <= 2  # the last turn may be cut, or a clock changed


def _local(instant: int, zone: ZoneInfo) -> str:
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone).strftime("%Y-%m-%d %H:%M")
