"""The calendar of a site in the store: what is declared, withdrawn and entered, and that it stands on the chain."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from dutyroom import wiring
from dutyroom.core.calendar.calendarfile import read_calendar
from dutyroom.core.calendar.days import DayKind, YearMissing
from dutyroom.core.instants import DAY, HOUR
from dutyroom.store.calendars import Declaring, calendar_of, declare, enter_notice, withdraw
from tests.web.builder import House, bare_site, execute, house, one, rows

NOTICE = """\
calendar: {zone: Asia/Shanghai}
notices:
  - {year: 2027, status: STATUS, number: "1", published: 2026-11-05, holidays: [{id: new_year, name: 元旦, from: 2027-01-01, until: 2027-01-01, statutory: [2027-01-01]}]}
"""  # noqa: E501 - one notice, as somebody would paste it


@pytest.fixture(scope="module")
def home(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock():
        yield house()


def declaring(home: House, starts_at: int, ends_at: int) -> Declaring:
    by = home.holder("project_manager")
    return Declaring(
        str(uuid.uuid4()), home.site, "special_period", starts_at, ends_at, "superior", "检查", by
    )


def entries(home: House, kind: str) -> list[dict[str, Any]]:
    return rows("SELECT actor, body FROM store_entry WHERE site_id = %s AND type = %s", home.site, kind)


def test_a_declared_period_is_in_force_and_a_withdrawn_one_was_until_then(home: House) -> None:
    plan, now = home.rules().plan, wiring.clock().now()
    winter = date(2026, 12, 1)
    at = now - now % DAY + 20 * DAY
    version = one("SELECT version FROM store_site WHERE id = %s", home.site)["version"]
    given = declaring(home, at, at + 2 * DAY)
    declare(wiring.pool(), [given], now)
    found = calendar_of(wiring.pool(), home.site)
    assert found.periods_at(plan, at + HOUR) == ("special_period",)
    assert found.periods_at(plan, at - 1) == ()
    assert found.periods_on(plan, winter) == ()
    assert one("SELECT version FROM store_site WHERE id = %s", home.site)["version"] == version + 1
    assert entries(home, "PeriodDeclared")[-1]["actor"] == home.holder("project_manager")
    by = home.holder("quality_safety_supervisor")
    assert withdraw(wiring.pool(), home.site, given.id, by, at + HOUR)
    assert not withdraw(wiring.pool(), home.site, given.id, by, at + HOUR)
    found = calendar_of(wiring.pool(), home.site)
    assert found.periods_at(plan, at + HOUR - 1) == ("special_period",)
    assert found.periods_at(plan, at + HOUR) == ()
    assert given.id in entries(home, "PeriodWithdrawn")[-1]["body"]


def test_another_sites_period_cannot_be_withdrawn(home: House) -> None:
    now, other = wiring.clock().now(), bare_site()
    given = declaring(home, now, now + DAY)
    declare(wiring.pool(), [given], now)
    assert not withdraw(wiring.pool(), other.site, given.id, "", now)


def test_a_notice_is_the_tenants_and_a_later_one_takes_its_place() -> None:
    root = bare_site()
    below, beside = bare_site(root.code, "project"), bare_site()
    with pytest.raises(YearMissing):
        calendar_of(wiring.pool(), below.site).calendar.kind(date(2027, 1, 1))
    for status in ("provisional", "official"):
        text = NOTICE.replace("STATUS", status)
        found, _ = read_calendar(text)
        assert found is not None
        enter_notice(wiring.pool(), below.site, str(uuid.uuid4()), found.notices[0], text, "", 1)
        calendar = calendar_of(wiring.pool(), below.site).calendar
        assert calendar.kind(date(2027, 1, 1)) is DayKind.HOLIDAY
        assert calendar.is_provisional(date(2027, 1, 1)) == (status == "provisional")
    assert calendar_of(wiring.pool(), root.site).calendar.years()[-1] == 2027
    assert calendar_of(wiring.pool(), beside.site).calendar.years()[-1] == 2026
    kept = rows(
        "SELECT status, superseded_at FROM store_calendarnotice WHERE tenant = %s ORDER BY status",
        root.tenant,
    )
    assert [(row["status"], row["superseded_at"] is None) for row in kept] == [
        ("official", True),
        ("provisional", False),
    ]
    assert len(entries(root, "NoticeEntered")) == 2 and entries(below, "NoticeEntered") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE store_declaredperiod SET reason = 'x' WHERE site_id = %s",
        "UPDATE store_declaredperiod SET ends_at = ends_at + interval '1 day' WHERE site_id = %s",
        "DELETE FROM store_declaredperiod WHERE site_id = %s",
    ],
)
def test_what_was_declared_is_neither_changed_nor_deleted(home: House, statement: str) -> None:
    now = wiring.clock().now()
    declare(wiring.pool(), [declaring(home, now, now + DAY)], now)
    with pytest.raises((psycopg.errors.IntegrityError, psycopg.errors.InsufficientPrivilege)):
        execute(statement, home.site)


def test_a_text_of_more_years_speaks_for_its_own_row_only() -> None:
    site = bare_site()
    both = NOTICE.replace("STATUS", "official") + NOTICE.splitlines()[2].replace("STATUS", "official").replace("2027", "2028") + "\n"  # fmt: skip  # noqa: E501
    found, findings = read_calendar(both)
    assert found is not None, findings
    enter_notice(wiring.pool(), site.site, str(uuid.uuid4()), found.notices[0], both, "", 1)
    assert calendar_of(wiring.pool(), site.site).calendar.years()[-1] == 2027
