"""From a plan folder to a site that can be called: reads, checks, then writes whole.

Beside plan, roster and people workbook the folder may hold the organisation's calendar and its rules for rosters.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from dutyroom import wiring
from dutyroom.adapters.planfolder import PEOPLE, PLAN, ROSTER, load, scripts
from dutyroom.core.calendar.calendarfile import CalendarFile, read_calendar
from dutyroom.core.findings import Finding
from dutyroom.core.rostering.rulesfile import check_rules, read_rules
from dutyroom.store.calendars import take_in_notices
from dutyroom.store.organise import HolderText, SiteText, add_site, bind
from dutyroom.store.rosterrules import save_rules
from dutyroom.wiring.rostering.reading import CALENDAR, RULES


@dataclass(frozen=True)
class SetUp:
    """What came of it: the site's id, unless a finding is an error; then nothing was written."""

    site: str
    findings: tuple[Finding, ...]
    holders: int = 0
    headcount: int = 0


def set_up(folder: Path, site: SiteText, people: str = PEOPLE) -> SetUp:
    """Bind the folder's plan, roster and people to the site, which is added if it is new."""
    loaded = load(folder, people)
    calendar, faults = _calendar(folder)
    findings = (*loaded.findings, *faults)
    if loaded.in_force() is None or loaded.plan is None or loaded.roster is None or calendar is None:
        return SetUp("", findings)
    # A channel that nothing here can carry is only kept, never called: configured is not reachable.
    carried = {"inbox", *wiring.couriers()}
    holders = [
        HolderText(
            one.number,
            one.name,
            one.language,
            one.channels,
            one.unit,
            one.roles,
            tuple(kind for kind, _ in one.channels if kind not in carried),
        )
        for one in loaded.holders
    ]
    identity = add_site(wiring.pool(), site, wiring.new_id())
    now = wiring.clock().now()
    texts, counts = (loaded.texts[PLAN], loaded.texts[ROSTER]), loaded.headcounts
    drills = [file.read_text(encoding="utf-8-sig") for file in scripts(folder)]
    bind(wiring.pool(), identity, loaded.plan, texts, loaded.roster, holders, counts, now, drills)
    take_in_notices(wiring.pool(), identity, calendar.notices, _text(folder / CALENDAR), wiring.new_id, now)
    numbers = {one.number for one in loaded.holders}
    rules, _ = read_rules(_text(folder / RULES), loaded.plan.id)
    if rules is not None and not check_rules(rules, loaded.plan, numbers):
        save_rules(wiring.pool(), identity, _text(folder / RULES), "", now)
    return SetUp(identity, findings, len(holders), sum(counts.values()))


def _calendar(folder: Path) -> tuple[CalendarFile | None, tuple[Finding, ...]]:
    """The folder's calendar file; an empty one where there is none."""
    text = _text(folder / CALENDAR)
    if not text:
        return CalendarFile(), ()
    calendar, found = read_calendar(text)
    return calendar, tuple(replace(one, place=f"{CALENDAR}:{one.place}") for one in found)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig") if file.is_file() else ""
