"""What a text message of the duty day says: how to answer, in one message; and what a missed roll call sets going."""

from typing import Any, cast

import pytest

from dutyroom import wiring
from dutyroom.core.instants import MINUTE
from dutyroom.ports import Message, Outcome, Verdict
from dutyroom.store.outbox import Outbox
from dutyroom.wiring.telling import Teller
from tests.web.builder import execute, house, one, rows
from tests.web.daybook import SUMMER, DutyDay, at
from tests.wiring.stepping import SteppedClock, settle_site, step_time

CREW = "calendar.evening_report#1@crew_1_leader"
LOCK = 987_654_321


class Recorder:
    channel = "sms"

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        self.sent.append(message)
        return Outcome(Verdict.ACCEPTED, "ok")


@pytest.fixture
def clock(open_database: None, monkeypatch: pytest.MonkeyPatch) -> SteppedClock:
    clock = step_time(monkeypatch)
    clock.at = at("2027-06-28", "09:00")
    return clock


@pytest.fixture
def day(clock: SteppedClock) -> DutyDay:
    found = DutyDay(house(), clock, SUMMER)
    execute(
        "UPDATE store_channel SET kind = 'sms', address = '13800000001' WHERE tenant = %s", found.place.tenant
    )
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", found.place.site)
    return found.begin()


def told(day: DutyDay, step: str, *, replies: bool = True) -> dict[str, str]:
    """Every text that would go out now for the step, by person, through the real outbox and teller."""
    recorder, outbox = Recorder(), Outbox(wiring.pool(), LOCK)
    teller = Teller(
        cast(Any, recorder),
        outbox,
        wiring.live(),
        wiring.clock(),
        "http://x",
        wiring.record().plan,
        1,
        replies,
    )
    found = {}
    for claimed in outbox.claim("sms", 1_000, wiring.clock().now()):
        if claimed.row["case"] == day.case and claimed.row["step"] == step:
            teller._send(claimed)
            found[claimed.row["person"]] = recorder.sent[-1].text
    execute(
        "UPDATE store_delivery SET state = 'queued', lease_lock = NULL, lease_until = NULL, tries = tries - 1 "
        "WHERE lease_lock = %s AND case_id <> %s",
        LOCK, day.case,
    )  # fmt: skip
    return found


def test_a_report_is_asked_for_with_how_to_answer(day: DutyDay) -> None:
    day.settle("18:31")
    leader = day.place.holder("crew_1_leader")
    text = told(day, "calendar.evening_report")[leader]
    assert text.endswith("测试项目部：每日报告，19:00前回复本短信。无事回复0，有事直接回复内容。")
    assert len(text) <= 70 and "http" not in text


def test_english_in_one_message(day: DutyDay) -> None:
    leader = day.place.holder("crew_1_leader")
    execute("UPDATE store_person SET language = 'en' WHERE id = %s", leader)
    day.settle("18:31")
    text = told(day, "calendar.evening_report")[leader]
    assert "Reply 0 for nothing to report" in text and len(text) <= 160 and text.isascii()


def test_who_is_asked_behind_them_gets_the_link(day: DutyDay) -> None:
    for minute in range(31, 60, 1):
        day.settle(f"18:{minute}")
    texts = told(day, "calendar.evening_report")
    officer = day.place.holder("duty_officer")
    assert officer in texts and "回复0" not in texts[officer] and "http://x/in/" in texts[officer]


def test_where_the_gateway_brings_nothing_back_the_link_stays(day: DutyDay) -> None:
    day.settle("18:31")
    texts = told(day, "calendar.evening_report", replies=False)
    assert texts and all("http://x/in/" in text and "回复0" not in text for text in texts.values())


def test_a_roll_call_is_answered_by_one_and_a_missed_one_asks_for_a_new_proof(day: DutyDay) -> None:
    calls = [owed for owed in day.state().obligations.values() if owed.step.startswith("rollcall.")]
    first = min(calls, key=lambda owed: owed.begins_at or 0)
    day.clock.at = (first.begins_at or 0) + 1_000
    settle_site(day.place.site)
    texts = told(day, first.step)
    assert texts and all(text.endswith("前回复1。") and len(text) <= 70 for text in texts.values())
    before = one("SELECT version FROM store_site WHERE id = %s", day.place.site)["version"]
    day.clock.at = first.dues[0].due_at + MINUTE
    settle_site(day.place.site)
    missed = rows(
        "SELECT 1 FROM store_entry WHERE case_id = %s AND type = 'DeadlineMissed' AND body LIKE %s",
        day.case, f'%"{first.key}"%',
    )  # fmt: skip
    assert missed and one("SELECT version FROM store_site WHERE id = %s", day.place.site)["version"] > before
