"""The open issues of a site: what a round found, where, who puts it right by when, and whether that is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass

from dutyroom.core.duties.steps import CHECK, FIX, RAISE, issue_kinds
from dutyroom.core.state import Obligation
from dutyroom.store.models import Obligation as Row
from dutyroom.store.models import Site
from dutyroom.store.scope import cases_for, obligations_for
from dutyroom.web.case.reading import Opened, open_rows
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit

MOST_ISSUES, MOST_CASES = 100, 40


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue that is not settled. `stage`: fix (it is to be put right) or check (somebody else looks at it)."""

    case: str
    key: str
    kind: str
    kind_id: str
    place: str
    text: str
    role: str
    due: str
    until: str
    over: bool
    stage: str
    stage_text: str


def open_issues(request: Visit, site: Site, shown: Shown) -> tuple[Issue, ...]:
    """Every open issue of the site, what is overdue first, then by the time it falls due."""
    rows = obligations_for(request.person).filter(site=site, status="open", step__in=(FIX, CHECK))
    return of_rows(request, rows.order_by("-overdue", "due_at")[:MOST_ISSUES])


def of_rows(request: Visit, rows: Iterable[Row]) -> tuple[Issue, ...]:
    """The issues behind rows of obligations."""
    listed = list(rows)
    cases = list(dict.fromkeys(row.case_id for row in listed))[:MOST_CASES]
    found = cases_for(request.person).filter(pk__in=cases).select_related("site")
    opened = {str(one.row.pk): one for one in open_rows(request, list(found))}
    issues = (_issue(opened.get(str(row.case_id)), row.key) for row in listed)
    return tuple(one for one in issues if one is not None)


def of_case(opened: Opened) -> tuple[Issue, ...]:
    """The open issues of one round."""
    found = (_issue(opened, owed.key) for owed in opened.case.open_obligations() if owed.step in (FIX, CHECK))
    return tuple(one for one in found if one is not None)


def _issue(opened: Opened | None, key: str) -> Issue | None:
    owed = opened.case.obligations.get(key) if opened else None
    if opened is None or owed is None or not owed.dues:
        return None
    raised, due, shown = _raised(opened, owed), owed.dues[0].due_at, opened.shown
    stage = "fix" if owed.step == FIX else "check"
    kind = str(raised.answers.get("kind", "other"))
    known = issue_kinds().get(kind)
    return Issue(
        opened.case.case, key, known.in_language(opened.language) if known else kind, kind,
        str(raised.answers.get("place", "")), str(raised.answers.get("finding", "")) or owed.text,
        opened.role(owed.role), shown.time(due), shown.until(due), due < shown.now,
        stage, shown.say(f"dutyday.stage.{stage}"),
    )  # fmt: skip


def _raised(opened: Opened, owed: Obligation) -> Obligation:
    """The act that noted the issue: a fix follows from it, a check from a fix, another fix from a failed check."""
    seen = owed
    while seen.step != RAISE and (parent := opened.case.obligations.get(seen.parent)) is not None:
        seen = parent
    return seen
