"""Sets up the site that is measured. Run in a process of its own, whose environment names the database.

Two invented people with numbers from no real range, each with one telephone.
"""

import sys
from pathlib import Path

from dutyroom import wiring
from dutyroom.core.checks import check
from dutyroom.core.planfile import read_plan
from dutyroom.core.rosterfile import read_roster
from dutyroom.store.organise import HolderText, SiteText, add_site, bind

CODE = "bench"


def load(folder: Path) -> None:
    """Bind the plan of the folder to a new site. Raises ValueError for a plan that does not read."""
    texts = ((folder / "plan.yaml").read_text("utf-8"), (folder / "roster.yaml").read_text("utf-8"))
    plan, findings = read_plan(texts[0])
    roster, faults = read_roster(texts[1])
    if plan is None or roster is None:
        raise ValueError([*findings, *faults])
    wrong = [found for found in check(plan) if found.severity == "error"]
    if wrong:
        raise ValueError(wrong)
    people = [HolderText(f"P{n}", f"测试员{n}", "zh", (("sms", f"1380000000{n}"),)) for n in (1, 2)]
    site = add_site(
        wiring.pool(), SiteText(CODE, "project", "测试项目部", "Test site", "010-5550-0000"), wiring.new_id()
    )
    bind(wiring.pool(), site, plan, texts, roster, people, {}, wiring.clock().now())


if __name__ == "__main__":
    load(Path(sys.argv[1]))
