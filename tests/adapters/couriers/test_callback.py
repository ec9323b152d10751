"""A gateway's callback: one break at a time, and each is refused by its name."""

import json

import pytest

from dutyroom.adapters.couriers.callback import WINDOW_MS, Callback, Report, verify_callback
from dutyroom.adapters.couriers.gateway import signature
from dutyroom.core.findings import Refusal

SECRET = "of-this-channel"
NOW_MS = 1_790_000_000_000


def body(**fields: object) -> bytes:
    return json.dumps({"delivery_id": "d-1", "report": "answered"} | fields).encode()


def verdict(raw: bytes, *, at: int = NOW_MS, secret: str = SECRET, signed: bytes | None = None) -> object:
    sign = signature(secret, str(at), raw if signed is None else signed)
    return verify_callback(SECRET, str(at), raw, sign, NOW_MS)


@pytest.mark.parametrize("report", list(Report))
def test_a_good_callback_says_one_thing_of_one_delivery(report: Report) -> None:
    callback = verdict(body(report=report.value))
    assert isinstance(callback, Callback)
    assert (callback.delivery_id, callback.report) == ("d-1", report)


def test_a_repeat_has_the_same_fingerprint_and_another_statement_has_not() -> None:
    first, again, other = verdict(body()), verdict(body()), verdict(body(delivery_id="d-2"))
    assert isinstance(first, Callback) and isinstance(again, Callback) and isinstance(other, Callback)
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_a_wrong_signature_is_not_believed() -> None:
    refusal = Refusal("courier.callback.signature")
    assert verdict(body(), secret="of another channel") == refusal
    assert verdict(body(), signed=body(delivery_id="d-2")) == refusal
    assert verify_callback(SECRET, str(NOW_MS), body(), "", NOW_MS) == refusal
    assert verify_callback(SECRET, str(NOW_MS), body(), "密\ud800", NOW_MS) == refusal
    assert verify_callback(SECRET, "now", body(), signature(SECRET, "now", body()), NOW_MS) == refusal


def test_without_a_secret_nobody_is_believed() -> None:
    sign = signature("", str(NOW_MS), body())
    assert verify_callback("", str(NOW_MS), body(), sign, NOW_MS) == Refusal("courier.callback.signature")


def test_the_time_is_part_of_what_is_signed() -> None:
    sign = signature(SECRET, str(NOW_MS - 10 * WINDOW_MS), body())
    moved = verify_callback(SECRET, str(NOW_MS), body(), sign, NOW_MS)
    assert moved == Refusal("courier.callback.signature")


@pytest.mark.parametrize("off_ms", [-WINDOW_MS, WINDOW_MS])
def test_the_window_is_five_minutes_either_way(off_ms: int) -> None:
    assert isinstance(verdict(body(), at=NOW_MS + off_ms), Callback)
    beyond = off_ms + (1 if off_ms > 0 else -1)
    assert verdict(body(), at=NOW_MS + beyond) == Refusal("courier.callback.stale", {"minutes": 5})


@pytest.mark.parametrize(
    "raw",
    [
        body(report="done"),
        body(report=["answered"]),
        body(delivery_id=["d-1", "d-2"]),
        body(delivery_id="d-1 d-2"),
        body(delivery_id=""),
        body(case="c-1"),
        b'{"delivery_id": "d-1"}',
        b'["d-1", "answered"]',
    ],
)
def test_a_callback_can_say_nothing_else(raw: bytes) -> None:
    assert verdict(raw) == Refusal("courier.callback.fields")


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff", b"{", b'{"delivery_id": "d-1", "delivery_id": "d-2", "report": "answered"}', b"[" * 4000],
)
def test_what_cannot_be_read_is_refused(raw: bytes) -> None:
    assert verdict(raw) == Refusal("courier.callback.unreadable")


def test_length_is_limited_before_anything_is_computed() -> None:
    assert verdict(body(report="x" * 5_000)) == Refusal("courier.callback.too_long", {"limit": 4_096})
