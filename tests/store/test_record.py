"""The record on the real database: one transaction a decision, once a command, nothing unseen while nobody watched."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg.errors import ExclusionViolation

from dutyroom import wiring
from dutyroom.adapters.vault import verify_checkpoint
from dutyroom.core.codec import load_case, load_event
from dutyroom.core.commands import Act, OpenCase, Times
from dutyroom.core.evolve import replay
from dutyroom.core.instants import HOUR, MINUTE
from dutyroom.core.ledger import Frontier
from dutyroom.core.plan import Verb
from dutyroom.core.planfile import read_plan
from dutyroom.core.rosterfile import read_roster
from dutyroom.interpreters.live import Live
from dutyroom.ports import Receipt
from dutyroom.store.instants import to_datetime
from dutyroom.store.organise import HolderText, SiteText, add_site, bind
from dutyroom.store.pulse import beat
from dutyroom.store.record import PostgresRecord
from dutyroom.store.rows import _derived
from dutyroom.store.sealer import Sealer

pytestmark = pytest.mark.usefixtures("django_db_setup")

PLAN = Path(__file__).parents[2] / "benchmarks"
LONG_AGO = 1_577_836_800_000  # 2020-01-01: before anything that other tests leave due


@dataclass
class Stepped:
    """A clock that stands until it is moved."""

    at: int
    speed: float = 1.0

    def now(self) -> int:
        return self.at

    def real_seconds(self, milliseconds: int) -> float:
        return milliseconds / 1000


@dataclass(frozen=True)
class House:
    """A tenant of its own under the benchmarks' plan: two people are called at once about each report."""

    site: str
    channel: str


@pytest.fixture
def house() -> House:
    texts = ((PLAN / "plan.yaml").read_text("utf-8"), (PLAN / "roster.yaml").read_text("utf-8"))
    plan, roster = read_plan(texts[0])[0], read_roster(texts[1])[0]
    assert plan is not None
    assert roster is not None
    name = uuid.uuid4().hex[:12]
    people = [HolderText(f"P{n}", f"测试员{n}", "zh", ((name, f"1380000000{n}"),)) for n in (1, 2)]
    site = add_site(
        wiring.pool(), SiteText(name, "project", "场所", "Site", "010-5550-0000"), str(uuid.uuid4())
    )
    bind(wiring.pool(), site, plan, texts, roster, people, {}, LONG_AGO)
    return House(site, name)


def ask(statement: str, *values: object) -> list[dict[str, Any]]:
    with wiring.pool().connection() as connection:
        return connection.execute(statement.encode(), values).fetchall()


def opening(site: str, at: int, command: str = "", case: str = "") -> OpenCase:
    new = str(uuid.uuid4())
    facts = {"kind": "other", "affected": 3}
    return OpenCase(command or new, case or str(uuid.uuid4()), site, Times(at, at), facts, {"what": "塌陷"})


def reported(live: Live, site: str) -> str:
    receipt = live.report(opening(site, live.clock.now()))
    assert isinstance(receipt, Receipt)
    return receipt.case


def together(count: int, work: Callable[[int], None]) -> None:
    """The same work in so many threads, begun at the same moment; the first error is raised."""
    gate, errors = threading.Barrier(count), []

    def run(number: int) -> None:
        try:
            gate.wait()
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


# --- once a command -----------------------------------------------------------------------------------------


def test_the_same_report_from_fifty_threads_is_one_case(house: House) -> None:
    live, command, receipts = wiring.live(), str(uuid.uuid4()), []

    def send(_: int) -> None:
        receipts.append(live.report(opening(house.site, live.clock.now(), command)))

    together(50, send)
    assert len({receipt.case for receipt in receipts}) == 1
    assert [receipt.again for receipt in receipts].count(False) == 1
    assert len(ask("SELECT FROM store_case WHERE site_id = %s", house.site)) == 1
    assert len(ask("SELECT FROM store_delivery WHERE site_id = %s", house.site)) == 2


def test_a_repeat_spoils_nothing_for_its_neighbours(house: House) -> None:
    """Reports that come together are written together; one that was sent before must not take the others down."""
    live, command, receipts = wiring.live(), str(uuid.uuid4()), []
    live.report(opening(house.site, live.clock.now(), command))

    def send(number: int) -> None:
        given = command if number % 3 == 0 else ""
        receipts.append(live.report(opening(house.site, live.clock.now(), given)))

    together(24, send)
    assert sum(receipt.again for receipt in receipts) == 8
    assert len(ask("SELECT FROM store_case WHERE site_id = %s", house.site)) == 1 + 16


def test_the_same_answer_from_fifty_threads_is_one_answer(house: House) -> None:
    live = wiring.live()
    case, command, person = reported(live, house.site), str(uuid.uuid4()), holder(house)
    now = live.clock.now()
    together(50, lambda _: act(live, case, Act(command, person, "verify#1", Verb.TAKEN, Times(now, now))))
    marked = ask("SELECT FROM store_entry WHERE case_id = %s AND type = 'ActMarked'", case)
    assert len(marked) == 1


def act(live: Live, case: str, command: Act) -> None:
    live.act(case, command)


def holder(house: House) -> str:
    return wiring.record().rules(house.site).roster.holders("officer", wiring.clock().now())[0]


# --- what is cached can be rebuilt ---------------------------------------------------------------------------


def test_the_snapshot_is_what_its_entries_say(house: House) -> None:
    live = wiring.live()
    case, now = reported(live, house.site), live.clock.now()
    act(live, case, Act(str(uuid.uuid4()), holder(house), "verify#1", Verb.TAKEN, Times(now, now)))
    rows = ask("SELECT type, body FROM store_entry WHERE case_id = %s ORDER BY case_seq", case)
    events = [load_event(row["type"], json.loads(row["body"])) for row in rows]
    kept = ask("SELECT state, version, phase FROM store_case WHERE id = %s", case)[0]
    assert replay(events) == load_case(kept["state"])
    assert kept["version"] == len(events)


def test_identities_are_those_of_the_standard() -> None:
    space = uuid.UUID("5f0c6f6e-9a1e-4a53-8a5e-8a4f9b8d2c11")
    for name in ("", "case/verify#1/person", "值班/接报", *map(str, range(50))):
        assert _derived(name) == str(uuid.uuid5(space, name))


# --- seals and checkpoints -----------------------------------------------------------------------------------


def test_sealers_at_the_same_time_give_each_entry_one_place(house: House) -> None:
    live = wiring.live()

    def work(number: int) -> None:
        for _ in range(5):
            if number % 2:
                reported(live, house.site)
            else:
                Sealer(wiring.pool()).seal()

    together(8, work)
    Sealer(wiring.pool()).seal()
    entries = ask("SELECT FROM store_entry WHERE site_id = %s", house.site)
    places = ask("SELECT position FROM store_seal WHERE site_id = %s ORDER BY position", house.site)
    assert [row["position"] for row in places] == list(range(len(entries)))


def test_a_checkpoint_is_signed_and_names_the_tree(house: House) -> None:
    live, sealer = wiring.live(), Sealer(wiring.pool())
    for _ in range(3):
        reported(live, house.site)
    vault = wiring.vault()
    note = sealer.checkpoint(house.site, to_datetime(live.clock.now()).date(), vault.sign_checkpoint)
    checked = verify_checkpoint(vault.public_key, note)
    rows = ask(
        "SELECT leaf FROM store_entry e JOIN store_seal s ON s.entry_id = e.id WHERE s.site_id = %s ORDER BY position",
        house.site,
    )
    tree = Frontier().extend(bytes.fromhex(row["leaf"]) for row in rows)
    assert (checked.site, checked.size, checked.root) == (house.site, len(rows), tree.root())


# --- duty ------------------------------------------------------------------------------------------------------


def test_a_post_is_not_held_twice_at_the_same_time(house: House) -> None:
    other = ask("SELECT person_id FROM store_duty WHERE site_id = %s AND role = 'leader'", house.site)[0]
    with pytest.raises(ExclusionViolation), wiring.pool().connection() as connection:
        connection.execute(
            "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at) "
            "VALUES (%s, %s, 'officer', %s, 0, true, now())",
            [house.site, house.site, other["person_id"]],
        )


# --- while nobody watched --------------------------------------------------------------------------------------


@pytest.fixture
def silence() -> Iterator[None]:
    """No signs of life but this test's; afterwards those of the other tests again."""
    pulses = ask("DELETE FROM store_pulse RETURNING *")
    yield
    ask("DELETE FROM store_pulse RETURNING 1")
    ask("DELETE FROM store_outage WHERE ends_at < '2021-01-01' RETURNING 1")
    for row in pulses:
        ask(
            "INSERT INTO store_pulse (worker, lock, started_at, beat_at) VALUES (%s, %s, %s, %s) RETURNING 1",
            *row.values(),
        )


def missed(sites: list[str]) -> list[dict[str, Any]]:
    """The misses on record, in the order in which they were written, with their case."""
    rows = ask(
        "SELECT case_id::text AS case, body FROM store_entry "
        "WHERE site_id = ANY(%s::uuid[]) AND type = 'DeadlineMissed' ORDER BY id",
        sites,
    )
    return [json.loads(row["body"]) | {"case": row["case"]} for row in rows]


@pytest.mark.usefixtures("silence")
def test_what_fell_due_while_no_worker_lived_is_marked_and_settled_in_due_order(house: House) -> None:
    clock, worker = Stepped(LONG_AGO + MINUTE), str(uuid.uuid4())
    live = Live(PostgresRecord(wiring.pool(), clock), clock)
    beat(wiring.pool(), worker, 1, clock.at, 1.0)
    later = opening(house.site, clock.at)
    first = reported(live, house.site)
    clock.at += 10 * MINUTE
    beat(wiring.pool(), worker, 1, clock.at, 1.0)
    live.report(later)
    clock.at += 30 * HOUR  # both were to be received within 24 h
    began = beat(wiring.pool(), worker, 1, clock.at, 1.0)
    assert began == LONG_AGO + 11 * MINUTE
    while live.settle_due():
        pass
    events = missed([house.site])
    assert [event["case"] for event in events] == [first, first, later.case, later.case]
    assert all(event["while_down"] for event in events)


@pytest.mark.usefixtures("silence")
def test_what_falls_due_under_a_workers_eyes_is_not(house: House) -> None:
    clock, worker = Stepped(LONG_AGO + MINUTE), str(uuid.uuid4())
    live = Live(PostgresRecord(wiring.pool(), clock), clock)
    reported(live, house.site)
    clock.at += 24 * HOUR
    beat(wiring.pool(), worker, 1, clock.at, 1.0)
    while live.settle_due():
        pass
    events = missed([house.site])
    assert len(events) == 2
    assert not any(event["while_down"] for event in events)
