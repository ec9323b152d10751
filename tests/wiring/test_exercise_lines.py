"""An exercise reaches our own people only, and every message says that it is one: by type, by table, by property."""

import subprocess
import sys
import uuid
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyroom.adapters.planfolder import load
from dutyroom.core.commands import OpenCase, Times
from dutyroom.core.decide import decided
from dutyroom.core.events import Event, PersonCalled
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import HOUR
from dutyroom.core.outsiders import outsiders
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import settle
from dutyroom.core.state import Case
from dutyroom.ports import Colleague, Message, Outcome, Outsider, Verdict, Written
from dutyroom.store.outbox import Claimed, Outbox
from dutyroom.store.rows import decision_rows
from dutyroom.wiring.lines import ExerciseLine, InwardCourier, lines
from dutyroom.wiring.telling import Teller

ROOT = Path(__file__).parents[2]
STARTS = 1_795_503_600_000
MARKS = {"zh": "【演练】", "en": "[EXERCISE]"}


@cache
def rules() -> PlanInForce:
    found = load(ROOT / "plans" / "sanitation-project").in_force()
    assert found is not None
    return found


@dataclass
class Recorder:
    """A gateway that keeps what it was given."""

    channel: str = "sms"
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        self.sent.append(message)
        return Outcome(Verdict.ACCEPTED, "ok")


def with_outside(roles: frozenset[str]) -> PlanInForce:
    """The reference plan, some of whose posts a body outside holds."""
    plan = rules().plan
    changed = {
        name: replace(role, outside="fire_service" if name in roles else "")
        for name, role in plan.roles.items()
    }
    return replace(rules(), plan=replace(plan, roles=changed))


def run(bound: PlanInForce, kind: str, hours: int, *, exercise: bool) -> tuple[tuple[Event, ...], Case]:
    """A case that nobody answers: the ladder goes up to its end and rings on."""
    times = Times(STARTS, STARTS)
    opening = OpenCase("c", str(uuid.UUID(int=7)), "site", times, {"kind": kind}, {}, exercise=exercise)
    opened = decided(bound, Case(), opening, STARTS)
    assert not isinstance(opened, Refusal)
    after, events = settle(bound, opened[1], STARTS + hours * HOUR)
    return (*opened[0], *events), after


def told(bound: PlanInForce, events: tuple[Event, ...], after: Case, language: str) -> list[Message]:
    """What the couriers are given for the decision: rows as the outbox claims them, through the real teller."""
    rows = decision_rows("t", Case(), events, after, "", STARTS, outsiders(bound)).deliveries
    recorder = Recorder()
    teller = Teller(
        recorder, cast(Outbox, None), cast(Any, None), cast(Any, None), "http://x", lambda _: bound.plan, 1
    )
    for row in rows:
        if row["state"] == "queued":
            more = {"language": language, "name_zh": "项目部", "name_en": "Project", "zone": "Asia/Shanghai"}
            given_row = row | more | {"address": row["person_id"], "edition": "e", "due_at": None, "tries": 1}
            teller._send(Claimed(given_row, "token"))
    return recorder.sent


ROLES = st.frozensets(st.sampled_from(sorted(rules().plan.roles)))


@settings(max_examples=25, deadline=None)
@given(ROLES, st.sampled_from(sorted(rules().plan.kinds)), st.integers(0, 3), st.sampled_from(["zh", "en"]))
def test_an_exercise_tells_no_outsider_and_marks_every_message(
    roles: frozenset[str], kind: str, hours: int, language: str
) -> None:
    bound = with_outside(roles)
    events, after = run(bound, kind, hours, exercise=True)
    sent = told(bound, events, after, language)
    called = {event.person for event in events if isinstance(event, PersonCalled)}
    assert {message.address for message in sent} == called - outsiders(bound)
    mark = MARKS[language]
    assert all(message.text.startswith(mark) and message.subject.startswith(mark) for message in sent)
    assert all(message.exercise for message in sent)


def test_in_earnest_the_same_outsiders_are_called_and_nothing_is_marked() -> None:
    bound = with_outside(frozenset({"superior_duty"}))
    events, after = run(bound, "injury", 3, exercise=False)
    sent = told(bound, events, after, "zh")
    assert outsiders(bound) & {message.address for message in sent}
    assert not any("演练" in message.text or message.exercise for message in sent)


def test_who_would_have_been_called_stands_on_record() -> None:
    bound = with_outside(frozenset({"superior_duty"}))
    events, after = run(bound, "injury", 3, exercise=True)
    rows = decision_rows("t", Case(), events, after, "", STARTS, outsiders(bound)).deliveries
    withheld = [row for row in rows if row["state"] == "withheld"]
    called = {event.person for event in events if isinstance(event, PersonCalled)}
    assert {row["person_id"] for row in withheld} == called & outsiders(bound) != set()
    assert all(row["next_try_at"] is None and row["told_at"] is None for row in withheld)


def test_an_outsider_asked_in_an_own_posts_place_is_an_outsider_still() -> None:
    bound = with_outside(frozenset({"superior_duty"}))
    person = bound.roster.standing["superior_duty"][0]
    both = replace(
        bound, roster=replace(bound.roster, standing={**bound.roster.standing, "duty_officer": (person,)})
    )
    assert person in outsiders(both)


def test_a_line_of_an_exercise_marks_and_a_line_in_earnest_does_not() -> None:
    recorder = Recorder()
    service, exercise = lines(recorder)
    message = Written("d", 1, "zh", "alarm", "主题", "正文", "http://x")
    service.send(Outsider("119"), message, 1)
    exercise.send(Colleague("13900000000"), message, 1)
    assert [one.text for one in recorder.sent] == ["正文", "【演练】正文"]


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("ExerciseLine(InwardCourier(courier)).send(Outsider('119'), message, 1.0)", "Outsider"),
        ("ExerciseLine(OutwardCourier(courier))", "OutwardCourier"),
        ("ExerciseLine(InwardCourier(courier), OutwardCourier(courier))", "Too many"),
        ("ExerciseLine(ServiceLine(InwardCourier(courier), OutwardCourier(courier)))", "ServiceLine"),
        ("ExerciseLine(InwardCourier(OutwardCourier(courier)))", "OutwardCourier"),
        ("ExerciseCall(Outsider('119'))", "Outsider"),
    ],
)
def test_the_type_checker_refuses_an_exercise_that_reaches_outside(line: str, refused: str) -> None:
    assert refused in checked()[line]


LINES = (
    "ExerciseLine(InwardCourier(courier)).send(Outsider('119'), message, 1.0)",
    "ExerciseLine(OutwardCourier(courier))",
    "ExerciseLine(InwardCourier(courier), OutwardCourier(courier))",
    "ExerciseLine(ServiceLine(InwardCourier(courier), OutwardCourier(courier)))",
    "ExerciseLine(InwardCourier(OutwardCourier(courier)))",
    "ExerciseCall(Outsider('119'))",
    "ExerciseLine(InwardCourier(courier)).send(Colleague('139'), message, 1.0)",
)


@cache
def checked() -> dict[str, str]:
    """What mypy says of each line, in one run; empty where it accepts it."""
    head = (
        "from dutyroom.ports import Colleague, Courier, Outsider, Written\n"
        "from dutyroom.store.outbox import ExerciseCall\n"
        "from dutyroom.wiring.lines import ExerciseLine, InwardCourier, OutwardCourier, ServiceLine\n"
        "def use(courier: Courier, message: Written) -> None:\n"
    )
    text = head + "".join(f"    {line}\n" for line in LINES)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", "--no-error-summary", "-c", text],
        cwd=ROOT, env={"MYPYPATH": str(ROOT / "src"), "PATH": ""}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    first = head.count("\n") + 1
    said = done.stdout.splitlines()
    return {
        line: "\n".join(one for one in said if one.startswith(f"<string>:{number}:"))
        for number, line in enumerate(LINES, start=first)
    }


def test_the_type_checker_accepts_an_exercise_that_stays_inside() -> None:
    assert checked()[LINES[-1]] == ""


def test_an_exercise_line_holds_nothing_but_an_inward_courier() -> None:
    assert ExerciseLine.__dataclass_fields__.keys() == {"inward"}
    assert ExerciseLine.__dataclass_fields__["inward"].type is InwardCourier
