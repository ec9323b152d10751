"""HTTP as the couriers use it: what is followed, kept, read and cut."""

import socket
import threading
from collections.abc import Iterator

import pytest

from dutyroom.adapters.couriers.exchange import Answer, Exchange, Request, by_status
from dutyroom.ports import Outcome, Verdict
from tests.fakes.receivers import HttpSink, Mood

AMPLE = 20.0
SHORT = 0.3


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    with HttpSink({Mood.OK: {"code": 0}}) as made:
        yield made


def post(url: str) -> Request:
    return Request("POST", url, {"Content-Type": "application/json"}, b"{}")


def status_of(answer: Answer) -> Outcome:
    return (
        Outcome(Verdict.ACCEPTED, f"http {answer.status}")
        if answer.status == 200
        else by_status(answer.status)
    )


def test_connections_are_kept(sink: HttpSink) -> None:
    exchange = Exchange(slots=2)
    for _ in range(5):
        assert exchange.send(post(sink.url()), AMPLE, status_of).verdict is Verdict.ACCEPTED
    assert len(sink.received) == 5
    assert sink.connections == 1


def test_a_kept_connection_that_the_gateway_closed_is_opened_anew(sink: HttpSink) -> None:
    exchange = Exchange(slots=2)
    exchange.send(post(sink.url()), AMPLE, status_of)
    sink.mood = Mood.SWALLOW
    exchange.send(post(sink.url()), AMPLE, status_of)
    sink.mood = Mood.OK
    assert exchange.send(post(sink.url()), AMPLE, status_of).verdict is Verdict.ACCEPTED


def test_no_redirect_is_followed(sink: HttpSink) -> None:
    with HttpSink() as elsewhere:
        sink.mood = Mood.REDIRECT
        sink.redirect_to = elsewhere.url()
        outcome = Exchange(slots=1).send(post(sink.url()), AMPLE, status_of)
        assert outcome == Outcome(Verdict.FAILED, "http 302")
        assert elsewhere.received == []


def test_the_environment_names_no_proxy_for_us(sink: HttpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    with HttpSink() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
            monkeypatch.setenv(name.upper(), proxy.url())
        outcome = Exchange(slots=1).send(post(sink.url()), AMPLE, status_of)
        assert outcome.verdict is Verdict.ACCEPTED
        assert proxy.received == []


def test_a_proxy_of_the_settings_serves_the_outside_and_never_this_machine(sink: HttpSink) -> None:
    with HttpSink() as proxy:
        exchange = Exchange(slots=1, proxy=proxy.url())
        exchange.send(post(sink.url()), AMPLE, status_of)
        assert (len(sink.received), len(proxy.received)) == (1, 0)
        exchange.send(post("http://gateway.example/send"), AMPLE, status_of)
        assert [each.target for each in proxy.received] == ["http://gateway.example/send"]


def test_a_proxy_that_hangs_is_cut(sink: HttpSink) -> None:
    with HttpSink() as proxy:
        proxy.mood = Mood.DRIP
        exchange = Exchange(slots=1, proxy=proxy.url())
        assert exchange.send(post("http://gateway.example/send"), SHORT, status_of).detail == "timeout"
        assert exchange.send(post(sink.url()), AMPLE, status_of).verdict is Verdict.ACCEPTED


def test_what_was_cut_gives_its_slot_back(sink: HttpSink) -> None:
    """With one slot, a thread that still read the dripping answer would leave the next sending no place."""
    exchange = Exchange(slots=1)
    exchange.send(post(sink.url()), AMPLE, status_of)
    for mood in (Mood.DRIP, Mood.HANG, Mood.ENDLESS):
        sink.mood = mood
        assert exchange.send(post(sink.url()), SHORT, status_of).verdict is Verdict.FAILED
        sink.mood = Mood.OK
        assert exchange.send(post(sink.url()), AMPLE, status_of).verdict is Verdict.ACCEPTED


def test_a_handshake_that_never_ends_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        exchange = Exchange(slots=1)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        assert exchange.send(post(url), SHORT, status_of).detail == "timeout"
        with HttpSink() as sink:
            assert exchange.send(post(sink.url()), AMPLE, status_of).verdict is Verdict.ACCEPTED


def test_a_hanging_gateway_takes_no_more_than_its_slots(sink: HttpSink) -> None:
    exchange = Exchange(slots=2)
    sink.mood = Mood.HANG
    hanging = [
        threading.Thread(target=exchange.send, args=(post(sink.url()), AMPLE, status_of)) for _ in "ab"
    ]
    for each in hanging:
        each.start()
    while len(sink.received) < 2:
        threading.Event().wait(0.01)
    assert exchange.send(post(sink.url()), 0.05, status_of) == Outcome(Verdict.FAILED, "busy")
    assert len(sink.received) == 2
    sink.stop()
    for each in hanging:
        each.join()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = Exchange(slots=1).send(post(f"http://127.0.0.1:{port}/"), AMPLE, status_of)
    assert outcome == Outcome(Verdict.FAILED, "connection")


def test_a_gateway_without_tls_behind_https(sink: HttpSink) -> None:
    outcome = Exchange(slots=1).send(post(sink.url().replace("http:", "https:")), SHORT, status_of)
    assert outcome.verdict is Verdict.FAILED


@pytest.mark.parametrize("status", [302, 408, 429, 500, 502, 503])
def test_a_status_of_the_moment_may_be_tried_again(status: int) -> None:
    assert by_status(status) == Outcome(Verdict.FAILED, f"http {status}")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
def test_a_status_that_blames_the_request_may_not(status: int) -> None:
    assert by_status(status) == Outcome(Verdict.REFUSED, f"http {status}")


def test_a_bug_of_ours_is_not_hidden(sink: HttpSink) -> None:
    def broken(answer: Answer) -> Outcome:
        raise LookupError("ours")

    with pytest.raises(LookupError):
        Exchange(slots=1).send(post(sink.url()), AMPLE, broken)
