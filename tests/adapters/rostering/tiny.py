"""Tiny instances as text, and every roster of them tried: what the engine's best is compared with."""

from functools import cache
from itertools import product
from random import Random

from benchmarks.roster_judge import judge, split


def tiny(seed: int) -> str:
    """Two or three people, five to seven days, one or two shifts; limits that bind, wishes and cover by chance."""
    draw = Random(seed)
    days, people, shifts = draw.choice(((7, 2, 2), (6, 2, 2), (7, 3, 1), (5, 2, 2)))
    names = ["E", "L"][:shifts]
    lines = ["SECTION_HORIZON", "# days", str(days), "", "SECTION_SHIFTS"]
    lines += [f"{name},{draw.choice((480, 600))},{'E' if name == 'L' else ''}" for name in names]
    lines += ["", "SECTION_STAFF"]
    for person in range(people):
        most = "|".join(f"{name}={draw.choice((1, 2, days, days))}" for name in names)
        longest = draw.choice((2, 3, 5))
        lines.append(
            f"P{person},{most},{draw.choice((2_400, 3_000))},{draw.choice((0, 480, 960))},"
            f"{longest},{draw.choice((1, 2))},{draw.choice((1, 2))},{draw.choice((0, 1, 1))}"
        )
    lines += ["", "SECTION_DAYS_OFF"] + [f"P{person},{draw.randrange(days)}" for person in range(people)]
    for heading in ("SECTION_SHIFT_ON_REQUESTS", "SECTION_SHIFT_OFF_REQUESTS"):
        lines += ["", heading]
        for person in range(people):
            lines.append(f"P{person},{draw.randrange(days)},{draw.choice(names)},{draw.randint(1, 9)}")
    lines += ["", "SECTION_COVER"]
    for day in range(days):
        lines += [
            f"{day},{name},{draw.randint(0, 2)},{draw.choice((5, 20))},{draw.randint(1, 3)}" for name in names
        ]
    return "\n".join(lines) + "\n"


@cache
def least(text: str) -> int | None:
    """The least penalty of all rosters without a broken rule: each person's possible turns, then all together."""
    sections = split(text)
    days = int(sections["SECTION_HORIZON"][0][0])
    names = [row[0] for row in sections["SECTION_SHIFTS"]]
    people = [row[0] for row in sections["SECTION_STAFF"]]
    choices = {person: _possible(text, person, people, names, days) for person in people}
    found = [
        judge(text, dict(zip(people, turns, strict=True))).penalty
        for turns in product(*(choices[person] for person in people))
    ]
    return min(found, default=None)


def _possible(text: str, person: str, people: list[str], names: list[str], days: int) -> list[list[str]]:
    """The turns of one person that break no rule of theirs, and of equal ones all: what breaks is named by person."""
    own = "\n".join(
        line
        for line in text.splitlines()
        if not any(line.startswith(f"{one},") for one in people if one != person)
    )
    return [
        list(turns)
        for turns in product(["", *names], repeat=days)
        if not judge(own, {person: list(turns)}).broken
    ]
