"""Text messages that people send back: what they settle, what they are told, and everything a stranger cannot learn."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dutyroom import wiring
from dutyroom.adapters.clock import SystemClock
from dutyroom.adapters.couriers.config import read_text
from dutyroom.adapters.couriers.gateway import signature
from dutyroom.core.instants import MINUTE
from dutyroom.core.plan import Verb
from dutyroom.core.state import Obligation
from dutyroom.web.dutyday import inbound
from tests.web.builder import execute, house, one, rows
from tests.web.daybook import SUMMER, DutyDay, at
from tests.wiring.stepping import SteppedClock, settle_site, step_time

SECRET = "of-this-gateway"
CREW = "calendar.evening_report#1@crew_1_leader"
NOTHING = "现在没有等您回复的事。有急事请打值班电话。 / Nothing waits for your answer now."
GATEWAY = (
    '[channels.sms]\nkind = "gateway"\nurl = "https://gateway.example/sms"\n'
    f'body = {{ to = "{{address}}", text = "{{text}}" }}\ncallback = {{ secret = "{SECRET}" }}\n'
    '[channels.deaf]\nkind = "gateway"\nurl = "https://gateway.example/deaf"\n'
    'body = { to = "{address}", text = "{text}" }\n'
)


@pytest.fixture(autouse=True)
def gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_text(GATEWAY, Path())
    assert read.couriers is not None, read.findings
    monkeypatch.setattr(wiring, "courier_settings", lambda: read.couriers)
    monkeypatch.setattr(inbound, "BOUND", inbound.Bound())


@pytest.fixture
def clock(open_database: None, monkeypatch: pytest.MonkeyPatch) -> SteppedClock:
    clock = step_time(monkeypatch)
    clock.at = at("2027-06-28", "09:00")
    return clock


@pytest.fixture
def evening(clock: SteppedClock) -> DutyDay:
    return DutyDay(house(), clock, SUMMER).begin().settle("18:05")


def number_of(day: DutyDay, person: str, *, spelled: str = "") -> str:
    """Gives the person a number of their own on the sms channel; the number."""
    number = f"139{uuid.uuid4().int % 10**8:08}"
    execute("DELETE FROM store_channel WHERE person_id = %s", person)
    execute(
        "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds) "
        "VALUES (%s, %s, 0, 'sms', %s, 0)",
        day.place.tenant, person, spelled.format(number) if spelled else number,
    )  # fmt: skip
    return number


def send(number: str, text: str, message: str = "", channel: str = "sms", **more: Any) -> Any:
    body = {"from": number, "text": text, "message_id": message or str(uuid.uuid4())} | more
    return post(json.dumps(body).encode(), channel)


def post(raw: bytes, channel: str = "sms", secret: str = SECRET, shift: int = 0) -> Any:
    stamp = str(SystemClock().now() + shift)
    signed = {"X-Dutyroom-Timestamp": stamp, "X-Dutyroom-Signature": signature(secret, stamp, raw)}
    return Client().post(f"/inbound/{channel}", raw, content_type="application/json", headers=signed)


def told(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return str(answer.json()["reply"])


def report(day: DutyDay, key: str = CREW) -> Obligation:
    return day.state().obligations[key]


def test_zero_is_nothing_to_report(evening: DutyDay) -> None:
    person = evening.place.holder("crew_1_leader")
    number = number_of(evening, person, spelled="+86{}")
    assert told(send(number, " ０ ")) == "已记录（18:05）：无事。"
    assert report(evening).answers == {"nothing": True} and report(evening).marks[Verb.DONE].by == person
    channel = one("SELECT answered_at FROM store_channel WHERE person_id = %s", person)
    assert channel["answered_at"] is not None


@pytest.mark.parametrize(
    ("text", "answers", "says"),
    [
        ("12人 无事", {"nothing": True, "present": 12}, "已记录（18:05）：无事，在岗 12 人。"),
        (
            "8 东门树倒",
            {"what": "东门树倒", "present": 8},
            "已记录您的报告（18:05，在岗 8 人）。要补充请打值班电话。",
        ),
        ("树倒，找13800138000", {"what": "树倒,找***"}, "已记录您的报告（18:05）。要补充请打值班电话。"),
    ],
)
def test_the_grammar_of_a_report(evening: DutyDay, text: str, answers: dict[str, Any], says: str) -> None:
    number = number_of(evening, evening.place.holder("crew_1_leader"))
    assert told(send(number, text)) == says
    assert report(evening).answers == answers


def test_a_repeat_is_once(evening: DutyDay) -> None:
    number = number_of(evening, evening.place.holder("crew_1_leader"))
    first, again = send(number, "0", "m-1"), send(number, "0", "m-1")
    assert "无事" in told(first) and told(again) == "这条已经记录过。"
    marked = rows("SELECT 1 FROM store_entry WHERE case_id = %s AND type = 'ActMarked'", evening.case)
    assert len(marked) == 1


def test_received_only_says_how_to_report(evening: DutyDay) -> None:
    number = number_of(evening, evening.place.holder("crew_1_leader"))
    assert "无事回复0" in told(send(number, "收到"))
    assert report(evening).is_open and Verb.RECEIVED in report(evening).marks


def test_a_late_gateway_does_not_make_the_report_late(evening: DutyDay) -> None:
    number = number_of(evening, evening.place.holder("crew_1_leader"))
    sent_at = evening.clock.at
    evening.settle("19:30")
    assert Verb.DONE in report(evening).missed
    told(send(number, "0", sent_at=sent_at))
    assert report(evening).marks[Verb.DONE].at == sent_at and Verb.DONE in report(evening).excused


def test_any_answer_is_the_answer_to_a_roll_call_and_its_words_go_into_the_report(evening: DutyDay) -> None:
    calls = [one for one in evening.state().obligations.values() if one.step.startswith("rollcall.")]
    call = next(one for one in sorted(calls, key=lambda each: each.begins_at or 0))
    evening.clock.at = (call.begins_at or 0) + MINUTE
    settle_site(evening.place.site)
    if not report(evening, call.key).is_open:
        pytest.fail("the roll call should wait")
    number = number_of(evening, evening.place.rules().roster.holders(call.role, evening.clock.at)[0])
    assert "查岗已应答" in told(send(number, "1"))
    assert report(evening, call.key).status == "done"


def test_an_incident_is_received_and_nothing_more(evening: DutyDay) -> None:
    case = evening.place.report()
    settle_site(evening.place.site)
    state = evening.state(case)
    owed = next(one for one in state.open_obligations() if one.asked)
    number = number_of(evening, owed.asked[0])
    told(send(number, "1"))  # a roll call waits too, and any answer settles it
    said = told(send(number, "好的马上到，张三13800138000"))
    assert "已记录您收到了" in said and "张三" not in said and "138" not in said
    assert Verb.RECEIVED in evening.state(case).obligations[owed.key].marks
    assert "张三" not in one("SELECT state FROM store_case WHERE id = %s", case)["state"]


def test_english_for_who_reads_english(evening: DutyDay) -> None:
    person = evening.place.holder("crew_1_leader")
    execute("UPDATE store_person SET language = 'en' WHERE id = %s", person)
    number = number_of(evening, person)
    assert told(send(number, "nothing")) == "Recorded at 18:05: nothing to report."


def test_a_stranger_learns_nothing(evening: DutyDay) -> None:
    stranger = told(send("13900000000", "0"))
    idle = told(send(number_of(evening, evening.place.holder("spokesperson")), "0"))
    assert stranger == idle and stranger.startswith(NOTHING)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"\xff\xfe", b'{"from": 1, "text": "0", "message_id": "x"}',
        b'{"from": "139", "text": "0", "message_id": "x", "person": "me"}',
        b'{"from": "139", "text": "0", "message_id": ""}', b'{"from": "", "text": "0", "message_id": "x"}',
        b'{"from": "139", "text": "0", "message_id": "x", "sent_at": true}',
        b'{"from": "139", "text": "0", "message_id": "x", "sent_at": 1e99}',
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(open_database: None, body: bytes) -> None:
    answer = post(body)
    assert answer.status_code == 400 and answer.json()["says"]


@pytest.mark.parametrize("text", ["", "\0\0", "\ud800", "{}%s'--", "０" * 2_000, "👷" * 900])
def test_any_text_is_answered(evening: DutyDay, text: str) -> None:
    number = number_of(evening, evening.place.holder("crew_1_leader"))
    assert told(send(number, text))


def test_only_the_gateways_own_signature_is_believed(open_database: None) -> None:
    raw = json.dumps({"from": "139", "text": "0", "message_id": "x"}).encode()
    assert post(raw, secret="another").status_code == 403
    assert post(raw, shift=-6 * MINUTE).status_code == 403
    assert post(b" " * 20_000).status_code == 413
    assert post(raw, channel="deaf").status_code == 404 and post(raw, channel="none").status_code == 404
    assert Client().get("/inbound/sms").status_code == 405


def test_a_sender_is_bounded(open_database: None) -> None:
    for _ in range(inbound.MOST_MESSAGES):
        assert send("13911110000", "?").status_code == 200
    assert send("13911110000", "?").status_code == 429 and send("13922220000", "?").status_code == 200
