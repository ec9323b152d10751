"""Sets up a site under the reference plan, by the clock that the environment names. Run in a process of its own."""

from dutyroom import settings
from dutyroom.store.organise import SiteText
from dutyroom.wiring.organising import set_up


def load() -> None:
    """The plan folder of the repository, bound to a new site."""
    site = SiteText("duty", "project", "值班测试项目部", "Duty test site", "010-5550-0000")
    done = set_up(settings.PROJECT / "plans" / "sanitation-project", site)
    if not done.site:
        raise SystemExit(str(done.findings))


if __name__ == "__main__":
    load()
