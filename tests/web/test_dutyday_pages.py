"""The duty day's pages: what a phone call reports, who still has the duty, roll calls nobody knows of, the summary."""

import html
import io
import re
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from dutyroom.adapters.vault import token_hash
from dutyroom.core.plan import Verb
from dutyroom.store.instants import to_datetime
from tests.web.builder import House, execute, house, new_command, one, rows
from tests.web.daybook import ORDINARY, SUMMER, DutyDay, at
from tests.wiring.stepping import SteppedClock, settle_site, step_time

CREW = "calendar.evening_report#1@crew_{}_leader"
HANDOVER = "handover.duty_officer#1"


@pytest.fixture
def clock(open_database: None, monkeypatch: pytest.MonkeyPatch) -> SteppedClock:
    clock = step_time(monkeypatch)
    clock.at = at("2027-02-27", "09:00")
    return clock


@pytest.fixture
def summer(clock: SteppedClock) -> DutyDay:
    return DutyDay(house(), clock, SUMMER).begin()


def text(response: Any) -> str:
    assert response.status_code < 500, response.status_code
    return html.unescape(response.content.decode())


def posted(page: str, key: str) -> tuple[str, dict[str, str]]:
    """The form of the page that names the key: its address and hidden fields."""
    for address, form in re.findall(r'<form method="post" action="([^"]+)"(.*?)</form>', page, re.DOTALL):
        fields = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form))
        if fields.get("key") == key and "command" in fields:
            return address, fields
    raise AssertionError(f"no form for {key}")


def roll_calls(day: DutyDay) -> list[Any]:
    return [owed for owed in day.state().obligations.values() if owed.step.startswith("rollcall.")]


# ---- reports by telephone, and who has not reported


def test_the_office_takes_a_report_down_from_the_telephone(summer: DutyDay) -> None:
    summer.settle("18:20")
    officer = summer.place.browser("duty_officer")
    page = text(officer.get(f"/day/{summer.place.code}"))
    assert "已报 0/6" in page and page.count("电话报：无事") == 6
    address, fields = posted(page, CREW.format(2))
    answer = officer.post(address, fields | {"nothing": "yes", "present": "9"})
    assert answer.status_code == 303
    page = text(officer.get(answer["Location"].partition("#")[0]))
    assert "已报 1/6" in page and "已记录" in page and page.count("电话报：无事") == 5
    assert "由值班员电话代记" in page.split('id="report-crew_2_leader"')[1].split("</li>")[0]
    summer.do(summer.place.holder("crew_1_leader"), CREW.format(1), nothing=True)
    page = text(officer.get(f"/day/{summer.place.code}"))
    assert page.count("电话代记") == 1, "who reports for the own crew is no scribe"
    owed = summer.state().obligations[CREW.format(2)]
    assert owed.marks[Verb.DONE].by == summer.place.holder("duty_officer")
    assert owed.answers == {"nothing": True, "present": 9}


def test_nothing_said_is_told_at_the_line(summer: DutyDay) -> None:
    summer.settle("18:20")
    officer = summer.place.browser("duty_officer")
    address, fields = posted(text(officer.get(f"/day/{summer.place.code}")), CREW.format(1))
    answer = officer.post(address, fields | {"send": "yes", "what": " "})
    assert (answer.status_code == 409 and "没有填" in text(answer)) or "请填写" in text(answer)
    assert summer.state().obligations[CREW.format(1)].is_open


def test_a_missing_report_says_who_was_asked_in_the_end(summer: DutyDay) -> None:
    for minute in range(0, 150, 5):
        summer.settle(f"{18 + minute // 60}:{minute % 60:02}")
    page = text(summer.place.browser("quality_safety_supervisor").get(f"/day/{summer.place.code}"))
    assert "超时未办，仍在催" in page and "已问到" in page


def test_a_crew_leader_takes_nothing_down_for_another(summer: DutyDay) -> None:
    summer.settle("18:20")
    leader = summer.place.browser("crew_1_leader")
    page = text(leader.get(f"/day/{summer.place.code}"))
    assert page.count("电话报：无事") == 1
    form = {"command": new_command(), "key": CREW.format(2), "nothing": "yes"}
    assert leader.post(f"/today/day/{summer.case}/act", form).status_code == 409
    assert summer.state().obligations[CREW.format(2)].is_open


# ---- roll calls


def test_a_roll_call_to_come_is_on_no_page_and_in_no_answer(summer: DutyDay) -> None:
    times = sorted(owed.begins_at for owed in roll_calls(summer) if owed.begins_at)
    assert times, "the reference plan asks roll calls in a special period"
    later = [owed for owed in roll_calls(summer) if (owed.begins_at or 0) > summer.clock.at]
    assert later
    officer, leader = summer.place.browser("duty_officer"), summer.place.browser("project_manager")
    superior = summer.place.browser("superior_duty")
    pages = [
        text(client.get(address))
        for client in (officer, leader, superior)
        for address in (
            "/duty",
            f"/board?site={summer.place.code}",
            f"/day/{summer.place.code}",
            f"/c/{summer.case}",
            f"/c/{summer.case}/audit",
            f"/today/answer/{summer.case}",
            f"/today/day/{summer.case}/handover",
        )
    ]
    assert not [page for page in pages if "查岗：" in page or "rollcall." in page]
    key = later[0].key
    for verb in ("received", "taken", "done"):
        answer = officer.post(
            f"/api/cases/{summer.case}/acts",
            {"command": new_command(), "key": key, "verb": verb},
            content_type="application/json",
        )
        unknown = officer.post(
            f"/api/cases/{summer.case}/acts",
            {"command": new_command(), "key": "rollcall.no_such#1", "verb": verb},
            content_type="application/json",
        )
        assert answer.status_code == unknown.status_code == 409
        assert answer.json()["code"] == unknown.json()["code"] == "act.unknown"
    waive = {"command": new_command(), "key": key, "verb": "waive", "reason": "x"}
    refused = leader.post(f"/api/cases/{summer.case}/acts", waive, content_type="application/json")
    assert refused.json()["code"] == "act.unknown"


def test_one_press_answers_a_roll_call(summer: DutyDay) -> None:
    first = min(roll_calls(summer), key=lambda owed: owed.begins_at or 0)
    summer.clock.at = (first.begins_at or 0) + 60_000
    settle_site(summer.place.site)
    client = summer.place.browser(first.role, level="duty")
    assert "我在岗" in text(client.get("/duty"))
    address, fields = posted(text(client.get(f"/today/answer/{summer.case}")), first.key)
    answer = client.post(address, fields)
    assert answer.status_code == 303 and "已记录" in text(client.get(answer["Location"].partition("#")[0]))
    assert summer.state().obligations[first.key].status == "done"
    page = text(summer.place.browser("project_manager").get(f"/day/{summer.place.code}"))
    assert "查岗：" in page and "按时" in page


def test_last_answers_are_by_post_and_channel_and_age(summer: DutyDay) -> None:
    summer.settle("10:00")
    leader = summer.place.browser("project_manager")
    page = text(leader.get(f"/day/{summer.place.code}"))
    section = page.split('id="y-reach"')[1].split("</section>")[0]
    assert "值班员" in section and "尚无应答记录" in section and 'class="done"' not in section
    officer = summer.place.holder("duty_officer")
    execute(
        "UPDATE store_channel SET answered_at = %s WHERE person_id = %s",
        to_datetime(summer.clock.at - 120_000), officer,
    )  # fmt: skip
    section = text(leader.get(f"/day/{summer.place.code}")).split('id="y-reach"')[1].split("</section>")[0]
    assert "2 分钟前" in section and 'class="done"' in section


def test_a_calls_link_leads_to_the_page_it_is_answered_on(summer: DutyDay) -> None:
    summer.settle("19:10")
    keys = {
        CREW.format(1): f"/today?case={summer.case}&key=calendar.evening_report%231%40crew_1_leader",
        "rollcall.duty_office#1": f"/today/answer/{summer.case}?key=rollcall.duty_office%231",
        HANDOVER: f"/today/day/{summer.case}/handover?key=handover.duty_officer%231",
        "summary.evening_report.project_manager#1": f"/today/day/{summer.case}",
    }
    person = summer.place.holder("project_manager")
    for key, wanted in keys.items():
        assert key in summer.state().obligations
        token = new_command()
        execute(
            "INSERT INTO store_link (tenant, token_hash, person_id, purpose, case_id, key, level, expires_at, "
            "reusable) VALUES (%s, %s, %s, 'call', %s, %s, 'duty', now() + interval '1 day', false)",
            summer.place.tenant, token_hash(token), person, summer.case, key,
        )  # fmt: skip
        client = Client()
        assert client.get(f"/in/{token}").status_code == 200, "opening it does nothing"
        assert client.post(f"/in/{token}")["Location"] == wanted


# ---- handover


def test_who_goes_notes_and_who_comes_accepts(clock: SteppedClock) -> None:
    day = DutyDay(house(), clock, ORDINARY).begin().settle("17:50")
    goes = day.place.rules().roster.holders("duty_officer", clock.at)
    incident = day.place.report()
    day.settle("18:10")
    comes = day.place.rules().roster.planned("duty_officer", clock.at)
    going, coming = day.place.browser(goes[0]), day.place.browser(comes[0])
    page = text(going.get(f"/today/day/{day.case}/handover"))
    assert "尚未交接，值班仍由" in page and "未办事项" in page and f'href="/c/{incident}"' in page
    assert 'name="a.taken_over"' not in page, "who goes does not accept"
    note = {"do": "note", "key": HANDOVER, "kind": "crew", "text": "三班在人民路，电话 13800138000"}
    assert going.post(f"/today/day/{day.case}/handover", note).status_code == 303
    page = text(coming.get(f"/today/day/{day.case}/handover"))
    assert "三班在人民路，电话 ***" in page
    assert f"/today/day/{day.case}/handover" in text(coming.get("/duty"))
    address, fields = posted(page, HANDOVER)
    short = coming.post(address, fields | {"a.taken_over": "no", "a.on_post": "1"})
    assert short.status_code == 409 and "人数够且已交清" in text(short)
    taken = {"command": new_command(), "a.taken_over": "yes", "a.on_post": "2", "a.short": ""}
    answer = coming.post(address, fields | taken)
    assert answer.status_code == 303
    page = text(coming.get(answer["Location"].partition("#")[0]))
    assert "尚未交接" not in page and "18:00" in page and "18:10" in page
    entry = one(
        "SELECT body, actor FROM store_entry WHERE site_id = %s AND type = 'HandoverNoted'", day.place.site
    )
    assert entry["actor"] == goes[0] and "13800138000" not in entry["body"]
    assert coming.post(f"/today/day/{day.case}/handover", note).status_code == 409, "it is accepted"


def section(page: str, heading: str) -> str:
    return page.split(f'id="{heading}"')[1].split("</section>")[0]


def test_every_page_says_the_same_of_who_has_the_duty(clock: SteppedClock) -> None:
    """Between the turn and the acceptance it is who had it, on "My duty", on the roster and on the board alike."""
    day = DutyDay(house(), clock, ORDINARY).begin().settle("17:50")
    goes = day.place.rules().roster.holders("duty_officer", clock.at)
    day.settle("18:10")
    comes = day.place.rules().roster.planned("duty_officer", clock.at)
    assert not set(goes) & set(comes)
    going, coming = day.place.browser(goes[0]), day.place.browser(comes[0])
    address = f"/today/day/{day.case}/handover"
    for client, says, not_said in (
        (going, "值班到接班为止", "等您接班"),
        (coming, "等您接班", "值班到接班为止"),
    ):
        turns = section(text(client.get("/duty")), "d-turns")
        assert says in turns and not_said not in turns and "正在值班" not in turns and address in turns
    names = {str(row["id"]): row["name"] for row in rows("SELECT id, name FROM store_person")}
    box = section(text(going.get(f"/roster/{day.place.code}")), "r-now")
    kept = box.split('class="notice warn"')[1].split("</p>")[0]
    assert names[goes[0]] in kept and "值班到接班为止" in kept and names[comes[0]] not in kept
    assert names[comes[0]] in box and "等接班，尚未在岗" in box
    post = section(text(day.place.browser("project_manager").get("/board")), "b-duty").split("</li>")[0]
    has, waits = post.split("值班到接班为止")
    assert names[goes[0]] in has and names[comes[0]] not in has
    assert names[comes[0]] in waits and "等接班" in waits
    day.do(comes[0], HANDOVER, taken_over=True, on_post=2, short="")
    turns = section(text(coming.get("/duty")), "d-turns")
    assert "正在值班" in turns and "等您接班" not in turns
    assert "值班到接班为止" not in section(text(going.get("/duty")), "d-turns")
    box = section(text(going.get(f"/roster/{day.place.code}")), "r-now")
    assert names[comes[0]] in box and "等接班" not in box and "值班到接班为止" not in box


@pytest.mark.parametrize(
    ("said", "tone"),
    [
        ({"taken_over": False, "on_post": 2, "short": "钥匙未交"}, "busy"),
        ({"taken_over": True, "on_post": 1, "short": "钥匙未交"}, "busy"),
        ({"taken_over": True, "on_post": 2, "short": ""}, "good"),
    ],
)
def test_a_handover_that_lacks_something_is_not_green(
    clock: SteppedClock, said: dict[str, Any], tone: str
) -> None:
    day = DutyDay(house(), clock, ORDINARY).begin().settle("18:10")
    day.do(day.place.rules().roster.planned("duty_officer", clock.at)[0], HANDOVER, **said)
    client, lacks = day.place.browser("project_manager"), tone == "busy"
    strip = text(client.get("/board")).split('class="strip"')[1].split("</section>")[0]
    item = re.findall(r'<li class="([a-z]+)"><span[^>]*></span>(已交接[^<]*)', strip)[0]
    assert item[0] == tone and ("钥匙未交" in item[1]) is lacks
    handovers = section(text(client.get(f"/day/{day.place.code}")), "y-hand")
    assert ("未交清或人数不足" in handovers and 'class="tag warn"' in handovers) is lacks
    assert ('<span class="tag ok">' in handovers) is not lacks
    page = text(client.get(f"/today/day/{day.case}/handover?key=handover.duty_officer%231"))
    assert ("未交清或人数不足" in page) is lacks


def test_the_boards_dot_is_never_green_beside_what_is_over_its_limit(summer: DutyDay) -> None:
    """A roll call, a report and a handover that are overdue; the panels of incidents say what they hold."""
    client = summer.place.browser("project_manager")
    first = min(one.begins_at or one.opened_at for one in roll_calls(summer))
    summer.clock.at = first + 40 * 60_000
    summer.settle("20:00")
    page = text(client.get("/board"))
    strip = page.split('class="strip"')[1].split("</section>")[0]
    signs = re.findall(r'<li class="([a-z]+)"><span[^>]*></span>(\S+)', strip)
    tones = {what: tone for tone, what in signs}
    assert tones["查岗"] == "bad" and tones["报告"] == "bad" and "good" not in tones.values(), strip
    assert "突发事件 24 小时内没有错过的时限" in page and "进行中的突发事件" in page


def test_others_cannot_accept_or_note(clock: SteppedClock) -> None:
    day = DutyDay(house(), clock, ORDINARY).begin().settle("18:10")
    client = day.place.browser("crew_1_leader")
    assert 'name="a.taken_over"' not in text(client.get(f"/today/day/{day.case}/handover"))
    note = {"do": "note", "key": HANDOVER, "kind": "note", "text": "x"}
    assert client.post(f"/today/day/{day.case}/handover", note).status_code == 409
    accept = {"command": new_command(), "key": HANDOVER, "a.taken_over": "yes", "a.on_post": "2"}
    assert client.post(f"/today/day/{day.case}/handover", accept).status_code == 409
    assert client.get(f"/today/day/{day.case}/handover?key=handover.nobody%231").status_code == 404


# ---- the summary


def test_the_summary_is_received_and_carries_the_records_checkpoint(summer: DutyDay) -> None:
    summer.settle("18:30")
    for crew in range(1, 6):
        summer.do(summer.place.holder(f"crew_{crew}_leader"), CREW.format(crew), nothing=True, present=crew)
    summer.settle("19:06")
    manager = summer.place.browser("project_manager")
    page = text(manager.get(f"/today/day/{summer.case}"))
    received = section(page, "y-rec")
    assert "汇总确认收到" in received and "还没有确认收到" in received and "已送达" not in received
    assert "已报 5/6" in page and "今天还没有校验码" in page and "特殊时期" in page and "明天值班" in page
    key = next(
        k for k in summer.state().obligations if k.startswith("summary.") and k.endswith("project_manager#1")
    )
    address, fields = posted(page, key)
    answer = manager.post(address, fields)
    assert answer.status_code == 303
    page = text(manager.get(answer["Location"].partition("#")[0]))
    made = rows(
        "SELECT size FROM store_checkpoint WHERE site_id = %s AND day = %s", summer.place.site, SUMMER
    )
    assert len(made) == 1 and f"{made[0]['size']} 条，校验码" in page
    assert summer.state().obligations[key].status == "done"


@pytest.mark.parametrize(("language", "words"), [("zh", "每日报告"), ("en", "Daily reports")])
def test_the_summary_prints(summer: DutyDay, language: str, words: str) -> None:
    summer.settle("18:30")
    summer.do(summer.place.holder("crew_1_leader"), CREW.format(1), what="东门树倒，已清理")
    client = summer.place.browser("project_manager", language=language)
    answer = client.post(f"/today/day/{summer.case}/mark")
    assert answer.status_code == 303
    answer = client.get(answer["Location"])
    assert answer["Content-Type"] == "application/pdf" and answer.content[:5] == b"%PDF-"
    whole = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    whole = re.sub(r"\s+", " ", whole)
    assert words in whole and "东门树倒" in whole and SUMMER in whole
    root = one("SELECT note FROM store_checkpoint WHERE site_id = %s", summer.place.site)["note"]
    assert root and client.post(f"/today/day/{summer.case}/mark").status_code == 303
    assert len(rows("SELECT 1 FROM store_checkpoint WHERE site_id = %s", summer.place.site)) == 1


def test_a_days_pages_are_not_found_elsewhere(summer: DutyDay) -> None:
    stranger = house().browser("project_manager")
    for address in (
        f"/day/{summer.place.code}",
        f"/today/day/{summer.case}",
        f"/today/day/{summer.case}/summary.pdf",
    ):
        assert stranger.get(address).status_code == 404
    incident = summer.place.report()
    own: House = summer.place
    assert own.browser("project_manager").get(f"/today/day/{incident}").status_code == 404
    assert "没有值班事项" in text(own.browser("project_manager").get(f"/day/{own.code}?on=2020-01-01"))
    assert own.browser("project_manager").get(f"/day/{own.code}?on=nonsense").status_code == 200
