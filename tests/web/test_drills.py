"""Drills from the plan's pages: beginning, carrying out, watching, exercising with real calls, and what is owed."""

import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dutyroom import wiring
from dutyroom.core.codec import dump_event
from dutyroom.core.events import DeadlineMissed
from dutyroom.core.instants import iso
from dutyroom.core.plan import ClockKind, Verb
from dutyroom.core.words import Words
from dutyroom.store import rehearsals
from dutyroom.store.organise import SiteText
from dutyroom.store.outbox import Outbox
from dutyroom.store.rehearsals import Beginning
from dutyroom.wiring.organising import set_up
from dutyroom.wiring.rehearser import Rehearser
from dutyroom.wiring.rehearsing import carry_out
from tests.web.builder import PLAN_FOLDER, House, execute, house, new_command, one, rows

LOCK = 4711


def with_telephones(home: House) -> House:
    """The same house, where everybody has invented telephones; without couriers a set-up leaves them out."""
    for place, kind in ((1, "sms"), (2, "voice")):
        execute(
            "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds) "
            "SELECT tenant, id, %s, %s, '13900000000', 0 FROM store_person WHERE tenant = %s",
            place, kind, home.tenant,
        )  # fmt: skip
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", home.site)
    return home


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    return with_telephones(house())


def begin(home: House, **given: str) -> str:
    """A simulated drill put on the list by the project manager; its id."""
    form = {"script": "0", "how": "scripted"} | given
    answer = home.browser("project_manager").post(f"/plan/{home.code}/drills/start", form)
    assert answer.status_code == 303, answer.content.decode()
    return answer["Location"].rsplit("/", 1)[1]


def carried_out(home: House, **given: str) -> str:
    """A drill that a worker has claimed and carried out."""
    drill = begin(home, **given)
    while (claimed := rehearsals.claim(wiring.pool(), LOCK)) != drill:
        assert claimed, "the drill was not on the list"
        rehearsals.fail(wiring.pool(), claimed, "drills.failed.stopped", wiring.clock().now())
    carry_out(drill)
    return drill


@pytest.fixture(scope="module")
def played(home: House) -> str:
    return carried_out(home)


def read(home: House, address: str, language: str = "zh") -> str:
    answer = home.browser("project_manager", language=language).get(f"/plan/{home.code}/drills{address}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_drill_waits_for_a_worker_and_says_so(home: House) -> None:
    drill = begin(home)
    page = read(home, f"/{drill}")
    assert "排队中" in page
    row = one("SELECT state, result FROM store_rehearsal WHERE id = %s", drill)
    assert row == {"state": "queued", "result": ""}
    assert (
        home.browser("project_manager").get(f"/plan/{home.code}/drills/{drill}?since=queued-0").status_code
        == 204
    )


def test_what_a_worker_carried_out_is_what_the_command_line_prints(home: House, played: str) -> None:
    result = json.loads(one("SELECT result FROM store_rehearsal WHERE id = %s", played)["result"])
    assert result["transcript"]["zh"].splitlines()[0] in read(home, f"/{played}").replace("&quot;", '"')
    assert len(result["events"]) > 20
    assert not any(re.search(r"P0\d\d", line) for line in result["transcript"]["zh"].splitlines())


def test_a_drill_makes_no_case_and_calls_nobody(home: House, played: str) -> None:
    assert rows("SELECT 1 AS x FROM store_delivery WHERE site_id = %s", home.site) == []
    assert rows("SELECT 1 AS x FROM store_case WHERE site_id = %s", home.site) == []


def test_the_board_shows_the_drill_as_it_stood_at_the_instant(home: House, played: str) -> None:
    first, later = read(home, f"/{played}/board?t=0"), read(home, f"/{played}/board?t=3000")
    assert "演练" in first and "虚拟时间" in first
    assert "核实" in first
    assert first != later and "已报告" not in first
    assert 'type="range"' in first and 'rel="next"' in first
    assert "hx-get" not in first


@pytest.mark.parametrize("text", ["x", "-5", "99999999999999", "٣", "%00"])
def test_a_strange_instant_is_an_instant(home: House, played: str, text: str) -> None:
    read(home, f"/{played}/board?t={text}")


def test_a_drill_by_chance_keeps_its_sample_and_the_middle_run(home: House) -> None:
    drill = carried_out(home, script="made", kind="injury", level="III", runs="20", seed="7", hours="1")
    row = one("SELECT result, state, progress, runs FROM store_rehearsal WHERE id = %s", drill)
    result = json.loads(row["result"])
    assert (row["state"], row["progress"], row["runs"]) == ("done", 20, 20)
    assert (result["sample"]["runs"], result["sample"]["seed"]) == (20, 7)
    levels = [body["level"] for name, body in result["events"] if name == "LevelSet"]
    assert levels in ([], ["III"])
    assert "居中的一次" in read(home, f"/{drill}")
    assert read(home, f"/{drill}/board?t=600")


def exercise(home: House, **given: str) -> Any:
    """A live exercise begun by the project manager: the answer."""
    form = {
        "command": new_command(), "kind": "injury", "affected": "1", "where": "北环路",
        "what": "设想一人倒地", "sure": "yes",
    } | given  # fmt: skip
    return home.browser("project_manager").post(f"/plan/{home.code}/drills/exercise", form)


def test_an_exercise_is_a_case_apart_and_its_calls_are_marked(open_database: None) -> None:
    home = house()
    command = new_command()
    answer = exercise(home, command=command)
    assert answer.status_code == 303
    case = answer["Location"].rsplit("/", 1)[1]
    again = exercise(home, command=command)
    assert again["Location"] == answer["Location"]
    row = one("SELECT kind, state, case_id::text AS case FROM store_rehearsal WHERE id = %s", case)
    assert row == {"kind": "live", "state": "running", "case": case}
    assert one("SELECT exercise FROM store_case WHERE id = %s", case) == {"exercise": True}
    calls = rows("SELECT exercise, outside, state FROM store_delivery WHERE case_id = %s", case)
    assert calls
    assert all(call["exercise"] for call in calls)
    officer = home.browser("duty_officer")
    assert "【演练】" in officer.get("/duty").content.decode()
    assert "真人参加" in officer.get(f"/c/{case}").content.decode()
    manager = home.browser("project_manager")
    assert "演练" in manager.get(f"/board?site={home.code}").content.decode()
    assert "实战演练" in read(home, f"/{case}")
    assert "回放" in read(home, f"/{case}/board")


def test_what_an_exercise_missed_is_not_among_what_was_missed(open_database: None) -> None:
    home = house()
    case = exercise(home)["Location"].rsplit("/", 1)[1]
    real = home.report()
    for one_case in (case, real):
        execute(
            "INSERT INTO store_entry (tenant, entry_id, site_id, case_id, case_seq, type, at, recorded_at, actor, "
            "body, previous, leaf) SELECT tenant, gen_random_uuid(), site_id, id, 9000, 'DeadlineMissed', %s, %s, "
            "'', %s, '', '' FROM store_case WHERE id = %s",
            *missed_now(), one_case,
        )  # fmt: skip
    page = home.browser("project_manager").get(f"/board?site={home.code}").content.decode()
    missed = page.split('id="b-missed"')[1].split("</section>")[0]
    assert missed.count('class="miss-row"') == 1
    assert f"/c/{real}" in missed


def test_a_post_of_an_outside_body_is_called_in_earnest_only(open_database: None, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(PLAN_FOLDER, folder)
    text = (folder / "plan.yaml").read_text(encoding="utf-8")
    marked = text.replace("  duty_officer: {", "  duty_officer: {outside: fire_service, ", 1)
    assert marked != text
    (folder / "plan.yaml").write_text(marked, encoding="utf-8")
    code = "t" + new_command()[:11]
    done = set_up(folder, SiteText(code, "project", "测试项目部", "Test project", "010-5550-0000"))
    home = with_telephones(House(done.site, code, done.site))
    real, case = home.report(), exercise(home)["Location"].rsplit("/", 1)[1]
    states = "SELECT DISTINCT outside, state FROM store_delivery WHERE case_id = %s"
    assert rows(states, real) == [{"outside": True, "state": "queued"}]
    assert rows(states, case) == [{"outside": True, "state": "withheld"}]
    page = home.browser("project_manager").get(f"/c/{case}").content.decode()
    assert "本应呼叫，没有呼叫" in page


def test_a_hushed_exercise_calls_nobody_any_more(open_database: None) -> None:
    home = with_telephones(house())
    real, case = home.report(), exercise(home)["Location"].rsplit("/", 1)[1]
    outbox = Outbox(wiring.pool(), LOCK)
    assert rows("SELECT 1 AS x FROM store_delivery WHERE case_id = %s AND state = 'queued'", case)
    answer = home.browser("project_manager").post(f"/plan/{home.code}/drills/{case}/hush")
    assert answer.status_code == 303
    assert "已停止呼叫" in read(home, f"/{case}")
    execute("UPDATE store_delivery SET state = 'queued', next_try_at = created_at WHERE case_id = %s", case)
    claimed = {str(one.row["case"]) for one in outbox.claim("sms", 500, wiring.clock().now())}
    assert real in claimed
    assert case not in claimed
    assert rehearsals.withhold_hushed(wiring.pool()) >= 1
    states = rows("SELECT DISTINCT state FROM store_delivery WHERE case_id = %s", case)
    assert states == [{"state": "withheld"}]
    assert home.act(case, "duty_officer", "verify#1", Verb.TAKEN).exercise


def test_what_is_real_stands_above_every_exercise(open_database: None) -> None:
    home = house()
    home.report()
    exercise(home)
    page = home.browser("project_manager").get(f"/board?site={home.code}").content.decode()
    owed = page.split('id="b-owed"')[1].split("</section>")[0].split('class="owed-row')[1:]
    marks = ["演练" in one for one in owed]
    assert marks == sorted(marks)
    assert set(marks) == {False, True}


def missed_now() -> tuple[str, str, str]:
    now = wiring.clock().now()
    event = DeadlineMissed(now, "verify#1", "verify", Verb.DONE, now, ClockKind.HARD, "duty_officer")
    return iso(now), iso(now), json.dumps(dump_event(event))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sure": ""}, "确认"),
        ({"what": "  "}, "设想发生了什么"),
        ({"kind": "nothing"}, "事件种类"),
        ({"affected": "very many"}, "涉及人数"),
        ({"where": "x" * 300}, "设想的地点"),
        ({"command": "\0"}, "页面已过期"),
    ],
)
def test_an_exercise_that_is_not_filled_in_calls_nobody(
    home: House, given: dict[str, str], said: str
) -> None:
    before = rows("SELECT 1 AS x FROM store_delivery WHERE site_id = %s", home.site)
    answer = exercise(home, **given)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert said in page.split('role="alert"')[1].split("</div>")[0]
    assert rows("SELECT 1 AS x FROM store_delivery WHERE site_id = %s", home.site) == before


@pytest.mark.parametrize(
    "given",
    [
        {"script": "99"}, {"script": ""}, {"script": "made"}, {"script": "made", "kind": "x"}, {"runs": "99999999"},
        {"how": "never"}, {"seed": "‮7"}, {"duty": "nothing"}, {"script": "made", "kind": "injury", "at": "soon"},
        {"script": "made", "kind": "injury", "hours": "900"}, {"how": "random", "runs": "10001"},
    ],
)  # fmt: skip
def test_a_drill_that_cannot_be_begun_is_not_and_says_why(home: House, given: dict[str, str]) -> None:
    form = {"script": "0", "how": "scripted"} | given
    answer = home.browser("project_manager").post(f"/plan/{home.code}/drills/start", form)
    if given == {"seed": "‮7"}:
        assert answer.status_code in (303, 409)
        return
    assert answer.status_code == 409
    assert "<li><b>" in answer.content.decode()


MARKS = {
    "purpose": "检验夜间呼叫", "evaluation": "两个评估岗位现场观察", "problems": "未发现问题", "advice": "增加语音通道",
    "conclusion": "达到目标", "grade": "good", "item.command": "指挥清楚",
}  # fmt: skip


def report(home: House, drill: str, **given: str) -> Any:
    return home.browser("project_manager").post(f"/plan/{home.code}/drills/{drill}/report", given)


def test_a_report_is_filled_in_by_itself_and_signed_once(home: House) -> None:
    drill = carried_out(home, duty="law_drill_plan")
    page = read(home, f"/{drill}/report")
    assert "草稿" in page
    assert "呼叫次数" in page
    assert report(home, drill, **MARKS, do="keep").status_code == 303
    assert "增加语音通道" in read(home, f"/{drill}/report")
    assert report(home, drill, **(MARKS | {"problems": ""}), do="sign").status_code == 409
    assert "overdue" in read(home, "", "en") or "due by" in read(home, "", "en")
    assert report(home, drill, **MARKS, do="sign").status_code == 303
    signed = read(home, f"/{drill}/report")
    assert "签字" in signed
    assert "<textarea" not in signed
    changed = report(home, drill, **(MARKS | {"conclusion": "改掉"}), do="keep")
    assert changed.status_code == 409
    assert "改掉" not in read(home, f"/{drill}/report")
    duties = read(home, "").split('id="d-duties"')[1].split("</section>")[0]
    assert f"/drills/{drill}" in duties
    assert "本轮已完成" in duties


def test_the_next_drill_is_compared_with_the_last(home: House, played: str) -> None:
    later = carried_out(home)
    page = read(home, f"/{later}/report")
    assert "持平" in page
    assert "以前没有同类演练" not in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_leaves_as_pdf_and_word(home: House, played: str, language: str) -> None:
    manager = home.browser("project_manager", language=language)
    pdf = manager.get(f"/plan/{home.code}/drills/{played}/report.pdf")
    assert pdf.content.startswith(b"%PDF-")
    docx = manager.get(f"/plan/{home.code}/drills/{played}/report.docx")
    assert docx.content.startswith(b"PK")
    assert manager.get(f"/plan/{home.code}/drills/{played}/report.xls").status_code == 404


def test_the_report_of_an_exercise_waits_for_its_end(open_database: None) -> None:
    home = house()
    case = exercise(home)["Location"].rsplit("/", 1)[1]
    refused = report(home, case, **MARKS, do="sign")
    assert refused.status_code == 409
    assert "还没有结束" in refused.content.decode()
    answers = {"kind": "other", "affected": 0, "injured": 0, "how_checked": "电话"}
    home.act(case, "duty_officer", "verify#1", **answers)
    assert home.act(case, "project_manager", "stand_down", reason="演练结束").phase == "closed"
    assert report(home, case, **MARKS, do="sign").status_code == 303
    row = one("SELECT state, signed_by_id::text AS by FROM store_rehearsal WHERE id = %s", case)
    assert row == {"state": "done", "by": home.holder("project_manager")}


def test_the_database_keeps_a_signed_report_and_calls_of_an_exercise_inside(home: House, played: str) -> None:
    assert report(home, played, **MARKS, do="sign").status_code == 303
    with pytest.raises(Exception, match="is signed"):
        execute("UPDATE store_rehearsal SET marks = '{}' WHERE id = %s", played)
    case = exercise(home)["Location"].rsplit("/", 1)[1]
    with pytest.raises(Exception, match="delivery_exercise_stays_inside"):
        execute("UPDATE store_delivery SET outside = true WHERE case_id = %s", case)


def test_a_dead_workers_drill_is_begun_anew(home: House) -> None:
    drill = begin(home)
    while rehearsals.claim(wiring.pool(), LOCK) != drill:
        pass
    assert rehearsals.release_dead(wiring.pool(), LOCK + 1) >= 1
    assert one("SELECT state FROM store_rehearsal WHERE id = %s", drill) == {"state": "queued"}


def test_a_script_that_no_longer_fits_says_so(home: House) -> None:
    edition = one("SELECT id::text FROM store_edition WHERE site_id = %s", home.site)["id"]
    drill, manager = new_command(), home.holder("project_manager")
    unfit = Beginning(
        drill, home.site, edition, "scripted", Words("旧脚本", "old"), manager, script="drill: {}"
    )
    rehearsals.begin(wiring.pool(), unfit, wiring.clock().now())
    while rehearsals.claim(wiring.pool(), LOCK) != drill:
        pass
    carry_out(drill)
    assert "脚本与预案对不上" in read(home, f"/{drill}")


def waited(drill: str, *states: str) -> str:
    """The drill's state once it is one of these, or after a minute whatever it is then."""
    for _ in range(600):
        state = str(one("SELECT state FROM store_rehearsal WHERE id = %s", drill)["state"])
        if state in states:
            return state
        time.sleep(0.1)
    return state


@pytest.fixture
def worker() -> Iterator[threading.Event]:
    """A worker's hand at work; setting the event stops it."""
    execute("UPDATE store_rehearsal SET state = 'failed' WHERE state = 'queued'")
    stop = threading.Event()
    thread = threading.Thread(target=lambda: Rehearser(LOCK).run(stop, threading.Event()))
    thread.start()
    yield stop
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def test_a_worker_carries_it_out_in_a_process_of_its_own(home: House, worker: threading.Event) -> None:
    drill = begin(home)
    assert waited(drill, "done", "failed") == "done"
    assert "推演记录" in read(home, f"/{drill}")


def test_a_worker_that_stops_gives_its_drill_back(home: House, worker: threading.Event) -> None:
    drill = begin(home, script="made", kind="injury", runs="10000", hours="8")
    assert waited(drill, "running") == "running"
    worker.set()
    assert waited(drill, "queued", "done") == "queued"
