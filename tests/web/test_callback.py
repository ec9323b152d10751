"""A gateway's callback at the door: what it moves, and everything it cannot."""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dutyroom import wiring
from dutyroom.adapters.clock import SystemClock
from dutyroom.adapters.couriers.config import read_text
from dutyroom.adapters.couriers.gateway import signature
from dutyroom.core.codec import load_case
from dutyroom.core.instants import MINUTE
from dutyroom.core.plan import Verb
from dutyroom.core.state import Obligation
from tests.web.builder import House, execute, house, one, rows

SECRET = "of-this-gateway"
GATEWAYS = "".join(
    f'[channels.{name}]\nkind = "gateway"\nurl = "https://gateway.example/{name}"\n'
    f'body = {{ to = "{{address}}", text = "{{text}}" }}\n{callback}\n'
    for name, callback in (("voice", f'callback = {{ secret = "{SECRET}" }}'), ("sms", ""))
)


@dataclass(frozen=True)
class Call:
    """A case whose duty officer was called by voice, with a text message as the next way."""

    house: House
    case: str
    person: str
    key: str
    identity: str

    def owed(self) -> Obligation:
        state = one("SELECT state FROM store_case WHERE id = %s", self.case)["state"]
        return load_case(state).obligations[self.key]

    def log(self) -> list[str]:
        found = rows(
            "SELECT a.verdict FROM store_attempt a JOIN store_delivery d ON d.id = a.delivery_id "
            "WHERE d.case_id = %s AND a.what = 'callback' ORDER BY a.id",
            self.case,
        )
        return [row["verdict"] for row in found]

    def answered(self) -> dict[str, bool]:
        """Which channels of the person have been answered, ever."""
        found = rows("SELECT kind, answered_at FROM store_channel WHERE person_id = %s", self.person)
        return {row["kind"]: row["answered_at"] is not None for row in found}

    def say(self, report: str, **changed: Any) -> Any:
        return say({"delivery_id": self.identity, "report": report}, **changed)


def say(body: Any, channel: str = "voice", secret: str = SECRET, at: int | None = None) -> Any:
    """What the gateway sends, signed."""
    stamp = str(SystemClock().now() if at is None else at)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = {"X-Dutyroom-Timestamp": stamp, "X-Dutyroom-Signature": signature(secret, stamp, raw)}
    return Client().post(f"/callback/{channel}", raw, content_type="application/json", headers=signed)


@pytest.fixture(autouse=True)
def gateways(monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_text(GATEWAYS, Path())
    assert read.couriers is not None, read.findings
    monkeypatch.setattr(wiring, "courier_settings", lambda: read.couriers)


@pytest.fixture(scope="module")
def called_by_phone(open_database: None) -> House:
    """A project in which everybody is reached by voice first, then by text message."""
    site = house()
    execute("DELETE FROM store_channel WHERE tenant = %s", site.tenant)
    for place, kind in enumerate(("voice", "sms")):
        execute(
            "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds) "
            "SELECT tenant, id, %s, %s, '13800000001', 0 FROM store_person WHERE tenant = %s",
            place,
            kind,
            site.tenant,
        )
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", site.site)
    wiring.record.cache_clear()  # a site's version is remembered for a second
    wiring.live.cache_clear()
    return site


@pytest.fixture
def call(called_by_phone: House) -> Call:
    """A new case; its first voice call has been decided, and nobody has ever answered."""
    execute("UPDATE store_channel SET answered_at = NULL WHERE tenant = %s", called_by_phone.tenant)
    case = called_by_phone.report(kind="injury")
    row = one(
        "SELECT identity::text, person_id::text AS person, key FROM store_delivery WHERE case_id = %s "
        "AND channel = 'voice' ORDER BY created_at, id LIMIT 1",
        case,
    )
    return Call(called_by_phone, case, row["person"], row["key"], row["identity"])


def test_delivered_is_logged_and_moves_nothing(call: Call) -> None:
    before = call.owed()
    assert call.say("delivered").json() == {"new": True}
    assert call.log() == ["delivered"]
    assert call.owed() == before
    assert call.answered() == {"voice": False, "sms": False}


def test_undelivered_goes_on_to_the_next_channel_at_once(call: Call) -> None:
    call.say("undelivered")
    assert call.log() == ["undelivered"]
    assert call.owed().called == ((call.person, "voice"), (call.person, "sms"))
    failed = one("SELECT body FROM store_entry WHERE case_id = %s AND type = 'CallFailed'", call.case)
    assert json.loads(failed["body"])["why"] == "undelivered"


def test_answered_is_the_person_receiving_it_and_the_channel_reaching_the_person(call: Call) -> None:
    call.say("answered")
    mark = call.owed().marks[Verb.RECEIVED]
    assert mark.by == call.person
    assert set(call.owed().marks) == {Verb.RECEIVED}
    assert call.answered() == {"voice": True, "sms": False}


@pytest.mark.parametrize("report", ["delivered", "undelivered", "answered"])
def test_a_repeat_is_the_same_statement(call: Call, report: str) -> None:
    at = SystemClock().now()
    assert call.say(report, at=at).json() == {"new": True}
    after = call.owed()
    assert call.say(report, at=at).json() == {"new": False}
    assert call.log() == [report]
    assert call.owed() == after


def test_answered_after_the_end_is_logged_and_changes_nothing(call: Call) -> None:
    execute("UPDATE store_case SET state = replace(state, '\"status\":\"open\"', '\"status\":\"done\"') WHERE id = %s",
            call.case)  # fmt: skip
    before = call.owed()
    assert not before.is_open
    assert call.say("answered").status_code == 200
    assert call.owed() == before
    assert call.log() == ["answered"]


def test_who_does_not_hold_the_key_is_not_believed(call: Call) -> None:
    assert call.say("answered", secret="guessed").status_code == 403
    assert call.say("answered", at=SystemClock().now() - 6 * MINUTE).status_code == 403
    assert Client().post("/callback/voice", b"{}", content_type="application/json").status_code == 403
    assert call.log() == []
    assert Verb.RECEIVED not in call.owed().marks


def test_a_statement_says_one_thing_of_one_delivery(call: Call) -> None:
    own = {"delivery_id": call.identity, "report": "answered"}
    assert say(own | {"person": "P001"}).status_code == 400
    assert say(own | {"report": "done"}).status_code == 400
    assert say(b"\x00\xff").status_code == 400
    assert say(b"[" * 5_000).status_code == 413
    assert call.log() == []


def test_a_channel_speaks_only_of_what_it_carried(call: Call) -> None:
    assert say({"delivery_id": str(uuid.uuid4()), "report": "answered"}).status_code == 404
    assert call.say("answered", channel="sms").status_code == 404  # its gateway may send no callbacks
    assert call.say("answered", channel="nowhere").status_code == 404
    assert Client().get("/callback/voice").status_code == 405


def test_an_answer_on_the_pages_counts_for_the_channel_that_told_last(call: Call) -> None:
    execute("UPDATE store_delivery SET state = 'sent', told_at = now() WHERE case_id = %s", call.case)
    call.house.act(call.case, call.person, call.key, Verb.RECEIVED)
    assert call.answered() == {"voice": True, "sms": False}


def test_an_answer_before_anything_was_sent_reaches_nobody_by_it(call: Call) -> None:
    call.house.act(call.case, call.person, call.key, Verb.RECEIVED)
    assert call.answered() == {"voice": False, "sms": False}
