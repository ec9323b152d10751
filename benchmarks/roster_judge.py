"""Judges a roster of an Employee Shift Scheduling instance from the file's sections alone.

It shares nothing with the solver but the text: it reads the rows itself, walks each person's days, and names each
broken rule. What the solver believes of its roster is never asked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a roster costs, and every hard rule that it breaks: `rule person day`."""

    penalty: int
    broken: tuple[str, ...]


def judge(text: str, turns: Mapping[str, list[str]]) -> Verdict:
    """The verdict on turns: for each person one shift a day, or an empty text for a day off."""
    sections = split(text)
    days = int(sections["SECTION_HORIZON"][0][0])
    short = [f"horizon {name}" for name, row in turns.items() if len(row) != days]
    if short:
        return Verdict(0, tuple(short))
    broken = [
        fault for row in sections["SECTION_STAFF"] for fault in _person(sections, row, turns[row[0]], days)
    ]
    return Verdict(_requests(sections, turns) + _cover(sections, turns), tuple(broken))


def split(text: str) -> dict[str, list[list[str]]]:
    """The rows of each section."""
    sections: dict[str, list[list[str]]] = defaultdict(list)
    name = ""
    for line in text.splitlines():
        if line.startswith("SECTION_"):
            name = line.strip()
        elif line.strip() and not line.startswith("#"):
            sections[name].append(line.strip().split(","))
    return sections


def _person(
    sections: dict[str, list[list[str]]], row: list[str], turns: list[str], days: int
) -> Iterator[str]:
    name, most_of_each = row[0], row[1]
    most, least, longest, shortest, rest, weekends = map(int, row[2:])
    minutes = {shift[0]: int(shift[1]) for shift in sections["SECTION_SHIFTS"]}
    total = sum(minutes[turn] for turn in turns if turn)
    if total > most:
        yield f"max-minutes {name}"
    if total < least:
        yield f"min-minutes {name}"
    counted = Counter(turns)
    for limit in most_of_each.split("|"):
        shift, _, number = limit.partition("=")
        if counted[shift] > int(number):
            yield f"max-shifts {name} {shift}"
    for off in sections["SECTION_DAYS_OFF"]:
        if off[0] == name:
            yield from (f"day-off {name} {day}" for day in off[1:] if turns[int(day)])
    yield from _successions(sections, name, turns)
    yield from _runs(name, turns, longest, shortest, rest)
    worked = sum(any(turns[day : day + 2]) for day in range(5, days, 7))
    if worked > weekends:
        yield f"max-weekends {name}"


def _successions(sections: dict[str, list[list[str]]], name: str, turns: list[str]) -> Iterator[str]:
    barred = {shift[0]: set(filter(None, shift[2].split("|"))) for shift in sections["SECTION_SHIFTS"]}
    for day in range(len(turns) - 1):
        if turns[day] and turns[day + 1] in barred[turns[day]]:
            yield f"succession {name} {day}"


def _runs(name: str, turns: list[str], longest: int, shortest: int, rest: int) -> Iterator[str]:
    """Runs of days at work and off; a run that touches an end of the horizon may go on outside it."""
    day = 0
    for working, run in groupby(turns, key=bool):
        length = len(list(run))
        touches = day == 0 or day + length == len(turns)
        if working and length > longest:
            yield f"max-run {name} {day}"
        if working and length < shortest and not touches:
            yield f"min-run {name} {day}"
        if not working and length < rest and not touches:
            yield f"min-rest {name} {day}"
        day += length


def _requests(sections: dict[str, list[list[str]]], turns: Mapping[str, list[str]]) -> int:
    penalty = 0
    for name, day, shift, weight in sections["SECTION_SHIFT_ON_REQUESTS"]:
        penalty += int(weight) * (turns[name][int(day)] != shift)
    for name, day, shift, weight in sections["SECTION_SHIFT_OFF_REQUESTS"]:
        penalty += int(weight) * (turns[name][int(day)] == shift)
    return penalty


def _cover(sections: dict[str, list[list[str]]], turns: Mapping[str, list[str]]) -> int:
    penalty = 0
    for day, shift, required, under, over in sections["SECTION_COVER"]:
        there = sum(row[int(day)] == shift for row in turns.values())
        penalty += max(0, int(required) - there) * int(under) + max(0, there - int(required)) * int(over)
    return penalty
