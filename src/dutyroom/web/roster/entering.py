"""A roster that somebody wrote, in the form of a roster file: read, held against the rules, kept as a draft.

It goes the same way as one that was made: a second person approves it, and publishing shows what it changes.
"""

from dutyroom import wiring
from dutyroom.core.calendar.days import YearMissing
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.plan import Plan
from dutyroom.core.roster import Roster
from dutyroom.core.rosterfile import read_roster
from dutyroom.store import rosterdrafts
from dutyroom.store.models import Site
from dutyroom.wiring.siteroster import exclusion_groups, judged_roster, site_roster

MOST_FINDINGS = 60


def entered(site: Site, plan: Plan, text: str, by: str) -> str | Refusal | tuple[Finding, ...]:
    """The draft's id; or what is wrong with the text, or why there is nothing to keep."""
    roster, faults = read_roster(text, plan.id)
    if roster is None:
        return faults
    now = wiring.clock().now()
    ahead = [one for one in roster.periods if one.ends_at > now]
    if not ahead:
        return Refusal("rosterpages.entered_nothing")
    here = site_roster(str(site.pk), plan, now)
    try:
        findings = judged_roster(here, roster)
    except YearMissing as missing:
        return Refusal("rosterpages.year_missing", {"year": missing.year})
    span = (min(one.starts_at for one in ahead), max(one.ends_at for one in ahead))
    identity = wiring.new_id()
    groups = exclusion_groups(here.sources.rules, site.code)
    made = rosterdrafts.Made(text, findings[:MOST_FINDINGS], {**_sums(roster), "excludes": groups})
    rosterdrafts.enter(wiring.pool(), str(site.pk), identity, span, made, by, now)
    return identity


def _sums(roster: Roster) -> dict[str, int]:
    turns = {(one.role, one.starts_at) for one in roster.periods}
    return {"turns": len(turns), "people": len({one.person for one in roster.periods})}
