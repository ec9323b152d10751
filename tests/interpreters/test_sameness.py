"""Live, drill and audit are one: the same inputs give the same entries, one by one, and the same judgements.

For every script of every starter plan: the drill plays it; what its people asked goes to the live interpreter on a
PostgreSQL record, at the same instants, timers by the clock; the entries are read back from the database; and the
audit makes the record again from the commands behind it. Only identifiers differ: a database gives people, sites,
cases and commands its own, and they are mapped one to one.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core import commands as c
from dutyroom.core.codec import dump_event, event_type, load_case, load_event
from dutyroom.core.events import Event
from dutyroom.core.evolve import replay
from dutyroom.core.instants import DAY, Instant
from dutyroom.core.judging import judge
from dutyroom.core.review import Verdict
from dutyroom.core.state import Case
from dutyroom.interpreters.audit import replayed
from tests.interpreters.playing import PLANS, Asked, LiveRun, Piece, Stepped, played, starter_scripts

pytestmark = pytest.mark.usefixtures("django_db_setup")

SCRIPTS = {name: (rules, script) for name, rules, script in starter_scripts()}
WORKER = str(uuid.uuid4())
Pool = ConnectionPool[Connection[DictRow]]


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    """The name of a database with every table and nothing in them."""
    name = "sameness_" + uuid.uuid4().hex[:12]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        environment = os.environ | {"DATABASE_URL": _address(name)}
        subprocess.run([sys.executable, "-m", "dutyroom", "migrate"], check=True, env=environment)
        yield name
        connection.execute(f'DROP DATABASE "{name}"'.encode())


@pytest.fixture
def pool(empty: str) -> Iterator[Pool]:
    """A database for one script alone: in it it is the time that the script says, and no other case's timers run."""
    from dutyroom import settings
    from dutyroom.store.pool import make_pool

    name = "sameness_" + uuid.uuid4().hex[:12]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{empty}"'.encode())
        with make_pool(_address(name), settings.APP_ROLE, 4) as made:
            yield made
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _address(name: str) -> str:
    """The tests' own server, another database of it."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@dataclass(frozen=True)
class Names:
    """The database's identifiers and the drill's, one to one. Nothing else of an entry is touched."""

    site: str
    case: str
    people: Mapping[str, str]

    def to_live(self, command: c.Command) -> c.Command:
        given: dict[str, Any] = {}
        if hasattr(command, "command"):
            given["command"] = self.command(command.command)
        for field in ("by", "person"):
            if hasattr(command, field):
                given[field] = self.people.get(getattr(command, field), getattr(command, field))
        if isinstance(command, c.OpenCase):
            given |= {"case": self.case, "site": self.site}
        return replace(command, **given)  # type: ignore[type-var]

    def command(self, name: str) -> str:
        return str(uuid.uuid5(uuid.UUID(self.case), name))

    def back(self, event: Event, piece: Piece) -> Event:
        """The entry with the drill's identifiers in the fields that hold one."""
        people = {theirs: ours for ours, theirs in self.people.items()}
        commands = {
            self.command(one.command.command): one.command.command
            for one in piece.asked
            if hasattr(one.command, "command")
        }
        drill = piece.case
        fields = {"by": people, "person": people, "command": commands}
        fields |= {"case": {self.case: drill.case}, "site": {self.site: drill.site}}
        known = {name: value for name in fields if (value := getattr(event, name, None)) is not None}
        changed = {name: fields[name].get(value, value) for name, value in known.items()}
        return replace(event, **changed)


def installed(pool: Pool, name: str, piece: Piece) -> Names:
    """A site under the plan of the piece, with its roster and its people, who have the channels that the drill has."""
    from dutyroom.store.organise import HolderText, SiteText, add_site, bind

    folder = next(folder for folder in PLANS if folder.name == name.split("/")[0])
    texts = tuple((folder / file).read_text(encoding="utf-8-sig") for file in ("plan.yaml", "roster.yaml"))
    site, case = str(uuid.uuid4()), str(uuid.uuid4())
    text = SiteText("t" + uuid.uuid4().hex[:11], "project", "测试项目部", "Test project", "010-5550-0000")
    add_site(pool, text, site)
    holders = [
        HolderText(one.person, one.person, one.language, tuple((kind.kind, "x") for kind in one.channels))
        for one in piece.rules.people.values()
    ]
    assert piece.script is not None
    since = piece.script.starts - 2 * DAY
    bind(pool, site, piece.rules.plan, (texts[0], texts[1]), piece.rules.roster, holders, {}, since)
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT number, id::text FROM store_person WHERE site_id = %s", [site]
        ).fetchall()
    return Names(site, case, {row["number"]: row["id"] for row in rows})


def run_live(pool: Pool, piece: Piece, names: Names) -> tuple[tuple[Event, ...], Case, list[Any]]:
    """The entries in the database after the same inputs, the case as it is stored, and the refusals on the way."""
    from dutyroom.store.pulse import beat
    from dutyroom.store.record import PostgresRecord

    clock = Stepped()
    back = {end for _, end in piece.outages}

    def pulse(at: Instant) -> None:
        """The worker lives from here to the next outage; one that is over it notes itself, as it does in earnest."""
        if at in back:
            beat(pool, WORKER, 1, at, clock.speed)
        with pool.connection() as connection:
            connection.execute("DELETE FROM store_pulse")
        went = next((start for start, _ in piece.outages if at < start), at)
        beat(pool, WORKER, 1, went, clock.speed)

    run = LiveRun(PostgresRecord(pool, clock), clock, piece.outages, pulse)
    asked = [Asked(one.at, names.to_live(one.command)) for one in piece.asked]
    refusals = run.play(asked, piece.ended_at, names.case)
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT type, body FROM store_entry WHERE case_id = %s ORDER BY case_seq", [names.case]
        ).fetchall()
        stored = connection.execute("SELECT state FROM store_case WHERE id = %s", [names.case]).fetchone()
    assert stored is not None
    return tuple(_entry(row) for row in rows), load_case(stored["state"]), refusals


def _entry(row: DictRow) -> Event:
    body = row["body"]
    return load_event(row["type"], json.loads(body) if isinstance(body, str) else body)


def written(events: tuple[Event, ...]) -> list[tuple[str, dict[str, Any]]]:
    """The entries as the record writes them: what an auditor would read."""
    return [(event_type(event), dump_event(event)) for event in events]


@pytest.mark.parametrize("name", SCRIPTS)
def test_drill_live_and_audit_give_the_same_entries_and_the_same_judgements(name: str, pool: Pool) -> None:
    rules, script = SCRIPTS[name]
    piece = played(name, rules, script)
    assert len(piece.events) >= 50
    names = installed(pool, name, piece)
    entries, stored, refusals = run_live(pool, piece, names)
    live = tuple(names.back(event, piece) for event in entries)
    assert written(live) == written(piece.events)
    assert live == piece.events
    assert refusals == [one.refusal for one in piece.asked]
    again = replayed(piece.rules, live)
    assert again == piece.events
    assert stored == replay(entries)
    plan = piece.rules.plan
    judged = judge(plan, piece.case)
    assert any(one.verdict is Verdict.KEPT for one in judged)
    assert judge(plan, stored) == judge(plan, replay(live)) == judge(plan, replay(again)) == judged


def test_every_starter_plan_has_a_script() -> None:
    assert {name.split("/")[0] for name in SCRIPTS} == {folder.name for folder in PLANS}
    assert len(SCRIPTS) >= 10
