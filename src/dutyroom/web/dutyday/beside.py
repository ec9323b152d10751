"""What stands beside a duty day: incidents of the day, who is on duty tomorrow, the record's checkpoint."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dutyroom import wiring
from dutyroom.adapters.vault import verify_checkpoint
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.duties.occurring import holds_on
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.roster import PlanInForce, Roster
from dutyroom.core.state import INCIDENT
from dutyroom.store.dutyday import roster_between
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.models import Channel, Checkpoint, Site
from dutyroom.store.scope import cases_for
from dutyroom.store.sealer import Sealer
from dutyroom.web import board_rows
from dutyroom.web.board_rows import CaseRow
from dutyroom.web.case.reading import names_of
from dutyroom.web.showing import Shown
from dutyroom.web.visit import Visit
from dutyroom.wording import codes
from dutyroom.wording.criteria import listed
from dutyroom.wording.narrate import role_name

MOST_INCIDENTS, MOST_TURNS = 20, 12
_GROUP = 4  # signs of the root that are read out together


@dataclass(frozen=True, slots=True)
class Turn:
    """A post from one time to another, and who has it."""

    role: str
    since: str
    until: str
    names: tuple[str, ...]
    who: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A post and one of its channels: when somebody who holds the post now last answered on it."""

    role: str
    channel: str
    answered: str
    stale: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A checkpoint: how many entries, the whole root, and a short form to read out on the telephone."""

    size: int
    root: str
    short: str


def incidents(request: Visit, site: Site, day: date, shown: Shown) -> tuple[CaseRow, ...]:
    """Incidents that were opened on the day or ran in it, the newest first; no exercises."""
    starts, ends = (to_datetime(at) for at in _span(site, day))
    found = cases_for(request.person).filter(site=site, kind=INCIDENT, exercise=False, opened_at__lt=ends)
    found = found.exclude(closed_at__lt=starts).select_related("site").defer("state").order_by("-opened_at")
    return board_rows.case_rows(board_rows.with_kind(found)[:MOST_INCIDENTS], shown)


def turns(plan: Plan, site: Site, day: date, periods: tuple[str, ...], shown: Shown) -> tuple[Turn, ...]:
    """Who has each duty post on the day, as planned."""
    starts, ends = _span(site, day)
    roster = roster_between(wiring.pool(), str(site.pk), starts, ends)
    roles = dict.fromkeys(post.role for post in plan.posts.values() if holds_on(post.during, periods))
    found = [(role, *one) for role in roles for one in _spans(roster, role, starts, ends)]
    names = names_of({person for _, people, _, _ in found for person in people})
    known = [
        (role, tuple(names.get(person, "") or shown.say("case.somebody") for person in people), since, until)
        for role, people, since, until in found[:MOST_TURNS]
    ]
    return tuple(
        Turn(
            role_name(plan, role, shown.language), shown.time(since), shown.time(until), who,
            listed(who, shown.language),
        )
        for role, who, since, until in known
    )  # fmt: skip


def _spans(
    roster: Roster, role: str, starts: Instant, ends: Instant
) -> list[tuple[tuple[str, ...], Instant, Instant]]:
    found, at = [], starts
    while at < ends:
        people, _, until = roster.holders_span(role, at)
        found.append((people, at, min(until, ends)))
        at = until
    return found


def reached(rules: PlanInForce, shown: Shown) -> tuple[Reached, ...]:
    """Every duty post by channel. Configured is not reachable: only an answer counts, and it ages."""
    posts = dict.fromkeys(post.role for post in rules.plan.posts.values())
    held = {role: rules.roster.holders(role, shown.now) for role in posts}
    rows = Channel.objects.filter(person__in={one for people in held.values() for one in people})
    known = list(rows.order_by("place").values_list("person_id", "kind", "answered_at"))
    found = []
    for role, people in held.items():
        kinds: dict[str, Instant | None] = {}
        for person, kind, at in known:
            if str(person) in people:
                kinds[kind] = max(
                    filter(None, (kinds.get(kind), from_datetime(at) if at else None)), default=None
                )
        found += [_reached(rules.plan, role, kind, at, shown) for kind, at in kinds.items()]
    return tuple(found)


def _reached(plan: Plan, role: str, kind: str, at: Instant | None, shown: Shown) -> Reached:
    code = f"channel.{kind}"
    name = shown.say(code) if code in codes() else kind
    ago = shown.ago(at) if at is not None else shown.say("board.role_silent")
    return Reached(
        role_name(plan, role, shown.language), name, ago, at is None or shown.now - at > board_rows.STALE
    )


def checkpoint(site: Site, day: date) -> Mark | None:
    """The newest checkpoint of the day."""
    row = Checkpoint.objects.filter(site=site, day=day).order_by("-size", "-pk").first()
    return _mark(row.note) if row else None


def make_checkpoint(site: Site, day: date) -> None:
    """Sign the site's record as it stands, if the day has no checkpoint yet."""
    if not Checkpoint.objects.filter(site=site, day=day).exists():
        Sealer(wiring.pool()).checkpoint(str(site.pk), day, wiring.vault().sign_checkpoint)


def _mark(note: str) -> Mark:
    known = verify_checkpoint([key.hex for key in wiring.vault().public_keys], note)
    root = known.root.hex()
    short = " ".join(root[at : at + _GROUP] for at in range(0, 4 * _GROUP, _GROUP))
    return Mark(known.size, root, short)


def _span(site: Site, day: date) -> tuple[Instant, Instant]:
    return instant_of(day, "00:00", site.zone), instant_of(day + timedelta(days=1), "00:00", site.zone)


def told(mark: Mark | None, shown: Shown) -> dict[str, Any]:
    """The checkpoint's values for a page."""
    return {
        "mark": mark,
        "mark_line": shown.say("dutyday.mark", size=mark.size, short=mark.short) if mark else "",
    }
