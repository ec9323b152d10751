"""From a plan folder (plan, roster, people workbook) to a site that can be called: reads, checks, then writes whole."""

from dataclasses import dataclass
from pathlib import Path

from dutyroom import wiring
from dutyroom.adapters.planfolder import PLAN, ROSTER, load, scripts
from dutyroom.core.findings import Finding
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
    loaded = load(folder)
    if loaded.in_force() is None or loaded.plan is None or loaded.roster is None:
        return SetUp("", loaded.findings)
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
    return SetUp(identity, loaded.findings, len(holders), sum(counts.values()))
