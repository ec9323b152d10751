"""Deliveries under a lease: one worker's at a time, given back when it dies, its late word refused."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from dutyroom import settings, wiring
from dutyroom.ports import Outcome, Verdict
from dutyroom.store.outbox import TRIES, Finished, Outbox, backoff
from tests.store.test_record import House, ask, house, reported, together  # noqa: F401 - `house` is a fixture

pytestmark = pytest.mark.usefixtures("django_db_setup")

SENT = Outcome(Verdict.ACCEPTED, "http 200")
LATER = Outcome(Verdict.FAILED, "timeout")


@contextmanager
def worker() -> Iterator[Outbox]:
    """A worker's hold on the outbox, alive while the block runs: its session holds its lock."""
    lock = secrets.randbelow(2**62)
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(%s)", [lock])
        yield Outbox(wiring.pool(), lock)


def states(house: House) -> list[tuple[str, int]]:  # noqa: F811
    rows = ask("SELECT state, tries FROM store_delivery WHERE site_id = %s", house.site)
    return sorted((row["state"], row["tries"]) for row in rows)


def attempts(house: House) -> list[tuple[str, str]]:  # noqa: F811
    rows = ask(
        "SELECT a.what, a.verdict FROM store_attempt a JOIN store_delivery d ON d.id = a.delivery_id "
        "WHERE d.site_id = %s ORDER BY a.id",
        house.site,
    )
    return [(row["what"], row["verdict"]) for row in rows]


def now() -> int:
    return wiring.clock().now()


def test_intent_is_written_before_and_outcome_after(house: House) -> None:  # noqa: F811
    reported(wiring.live(), house.site)
    with worker() as outbox:
        claimed = outbox.claim(house.channel, 10, now())
        assert attempts(house) == [("intent", "")] * 2
        assert {one.row["address"] for one in claimed} == {"13800000001", "13800000002"}
        assert outbox.finish([Finished(one, SENT) for one in claimed], now()) == []
    assert attempts(house)[2:] == [("outcome", "accepted")] * 2
    assert states(house) == [("sent", 1)] * 2


def test_no_delivery_is_claimed_by_two(house: House) -> None:  # noqa: F811
    for _ in range(10):
        reported(wiring.live(), house.site)
    claimed: list[str] = []

    def work(_: int) -> None:
        with worker() as outbox:
            while got := outbox.claim(house.channel, 3, now()):
                claimed.extend(one.id for one in got)

    together(4, work)
    assert len(claimed) == len(set(claimed)) == 20


def test_what_a_dead_worker_was_sending_goes_back_at_once(house: House) -> None:  # noqa: F811
    reported(wiring.live(), house.site)
    with worker() as dying:
        assert len(dying.claim(house.channel, 10, now())) == 2
        with worker() as other:
            other.release_dead(now())
            assert states(house) == [("sending", 1)] * 2, "it lives"
    with worker() as other:
        other.release_dead(now())
        again = other.claim(house.channel, 10, now())
        assert [one.row["tries"] for one in again] == [2, 2]
        other.finish([Finished(one, SENT) for one in again], now())


def test_the_word_of_one_who_only_seemed_dead_is_refused(house: House) -> None:  # noqa: F811
    reported(wiring.live(), house.site)
    with worker() as outbox:
        claimed = outbox.claim(house.channel, 10, now())
    with worker() as other:
        other.release_dead(now())
        taken = other.claim(house.channel, 10, now())
        outbox.finish([Finished(one, Outcome(Verdict.REFUSED, "http 400")) for one in claimed], now())
        assert states(house) == [("sending", 2)] * 2
        assert ("outcome", "refused") not in attempts(house)
        other.finish([Finished(one, SENT) for one in taken], now())
    assert states(house) == [("sent", 2)] * 2


def test_a_failure_is_tried_again_later_and_not_for_ever(house: House) -> None:  # noqa: F811
    reported(wiring.live(), house.site)
    at = now()
    with worker() as outbox:
        for number in range(1, TRIES + 1):
            claimed = outbox.claim(house.channel, 10, at)
            assert [one.row["tries"] for one in claimed] == [number] * 2
            lost = outbox.finish([Finished(one, LATER) for one in claimed], at)
            assert outbox.claim(house.channel, 10, at) == [], "not at once"
            at += backoff(number)
        assert len(lost) == 2
    assert states(house) == [("failed", TRIES)] * 2
