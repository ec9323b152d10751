"""No column outside compartments can hold a worker's name, phone, identity number, face or position.

Every column that can hold words or bytes was looked at by a person and stands below with what it holds. A new column,
or a model nobody looked at, fails here until somebody has: that is the point.
"""

import re
from collections.abc import Iterator

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

# People in these two tables hold a duty role and have an account: the organisation's own, never ordinary workers.
HOLDERS = {"Person", "Channel", "SpareChannel"}
COMPARTMENTS = {"Compartment", "Blob"}

# Names that a column for a worker would have. Nothing outside HOLDERS may match, whatever its type.
FORBIDDEN = re.compile(
    r"(^|_)(worker|employee|staff|crew_member|participant|injured|victim|witness|relative|complainant|reporter|"
    r"name|surname|nickname|phone|mobile|tel|wechat|openid|email|address|id_?card|id_?number|identity_number|passport|"
    r"plate|bank|birth|age|sex|gender|ethnic|nation|religion|face|photo|avatar|fingerprint|voice|voiceprint|gps|lat|lon|"
    r"latitude|longitude|location|position|track|score|rank|rating|mood|emotion|opinion|attitude|label|blacklist|"
    r"watchlist|risk_level|salary|wage)s?($|_)"
)

# Columns that match a forbidden name, and why each may.
ALLOWED = {
    "Person.name": "who holds a duty role signs what they do with it",
    "Channel.address": "how a holder of a duty role is called",
    "SpareChannel.address": "how a holder of a duty role could be called, once something carries it",
    "Site.name_zh": "a site's name",
    "Site.name_en": "a site's name",
    "Site.duty_phone": "the duty room's telephone, which hangs on the wall",
    "Blob.name": "what the sealed thing is called inside its compartment: photo-1, phone",
    "Delivery.identity": "the identity of a call, not of a person",
    "Pulse.worker": "a worker process, not a person",
    "Seal.position": "an entry's place in the site's tree",
}

# Every column that can hold words or bytes, with what it holds.
REVIEWED = {
    "Attempt.detail": "one word on how a sending ended (ports.Outcome)",
    "Attempt.reference": "the gateway's own id",
    "Attempt.verdict": "ports.Verdict",
    "Attempt.what": "intent or outcome",
    "Blob.ciphertext": "sealed",
    "Blob.ciphertext_sha256": "hash of the sealed bytes",
    "Blob.commitment": "salted commitment",
    "Blob.media_type": "media type",
    "Blob.name": "photo-1, phone, what: given by us",
    "CalendarNotice.status": "official, provisional",
    "CalendarNotice.text": "a notice of holidays: days and names of holidays; its reader refuses anything else",
    "Case.code": "short form of a random identifier",
    "Case.head": "hash",
    "Case.kind": "kind of case",
    "Case.level": "level id of the plan",
    "Case.phase": "phase",
    "Case.state": "cache of the entries: typed facts; texts are masked (core.privacy) before they are events",
    "Channel.address": "how a holder of a duty role is called",
    "Channel.kind": "kind of channel",
    "Checkpoint.note": "signed size and root",
    "Command.command": "client-made random identifier",
    "Compartment.basis": "why it is kept",
    "Compartment.kind": "photos, voice, contact, story",
    "Compartment.readers": "role ids of the plan",
    "Compartment.wrapped_key": "wrapped key",
    "CoverHole.key": "hash",
    "CoverHole.question": "step and role id of the plan",
    "CoverHole.reason": "why a leader accepts a span without cover; on the span, never on a person; masked",
    "CoverHole.state": "open, accepted, mended",
    "DeclaredPeriod.period": "period id of the plan",
    "DeclaredPeriod.reason": "why a special period is in force; on the period, never on a person; masked",
    "DeclaredPeriod.source": "superior, warning, organisation",
    "Delivery.channel": "kind of channel",
    "Delivery.key": "obligation key: a step of the plan and a number",
    "Delivery.message": "code of a wording",
    "Delivery.severity": "severity",
    "Delivery.state": "state of the delivery",
    "Delivery.step": "step id of the plan",
    "Device.level": "duty or full",
    "Device.secret_hash": "hash",
    "Duty.excludes": "group of posts that exclude each other",
    "Duty.role": "role id of the plan",
    "DutyKept.role": "role id of the plan",
    "DutyChange.findings": "what a change of turns breaks: codes, posts, days, staff numbers of duty holders",
    "DutyChange.kind": "swap, override, repair",
    "DutyChange.reason": "why turns of duty are changed; on the change, never on a person; masked",
    "DutyChange.state": "asked, agreed, done, refused, withdrawn",
    "DutyMove.role": "role id of the plan",
    "Edition.drills": "drill scripts: posts, staff numbers of duty holders, invented incidents",
    "Edition.plan": "plan id",
    "Edition.roster_text": "roster: posts and staff numbers of duty holders; its reader refuses names and phones",
    "Edition.sha256": "hash",
    "Edition.text": "the written plan: roles, never people",
    "Edition.version": "edition",
    "Entry.actor": "person id of a duty holder, or empty",
    "Entry.at": "instant",
    "Entry.body": "the event: typed facts, masked texts, commitments of what is sealed",
    "Entry.leaf": "hash",
    "Entry.previous": "hash",
    "Entry.recorded_at": "instant",
    "Entry.type": "event type",
    "Leave.kind": "annual, sick, other: what rostering needs, no reason",
    "Leave.state": "wished, noted, declined, withdrawn",
    "Link.key": "obligation key",
    "Link.level": "duty or full",
    "Link.purpose": "invitation or call",
    "Link.token_hash": "hash",
    "Obligation.asked": "person ids of the duty holders who were called",
    "Obligation.clock": "hard, soft, default",
    "Obligation.key": "obligation key",
    "Obligation.role": "role id of the plan",
    "Obligation.status": "status",
    "Obligation.step": "step id of the plan",
    "Obligation.verb": "verb",
    "Person.language": "zh or en",
    "Person.name": "who holds a duty role",
    "Person.number": "staff number of a holder of a duty role",
    "Person.password": "unusable: sign-in is by link",
    "Person.posts": "role ids of the plan that the person may hold",
    "Person.second_language": "zh, en or empty",
    "Person.unit": "unit of a holder of a duty role",
    "PlanDraft.state": "draft, checked, approved, dropped",
    "PlanDraftRevision.sha256": "hash",
    "PlanDraftRevision.text": "a plan being written: roles, never people",
    "PostExclusion.excludes": "group of posts that exclude each other",
    "PostExclusion.role": "role id of the plan",
    "Proof.failure": "code of a sentence",
    "Proof.made_of": "hash",
    "Proof.result": "a proof: steps, posts, times, staff numbers of duty holders who are supposed not to answer",
    "Proof.state": "queued, running, done, failed",
    "Qualification.kind": "what a holder of a duty role is certified for",
    "ReceivedWarning.areas": "names and codes of places that a public warning is for",
    "ReceivedWarning.colour": "blue, yellow, orange, red",
    "ReceivedWarning.event": "what a public warning is of, in its sender's word",
    "ReceivedWarning.hazard": "hazard id of the plan",
    "ReceivedWarning.headline": "heading of a public warning",
    "ReceivedWarning.heeded": "typed facts: hazard, area of the plan, colour",
    "ReceivedWarning.identifier": "number of a public warning",
    "ReceivedWarning.kind": "alert, update, cancel",
    "ReceivedWarning.reason": "why a warning is not followed; on the warning, never on a person; masked",
    "ReceivedWarning.sender": "the authority that gave a public warning",
    "ReceivedWarning.sha256": "hash",
    "ReceivedWarning.state": "waiting, confirmed, dismissed, automatic, noted",
    "ReceivedWarning.status": "actual, exercise, test",
    "ReceivedWarning.supersedes": "numbers of public warnings",
    "ReceivedWarning.text": "a public warning as it came, word for word",
    "ReceivedWarning.via": "feed, page, command",
    "Rehearsal.duty": "calendar duty id of the plan",
    "Rehearsal.failure": "code of a sentence",
    "Rehearsal.kind": "scripted, random, live",
    "Rehearsal.marks": "the evaluators' words to a drill report: on the exercise, never on a person; masked",
    "Rehearsal.result": "what a simulated drill came to: steps, posts, times",
    "Rehearsal.script": "a drill script: posts, staff numbers of duty holders, an invented incident",
    "Rehearsal.state": "queued, running, done, failed",
    "Rehearsal.title_en": "what is rehearsed",
    "Rehearsal.title_zh": "what is rehearsed",
    "RosterDraft.doing": "code of a sentence: what the making is busy with",
    "RosterDraft.failure": "code of a sentence",
    "RosterDraft.findings": "what is wrong with a roster: codes, posts, days, staff numbers of duty holders",
    "RosterDraft.how": "solver, hand, file",
    "RosterDraft.reason": "why a roster is approved in spite of warnings, or rejected; on the roster; masked",
    "RosterDraft.result": "what a making came to: sums over the whole roster, its proof; nothing of one person",
    "RosterDraft.state": "queued, running, failed, draft, proposed, approved, published, rejected",
    "RosterDraft.text": "a roster being made: posts and staff numbers of duty holders; its reader refuses names",
    "RosterDraft.wanted": "what a making was told: span, seconds",
    "RosterFeed.role": "role id of the plan",
    "RosterFeed.token_hash": "hash",
    "RosterRulesEdition.text": "rules for rosters: posts and staff numbers of duty holders; its reader refuses names",
    "Site.code": "public code",
    "Site.duty_phone": "the duty room's telephone",
    "Site.headcounts": "numbers by unit: counts, never people",
    "Site.kind": "kind of node",
    "Site.name_en": "a site's name",
    "Site.name_zh": "a site's name",
    "Site.path": "ids from the root",
    "Site.zone": "time zone",
    "SpareChannel.address": "an address of a holder of a duty role on a channel that nothing carries yet",
    "SpareChannel.kind": "kind of channel",
    "WarningFeed.areas": "places of a sender and the plan's areas they are",
    "WarningFeed.from_colour": "blue, yellow, orange, red",
    "WarningFeed.period": "period id of the plan",
    "WarningFeed.token_hash": "hash",
}
WORDS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    ArrayField,
    models.FileField,
)


def columns() -> Iterator[tuple[str, models.Field]]:
    """Every column of our own tables as `Model.column`."""
    for model in apps.get_app_config("store").get_models():
        for column in model._meta.concrete_fields:
            yield f"{model.__name__}.{column.name}", column


def test_every_column_that_can_hold_words_was_looked_at() -> None:
    found = {name for name, column in columns() if isinstance(column, WORDS)}
    assert found == set(REVIEWED)


def test_no_column_is_named_like_a_workers_data() -> None:
    assert {name for name, _ in columns() if FORBIDDEN.search(name.split(".")[1])} - set(ALLOWED) == set()
    assert set(ALLOWED) <= {name for name, _ in columns()}


def test_no_column_holds_a_place_on_the_map_or_a_picture() -> None:
    kinds = {name: type(column).__name__ for name, column in columns()}
    assert not [
        name
        for name, kind in kinds.items()
        if kind in ("ImageField", "FileField", "PointField", "FloatField")
    ]
    assert {name.split(".")[0] for name, kind in kinds.items() if kind == "BinaryField"} <= COMPARTMENTS


def test_nobody_is_a_person_of_the_database_but_holders_of_duty() -> None:
    """Only tables about duty point at people; nothing links a person to a report, a photo or a sealed thing."""
    pointing = {
        model.__name__
        for model in apps.get_app_config("store").get_models()
        for column in model._meta.concrete_fields
        if column.related_model is not None and column.related_model.__name__ == "Person"
    }
    # Who wrote and who approved a plan holds a duty role, and answers for it by name.
    # Who began a drill and who signed its report does so as a holder of duty too.
    # Who mends a span without cover, and who accepted it, answers for that as a holder of duty.
    # Who makes, approves and changes the roster of duty, and whose turns are changed, holds a duty role too.
    authors = {"PlanDraft", "PlanDraftRevision", "Rehearsal", "CoverHole", "RosterDraft", "RosterFeed"}
    authors |= {"DutyChange", "DutyMove", "DutyConsent", "RosterRulesEdition"}
    # What rostering needs of holders of duty roles: who is certified, away, stood in for.
    authors |= {"Qualification", "Deputy", "Leave", "SpareChannel"}
    # Who enters a notice, declares a period, opens a feed or decides about a warning answers for it by name.
    authors |= {"CalendarNotice", "DeclaredPeriod", "WarningFeed", "ReceivedWarning"}
    assert pointing == {"Channel", "Duty", "DutyKept", "Obligation", "Delivery", "Link", "Device"} | authors


def test_names_that_would_be_a_workers_are_recognised() -> None:
    """The pattern itself can fail: it must know these, and leave ordinary ones alone."""
    for name in (
        "worker_name",
        "phone",
        "id_card",
        "gps_lat",
        "face",
        "emotion",
        "score",
        "injured_names",
        "wechat",
    ):
        assert FORBIDDEN.search(name), name
    for name in ("opened_at", "commitment", "message", "wait_seconds", "language"):
        assert not FORBIDDEN.search(name), name
