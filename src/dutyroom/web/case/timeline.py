"""The record of a case as a person reads it: its entries, newest first, a page at a time; its calls; what is sealed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Min, Prefetch

from dutyroom.core.codec import load_event
from dutyroom.core.duties.steps import ROLL_CALL
from dutyroom.core.events import Event, ObligationOpened
from dutyroom.core.instants import Instant, parse_iso
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import Attempt, Blob, Compartment, Delivery, Entry
from dutyroom.web.case.reading import Opened
from dutyroom.web.visit import Visit
from dutyroom.wording import codes
from dutyroom.wording.narrate import narrate, span

PAGE = 50
# What is known, missed and empty of the longest case we show in one go; the timeline pages through all of it.
MOST_EVENTS = 400
MOST_CALLS = 40
TELLING = ("ReportReceived", "ActMarked", "ActVolunteered", "DeadlineMissed", "RoleEmpty")
# Pictures and voice notes are opened at a tap; a telephone number or the words of a report ask for a reason first.
SHOWN_AT_ONCE = ("photos", "voice")
_LOUD = frozenset({"DeadlineMissed", "RoleEmpty", "LadderExhausted", "CallFailed"})
_ACTS = frozenset(
    {"ActMarked", "ActVolunteered", "LevelSet", "Waived", "CaseOpened", "ReportReceived", "PhaseMoved"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `tone`: loud (a miss, a hole), act (a person did something), plain (what followed by itself)."""

    number: int
    time: str
    moment: str
    sentence: str
    tone: str


@dataclass(frozen=True, slots=True)
class Timeline:
    lines: tuple[Line, ...]
    older: int | None
    first: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one person on one channel, with how it went."""

    person: str
    channel: str
    title: str
    when: str
    told: str
    state: str
    state_id: str
    tries: int
    detail: str


@dataclass(frozen=True, slots=True)
class SealedThing:
    """Something in a compartment. `readable` by this reader: `at_once`, or with a reason."""

    id: str
    kind: str
    media_type: str
    size: str
    readable: bool
    at_once: bool
    picture: bool
    readers: str
    erase: str
    erased: bool


def timeline(opened: Opened, before: int | None) -> Timeline:
    """The page of entries before the numbered one, or the newest."""
    found = Entry.objects.filter(case_id=opened.row.id)
    if before is not None:
        found = found.filter(case_seq__lt=before)
    rows = list(found.order_by("-case_seq")[: PAGE + 1])
    older = rows[PAGE - 1].case_seq if len(rows) > PAGE else None
    known = (row for row in rows[:PAGE] if not is_to_come(row.type, row.body, opened.shown.now))
    return Timeline(tuple(_line(opened, row) for row in known), older, before is None)


def is_to_come(kind: str, body: str, now: Instant) -> bool:
    """Whether an entry tells of a roll call before it begins: nobody is to know when they will be called."""
    if kind != ObligationOpened.__name__ or f'"{ROLL_CALL}.' not in body:
        return False
    event = load_event(kind, json.loads(body))
    return isinstance(event, ObligationOpened) and event.next_call_at > now


def telling_events(opened: Opened) -> list[Event]:
    """The entries that say, miss or lack something, oldest first, at most the newest MOST_EVENTS of them."""
    rows = Entry.objects.filter(case_id=opened.row.id, type__in=TELLING).order_by("-case_seq")
    newest = list(rows.values_list("type", "body")[:MOST_EVENTS])
    return [load_event(kind, json.loads(body)) for kind, body in reversed(newest)]


def sentence_of(opened: Opened, command: str) -> tuple[str, str] | None:
    """What the record says about a command of the reader, and when: the answer to a press of a button."""
    rows = Entry.objects.filter(case_id=opened.row.id, actor=opened.reader).order_by("-case_seq")[:20]
    for row in rows:
        body = json.loads(row.body)
        if body.get("command") == command:
            return _sentence(opened, load_event(row.type, body)), opened.shown.moment(parse_iso(row.at))
    return None


def calls(opened: Opened) -> tuple[Call, ...]:
    """Who was called on which channel, when, and what came of it; newest first."""
    outcomes = Prefetch(
        "attempts", Attempt.objects.filter(what="outcome").order_by("number"), to_attr="outcomes"
    )
    rows = (
        Delivery.objects.filter(case_id=opened.row.id)
        .prefetch_related(outcomes)
        .order_by("-created_at", "channel")
    )
    return tuple(_call(opened, row) for row in rows[:MOST_CALLS])


def last_told(opened: Opened) -> tuple[str, str] | None:
    """When the last person who had to be told was told for the first time, and how long after the report; exact."""
    told = Delivery.objects.filter(case_id=opened.row.id, told_at__isnull=False).values_list("person_id")
    last = max((from_datetime(first) for _, first in told.annotate(first=Min("told_at"))), default=None)
    if last is None:
        return None
    return opened.shown.moment(last), span(last - opened.case.opened_at, opened.language)


def sealed(opened: Opened, roles: frozenset[str]) -> tuple[SealedThing, ...]:
    """What is sealed in the case: photos to be looked at by who may, and that other things exist."""
    rows = Compartment.objects.filter(case=opened.row.id).prefetch_related(
        Prefetch("blobs", Blob.objects.defer("ciphertext").order_by("name"))
    )
    return tuple(thing for row in rows for thing in _things(opened, row, roles))


def roles_of(opened: Opened) -> frozenset[str]:
    """The roles the reader holds now, and the groups they are in."""
    held = {
        role for role in opened.plan.roles if opened.rules.holds(opened.reader, (role,), opened.shown.now)
    }
    return frozenset(held | {name for name, group in opened.plan.groups.items() if held & set(group.members)})


def readable(compartment: Compartment, roles: Iterable[str]) -> bool:
    """Whether one of the roles may read the compartment, and there is still something to read."""
    return compartment.erased_at is None and bool(set(compartment.readers) & set(roles))


def page_before(request: Visit) -> int | None:
    """The page asked for; anything but a number is the first."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _line(opened: Opened, row: Entry) -> Line:
    at = parse_iso(row.at)
    tone = "loud" if row.type in _LOUD else "act" if row.type in _ACTS else "plain"
    event = load_event(row.type, json.loads(row.body))
    shown = opened.shown
    return Line(row.case_seq, shown.time(at), shown.moment(at), _sentence(opened, event), tone)


def _sentence(opened: Opened, event: Event) -> str:
    return narrate(opened.plan, event, opened.language, opened.name, opened.shown.time)


def _call(opened: Opened, row: Delivery) -> Call:
    channel, state = f"channel.{row.channel}", f"delivery.{row.state}"
    outcomes: list[Attempt] = getattr(row, "outcomes", [])
    return Call(
        opened.name(str(row.person_id)),
        opened.shown.say(channel) if channel in codes() else row.channel,
        opened.title(row.key),
        opened.shown.moment(from_datetime(row.created_at)),
        opened.shown.moment(from_datetime(row.told_at)) if row.told_at else "",
        opened.shown.say(state) if state in codes() else row.state,
        row.state,
        row.tries,
        _detail(opened, outcomes[-1].detail) if outcomes else "",
    )


def _detail(opened: Opened, detail: str) -> str:
    word, _, value = detail.partition(" ")
    code = f"courier.detail.{word}"
    return opened.shown.say(code, value=value) if code in codes() else detail


def _things(opened: Opened, row: Compartment, roles: frozenset[str]) -> Iterable[SealedThing]:
    may = readable(row, roles)
    kind = f"sealed.{row.kind}"
    words = opened.shown.say(kind) if kind in codes() else row.kind
    posts = "、" if opened.language == "zh" else ", "
    readers = posts.join(opened.role(role) for role in row.readers if role in opened.plan.roles)
    erase = opened.shown.time(from_datetime(row.erase_at))
    for blob in row.blobs.all():
        yield SealedThing(
            str(blob.id),
            words,
            blob.media_type,
            f"{max(1, blob.size // 1024)} KB",
            may,
            row.kind in SHOWN_AT_ONCE,
            blob.media_type == "image/jpeg",
            readers,
            erase,
            False,
        )
    if row.erased_at is not None:
        yield SealedThing(
            "", words, "", "", False, False, False, readers, opened.shown.at(row.erased_at), True
        )
