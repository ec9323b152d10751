"""At least one event of every kind, in each shape that is worded differently."""

from dutyroom.core import events as e
from dutyroom.core.commands import Times
from dutyroom.core.events import Due
from dutyroom.core.instants import DAY, HOUR, MINUTE
from dutyroom.core.plan import ClockKind, Verb

NOW = 1_795_399_200_000
TIMES = Times(NOW, NOW)

SAMPLES: list[e.Event] = [
    e.CaseOpened(NOW, "K", "site", "p", "e", {"kind": "fire"}),
    e.CaseOpened(NOW, "K", "site", "p", "e", {}, exercise=True),
    e.ReportReceived(NOW, "c", "", "page", TIMES, {}, {"place": "东门", "what": "{烟}"}),
    e.ReportReceived(NOW, "c", "P1", "pigeon", TIMES, {}, {}, ("name",)),
    e.ObligationOpened(NOW, "verify#1", "verify", 1, "duty_officer", (
        Due(Verb.RECEIVED, NOW + 5 * MINUTE, ClockKind.SOFT, "立即"),
        Due(Verb.TAKEN, NOW + HOUR, ClockKind.HARD),
        Due(Verb.DONE, NOW + DAY, ClockKind.DEFAULT),
    ), NOW),
    e.ObligationOpened(NOW, "keep_commitment#2", "keep_commitment", 2, "duty_officer", (
        Due(Verb.DONE, NOW - 1, ClockKind.HARD),), NOW, text="pay"),
    e.PersonCalled(NOW, "verify#1", "P1", "sms", "duty_officer", 0, 0, 1, NOW),
    e.PersonCalled(NOW, "verify#1", "P1", "pigeon", "nobody", 0, 2, 1, NOW),
    e.CallFailed(NOW, "verify#1", "P1", "sms", "http 503"),
    e.CallFailed(NOW, "verify#1", "P1", "sms", "strange"),
    e.RoleEmpty(NOW, "verify#1", "duty_officer", 0),
    e.Escalated(NOW, "verify#1", "project_manager", 1, "silent"),
    e.LadderExhausted(NOW, "verify#1", 1, NOW + 10 * MINUTE),
    e.LadderExhausted(NOW, "verify#1", 1, NOW),
    *(e.ActMarked(NOW, "c", "P1", "verify#1", "verify", verb, TIMES, None) for verb in Verb),
    e.ActMarked(NOW, "c", "P1", "verify#1", "verify", Verb.DONE, Times(NOW, NOW - 12 * MINUTE), None,
                {"kind": "fire", "danger_now": True}, {"how_checked": "phone", "level": "II"}, ("note",)),
    e.ActVolunteered(NOW, "c", "P1", "commitment#3", "commitment", 3, TIMES, {}, {"owner": "duty_officer", "due": NOW}),
    e.LevelSet(NOW, "P1", "II", ""),
    e.LevelSet(NOW, "P1", "II", "III"),
    e.LevelSet(NOW, "", "II", "III"),
    e.CommandHandedOver(NOW, "P1", "verify"),
    e.CommandTakenBack(NOW, "P1", "verify"),
    *(e.DeadlineMissed(NOW, "keep_service#1@crew_1_leader", "keep_service", verb, NOW, kind, "crew_1_leader", down)
      for verb in Verb for kind in ClockKind for down in (False, True)),
    e.MissExcused(NOW, "verify#1", Verb.TAKEN, NOW, NOW),
    e.Waived(NOW, "c", "P1", "verify#1", "verify", "reason"),
    *(e.Withdrawn(NOW, "verify#1", why) for why in ("phase", "quorum", "ended", "level", "assisting", "calendar")),
    e.DeviationJustified(NOW, "c", "P1", "late-verify-done", "the road was closed"),
    e.DeviationJustified(NOW, "c", "P1", "late-verify-done", "the road was closed", True),
    e.Lapsed(NOW, "progress#1", "progress#2"),
    e.Lapsed(NOW, "progress#1", ""),
    e.PhaseMoved(NOW, "readiness", "response"),
    e.DutyOpened(NOW, "c", "K1", "site", "plan", "0" * 64, "duty", "2026-11-23", "Asia/Shanghai"),
    e.DutyOpened(
        NOW, "c", "K1", "site", "plan", "0" * 64, "round", "2026-11-23", "Asia/Shanghai", ("holidays",), "22:00-06:00"
    ),
    e.DutySet(NOW, "c", ("holidays",)),
    e.PromisePassed(NOW, "c", "P2", "verify#1", "P1"),
    e.QuietKept(NOW, "verify#1", NOW),
]  # fmt: skip
