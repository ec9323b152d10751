"""From a plan folder (plan, roster, people workbook) to a site that can be called: reads, checks, then writes whole."""

from dataclasses import dataclass
from pathlib import Path

from dutyroom import wiring
from dutyroom.adapters.planfolder import responder
from dutyroom.adapters.staff.workbook import read_staff
from dutyroom.core.checks import check, check_holders
from dutyroom.core.findings import Finding
from dutyroom.core.planfile import read_plan
from dutyroom.core.rosterfile import check_roster, read_roster
from dutyroom.store.organise import HolderText, SiteText, add_site, bind


@dataclass(frozen=True)
class SetUp:
    """What came of it: the site's id, unless a finding is an error; then nothing was written."""

    site: str
    findings: tuple[Finding, ...]
    holders: int = 0
    headcount: int = 0


def set_up(folder: Path, site: SiteText) -> SetUp:
    """Bind the folder's plan, roster and people to the site, which is added if it is new."""
    plan_text = (folder / "plan.yaml").read_text(encoding="utf-8")
    roster_text = (folder / "roster.yaml").read_text(encoding="utf-8")
    plan, findings = read_plan(plan_text)
    if plan is None:
        return SetUp("", findings)
    staff = read_staff((folder / "people.xlsx").read_bytes(), {r.name.zh: r.id for r in plan.roles.values()})
    roster, faults = read_roster(roster_text)
    findings = (*check(plan), *staff.findings, *faults)
    if roster is not None:
        findings += check_roster(roster, {holder.number for holder in staff.holders}, plan)
        findings += check_holders(plan, roster, {one.number: responder(one) for one in staff.holders})
    if roster is None or any(found.severity == "error" for found in findings):
        return SetUp("", findings)
    # A channel that nothing here can carry is left out: configured is not reachable.
    carried = {"inbox", *wiring.couriers()}
    holders = [
        HolderText(one.number, one.name, one.language, tuple(c for c in one.channels if c[0] in carried))
        for one in staff.holders
    ]
    identity = add_site(wiring.pool(), site, wiring.new_id())
    now = wiring.clock().now()
    bind(wiring.pool(), identity, plan, (plan_text, roster_text), roster, holders, staff.counts, now)
    return SetUp(identity, findings, len(holders), sum(staff.counts.values()))
