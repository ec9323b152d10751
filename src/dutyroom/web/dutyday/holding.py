"""Posts that are not handed over yet: who keeps each of them, who is to accept it, and on which page.

Between the turn and the acceptance the roster as written names who comes, while the duty is still with who had it.
Pages that say who is on duty ask here, so that they all say the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dutyroom.core.duties.occurring import DAY
from dutyroom.core.duties.steps import HANDOVER
from dutyroom.core.instants import Instant
from dutyroom.core.roster import PlanInForce
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Obligation, Site
from dutyroom.web.case.reading import names_of, rules_of
from dutyroom.web.dutyday.leading import address_of
from dutyroom.web.showing import Shown
from dutyroom.wording.criteria import listed
from dutyroom.wording.narrate import role_name

MOST_WAITING = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A post that waits to be handed over since `since`. `keeps` have it until one of `comes` accepts it."""

    site: Site
    role: str
    since: Instant
    keeps: tuple[str, ...]
    comes: tuple[str, ...]
    address: str
    rules: PlanInForce


def kept_posts(sites: Iterable[Any], now: Instant) -> tuple[Kept, ...]:
    """Every post of the sites (rows, or their identifiers) whose turn is over and which nobody has accepted."""
    rows = Obligation.objects.filter(
        site__in=sites, status="open", case__kind=DAY, step__startswith=f"{HANDOVER}.",
        opened_at__lte=to_datetime(now),
    )  # fmt: skip
    found = rows.select_related("case", "site").order_by("due_at", "id")[:MOST_WAITING]
    kept = (_kept(row, now) for row in found)
    return tuple({(one.site.pk, one.role): one for one in kept if one is not None}.values())


def _kept(row: Obligation, now: Instant) -> Kept | None:
    rules = rules_of(row.site)
    if rules is None:
        return None
    here = [
        one for one in rules.roster.periods if one.role == row.role and one.starts_at <= now < one.ends_at
    ]
    here.sort(key=lambda one: one.place)
    keeps = tuple(dict.fromkeys(one.person for one in here if one.place < 0))
    comes = tuple(dict.fromkeys(one.person for one in here if one.place >= 0))
    if not keeps or set(keeps) == set(comes):
        return None
    since = max(one.starts_at for one in here if one.place < 0)
    address = address_of(rules.plan, row.case, row.key)
    return Kept(row.site, row.role, since, keeps, comes, address, rules)


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A post that is not handed over yet, in words."""

    role: str
    keeps: str
    address: str


@dataclass(frozen=True, slots=True)
class KeptHere:
    """The posts of one site that are not handed over yet, and who keeps any of them."""

    posts: tuple[KeptLine, ...]
    roles: frozenset[str]
    keeps: frozenset[str]


def kept_here(site: Site, shown: Shown) -> KeptHere:
    """What a page on who is on duty at the site says beside the roster."""
    kept = kept_posts([site.pk], shown.now)
    names = names_of({person for one in kept for person in one.keeps})
    return KeptHere(
        tuple(
            KeptLine(
                role_name(one.rules.plan, one.role, shown.language),
                listed(
                    [names.get(person) or shown.say("case.somebody") for person in one.keeps], shown.language
                ),
                one.address,
            )
            for one in kept
        ),
        frozenset(one.role for one in kept),
        frozenset(person for one in kept for person in one.keeps),
    )
