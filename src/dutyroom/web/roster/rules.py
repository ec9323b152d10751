"""The organisation's rules for the rosters of a site, as they were last saved."""

from functools import lru_cache

from dutyroom.core.rostering.rules import RosterRules
from dutyroom.core.rostering.rulesfile import read_rules
from dutyroom.store.models import RosterRulesEdition, Site


def text_of(site: Site) -> str:
    """The text of the rules; empty where none were ever saved."""
    newest = RosterRulesEdition.objects.filter(site=site).order_by("-saved_at", "-id").first()
    return newest.text if newest else ""


def rules_of(site: Site) -> RosterRules | None:
    """The rules; None where there are none."""
    return _read(text_of(site))


@lru_cache(maxsize=64)
def _read(text: str) -> RosterRules | None:
    return read_rules(text)[0] if text else None
