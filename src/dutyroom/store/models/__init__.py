"""The tables, by room: who and where, what runs, what is on record, what is told, what is sealed,
how a new edition of a plan comes about, what was rehearsed, what was proved,
how a roster is made and changed, which days are off and what is warned of outside.

Every row names its tenant (the root of its tree of sites) and PostgreSQL lets a session see only its own tenant's
rows. There is no table of workers: `Person` holds only people with a duty role, everybody else is a count, a role, or
sealed in a compartment.
"""

from dutyroom.store.models.calendar import CalendarNotice, DeclaredPeriod, ReceivedWarning, WarningFeed
from dutyroom.store.models.duty import DutyClock, DutyKept
from dutyroom.store.models.organisation import Channel, Duty, Edition, Person, Site
from dutyroom.store.models.people import Deputy, Leave, Qualification, SpareChannel
from dutyroom.store.models.planning import PlanDraft, PlanDraftRevision
from dutyroom.store.models.proving import CoverHole, Proof
from dutyroom.store.models.record import Case, Checkpoint, Command, Entry, Obligation, Outage, Pulse, Seal
from dutyroom.store.models.rehearsing import Rehearsal
from dutyroom.store.models.rostering import (
    DutyChange,
    DutyConsent,
    DutyMove,
    PostExclusion,
    RosterDraft,
    RosterFeed,
    RosterRulesEdition,
)
from dutyroom.store.models.sealed import Blob, Compartment
from dutyroom.store.models.telling import Attempt, Delivery, Device, Link

__all__ = [
    "Attempt",
    "Blob",
    "CalendarNotice",
    "Case",
    "Channel",
    "Checkpoint",
    "Command",
    "Compartment",
    "CoverHole",
    "DeclaredPeriod",
    "Delivery",
    "Deputy",
    "Device",
    "Duty",
    "DutyChange",
    "DutyClock",
    "DutyConsent",
    "DutyKept",
    "DutyMove",
    "Edition",
    "Entry",
    "Leave",
    "Link",
    "Obligation",
    "Outage",
    "Person",
    "PlanDraft",
    "PlanDraftRevision",
    "PostExclusion",
    "Proof",
    "Pulse",
    "Qualification",
    "ReceivedWarning",
    "Rehearsal",
    "RosterDraft",
    "RosterFeed",
    "RosterRulesEdition",
    "Seal",
    "Site",
    "SpareChannel",
    "WarningFeed",
]  # fmt: skip
