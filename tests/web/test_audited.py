"""A case held against its plan on a page, reasons for deviations, and what the plan should learn from many cases."""

import dataclasses
import re
import uuid

import pytest

from dutyroom import wiring
from dutyroom.core.commands import Act, OpenCase, Times
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import MINUTE
from dutyroom.core.plan import Verb
from dutyroom.core.settle import next_due, settle
from dutyroom.interpreters.live import Live
from dutyroom.ports import Receipt
from dutyroom.store.record import PostgresRecord
from dutyroom.web.audited import keeping, pages
from tests.web.builder import House, house, new_command, one, rows


class Stepped:
    """A clock that is moved by hand; it begins now, since the roster does."""

    speed = 1.0

    def __init__(self) -> None:
        self.at = wiring.clock().now() + MINUTE

    def now(self) -> int:
        return self.at

    def real_seconds(self, milliseconds: int) -> float:
        return milliseconds / 1_000


def pass_next(record: PostgresRecord, clock: Stepped, case: str, end: int) -> bool:
    """Let the case's next timer run out at its very instant, as a worker does; False if none does before the end."""
    with record.hold(case) as held:
        due = next_due(held.case)
        if due is None or due[0] > end:
            return False
        clock.at = max(clock.at, due[0])
        after, events = settle(held.rules, held.case, clock.at)
        held.append(events, after)
    return True


def played(home: House, minutes: int) -> str:
    """A false alarm: reported, checked after so many minutes, everything else as it falls due, closed. Its id."""
    clock = Stepped()
    record = PostgresRecord(wiring.pool(), clock)
    live = Live(record, clock)
    facts = {"kind": "collective_dispute", "affected": 12}
    times = Times(clock.at, clock.at, clock.at)
    command = OpenCase(new_command(), str(uuid.uuid4()), home.site, times, facts, {"what": "x", "place": "x"})
    receipt = live.report(command)
    assert isinstance(receipt, Receipt)
    officer, end = home.holder("duty_officer"), clock.at + minutes * MINUTE
    while pass_next(record, clock, receipt.case, end):
        pass
    clock.at = end
    answers = {"kind": "other", "affected": 0, "injured": 0, "how_checked": "电话"}
    checked = Act(new_command(), officer, "verify#1", Verb.DONE, Times(clock.at, clock.at), answers)
    done = live.act(receipt.case, checked)
    assert not isinstance(done, Refusal), done
    home.act(receipt.case, "project_manager", "stand_down", reason="误报")
    return receipt.case


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    return house()


@pytest.fixture(scope="module")
def late(home: House) -> str:
    return played(home, 50)


def page(home: House, case: str, query: str = "", role: str = "project_manager", language: str = "zh") -> str:
    answer = home.browser(role, language=language).get(f"/c/{case}/audit{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def deviations(text: str) -> list[str]:
    return re.findall(r'name="deviation" value="([^"]+)"', text)


def test_what_was_late_is_said_with_clause_and_entries(home: House, late: str) -> None:
    text = page(home, late)
    assert "有 3 处偏离" in text and text.count("晚了") >= 3  # received, taken and done, each too late
    assert "预案怎么说" in text and "记录里是什么" in text and "S" in text
    assert re.search(rf"/c/{late}\?before=\d+#c-timeline", text)
    assert "系统不会据此做任何处理" in text
    assert "style=" not in text and "late-bar" in text
    english = page(home, late, language="en")
    assert "Deviations: 3" in english and "Nothing follows from it by itself" in english


def test_an_entry_of_the_record_is_reached_from_its_number(home: House, late: str) -> None:
    before = re.findall(rf"/c/{late}\?before=(\d+)#c-timeline", page(home, late))[0]
    assert home.browser("project_manager").get(f"/c/{late}?before={before}").status_code == 200


def test_the_table_of_clauses_is_filtered(home: House, late: str) -> None:
    everything, kept, broken = (
        page(home, late, f"?only={only}").count("clip") for only in ("all", "kept", "broken")
    )
    assert everything == len(home.rules().plan.clauses) > kept > 0 and broken > 0
    assert page(home, late, "?only=nonsense").count("clip") == broken


def test_only_who_signs_the_end_gives_a_reason_and_it_goes_on_record(home: House, late: str) -> None:
    text = page(home, late)
    named = deviations(text)
    assert named
    address, given = (
        f"/c/{late}/audit/justify",
        {"deviation": named[0], "reason": "电话占线", "change": "yes"},
    )
    assert deviations(page(home, late, role="crew_1_leader")) == []
    refused = home.browser("crew_1_leader").post(address, given)
    assert refused.status_code == 409 and "可以说明偏离的理由" in refused.content.decode()
    empty = home.browser("project_manager").post(address, {**given, "reason": " "})
    assert empty.status_code == 409 and "必须写成文字" in empty.content.decode()
    assert (
        home.browser("project_manager").post(address, {**given, "reason": "拨 13800000001 占线"}).status_code
        == 303
    )
    after = page(home, late)
    assert "已说明理由：拨 *** 占线" in after and named[0] not in deviations(after)
    entry = one("SELECT body FROM store_entry WHERE case_id = %s AND type = 'DeviationJustified'", late)
    assert "13800000001" not in entry["body"]


def test_a_wish_for_the_plan_stands_where_the_plan_is_written(home: House, late: str) -> None:
    text = home.browser("project_manager").get(f"/plan/{home.code}/edit").content.decode()
    assert "案件里提出的修改" in text and "占线" in text and f"/c/{late}/audit" in text
    other = house()
    assert (
        "案件里提出的修改"
        not in other.browser("project_manager").get(f"/plan/{other.code}/edit").content.decode()
    )


def test_another_sites_case_is_not_found(home: House, late: str) -> None:
    stranger = house()
    assert stranger.browser("project_manager").get(f"/c/{late}/audit").status_code == 404
    assert stranger.browser("project_manager").post(f"/c/{late}/audit/justify", {}).status_code == 404
    assert home.browser("duty_officer", level="duty").get(f"/c/{late}/audit").status_code == 403


def test_a_record_too_long_for_a_page_names_the_command(
    home: House, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_ENTRIES", 3)
    monkeypatch.setattr(keeping, "AUDITS", keeping.Audits())
    monkeypatch.setattr(pages, "AUDITS", keeping.AUDITS)
    assert "./dutyroom audit" in page(home, late)


def test_many_cases_show_where_time_is_lost_and_never_who(home: House, late: str) -> None:
    played(home, 40)
    text = home.browser("project_manager").get(f"/plan/{home.code}/audits").content.decode()
    for _ in range(5):
        if "正在对照" not in text:
            break
        text = home.browser("project_manager").get(f"/plan/{home.code}/audits").content.decode()
    assert "最近 2 个已结束的案件里" in text
    assert "时间耽误在哪里" in text and "late-bar" in text
    main = text[text.index("<main") : text.index("</main>")]
    names = [row["name"] for row in _people(home)]
    assert names and not [name for name in names if name in main]
    assert not [number for number in home.people if number in main]
    assert home.browser("crew_1_leader").get(f"/plan/{home.code}/audits").status_code == 403


def test_what_takes_long_is_left_for_the_next_look(
    home: House, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BUDGET_SECONDS", -1.0)
    monkeypatch.setattr(pages, "AUDITS", keeping.Audits())
    text = home.browser("project_manager").get(f"/plan/{home.code}/audits").content.decode()
    assert "正在对照" in text and 'hx-trigger="every 2s"' in text


def test_no_value_of_these_pages_has_a_place_for_a_person() -> None:
    kinds = (pages.ClauseView, pages.FactView, pages.DeviationView)
    fields = {field.name for kind in kinds for field in dataclasses.fields(kind)}
    assert not fields & {"person", "by", "actor", "name", "number"}


def _people(home: House) -> list[dict[str, str]]:
    return rows("SELECT name FROM store_person WHERE tenant = %s", home.tenant)
