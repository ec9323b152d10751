"""What the proof of a draft says is what the proof of the roster says once it is in force."""

from datetime import timedelta

import pytest

from dutyroom import wiring
from dutyroom.core.calendar.calendarfile import read_calendar
from dutyroom.interpreters.verify import verify
from dutyroom.store import rosterrules
from dutyroom.store.calendars import calendar_of, take_in_notices
from dutyroom.store.instants import from_datetime
from dutyroom.store.rosters import whole_roster
from dutyroom.wiring import staffing
from dutyroom.wiring.rostermaker import work
from tests.web.builder import PLAN_FOLDER, House, execute, house, one, rows
from tests.web.proved import CHANNELS
from tests.web.test_roster import sent, today


@pytest.fixture
def home(open_database: None) -> House:
    """The reference project with sixty people who can be called. Its superior holds the post all the time so far."""
    made = house()
    text = (PLAN_FOLDER / "calendar.yaml").read_text(encoding="utf-8")
    own, _ = read_calendar(text)
    assert own is not None
    if today().year + 1 not in calendar_of(wiring.pool(), made.site).calendar.years():
        take_in_notices(wiring.pool(), made.site, own.notices, text, wiring.new_id, wiring.clock().now())
    looked = staffing.look((PLAN_FOLDER / "people-60.xlsx").read_bytes(), made.site)
    assert looked.possible and looked.given is not None
    staffing.carry_out(looked.given, made.site)
    execute("DELETE FROM store_channel WHERE tenant = %s", made.tenant)
    for place, kind in enumerate(CHANNELS):
        execute(
            "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds) "
            "SELECT tenant, id, %s, %s, 'x', 0 FROM store_person WHERE tenant = %s",
            place, kind, made.tenant,
        )  # fmt: skip
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", made.site)
    rules = (PLAN_FOLDER / "rostering.yaml").read_text(encoding="utf-8")
    rosterrules.save_rules(
        wiring.pool(), made.site, rules, made.holder("project_manager"), wiring.clock().now()
    )
    return made


def test_the_proof_of_a_draft_counts_nobody_whose_term_its_publishing_ends(home: House) -> None:
    """One superior at a time has a hole. Whoever holds the post until then must not hide it."""
    standing = rows(
        "SELECT FROM store_duty WHERE site_id = %s AND role = 'superior_duty' AND standing", home.site
    )
    assert standing, "the term that publishing ends"
    execute("UPDATE store_rosterdraft SET state = 'failed' WHERE state IN ('queued', 'running')")
    monday = today() + timedelta(days=14 - today().weekday())
    span = {"first": f"{monday}", "last": f"{monday + timedelta(days=13)}"}
    rules = (PLAN_FOLDER / "rostering.yaml").read_text(encoding="utf-8")
    answer = sent(home, "project_manager", "/make", do="make", proved="yes", rules=rules, **span)
    place = str(answer.headers["location"]).removeprefix(f"/roster/{home.code}")
    assert work(1)
    row = one("SELECT * FROM store_rosterdraft WHERE site_id = %s", home.site)
    assert row["state"] == "draft", row
    assert row["result"]["holes"] == 0 and row["result"]["rounds"] > 1, "the proof taught it"
    for who, do in (
        ("project_manager", "propose"),
        ("quality_safety_supervisor", "approve"),
        ("project_manager", "publish"),
    ):
        assert sent(home, who, place, do=do).status_code == 303, do
    begins, ends = from_datetime(row["starts_at"]), from_datetime(row["ends_at"])
    whole = whole_roster(wiring.pool(), home.site, wiring.clock().now())
    assert len(whole.roster.holders("superior_duty", (begins + ends) // 2)) == 2
    proof = verify(whole.rules(home.rules().plan), (begins, ends), 1)
    assert proof.holes == (), "what was said of the draft holds of the roster"
