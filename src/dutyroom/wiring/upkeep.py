"""Upkeep that can be seen to be done or not: the year's notice of holidays is there, or it is not.

The engine sees no notices. Whoever hands it an act asks here first.
"""

from datetime import date, timedelta

from dutyroom import wiring
from dutyroom.core.duties.steps import YEAR
from dutyroom.core.findings import Refusal
from dutyroom.core.plan import Verb
from dutyroom.core.state import Case
from dutyroom.store.calendars import calendar_of

WANTED_AHEAD = timedelta(days=31)


def not_yet(case: Case, key: str, verb: Verb) -> Refusal | None:
    """Why the obligation cannot be done: the year that it is about has no notice still."""
    owed = case.obligations.get(key)
    if verb is not Verb.DONE or owed is None or owed.step != YEAR:
        return None
    opened = date.fromisoformat(case.day)
    known = calendar_of(wiring.pool(), case.site).calendar.years()
    missing = [day.year for day in (opened, opened + WANTED_AHEAD) if day.year not in known]
    return Refusal("calendar.year_missing", {"year": missing[0]}) if missing else None
