"""What the database itself refuses, whoever asks: changing the record, deleting people, reading another tenant."""

import re
from collections.abc import Iterator
from importlib import import_module

import psycopg
import pytest
from django.apps import apps
from psycopg.errors import InsufficientPrivilege, IntegrityError

from dutyroom import settings
from tests.web.builder import House, house

SAFEGUARDS = import_module("dutyroom.store.migrations.0002_safeguards")
DRAFTS = import_module("dutyroom.store.migrations.0004_drafts")
REHEARSALS = import_module("dutyroom.store.migrations.0005_rehearsals")
PROOFS = import_module("dutyroom.store.migrations.0006_proofs")
DUTY = import_module("dutyroom.store.migrations.0007_duty")
CALENDAR = import_module("dutyroom.store.migrations.0008_calendar")
PEOPLE = import_module("dutyroom.store.migrations.0009_people")
ROSTERS = import_module("dutyroom.store.migrations.0010_rosters")
TENANTED = (
    *SAFEGUARDS.TENANTED,
    *DRAFTS.TABLES,
    *REHEARSALS.TABLES,
    *PROOFS.TABLES,
    *DUTY.TABLES,
    *CALENDAR.TABLES,
    *PEOPLE.TABLES,
    *ROSTERS.TABLES,
)
APPEND_ONLY = (*SAFEGUARDS.APPEND_ONLY, "plandraftrevision", *DUTY.APPEND_ONLY, *ROSTERS.APPEND_ONLY)
Session = psycopg.Connection[tuple[int]]


@pytest.fixture(scope="module")
def houses(django_db_setup: None) -> tuple[House, House]:
    """Two tenants, each with a case on record."""
    both = house(), house()
    for one in both:
        one.report()
    return both


@pytest.fixture
def application() -> Iterator[Session]:
    """A session as the product has it, without a tenant."""
    with psycopg.connect(settings.DATABASE_URL, options=f"-c role={settings.APP_ROLE}") as session:
        yield session
        session.rollback()


@pytest.fixture
def owner() -> Iterator[Session]:
    """A session of who owns the tables, seeing all tenants."""
    with psycopg.connect(settings.DATABASE_URL, options="-c app.tenant=*") as session:
        yield session
        session.rollback()


def seen(session: Session, table: str) -> int:
    row = session.execute(f"SELECT count(*) FROM store_{table}").fetchone()
    assert row is not None
    return row[0]


CHANGES = ("UPDATE store_{0} SET tenant = tenant", "DELETE FROM store_{0}", "TRUNCATE store_{0} CASCADE")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_application_may_not_change_the_record(
    houses: object, application: Session, table: str, change: str
) -> None:
    application.execute("SELECT set_config('app.tenant', '*', false)")
    with pytest.raises(InsufficientPrivilege):
        application.execute(change.format(table))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", ["entry", "command"])
def test_even_the_owner_is_refused(houses: object, owner: Session, table: str, change: str) -> None:
    assert seen(owner, table) > 0
    with pytest.raises(IntegrityError, match="append-only"):
        owner.execute(change.format(table))


@pytest.mark.parametrize(
    "table", ["person", "case", "site", "obligation", "delivery", "edition", "compartment"]
)
def test_nobody_and_no_case_is_deleted(houses: object, application: Session, table: str) -> None:
    application.execute("SELECT set_config('app.tenant', '*', false)")
    with pytest.raises(InsufficientPrivilege):
        application.execute(f"DELETE FROM store_{table}")


def test_nothing_cascades(houses: object, owner: Session) -> None:
    cascading = owner.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype NOT IN ('a', 'r') "
        "AND conrelid::regclass::text LIKE 'store%'"
    ).fetchall()
    assert cascading == []


@pytest.mark.parametrize("table", TENANTED)
def test_without_a_tenant_the_application_sees_nothing(
    houses: object, application: Session, table: str
) -> None:
    assert seen(application, table) == 0


@pytest.mark.parametrize("table", ["case", "entry", "obligation", "delivery", "person", "site"])
def test_a_tenants_session_sees_its_own_rows_only(
    houses: tuple[House, House], application: Session, table: str
) -> None:
    first, second = houses
    application.execute("SELECT set_config('app.tenant', %s, false)", [first.tenant])
    assert seen(application, table) > 0
    others = application.execute(f"SELECT count(*) FROM store_{table} WHERE tenant = %s", [second.tenant])
    assert others.fetchone() == (0,)


def test_nobody_writes_into_another_tenant(houses: tuple[House, House], application: Session) -> None:
    first, second = houses
    application.execute("SELECT set_config('app.tenant', %s, false)", [first.tenant])
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        application.execute(
            "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at) "
            "VALUES (%s, %s, 'x', %s, 0, true, now())",
            [second.tenant, second.site, next(iter(second.people.values()))],
        )


def test_every_table_with_a_tenant_is_scoped() -> None:
    tables = {
        model._meta.db_table.removeprefix("store_")
        for model in apps.get_app_config("store").get_models()
        if any(field.name == "tenant" for field in model._meta.concrete_fields)
    }
    assert tables == set(TENANTED)
    assert all(re.fullmatch("[a-z]+", table) for table in APPEND_ONLY)
