"""Which obligations of the duty day wait for a person, and carrying out what the person said about one.

Refuses to know pages. What it carries out are the engine's own commands; the engine refuses or records.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from psycopg.errors import UniqueViolation

from dutyroom import wiring
from dutyroom.core.commands import Act, Answer, Times
from dutyroom.core.decide.acting import offers
from dutyroom.core.decide.calling import with_deputies
from dutyroom.core.duties.answering import Waits, is_daily_report, is_unannounced, waits
from dutyroom.core.duties.handing import coming, is_incoming
from dutyroom.core.duties.occurring import DAY
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import DAY as ONE_DAY
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Verb
from dutyroom.core.privacy import mask
from dutyroom.core.state import Case, Obligation
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Case as CaseRow
from dutyroom.store.models import Duty
from dutyroom.store.models import Obligation as Row
from dutyroom.store.scope import cases_for
from dutyroom.web.case.reading import Opened, open_rows
from dutyroom.web.visit import Visit
from dutyroom.wording.narrate import refuse

MOST_DAYS = 4


@dataclass(frozen=True, slots=True)
class Mine:
    """Something of a duty day that waits for the reader."""

    opened: Opened
    waits: Waits

    @property
    def key(self) -> str:
        return self.waits.owed.key


@dataclass(frozen=True, slots=True)
class Refused:
    """Why it was not recorded, in sentences."""

    code: str
    lines: tuple[str, ...]


def days(request: Visit) -> list[Opened]:
    """The duty days at which the reader may owe something, newest first: the open ones, and what ended in a day."""
    held = Duty.objects.filter(person=request.person).values("site_id")
    asked = Row.objects.filter(case=OuterRef("pk"), asked__contains=[str(request.person.pk)])
    since = to_datetime(wiring.clock().now() - ONE_DAY)
    lately = Q(closed_at=None) | Q(closed_at__gte=since)
    found = cases_for(request.person).filter(Q(site__in=held) | Q(Exists(asked)), lately, kind=DAY)
    return open_rows(request, list(found.select_related("site").order_by("-opened_at")[:MOST_DAYS]))


def mine(opened: Opened) -> Iterator[Mine]:
    """What of the case waits for the reader: asked, or of a post that the reader holds or stands in for."""
    for owed in opened.case.open_obligations():
        if _is_mine(opened, owed) and not is_unannounced(owed, opened.shown.now):
            yield Mine(opened, waits(opened.plan, opened.case, owed))


def daily_reports(opened: Opened) -> Iterator[Obligation]:
    """Every daily report of the case, open or not."""
    for owed in opened.case.obligations.values():
        if is_daily_report(opened.plan.step.get(owed.step)) and owed.status != "withdrawn":
            yield owed


def to_take_down(opened: Opened) -> Iterator[Obligation]:
    """The daily reports wanted by now that others owe and the reader may take down for them."""
    now = opened.shown.now
    for offer in offers(opened.rules, opened.case, opened.reader, now):
        owed = opened.case.obligations.get(offer.key)
        if (
            offer.verb is not Verb.DONE
            or owed is None
            or not is_daily_report(opened.plan.step.get(owed.step))
        ):
            continue
        begun = waits(opened.plan, opened.case, owed).begins_at <= now
        if begun and not opened.rules.holds(opened.reader, with_deputies(opened.plan, owed.role), now):
            yield owed


def _is_mine(opened: Opened, owed: Obligation) -> bool:
    if is_incoming(opened.plan, owed):  # what is handed over is accepted by who comes, not by who has it
        return opened.reader in coming(opened.rules.roster, owed, opened.shown.now)
    roles = with_deputies(opened.plan, owed.role)
    return opened.reader in owed.asked or opened.rules.holds(opened.reader, roles, opened.shown.now)


def find_day(request: Visit, case: UUID) -> Opened | None:
    """A duty day of the reader's sites by its identifier."""
    row = cases_for(request.person).select_related("site").filter(id=case, kind=DAY).first()
    return open_rows(request, [row])[0] if isinstance(row, CaseRow) else None


def carry_out(
    opened: Opened, key: str, command: str, answers: Mapping[str, Answer], reported_at: Instant | None = None
) -> Case | Refused:
    """Record that the reader has done it, saying this; what looks like personal data is masked."""
    now = wiring.clock().now()
    said = {name: mask(text)[0] if isinstance(text, str) else text for name, text in answers.items()}
    times = Times(now, now if reported_at is None else min(reported_at, now))
    act = Act(command, opened.reader, key, Verb.DONE, times, said)
    try:
        done = wiring.live().act(opened.case.case, act)
    except UniqueViolation:
        return Refused("case.command_used", (opened.shown.say("case.command_used"),))
    if isinstance(done, Refusal):
        return Refused(done.code, tuple(refuse(opened.plan, done, opened.language)))
    return done
