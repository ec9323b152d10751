"""Local days and times of day as instants, in the zone of a site.

A local time that the clocks skip is the instant at which they went on; one that comes twice is its first.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dutyroom.core.instants import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def instant_of(day: date, at: str, zone: str) -> Instant:
    """The instant of a time of day (`18:00`; `24:00` is the next midnight). Raises ValueError for other text."""
    hours, _, minutes = at.partition(":")
    if at == "24:00":
        day, hours, minutes = day + timedelta(days=1), "00", "00"
    local = datetime.combine(day, time(int(hours), int(minutes)), ZoneInfo(zone))
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        local = _skipped(local) or local
    return (local.astimezone(UTC) - _EPOCH) // _MILLISECOND


def _skipped(local: datetime) -> datetime | None:
    """When the clocks went on, for a time that they skip; None for one that comes twice.

    Python reads a skipped time with the offset from before, so that 02:30 of a skipped hour would come behind 03:00.
    """
    early, late = sorted((local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)))
    zone, before = local.tzinfo, early.astimezone(local.tzinfo).utcoffset()
    if late.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return None
    while late - early > _MILLISECOND:
        middle = early + (late - early) // 2
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == before else (early, middle)
    return late


def local_of(instant: Instant, zone: str) -> datetime:
    """The local date and time of an instant."""
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))


def day_of(instant: Instant, zone: str) -> date:
    """The local day an instant falls on."""
    return local_of(instant, zone).date()


def quiet_until(instant: Instant, quiet: str, zone: str) -> Instant | None:
    """When the quiet hours (`22:00-06:00`) that hold at the instant end; None outside them and where there are none."""
    starts, _, ends = quiet.partition("-")
    if not ends or starts == ends:
        return None
    local = local_of(instant, zone)
    now, day = f"{local:%H:%M}", local.date()
    if starts < ends:
        within, ends_on = starts <= now < ends, day
    else:
        within, ends_on = now >= starts or now < ends, day + timedelta(days=now >= starts)
    return max(instant_of(ends_on, ends, zone), instant + 1) if within else None
