"""One intake for the report page, the report taken by telephone, and the API: from typed fields to a receipt.

What looks like personal data in the text is masked on the record and kept sealed; a telephone to call back and photos
are sealed. It refuses to know about pages: faults and receipts are values. It uses the record's own connections and no
Django, because a siren is the moment when many report at once.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dutyroom import wiring
from dutyroom.adapters import vault
from dutyroom.adapters.photos import UploadRefused, clean_photo, voice_type
from dutyroom.core.commands import Answer, OpenCase, Times
from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import DAY, MINUTE, Instant
from dutyroom.core.plan import Plan
from dutyroom.core.privacy import mask
from dutyroom.ports import Receipt
from dutyroom.store.instants import to_datetime
from dutyroom.store.sealing import Place, Safe, Secret
from dutyroom.store.sites import SiteCard, Sites
from dutyroom.web.forms_input import Typed
from dutyroom.wording import say

LONGEST = {"what": 2_000, "where": 200, "harm_note": 300}
HARMS = frozenset({"none", "hurt", "grave", "unknown"})
WHENS = frozenset({"now", "ten", "other"})
MOST_PHOTOS = 3
_SLACK = 5 * MINUTE  # how far a typed time may lie ahead of us before it is a slip of the finger
_YEAR = 366 * DAY
_OLDEST = 30 * DAY  # what an outbox has kept longer than this has no believable device clock


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: `kind` is photo or voice; `content` None when it was larger than is read."""

    kind: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that can be stored: the command, and what of it must be sealed."""

    command: OpenCase
    secrets: tuple[Secret, ...]
    refused: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """Stored and committed. `refused` are the files that were not taken."""

    receipt: Receipt
    received_at: Instant
    refused: tuple[Finding, ...] = field(default=())


@cache
def sites() -> Sites:
    """The sites by public code."""
    return Sites(wiring.pool())


@cache
def safe() -> Safe:
    """The compartments."""
    return Safe(wiring.pool(), _Crypto())


def accept(
    site: SiteCard, typed: Typed, uploads: Sequence[Upload], via: str, by: str, language: str
) -> Accepted | None:
    """Store the report and return its receipt after the commit; None when `typed` has faults.

    The same command again gives the first receipt. Raises what the database raises: then nothing was promised.
    """
    now = wiring.clock().now()
    plan = wiring.record().rules(site.id).plan
    reported = read(site, plan, typed, uploads, (via, by, language), now)
    if reported is None:
        return None
    receipt = _store(site, plan, reported, now)
    return Accepted(receipt, now, reported.refused)


def read(
    site: SiteCard,
    plan: Plan,
    typed: Typed,
    uploads: Sequence[Upload],
    way: tuple[str, str, str],
    now: Instant,
) -> Reported | None:
    """The report as a command, or None with everything that is wrong in `typed.faults`."""
    via, by, language = way
    command = typed.identifier("command")
    times = _times(typed, ZoneInfo(site.zone), now)
    facts = _facts(typed, plan)
    story = _story(typed, facts, language)
    phone = typed.phone("phone")
    if typed.faults:
        return None
    masked = {name: mask(text)[0] for name, text in story.items()}
    secrets, refused = _files(uploads)
    if phone:
        secrets.append(Secret("contact", "phone", "text/plain", phone.encode()))
    originals = [
        Secret("story", name, "text/plain", text.encode())
        for name, text in story.items()
        if masked[name] != text
    ]
    case = case_of(site, command)
    opening = OpenCase(command, case, site.id, times, facts, masked, via, by)
    return Reported(opening, (*secrets, *originals), refused)


def case_of(site: SiteCard, command: str, attempt: int = 0) -> str:
    """The case's identifier, unguessable, and the same for a repeat, which so meets what the first try sealed."""
    digest = hmac.new(wiring.vault().links_key, f"{site.id}/{command}/{attempt}".encode(), sha256).digest()
    return str(UUID(bytes=digest[:16], version=4))


def readers(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Who may open what: those who take the report and lead; photos and voice also those who are sent to the scene."""
    taking = _owners(plan, ("readiness",)) | set(plan.members("leading_group"))
    sent = taking | _owners(plan, ("response",))
    named = {"contact": taking, "story": taking, "photos": sent, "voice": sent}
    return {kind: tuple(sorted(roles)) for kind, roles in named.items()}


def first_call(plan: Plan) -> tuple[str, Instant] | None:
    """Who is called first about a report and within what time an answer is owed (role, ms); None if no step says."""
    for step in plan.steps_of_phase.get("readiness", ()):
        if not step.voluntary and not step.after.all and not step.after.any and step.clocks:
            return step.who[0], min(clock.within for clock in step.clocks.values())
    return None


def _store(site: SiteCard, plan: Plan, reported: Reported, now: Instant) -> Receipt:
    for attempt in range(3):
        case = case_of(site, reported.command.command, attempt)
        sealed: tuple[str, ...] = ()
        if reported.secrets:
            place = Place(site.tenant, site.id, case, readers(plan))
            sealed = safe().put(place, reported.secrets, now)
        try:
            answer = wiring.live().report(_with(reported.command, case, sealed))
        except LookupError:
            # The short code of this identifier is taken by another case (one in four thousand million): take the next.
            continue
        if isinstance(answer, Refusal):
            raise RuntimeError(f"a report was refused: {answer.code}")
        return answer
    raise RuntimeError("no free code for a case")


def _with(command: OpenCase, case: str, sealed: tuple[str, ...]) -> OpenCase:
    return OpenCase(
        command.command,
        case,
        command.site,
        command.times,
        command.facts,
        command.story,
        command.via,
        command.by,
        sealed,
    )


def _times(typed: Typed, zone: ZoneInfo, now: Instant) -> Times:
    reported = reported_at(typed, now)
    told = _past(typed, "reported_local", zone, now)
    reported = min(told, now) if told is not None else reported
    when = typed.choice("when", WHENS, "now")
    happened: Instant | None = reported - 10 * MINUTE if when == "ten" else reported
    if when == "other":
        happened = _past(typed, "when_time", zone, now)
        if happened is None and not any(fault.field == "when_time" for fault in typed.faults):
            typed.fault("when_time", "missing")
    return Times(received_at=now, reported_at=reported, happened_at=min(happened, now) if happened else None)


def _past(typed: Typed, name: str, zone: ZoneInfo, now: Instant) -> Instant | None:
    """A typed time that may be meant: not in the future, not more than a year ago."""
    told = typed.local_time(name, zone)
    if told is None or now - _YEAR <= told <= now + _SLACK:
        return told
    typed.fault(name, "in_future" if told > now else "too_old")
    return None


def reported_at(typed: Typed, now: Instant) -> Instant:
    """When the device says it was written, by how long ago that was on the device's own clock; never in the future."""
    written, device_now = typed.instant("reported_at"), typed.instant("device_now")
    if written is None or device_now is None or not 0 <= device_now - written <= _OLDEST:
        return now
    return now - round((device_now - written) * wiring.clock().speed)


def _facts(typed: Typed, plan: Plan) -> dict[str, Answer]:
    facts: dict[str, Answer] = {}
    kind = typed.choice("kind", frozenset(plan.kinds))
    affected = typed.count("affected", required=True)
    injured = typed.count("injured")
    harm = typed.choice("harm", HARMS, "unknown")
    danger = typed.yes_no("danger_now")
    if kind:
        facts["kind"] = kind
    if affected is not None:
        facts["affected"] = affected
    if injured or harm == "hurt":
        facts["injured"] = injured or 1  # somebody is hurt: one at least
    if danger is not None:
        facts["danger_now"] = danger
    if typed.yes_no("signs_only"):
        facts["signs_only"] = True
    return facts


def _story(typed: Typed, facts: Mapping[str, Answer], language: str) -> dict[str, str]:
    place = typed.text("where", LONGEST["where"], required=True)
    what = typed.text("what", LONGEST["what"], required=True)
    note = typed.text("harm_note", LONGEST["harm_note"])
    harm = say(f"harm.{typed.choice('harm', HARMS, 'unknown')}", language)
    people = say("report.people_said", language, count=facts.get("affected", 0), harm=harm)
    story = {"what": what, "place": place, "harm": f"{people} {note}".strip()}
    if facts.get("signs_only"):
        story["signs"] = say("report.signs_only_said", language)
    return story


def _files(uploads: Sequence[Upload]) -> tuple[list[Secret], tuple[Finding, ...]]:
    """The files that can be kept, cleaned; and why the others cannot. The report itself never waits for them."""
    secrets: list[Secret] = []
    refused: list[Finding] = []
    photos = 0
    for upload in uploads:
        try:
            if upload.kind == "voice":
                content = _whole(upload, "voice")
                secrets.append(Secret("voice", "voice", voice_type(content), content))
            elif photos == MOST_PHOTOS:
                refused.append(Finding("upload.too_many", "error", "", {"most": MOST_PHOTOS}))
            else:
                photos += 1
                picture = clean_photo(_whole(upload, "photo"))
                secrets.append(Secret("photos", f"photo-{photos}", "image/jpeg", picture.jpeg))
        except UploadRefused as error:
            refused.append(error.finding)
    return secrets, tuple(refused)


def _whole(upload: Upload, kind: str) -> bytes:
    if upload.content is None:
        raise UploadRefused(f"{kind}.too_large", most_mebibytes=8 if kind == "photo" else 5)
    return upload.content


def _owners(plan: Plan, phases: tuple[str, ...]) -> set[str]:
    steps = [step for phase in phases for step in plan.steps_of_phase.get(phase, ()) if not step.voluntary]
    return {role for step in steps for name in step.who for role in plan.members(name)}


class _Crypto:
    """The vault as the store's `Crypto`."""

    def new_compartment(self, compartment_id: str) -> tuple[bytes, Any]:
        return wiring.vault().new_compartment(compartment_id)

    def open_compartment(self, wrapped: bytes, compartment_id: str) -> Any:
        return wiring.vault().open_compartment(wrapped, compartment_id)

    def seal(self, key: Any, compartment_id: str, name: str, plaintext: bytes) -> vault.Sealed:
        return vault.seal(key, compartment_id, name, plaintext)

    def open_sealed(
        self, key: Any, compartment_id: str, name: str, ciphertext: bytes, commitment: str
    ) -> bytes:
        return vault.open_sealed(key, compartment_id, name, ciphertext, commitment)


def zone_time(instant: Instant, zone: str) -> str:
    """The instant as the site's clocks show it."""
    return to_datetime(instant).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
