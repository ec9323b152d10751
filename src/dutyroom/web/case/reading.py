"""A case as one reader sees it: its row, its state, the rules it follows, and who its people are.

Refuses to tell a case that is not the reader's from one that is not there: both are a 404.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from dutyroom import wiring
from dutyroom.core import state
from dutyroom.core.codec import load_case
from dutyroom.core.duties.answering import announced
from dutyroom.core.plan import Plan
from dutyroom.core.roster import PlanInForce
from dutyroom.store.models import Case, Obligation, Person, Site
from dutyroom.store.scope import cases_for
from dutyroom.web.showing import Shown, zone_of
from dutyroom.web.visit import Visit
from dutyroom.wording.narrate import role_name, step_title

FULL = "full"


@dataclass(frozen=True, slots=True)
class Opened:
    """What every part of the case page reads."""

    row: Case
    case: state.Case
    rules: PlanInForce
    shown: Shown
    reader: str
    full: bool
    names: Mapping[str, str]

    @property
    def plan(self) -> Plan:
        return self.rules.plan

    @property
    def language(self) -> str:
        return self.shown.language

    def title(self, key: str) -> str:
        """The step's title behind an obligation's key."""
        return step_title(self.plan, key, self.language)

    def role(self, role: str) -> str:
        """The post's name."""
        return role_name(self.plan, role, self.language)

    def name(self, person: str) -> str:
        """Post and name of a holder of a duty role; a person who is not known any more is not guessed at."""
        name = self.names.get(person, "")
        post = posts_of(self.rules, person)
        if not name:
            return self.shown.say("case.somebody")
        return self.shown.say("case.post_and_name", post=self.role(post), name=name) if post else name


def posts_of(rules: PlanInForce, person: str) -> str:
    """The first role the person holds, for showing beside the name; empty for none."""
    for role, holders in rules.roster.standing.items():
        if person in holders:
            return role
    return next((period.role for period in rules.roster.periods if period.person == person), "")


def shown_for(request: Visit, zone: str) -> Shown:
    """How the reader sees times, as of now."""
    return Shown(request.language, zone_of(zone), wiring.clock().now())


def find(request: Visit, case_id: UUID) -> Case:
    """The case's row, if it is the reader's to see. A shared duty phone shows only what its person was asked about."""
    row = cases_for(request.person).select_related("site").filter(id=case_id).first()
    if row is None or not (is_full(request) or _asked(row, str(request.person.id))):
        raise Http404
    return row


def is_full(request: Visit) -> bool:
    """Whether the reader is signed in fully, not on a shared duty phone."""
    return bool(request.device and request.device.level == FULL)


def open_case(request: Visit, case_id: UUID) -> Opened:
    """The case with everything the page needs. Raises Http404."""
    return open_rows(request, [find(request, case_id)])[0]


def open_rows(request: Visit, rows: Sequence[Case]) -> list[Opened]:
    """Case rows that were found in the reader's scope, read whole; everybody's names in one query."""
    now = wiring.clock().now()
    read = [(row, announced(load_case(row.state), now), wiring.case_rules(row)) for row in rows]
    names = names_of({person for _, case, rules in read for person in people_in(case, rules)})
    reader, full = str(request.person.id), is_full(request)
    return [
        Opened(row, case, rules, shown_for(request, row.site.zone), reader, full, names)
        for row, case, rules in read
    ]


def people_in(case: state.Case, rules: PlanInForce) -> set[str]:
    """Everybody the case or its roster names."""
    found = set(rules.people)
    for owed in case.obligations.values():
        found.update(owed.asked)
        found.update(mark.by for mark in owed.marks.values())
    return found


def names_of(people: Iterable[str]) -> dict[str, str]:
    """Names of holders of duty roles by id, in one query."""
    wanted = [person for person in people if person]
    return {str(one.id): one.name for one in Person.objects.filter(id__in=wanted).only("id", "name")}


def rules_of(site: Site) -> PlanInForce | None:
    """The plan in force at the site; None where it has none of its own."""
    try:
        return wiring.record().rules(str(site.id))
    except LookupError:
        return None


def _asked(row: Case, person: str) -> bool:
    return Obligation.objects.filter(case=row, asked__contains=[person]).exists()
