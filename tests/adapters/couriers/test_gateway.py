"""The HTTP gateway: shapes filled without pasting, answers read, requests signed."""

import hashlib
import hmac
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.adapters.couriers.exchange import Answer
from dutyroom.adapters.couriers.gateway import Gateway, Signing, SuccessTest, compose, judge
from dutyroom.adapters.couriers.plain import cleaned
from dutyroom.adapters.couriers.template import filled, unknown_names
from dutyroom.ports import Message, Outcome, Verdict

CALL = Message(
    delivery_id="d-1",
    attempt=2,
    address="13800000001",
    language="zh",
    severity="alarm",
    subject="值班",
    text="请应答",
    link="https://duty.example.cn/d/1",
    exercise=False,
)
PLAIN = Gateway(
    method="POST",
    url="https://gateway.example/{address}?id={delivery_id}&t={text}",
    headers={"X-Call": "{subject} {attempt}"},
    encoding="json",
    body={
        "a": "{address}",
        "n": 7,
        "list": ["{text}", {"deep": "{link}"}],
        "text": {"$json": {"t": "{text}"}},
    },
    success=SuccessTest(path="code", equals="0"),
)


def test_every_place_of_a_shape_is_filled() -> None:
    request = compose(PLAIN, CALL, 0)
    assert json.loads(request.body or b"") == {
        "a": "13800000001",
        "n": 7,
        "list": ["请应答", {"deep": "https://duty.example.cn/d/1"}],
        "text": '{"t": "请应答"}',
    }
    assert request.headers["Idempotency-Key"] == "d-1"
    assert request.headers["X-Call"] == "%E5%80%BC%E7%8F%AD 2"


@given(st.text(), st.text(max_size=60), st.sampled_from(["json", "form"]))
def test_no_text_leaves_its_place(text: str, address: str, encoding: str) -> None:
    gateway = replace(PLAIN, encoding=encoding, body={"a": "{address}", "t": "{text}"})
    message = cleaned(replace(CALL, text=text, subject=text))
    request = compose(gateway, replace(message, address=address.encode(errors="ignore").decode()), 0)
    parts = urlsplit(request.url)
    assert (parts.hostname, set(parse_qs(parts.query, keep_blank_values=True))) == (
        "gateway.example",
        {"id", "t"},
    )
    body = (request.body or b"").decode()
    fields = json.loads(body) if encoding == "json" else parse_qs(body, keep_blank_values=True)
    assert set(fields) == {"a", "t"}
    assert fields["t"] in (message.text, [message.text])
    assert all(value.isascii() and value.isprintable() for value in request.headers.values())


def test_a_value_that_looks_like_a_placeholder_stays_what_it_is() -> None:
    assert filled("{text}", {"text": "{address}", "address": "13800000001"}) == "{address}"


def test_unknown_placeholders_are_named() -> None:
    assert unknown_names({"a": ["{text}", {"b": "{phone}"}], "c": "{}"}) == ["phone", ""]


def test_the_signature_covers_time_and_body() -> None:
    request = compose(replace(PLAIN, signing=Signing("key")), CALL, 1_790_000_000_123)
    expected = hmac.new(b"key", b"1790000000123\n" + (request.body or b""), hashlib.sha256).hexdigest()
    assert request.headers["X-Dutyroom-Signature"] == expected
    assert request.headers["X-Dutyroom-Timestamp"] == "1790000000123"


TEST = SuccessTest(path="data.0.code", equals="OK", refused=frozenset({"BAD"}), reference="id")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, {"data": [{"code": "OK"}], "id": 77}, Outcome(Verdict.ACCEPTED, "http 200", "77")),
        (200, {"data": [{"code": "BAD"}], "id": 77}, Outcome(Verdict.REFUSED, "code BAD")),
        (400, {"data": [{"code": "BAD"}]}, Outcome(Verdict.REFUSED, "code BAD")),
        (200, {"data": [{"code": "LATER"}]}, Outcome(Verdict.FAILED, "code LATER")),
        (200, {"data": [{"code": "13800000001"}]}, Outcome(Verdict.FAILED, "code ?")),
        (200, {"data": [{"code": "no such number"}]}, Outcome(Verdict.FAILED, "code ?")),
        (200, {"data": [{"code": ["OK"]}]}, Outcome(Verdict.FAILED, "answer")),
        (200, {"data": []}, Outcome(Verdict.FAILED, "answer")),
        (200, ["OK"], Outcome(Verdict.FAILED, "answer")),
        (202, {"data": [{"code": "OK"}]}, Outcome(Verdict.FAILED, "http 202")),
        (429, {"data": [{"code": "LIMIT"}]}, Outcome(Verdict.FAILED, "http 429")),
        (401, {}, Outcome(Verdict.REFUSED, "http 401")),
        (503, {"data": [{"code": "OK"}]}, Outcome(Verdict.FAILED, "http 503")),
        (503, {"data": [{"code": "BAD"}]}, Outcome(Verdict.FAILED, "http 503")),
    ],
)
def test_answers_are_read(status: int, body: object, outcome: Outcome) -> None:
    assert judge(TEST, Answer(status, json.dumps(body).encode())) == outcome


def test_an_answer_that_is_no_json_is_a_failure() -> None:
    assert judge(TEST, Answer(200, b"<html>log in</html>")) == Outcome(Verdict.FAILED, "answer")
    assert judge(TEST, Answer(200, b"[" * 60_000)) == Outcome(Verdict.FAILED, "answer")


def test_numbers_and_words_are_one() -> None:
    test = SuccessTest(path="code", equals="0", refused=frozenset({"41"}))
    assert judge(test, Answer(200, b'{"code": 0}')).verdict is Verdict.ACCEPTED
    assert judge(test, Answer(200, b'{"code": "0"}')).verdict is Verdict.ACCEPTED
    assert judge(test, Answer(200, b'{"code": 41}')).verdict is Verdict.REFUSED
    assert judge(test, Answer(200, b'{"code": false}')).verdict is Verdict.FAILED
