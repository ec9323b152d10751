"""Cover on other pages: the board's line "covered until …", and the duty page's holes that one mends."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from dutyroom.core.instants import DAY, Instant
from dutyroom.core.plan import Plan
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import CoverHole, Proof, Site
from dutyroom.web.case.reading import rules_of
from dutyroom.web.showing import Shown
from dutyroom.wording.narrate import step_title

# A hole that opens within this time is marked on the board.
NEAR = 2 * DAY
MOST_HOLES = 6


@dataclass(frozen=True, slots=True)
class Cover:
    """How the thinnest site on the board is covered. `sign`: good, busy (accepted, or not known), bad."""

    code: str
    name: str
    text: str
    sign: str


@dataclass(frozen=True, slots=True)
class MyHole:
    """A hole that the reader mends."""

    address: str
    line: str
    site: str
    by: str
    over: bool
    steps: int


def cover(sites: QuerySet[Site], shown: Shown) -> Cover | None:
    """The line for the sites; None where none of them was ever proved. Three small queries."""
    made = Proof.objects.filter(
        site__in=sites, state="done", missing=1, together=False, idle=False, evidence=False
    )
    newest = made.order_by("site", "-made_at").distinct("site").select_related("site").defer("result")
    rows = list(newest)
    if not rows:
        return None
    open_at = set(
        CoverHole.objects.filter(site__in=[row.site_id for row in rows], state="open").values_list(
            "site_id", flat=True
        )
    )
    until, row = min(((_until(row), row) for row in rows), key=lambda one: (one[0], str(one[1].pk)))
    near = until < shown.now + NEAR and row.holes > 0
    sign = ("bad" if row.site_id in open_at else "busy") if near else "good"
    name = row.site.name(shown.language) if len(rows) > 1 else ""
    text = _text(until, sign, shown)
    if sign == "good" and not _answered(row.site, shown):
        return Cover(row.site.code, name, shown.say("cover.board.listed", at=text), "busy")
    return Cover(row.site.code, name, text, sign)


def _answered(site: Site, shown: Shown) -> bool:
    """Whether it is covered now by channels on which people really answered lately: a list alone reaches nobody."""
    made = Proof.objects.filter(site=site, state="done", missing=1, together=False, idle=False, evidence=True)
    newest = made.order_by("-made_at").defer("result").first()
    return newest is not None and _until(newest) > shown.now


def my_holes(person: Any, shown: Shown) -> tuple[MyHole, ...]:
    """Open holes that the person mends, the most pressing first."""
    rows = (
        CoverHole.objects.filter(owner=person, state="open")
        .select_related("site")
        .order_by("owed_by", "opens_at")
    )
    return tuple(_mine(rows[:MOST_HOLES], shown))


def _until(row: Proof) -> Instant:
    return from_datetime(row.covered_until) if row.covered_until else 0


def _text(until: Instant, sign: str, shown: Shown) -> str:
    if until > shown.now:
        return shown.time(until)
    return shown.say("cover.board.now" if sign == "bad" else "cover.board.accepted")


def _mine(rows: Iterable[CoverHole], shown: Shown) -> Iterable[MyHole]:
    for row in rows:
        rules = rules_of(row.site)
        by = from_datetime(row.owed_by)
        at_once = by <= from_datetime(row.found_at)
        code = "cover.duty.now" if at_once else "cover.duty.over" if by < shown.now else "cover.duty.by"
        yield MyHole(
            f"/plan/{row.site.code}/cover#c-{row.key}",
            shown.say(
                "cover.duty.line",
                since=shown.time(max(shown.now, from_datetime(row.opens_at))),
                step=_step(rules.plan if rules else None, row.question, shown),
            ),
            row.site.name(shown.language),
            shown.say(code, at=shown.time(by)),
            at_once or by < shown.now,
            row.asked,
        )


def _step(plan: Plan | None, question: str, shown: Shown) -> str:
    """The title behind a question's id: a step, a role of it, a later round."""
    name = question.removesuffix("+again").partition("@")[0]
    return step_title(plan, name, shown.language) if plan else name
