"""One incident in real browsers, from a worker's report to the verified archive, as the reference plan asks for it.

Twelve street cleaners gather over unpaid wages. A worker, two duty officers, the safety supervisor, the safety officer,
the operations manager, the superior department, crew leaders, the workers' representative and the spokesperson play
their parts on the pages; the first duty officer and the project manager never answer. Nothing is faked: it is
`dutyroom demo`, its clock sixty times as fast. Each S is a clause of the plan; `Shown` keeps which were seen, and the
table at the end says where.
"""

import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.clauses import CLAUSES
from tests.browser.packing import packed_and_verified
from tests.browser.people import DESK, PHONE, Person, Town, callees, channels, photo, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SPEED = 60

LEADER, SUPERVISOR, SAFETY, OPERATIONS = "13800000001", "13800000002", "13800000005", "13800000003"
PLACE, STORY = "东环路环卫作业点门口", "十二名工人未出车，要求说明上月工资"
UNMET = ["危险已消除", "处置方案已落实", "诉求均已答复", "联系协助", "书面报告", "组长已到场", "作业已恢复"]
CREWS = ("crew_1_leader", "crew_2_leader", "crew_3_leader", "crew_4_leader")


@dataclass
class Shown:
    """The clauses that were seen at work."""

    clauses: set[str] = field(default_factory=set)

    def __call__(self, *clauses: str) -> None:
        self.clauses |= set(clauses)


@dataclass
class Play:
    """Who is in it, and what has become of it."""

    town: Town
    shown: Shown = field(default_factory=Shown)
    case: str = ""
    receipt: str = ""
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def joins(self, name: str, person: Person) -> Person:
        """Somebody takes part from now on, with the case open."""
        self.people[name] = person
        return person.open_case(self.case)


def test_an_incident_from_report_to_archive(town: Town, tmp_path: Path) -> None:
    play = Play(town)
    reports(play, town.person(PHONE), photo(tmp_path))
    first_is_silent(play)
    watches_the_signs(play)
    verifies(play)
    board(play)
    grades(play)
    leader_is_silent(play)
    goes_to_the_scene(play)
    is_refused_closing(play)
    opens_the_dialogue(play)
    reports_up(play)
    keeps_the_service(play)
    takes_command(play)
    one_statement(play)
    photo_has_lost_its_place(play)
    progress_is_missed(play)
    closes(play)
    signs(play)
    reviews(play)
    answers_for_it(play)
    plan_page(play)
    comes_to_rest(play)
    archives(play, tmp_path)
    assert play.shown.clauses == set(CLAUSES)


def reports(play: Play, worker: Person, picture: Path) -> None:
    """A worker without an account, on a small phone: the four required fields, a kind, a photo."""
    worker.go("/r/demo")
    form = worker.page.locator("form#report")
    form.locator("[name=where]").fill(PLACE)
    form.locator("[name=affected]").fill("12")
    form.locator("[name=harm][value=none]").check()
    form.locator("[name=what]").fill(STORY)
    form.locator("details summary").click()
    assert form.locator("[name=kind] option").count() >= 8
    form.locator("[name=kind]").select_option("collective_dispute")
    form.locator("[name=photos]").set_input_files(picture)
    form.locator("#send").click()
    worker.page.locator("#receipt-code").wait_for()
    play.receipt = worker.text("#receipt-code")
    assert play.receipt
    required = form.locator("[required]").evaluate_all("all => all.map(one => one.name)")
    assert set(required) == {"where", "affected", "what"} and form.locator("[name=when]:checked").count() == 1
    play.shown("S1", "S19")


def first_is_silent(play: Play) -> None:
    """The first duty officer's channels are tried one after the other; then the second is called, and takes it."""
    town = play.town
    calls = until(lambda: (found := town.messages("核实情况")) and len(callees(found)) > 1 and found)
    first, second = callees(calls)[:2]
    # Each channel has a line of its own, so the telephones may ring in another order than they were dialled in.
    until(lambda: {"sms", "voice"} <= channels(town, "核实情况", first))
    assert not any(STORY in one["text"] or PLACE in one["text"] for one in calls), (
        "the story stays in the house"
    )
    officer = town.person(PHONE)
    link = next(one["link"] for one in calls if one["to"] == second)
    for method in ("GET", "HEAD"):
        assert officer.context.request.fetch(link, method=method).status == 200
    assert "device" not in {one["name"] for one in officer.context.cookies()}, (
        "opening a link signs nobody in"
    )
    officer.sign_in(link)
    play.case = officer.page.url.split("/c/")[1].split("?")[0]
    officer.open_case(play.case).sees(STORY, PLACE)
    officer.press("verify", "received")  # still to be pressed: opening the link has answered nothing
    officer.press("verify", "taken")
    officer.sees("接手")
    play.people["officer"] = officer
    play.shown("S4", "S16")


def watches_the_signs(play: Play) -> None:
    play["officer"].does("watch_signs", seen="门口有人陆续聚集", prepared="会议室备好，通知安全员待命")
    play["officer"].sees("会议室备好")
    play.shown("S3", "S17")


def verifies(play: Play) -> None:
    told = {"kind": "collective_dispute", "affected": "12", "injured": "0", "danger_now": "no"}
    play["officer"].does("verify", **told, how_checked="与现场班长通话")
    play["officer"].sees("与现场班长通话")
    play.shown("S20")


def board(play: Play) -> None:
    """The room's screen: what is owed next and by whom, who has the turn, when a person last answered."""
    supervisor = play.town.holder("quality_safety_supervisor", DESK).go("/board")
    supervisor.sees("研判并定级", "群体性纠纷", "值班员", "最近一次真人应答")
    assert "还没有" not in supervisor.text(".signs"), "somebody has answered"
    turn = supervisor.page.locator(".post", has_text="值班员").first.inner_text()
    assert "18:00" in turn, turn
    play.joins("supervisor", supervisor)
    play.shown("S10", "S14")


def grades(play: Play) -> None:
    officer = play["officer"]
    officer.open_case(play.case)
    proposed = officer.page.locator('select[name="a.level"]').first
    assert proposed.input_value() == "II", "twelve people affected: the criteria say level II"
    officer.does("grade", level="II", proposal="派安全员到场，请质安主管对话")
    officer.sees("二级")
    play.shown("S2", "S20")


def leader_is_silent(play: Play) -> None:
    """The leader is called on every channel and says nothing; the deputy is asked, and activates the plan."""
    calls = until(lambda: [one for one in play.town.messages("启动预案") if one["to"] == SUPERVISOR])
    assert calls
    until(lambda: {"sms", "voice"} <= channels(play.town, "启动预案", LEADER))
    supervisor = play["supervisor"].go("/duty")
    supervisor.sees("启动预案")
    supervisor.press("activate", "received")
    supervisor.does("activate", order="启动预案，二级响应")
    assert supervisor.page.locator(".phases .now").inner_text() == "响应"
    play.shown("S6", "S21")


def goes_to_the_scene(play: Play) -> None:
    """First stream, control: sent by a message, there in time; then the plan on the scene, the milder way first."""
    calls = until(lambda: [one for one in play.town.messages("赶赴现场") if one["to"] == SAFETY])
    safety = play.town.person(PHONE)
    safety.sign_in(calls[0]["link"])
    play.joins("safety", safety)
    safety.sees("快到、平和")
    for verb in ("received", "taken", "on_scene"):
        safety.press("dispatch", verb)
    safety.does("dispatch", scene="秩序平稳，人群在场站内", danger_now="no")
    safety.does("scene_plan", measures="引导至会议室，保持通道畅通", milder="先请班长说明，效果不足")
    safety.does("progress", progress="已到场，秩序平稳")
    play.shown("S5", "S7", "S12", "S21", "S22")


def is_refused_closing(play: Play) -> None:
    """Nobody leaves early: proposing the end names everything that is still unmet."""
    said = play["safety"].is_refused("propose_close", summary="人员平稳")
    for unmet in UNMET:
        assert unmet in said, (unmet, said)
    play["safety"].page.locator("details.finish[open] textarea").first.wait_for()
    assert play["safety"].page.locator('[name="a.summary"]').first.input_value() == "人员平稳"
    play.shown("S23")


def opens_the_dialogue(play: Play) -> None:
    """Second stream: demands, an offer, a promise with who keeps it and by when."""
    supervisor = play["supervisor"]
    supervisor.open_case(play.case).sees("先听完，再说明")
    supervisor.press("open_dialogue", "on_scene")
    supervisor.does("open_dialogue", people_present="12", main_demands="上月工资未到账；要求书面说明发放日期")
    representative = play.joins("representative", play.town.holder("labour_representative", PHONE))
    representative.does("demand", demand="上月工资本周内发放")
    supervisor.does("offer", offer="明日中午前发放，逾期按日补偿")
    tomorrow = supervisor.soon(24 * 60)
    supervisor.does("commitment", promise="明日中午前发放上月工资", owner="operations_manager", due=tomorrow)
    columns = supervisor.text(".columns")
    assert all(one in columns for one in ("本周内发放", "按日补偿", "明日中午前发放上月工资", "运营主管"))
    supervisor.does("end_dialogue", result="接受承诺，复工", demands_answered="yes")
    play.shown("S5", "S22")


def reports_up(play: Play) -> None:
    """Third stream: who can help; and the superior department, by phone, in writing, read there."""
    officer = play["officer"]
    officer.does("liaison", called="调解委员会、工会已联系，工会派人到场")
    officer.does("phone_superior", told="上级值班已记录，要求书面报告")
    officer.does("written_superior", report=f"{PLACE}，十二人，{STORY}，无人受伤")
    superior = play.joins("superior", play.town.holder("superior_duty", DESK))
    superior.press("superior_reads", "received")
    superior.does("superior_reads", instruction="妥善处置，及时续报")
    superior.sees("妥善处置")
    play.shown("S8", "S18", "S22")


def keeps_the_service(play: Play) -> None:
    """Crew leaders on their phones, each from `my duty`; the quorum of four is enough."""
    for number, role in enumerate(CREWS, start=1):
        crew = play.town.holder(role, PHONE).go("/duty")
        crew.sees("路段作业与人员安全")
        crew.press("keep_service", "received")
        crew.does("keep_service", routes=f"{number} 班路段正常")
    operations = play.joins("operations", play.town.holder("operations_manager", DESK))
    operations.does("restore_service", service_restored="yes", how="十二人已复工")
    operations.sees("4 班路段正常")
    play.shown("S9", "S27")


def takes_command(play: Play) -> None:
    """The leader cannot be reached, so the deputy goes to the scene and commands."""
    supervisor = play["supervisor"]
    supervisor.press("take_command", "received")
    supervisor.press("take_command", "on_scene")
    supervisor.does("take_command", command_post="场站会议室")
    play.shown("S6", "S23")


def one_statement(play: Play) -> None:
    """Four people: one drafts, one checks, one approves, the spokesperson publishes, and corrects in the open."""
    play["officer"].does("draft_statement", statement="今日有员工反映工资发放问题，已承诺明日发放，作业正常")
    play["supervisor"].does("check_statement", agrees="yes")
    checker = play["supervisor"].open_case(play.case)
    assert "approve_statement" not in checker.may_finish(), "who checked does not approve"
    play["operations"].does("approve_statement", approved="yes")
    spokesperson = play.joins("spokesperson", play.town.holder("spokesperson", DESK))
    spokesperson.does("publish_statement", where="项目部公告栏")
    spokesperson.does("correct_statement", correction="发放时间更正为明日 12:00 前")
    card = spokesperson.text("section[aria-labelledby=c-statement]")
    assert "项目部公告栏" in card and "更正为明日" in card
    play.shown("S13")


def photo_has_lost_its_place(play: Play) -> None:
    """The worker's photo is there for who handles the case, without the position that the phone wrote into it."""
    supervisor = play["supervisor"].open_case(play.case)
    source = supervisor.page.locator(".sealed img").first.get_attribute("src")
    answer = supervisor.context.request.get(play.town.url + source)
    assert answer.status == 200
    stored = Image.open(io.BytesIO(answer.body()))
    assert stored.format == "JPEG" and not stored.getexif() and b"GPS" not in answer.body()


def progress_is_missed(play: Play) -> None:
    """Every half hour until the end: the first came, the next does not, and that is seen and climbs."""
    safety, supervisor = play["safety"], play["supervisor"]
    safety.does("carry_out", result="人员已在会议室", danger_over="yes")
    late = until(lambda: play.town.messages("进展报告 已超过时限"), 120)
    assert any(one["to"] in (SUPERVISOR, LEADER) for one in late), "the next rung is told"
    supervisor.open_case(play.case)
    supervisor.page.locator(".series .over, .series .missed").first.wait_for()
    assert re.search(r"错过 \d+ 次", supervisor.text("section[aria-labelledby=c-series]"))
    supervisor.page.locator(".timeline .loud", has_text="进展报告").first.wait_for()
    supervisor.go("/board")
    supervisor.page.locator(".owed-row.over", has_text="进展报告").first.wait_for()
    supervisor.page.locator(".miss-row", has_text="进展报告").first.wait_for()
    safety.does("progress", progress="迟报：对话已结束，人员散去")
    play.shown("S12", "S23")


def closes(play: Play) -> None:
    """Every condition holds now."""
    safety = play["safety"]
    safety.does("propose_close", summary="工人已复工，承诺已书面确认")
    assert safety.page.locator(".phases .now").inner_text() == "收尾"
    assert (
        not safety.page.locator("section[aria-labelledby=c-closing] .conditions")
        .first.locator(".unmet")
        .count()
    )


def signs(play: Play) -> None:
    """Two signatures by two people: the deputy could sign for both, but not both of them."""
    supervisor = play["supervisor"]
    second = Person(play.town, supervisor.context, supervisor.context.new_page())
    play.town.watch(second.page)
    second.page.goto(f"{play.town.url}/c/{play.case}")
    second.write("sign_leader", signed="yes")
    supervisor.does("sign_safety", signed="yes")
    second.send("sign_leader")
    second.page.locator(".refused").first.wait_for()
    assert "另一个人" in second.text(".refused")
    second.page.close()
    assert "sign_leader" not in supervisor.open_case(play.case).may_finish()
    play["operations"].does("sign_leader", signed="yes")
    assert play["operations"].page.locator(".phases .now").inner_text() == "恢复"
    play["safety"].does("leave_scene", handed_over="场站由一班接管")
    play.shown("S23")


def reviews(play: Play) -> None:
    """The review, and two corrective actions: one in time, one overdue, which is seen and climbs."""
    supervisor = play["supervisor"]
    supervisor.open_case(play.case)
    tally = supervisor.text(".tally")
    assert "错过" in tally or "未做" in tally or "缺" in tally, tally
    supervisor.does("review", causes="代发银行延误未告知", worked="对话及时", lessons="发放延误要当天告知")
    first = {
        "action": "建立工资延误当日告知制度",
        "owner": "operations_manager",
        "due": supervisor.soon(10 * 24 * 60),
    }
    supervisor.does("corrective_action", **first)
    second = {"action": "值班电话轮换测试", "owner": "safety_officer", "due": supervisor.soon(15)}
    supervisor.does("corrective_action", **second)
    late = until(lambda: play.town.messages("落实整改措施 已超过时限"), 60)
    assert late
    supervisor.open_case(play.case)
    supervisor.page.locator(".links .over").first.wait_for()
    supervisor.page.locator(".timeline", has_text="升级").first.wait_for(state="attached")
    supervisor.go("/board").page.locator(".owed-row.over", has_text="值班电话轮换测试").wait_for()
    supervisor.does("evaluate", evaluation="首值班员未应答，其余按预案")
    play.shown("S25", "S26")


def answers_for_it(play: Play) -> None:
    """Facts from the record; the holder of the duty answers first, then a person decides, with reasons."""
    superior = play["superior"].open_case(play.case)
    assert "decide_responsibility" not in superior.may_finish(), "nobody is judged unheard"
    supervisor = play["supervisor"].open_case(play.case)
    assert "进展报告" in supervisor.text("section[aria-labelledby=c-review]")
    play["safety"].does("answer_facts", concerning="第二次进展报告", answer="现场通话中，晚报")
    superior.does("decide_responsibility", decision="现场处置优先，不予追究；改进备用联络人")
    superior.sees("不予追究")
    play.shown("S11", "S24")


def plan_page(play: Play) -> None:
    supervisor = play["supervisor"].go("/plan/demo")
    supervisor.sees("18:00 交接班后", "各班长交接班后向项目经理报告，无事也报")
    play.shown("S15")


def comes_to_rest(play: Play) -> None:
    """What was promised is kept, actions are proved and checked, the material is complete: only then it is closed."""
    operations, supervisor, safety = play["operations"], play["supervisor"], play["safety"]
    operations.does("keep_commitment", proof="银行回单")
    operations.does("carry_out_action", proof="制度文件")
    safety.does("carry_out_action", proof="测试记录")
    supervisor.does("check_effect", effective="yes", seen="已执行")
    supervisor.does("check_effect", effective="yes", seen="抽查有效")
    play["officer"].does("archive", complete="yes")
    assert play["officer"].page.locator(".phases .now").inner_text() == "结案"


def archives(play: Play, folder: Path) -> None:
    """The package opens with nothing but bagit, and our verifier; one byte changed anywhere is found."""
    packed_and_verified(play["supervisor"].open_case(play.case), folder)
    play.shown("S12", "S26")
