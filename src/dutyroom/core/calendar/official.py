"""The official notices that this version brings, and the calendar of a calendar file on top of them.

`cn-notices.yaml` beside this module is written like any calendar file and read by the same reader, once a process.
"""

from functools import cache
from importlib.resources import files

from dutyroom.core.calendar.calendarfile import CalendarFile, read_calendar
from dutyroom.core.calendar.days import Calendar, Notice, merged


@cache
def official_notices() -> tuple[Notice, ...]:
    """Mainland China, all years known when this version was made. Raises ValueError if our own file does not read."""
    found, findings = read_calendar(files(__package__).joinpath("cn-notices.yaml").read_text("utf-8"))
    if found is None:
        raise ValueError(f"cn-notices.yaml: {findings}")
    return found.notices


@cache
def official_calendar() -> Calendar:
    return merged(official_notices())


def calendar_of_file(own: CalendarFile | None) -> Calendar:
    """The official notices, replaced or continued by those of the file. Without a file, the official ones alone."""
    return merged(official_notices(), own.notices) if own else official_calendar()
