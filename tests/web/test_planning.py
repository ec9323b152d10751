"""The plan's pages: what happens if, editions and their differences, writing, and the way of a draft into force."""

import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client

from dutyroom import wiring
from dutyroom.core.plan import Verb
from dutyroom.store.instants import to_datetime
from tests.web.builder import House, bare_site, execute, house, newcomer, one, rows

RECORDS = Path(__file__).parents[1] / "records"

WITHIN = "clocks: {received: 立即, taken: {default: 10 min}, done: {default: 20 min}}"


@pytest.fixture(scope="module")
def home(open_database: None) -> House:
    return house()


def text_of(home: House) -> str:
    statement = "SELECT text FROM store_edition WHERE site_id = %s ORDER BY in_force_at DESC LIMIT 1"
    return str(one(statement, home.site)["text"])


def post(browser: Client, home: House, do: str, text: str, seen: int = 0, **more: Any) -> Any:
    return browser.post(f"/plan/{home.code}/edit", {"do": do, "text": text, "seen": seen, **more})


def newer(text: str, version: str) -> str:
    return text.replace('version: "2026.1"', f'version: "{version}"')


def drafted(home: House, author: str = "project_manager", version: str = "2026.2") -> str:
    """A changed plan, saved and submitted by the author; the text."""
    text = newer(text_of(home), version).replace(WITHIN, WITHIN.replace("10 min", "7 min"))
    assert post(home.browser(author), home, "checked", text).status_code == 302
    return text


# ---- what happens if


def test_a_kind_and_a_level_are_played(home: House) -> None:
    page = (
        home.browser("crew_1_leader")
        .get(f"/plan/{home.code}/what-if?kind=injury&level=I&when=night")
        .content.decode()
    )
    assert "电话报告上级主管部门" in page and "+45 分钟" in page
    assert "已结案" in page or "closed" in page or "结束时处于" in page
    assert "<svg" in page and "style=" not in page


def test_a_lower_level_asks_for_less(home: House) -> None:
    browser = home.browser("crew_1_leader")
    grave, light = (
        browser.get(f"/plan/{home.code}/what-if?kind=injury&level={level}").content.decode()
        for level in ("I", "III")
    )
    assert "电话报告上级主管部门" in grave and "电话报告上级主管部门" not in light


@pytest.mark.parametrize(
    "query", ["kind=x&level=y&when=z&at=q&lasts=x", "kind=injury&when=at&at=9999-99-99", "f.dead=3-1"]
)
def test_odd_suppositions_are_answered(home: House, query: str) -> None:
    assert home.browser("crew_1_leader").get(f"/plan/{home.code}/what-if?{query}").status_code == 200


# ---- editions


def test_the_edition_in_force_is_named(home: House) -> None:
    page = home.browser("crew_1_leader").get(f"/plan/{home.code}/editions").content.decode()
    assert "2026.1" in page and "现行" in page


# ---- writing


def test_findings_of_what_is_typed(home: House) -> None:
    text = text_of(home).replace("who: duty_officer", "who: duty_oficer", 1)
    answer = home.browser("project_manager").post(f"/plan/{home.code}/findings", {"text": text})
    line = text[: text.index("duty_oficer")].count("\n") + 1
    found = [int(each) for each in re.findall(r'data-line="(\d+)"', answer.content.decode())]
    assert answer.status_code == 200 and "duty_oficer" in answer.content.decode()
    assert any(line - 5 <= each <= line for each in found), (line, found)


@pytest.mark.parametrize("text", ["", "\t: [", "a: &x [*x]", "plan：值", "- 1\n" * 5])
def test_broken_text_is_kept_and_explained(home: House, text: str) -> None:
    page = post(home.browser("project_manager"), home, "check", text)
    assert page.status_code == 200 and 'class="notice bad"' in page.content.decode()
    assert text.split("\n")[0].replace("&", "&amp;") in page.content.decode()


def test_a_form_changes_one_value_and_keeps_comments(home: House) -> None:
    browser, text = home.browser("project_manager"), text_of(home)
    opened = post(browser, home, "part:steps.0", text).content.decode()
    assert 'name="f.steps.0.clocks.taken.default"' in opened
    done = post(browser, home, "apply", text, part="steps.0", **{"f.steps.0.clocks.taken.default": "7 min"})
    written = done.context["desk"].text
    changed = [pair for pair in zip(text.split("\n"), written.split("\n"), strict=True) if pair[0] != pair[1]]
    assert len(changed) == 1 and "taken: {default: 7 min}" in changed[0][1]
    assert written.count("#") == text.count("#")


def test_every_part_has_a_form(home: House) -> None:
    browser, text = home.browser("project_manager"), text_of(home)
    for part in ("plan", "defaults", "roles.project_manager", "levels.0", "steps.3", "clauses.2"):
        page = post(browser, home, f"part:{part}", text)
        assert page.context["fields"], part
        typed = {
            field.name: field.value if field.value is not None else ""
            for field in page.context["fields"]
            if field.kind != "order"
        }
        orders = {
            name: value
            for field in page.context["fields"]
            if field.kind == "order"
            for name, value in field.slots
        }
        same = post(browser, home, "apply", text, part=part, **typed, **orders)
        assert same.context["desk"].text == text, part


def test_parts_that_are_not_there_have_no_form(home: House) -> None:
    for part in ("steps.999", "steps.-1", "x", "plan.title", "levels.x", "defaults.words"):
        assert not post(home.browser("project_manager"), home, f"part:{part}", text_of(home)).context[
            "fields"
        ]


def test_two_who_write_at_once_do_not_overwrite_each_other(open_database: None) -> None:
    home = house()
    first, second, text = (
        home.browser("project_manager"),
        home.browser("quality_safety_supervisor"),
        text_of(home),
    )
    assert post(first, home, "save", text + "# one\n").status_code == 302
    refused = post(second, home, "save", text + "# two\n")
    assert refused.status_code == 409 and "# two" in refused.content.decode()
    assert post(second, home, "save", text + "# two\n", seen=1).status_code == 302
    saved = rows("SELECT r.number, r.text FROM store_plandraftrevision r JOIN store_plandraft d ON d.id = r.draft_id "
                 "WHERE d.site_id = %s ORDER BY 1", home.site)  # fmt: skip
    assert [row["text"][-6:] for row in saved] == ["# one\n", "# two\n"]


# ---- into force


def test_errors_are_not_submitted(open_database: None) -> None:
    home = house()
    refused = post(
        home.browser("project_manager"),
        home,
        "checked",
        text_of(home).replace("who: duty_officer", "who: nobody", 1),
    )
    assert refused.status_code == 409 and not rows(
        "SELECT 1 FROM store_plandraft WHERE site_id = %s", home.site
    )


def test_a_draft_comes_into_force_by_a_second_person(open_database: None) -> None:
    home = house()
    case = home.report()
    drafted(home)
    own = home.browser("project_manager").post(f"/plan/{home.code}/approve", {"revision": 1})
    assert own.status_code == 409 and "您写过这份草稿" in own.content.decode()
    assert home.rules().plan.version == "2026.1"
    done = home.browser("quality_safety_supervisor").post(f"/plan/{home.code}/approve", {"revision": 1})
    assert done.status_code == 302
    entry = one("SELECT body FROM store_entry WHERE site_id = %s AND type = 'PlanApproved'", home.site)
    assert home.holder("quality_safety_supervisor") in entry["body"] and "2026.2" in entry["body"]
    page = home.browser("crew_1_leader").get(f"/plan/{home.code}/editions").content.decode()
    assert "2026.2" in page and page.index("2026.2") < page.index("2026.1")
    # A running case keeps its edition; a new one follows the new.
    editions = [
        one(
            "SELECT e.version FROM store_case c JOIN store_edition e ON e.id = c.edition_id WHERE c.id = %s",
            each,
        )["version"]
        for each in (case, new_case(home))
    ]
    assert editions == ["2026.1", "2026.2"]
    diff = home.browser("crew_1_leader").get(
        re.findall(r'href="(/plan/[^"]+/editions/[^/"]+/[^/"]+)"', page)[0]
    )
    assert "7 分钟" in diff.content.decode() and "10 分钟" in diff.content.decode()


def new_case(home: House) -> str:
    """A case reported once the process has looked again which edition is in force."""
    from dutyroom.wiring import record

    record()._rules._sites.pop(home.site, None)
    return home.report()


def test_an_edition_waits_for_its_day(open_database: None) -> None:
    home = house()
    drafted(home)
    day = to_datetime(wiring.clock().now()) + timedelta(days=3)
    given = {"revision": 1, "in_force_at": f"{day:%Y-%m-%dT%H:%M}"}
    assert (
        home.browser("quality_safety_supervisor").post(f"/plan/{home.code}/approve", given).status_code == 302
    )
    record = wiring.record()
    record._rules._sites.pop(home.site, None)
    assert home.rules().plan.version == "2026.1"
    with wiring.pool().connection() as connection:
        record._rules._sites.pop(home.site, None)
        later = record._rules.site(connection, home.site, wiring.clock().now() + 4 * 86_400_000)
        record._rules._sites.pop(home.site, None)
        assert record._rules.plan(connection, later["edition"]).version == "2026.2"
    assert "尚未生效" in home.browser("crew_1_leader").get(f"/plan/{home.code}/editions").content.decode()


def test_a_past_day_and_a_used_version_are_refused(open_database: None) -> None:
    home = house()
    drafted(home)
    second = home.browser("quality_safety_supervisor")
    past = second.post(f"/plan/{home.code}/approve", {"revision": 1, "in_force_at": "2020-01-01T00:00"})
    assert past.status_code == 409 and "已经过去" in past.content.decode()
    assert second.post(f"/plan/{home.code}/approve", {"revision": 9}).status_code == 409
    assert second.post(f"/plan/{home.code}/approve", {"revision": 1}).status_code == 302
    text = text_of(home) + "# again\n"
    assert post(home.browser("project_manager"), home, "checked", text).status_code == 302
    again = second.post(f"/plan/{home.code}/approve", {"revision": 1})
    assert again.status_code == 409 and "2026.2" in again.content.decode()


def test_saving_a_checked_draft_makes_it_a_draft_again(open_database: None) -> None:
    home = house()
    text = drafted(home)
    assert post(home.browser("project_manager"), home, "save", text + "# more\n", seen=1).status_code == 302
    refused = home.browser("quality_safety_supervisor").post(f"/plan/{home.code}/approve", {"revision": 2})
    assert refused.status_code == 409 and "还没有检查送批" in refused.content.decode()


def test_the_database_itself_wants_a_second_person(open_database: None) -> None:
    home = house()
    drafted(home)
    draft = one("SELECT id::text, author_id::text FROM store_plandraft WHERE site_id = %s", home.site)
    edition = one("SELECT id::text FROM store_edition WHERE site_id = %s", home.site)["id"]
    with pytest.raises(psycopg.errors.IntegrityError):
        execute(
            "UPDATE store_plandraft SET state = 'approved', approved_by_id = %s, edition_id = %s, ended_at = now() "
            "WHERE id = %s",
            draft["author_id"], edition, draft["id"],
        )  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute("UPDATE store_plandraftrevision SET text = '' WHERE draft_id = %s", draft["id"])
    with pytest.raises(psycopg.errors.IntegrityError):
        execute("UPDATE store_edition SET text = '' WHERE id = %s", edition)


def on_the_roster_of(beside: House, person: str, role: str) -> None:
    execute(
        "INSERT INTO store_duty (tenant, site_id, role, person_id, place, standing, starts_at) "
        "SELECT tenant, site_id, role, %s, 9, true, now() - interval '1 day' FROM store_duty "
        "WHERE site_id = %s AND role = %s LIMIT 1",
        person, beside.site, role,
    )  # fmt: skip
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", beside.site)
    wiring.record()._rules._sites.pop(beside.site, None)


def test_who_leads_one_project_writes_no_plan_of_another(open_database: None) -> None:
    company = bare_site()
    home, beside = house(company.code), house(company.code)
    leader = home.holder("project_manager")
    # The same staff numbers stand in both lists.
    execute("DELETE FROM store_duty WHERE site_id = %s AND person_id = %s", beside.site, leader)
    on_the_roster_of(beside, leader, "crew_1_leader")
    browser, text = home.browser(leader), text_of(beside)
    assert browser.get(f"/plan/{beside.code}").status_code == 200, "the plan one acts under is read"
    for do in ("save", "checked", "drop"):
        assert post(browser, beside, do, text + "# x\n").status_code == 403
    for address in ("edit", "paper", "print/pdf", "draft/changes"):
        assert browser.get(f"/plan/{beside.code}/{address}").status_code == 403
    drafted(beside, "quality_safety_supervisor")
    assert browser.post(f"/plan/{beside.code}/approve", {"revision": 1}).status_code == 403
    assert browser.get(f"/plan/{beside.code}/what-if?draft=1").status_code == 404
    assert browser.post(f"/people/{newcomer(beside)}/invite").status_code == 404
    assert post(browser, home, "save", text_of(home) + "# x\n").status_code == 302
    on_the_roster_of(beside, leader, "quality_safety_supervisor")
    assert browser.get(f"/plan/{beside.code}/edit").status_code == 200, "leading there, one writes there"


def test_only_what_the_approver_saw_is_approved(open_database: None) -> None:
    home = house()
    text = drafted(home)
    third = home.browser("quality_safety_supervisor")
    assert (
        post(home.browser("project_manager"), home, "checked", text + "# more\n", seen=1).status_code == 302
    )
    for revision in (0, 1, 3):
        assert third.post(f"/plan/{home.code}/approve", {"revision": revision}).status_code == 409
    assert third.post(f"/plan/{home.code}/approve", {"revision": 2}).status_code == 302


def test_who_saved_once_approves_nothing_of_the_draft(open_database: None) -> None:
    home = house()
    text = drafted(home)
    second = home.browser("quality_safety_supervisor")
    assert post(second, home, "checked", text + "# more\n", seen=1).status_code == 302
    for author in ("project_manager", "quality_safety_supervisor"):
        answer = home.browser(author).post(f"/plan/{home.code}/approve", {"revision": 2})
        assert answer.status_code == 409 and "您写过这份草稿" in answer.content.decode()


def test_a_site_whose_edition_is_of_the_first_language_goes_on(open_database: None) -> None:
    home = house()
    old = (RECORDS / "plan-of-the-first-language.yaml").read_text(encoding="utf-8")
    execute(
        "INSERT INTO store_edition (id, tenant, site_id, plan, version, sha256, text, roster_text, in_force_at) "
        "SELECT gen_random_uuid(), tenant, site_id, plan, '2025.9', %s, %s, roster_text, now() - interval '1 minute' "
        "FROM store_edition WHERE site_id = %s",
        sha256(old.encode()).hexdigest(), old, home.site,
    )  # fmt: skip
    case = new_case(home)
    assert home.act(case, "duty_officer", "verify#1", Verb.TAKEN).obligations["verify#1"].owner
    leader = home.browser("project_manager")
    assert leader.get(f"/c/{case}").status_code == 200 and leader.get("/board").status_code == 200
    for address in ("", "/what-if?kind=injury", "/edit", "/editions", "/print/public", "/print/docx"):
        assert leader.get(f"/plan/{home.code}{address}").status_code == 200, address


def test_a_draft_with_errors_is_not_played(open_database: None) -> None:
    home = house()
    leader = home.browser("project_manager")
    text = re.sub(r"repeat: \{every: [^,}]+", "repeat: {every: 0 min", text_of(home), count=1)
    assert "0 min" in text and post(leader, home, "save", text).status_code == 302
    assert leader.get(f"/plan/{home.code}/what-if?draft=1&kind=injury").status_code == 404


def test_a_draft_is_given_up_and_stays_on_record(open_database: None) -> None:
    home = house()
    text = drafted(home)
    assert post(home.browser("project_manager"), home, "drop", text, seen=1).status_code == 302
    assert one("SELECT state FROM store_plandraft WHERE site_id = %s", home.site)["state"] == "dropped"
    saved = "SELECT 1 FROM store_plandraftrevision r JOIN store_plandraft d ON d.id = r.draft_id WHERE d.site_id = %s"
    assert rows(saved, home.site)


# ---- reading


def test_search_marks_what_it_finds(home: House) -> None:
    page = home.browser("crew_1_leader").get(f"/plan/{home.code}?q=安全员").content.decode()
    assert "<mark>安全员</mark>" in page and 'href="#step-dispatch"' in page and 'id="step-dispatch"' in page


@pytest.mark.parametrize("query", ["<script>", "&amp;", "a" * 5000, "%00", "((", "无此词"])
def test_odd_searches_are_shown_as_text(home: House, query: str) -> None:
    answer = home.browser("crew_1_leader").get(f"/plan/{home.code}", {"q": query})
    assert answer.status_code == 200 and "<script>" not in answer.content.decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_around_the_steps_is_there(home: House, language: str) -> None:
    plan = home.rules().plan
    page = home.browser("crew_1_leader", language=language).get(f"/plan/{home.code}").content.decode()
    named = [*plan.outside.values(), *plan.places.values(), *plan.resources.values(), *plan.posts.values()]
    from django.utils.html import escape

    for part in named:
        assert escape(part.name.in_language(language)) in page
    for duty in plan.calendar:
        assert escape(duty.title.in_language(language)) in page


def test_findings_stand_beside_what_they_concern(open_database: None) -> None:
    """A clause that nothing carries out is warned of; the warning stands in that clause's own card."""
    home = house()
    text = newer(text_of(home), "2026.9").replace(
        "\nclauses:\n", "\nclauses:\n  - {id: S99, text: 无人执行的一条。}\n", 1
    )
    assert post(home.browser("project_manager"), home, "checked", text).status_code == 302
    assert (
        home.browser("quality_safety_supervisor")
        .post(f"/plan/{home.code}/approve", {"revision": 1})
        .status_code
        == 302
    )
    page = home.browser("crew_1_leader").get(f"/plan/{home.code}").content.decode()
    card = page[page.index('id="clause-S99"') :].split('id="clause-', 2)[1]
    assert "notice" in card and "S99" in card


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("docx", b"PK"), ("public", b"%PDF")])
def test_the_plan_is_handed_out_on_paper(home: House, form: str, begins: bytes) -> None:
    answer = home.browser("project_manager").get(f"/plan/{home.code}/print/{form}")
    assert answer.status_code == 200 and answer.content.startswith(begins)
    assert "attachment" in answer["Content-Disposition"]


def test_only_the_public_paper_has_no_names(home: House) -> None:
    import io

    from pypdf import PdfReader

    names = [row["name"] for row in rows("SELECT name FROM store_person WHERE tenant = %s", home.tenant)]

    def named(form: str) -> int:
        pages = PdfReader(
            io.BytesIO(home.browser("project_manager").get(f"/plan/{home.code}/print/{form}").content)
        ).pages
        text = "".join(page.extract_text() for page in pages)
        return sum(name in text for name in names)

    assert named("public") == 0 < named("pdf")


def test_a_draft_is_played_before_it_is_approved(open_database: None) -> None:
    home = house()
    drafted(home)
    address = f"/plan/{home.code}/what-if?draft=1&kind=injury&level=I"
    assert "+7 分钟" in home.browser("quality_safety_supervisor").get(address).content.decode()
    assert home.browser("crew_1_leader").get(address).status_code == 404
    changes = (
        home.browser("quality_safety_supervisor").get(f"/plan/{home.code}/draft/changes").content.decode()
    )
    assert "7 分钟" in changes and "2026.2" in changes


def test_a_post_that_nobody_holds_is_warned_of(home: House) -> None:
    text = text_of(home).replace("\nroles:\n", "\nroles:\n  new_post: {name: 新岗位}\n", 1)
    page = (
        home.browser("project_manager").post(f"/plan/{home.code}/findings", {"text": text}).content.decode()
    )
    warned = [each for each in page.split("<li ")[1:] if "new_post" in each or "新岗位" in each]
    line = text[: text.index("new_post")].count("\n") + 1
    assert any('class="notice warn"' in each and f'data-line="{line}"' in each for each in warned), warned


def test_the_board_says_who_commands(open_database: None) -> None:
    """A case whose command was handed over is marked on the board."""
    home = house()
    case = home.report()
    browser = home.browser("project_manager")
    assert "外部指挥" not in browser.get(f"/board?site={home.code}").content.decode()
    state = one("SELECT state FROM store_case WHERE id = %s", case)["state"]
    execute(
        "UPDATE store_case SET state = jsonb_set(%s::jsonb, '{assisting}', 'true')::text WHERE id = %s",
        state,
        case,
    )
    assert "外部指挥" in browser.get(f"/board?site={home.code}").content.decode()
