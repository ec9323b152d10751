"""Apprise in its child process: killed on time, with a clean environment, never more than unconfirmed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from dutyroom.adapters.couriers.apprise import AppriseCourier, Service
from dutyroom.ports import Message, Outcome, Verdict
from tests.fakes.receivers import HttpSink, Mood

AMPLE = 30.0
SHORT = 0.3
CALL = Message(
    "d-1", 1, "13800000001", "zh", "alarm", "S", "T", "https://duty.example.cn/d/1", exercise=False
)


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    with HttpSink() as made:
        yield made


@pytest.fixture
def courier(sink: HttpSink) -> Iterator[AppriseCourier]:
    made = AppriseCourier("extra", Service(f"json://127.0.0.1:{sink.port}/{{address}}"), 1)
    yield made
    made.close()


def test_the_child_is_kept_between_sendings_and_a_killed_one_is_replaced(
    courier: AppriseCourier, sink: HttpSink
) -> None:
    for mood in (Mood.DRIP, Mood.HANG, Mood.ENDLESS):
        sink.mood = Mood.OK
        assert courier.send(CALL, AMPLE) == Outcome(Verdict.UNCONFIRMED, "sent")
        sink.mood = mood
        # One slot: a child that went on reading would leave the next sending no place.
        assert courier.send(CALL, SHORT) == Outcome(Verdict.FAILED, "timeout")


def test_a_redirect_is_not_followed(courier: AppriseCourier, sink: HttpSink) -> None:
    with HttpSink() as elsewhere:
        sink.mood = Mood.REDIRECT
        sink.redirect_to = elsewhere.url()
        assert courier.send(CALL, AMPLE) == Outcome(Verdict.FAILED, "connection")
        assert elsewhere.received == []


def test_the_environment_names_no_proxy(
    courier: AppriseCourier, sink: HttpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HttpSink() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        monkeypatch.setenv("http_proxy", proxy.url())
        assert courier.send(CALL, AMPLE).verdict is Verdict.UNCONFIRMED
        assert (len(proxy.received), len(sink.received)) == (0, 1)


def test_the_address_stays_within_its_place(courier: AppriseCourier, sink: HttpSink) -> None:
    courier.send(replace(CALL, address="../x?method=put&+X=y#@elsewhere.example/"), AMPLE)
    (request,) = sink.received
    assert request.method == "POST"
    assert request.target.startswith("/..%2Fx%3F")
    assert not set("?#") & set(request.target)


def test_an_address_that_apprise_cannot_read_is_refused() -> None:
    courier = AppriseCourier("extra", Service("nosuchservice://secret/{address}"), 1)
    assert courier.send(CALL, AMPLE) == Outcome(Verdict.REFUSED, "address")
    courier.close()
