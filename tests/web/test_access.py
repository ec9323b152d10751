"""Every route, every class of visitor, every kind of object, against the one table `access.toml`.

A route without a row, or a route this test does not know how to visit, fails. What a class may not use is refused
before any object is looked for; what is not one's own is not found, and looks the same as what does not exist.
"""

import io
import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from dutyroom import wiring
from dutyroom.core.commands import OpenDuty, OwedItem
from dutyroom.core.instants import HOUR
from dutyroom.core.words import Words
from dutyroom.store import rehearsals
from dutyroom.store.rehearsals import Beginning
from dutyroom.web import access
from dutyroom.web.reporting import case_of, sites
from tests.web.builder import House, bare_site, execute, house, newcomer, rows
from tests.wiring.stepping import settle_site

# How each route is visited: method, address, and what the address names (nothing, a public site, or a private object).
ROUTES = {
    "static": ("get", "/static/none.css", "nothing"),
    "service_worker": ("get", "/sw.js", ""),
    "home": ("get", "/", ""),
    "health": ("get", "/health", ""),
    "language": ("post", "/language", ""),
    "report": ("get", "/r/{code}", "public"),
    "report_phone": ("get", "/r/{code}/phone", "private"),
    "poster": ("get", "/r/{code}/poster", "public"),
    "poster_qr": ("get", "/r/{code}/qr.svg", "public"),
    "api_reports": ("post", "/api/reports", "nothing"),
    "api_acts": ("post", "/api/cases/{case}/acts", "private"),
    "callback": ("post", "/callback/none", "nothing"),
    "inbound": ("post", "/inbound/none", "nothing"),
    "sign_in": ("get", "/in/none", "nothing"),
    "sign_out": ("post", "/out", ""),
    "plan": ("get", "/plan/{code}", "private"),
    "plan_what_if": ("get", "/plan/{code}/what-if", "private"),
    "plan_cover": ("get", "/plan/{code}/cover", "private"),
    "plan_cover_ask": ("post", "/plan/{code}/cover/ask", "private"),
    "plan_cover_accept": ("post", "/plan/{code}/cover/holes/{hole}", "private"),
    "plan_cover_drill": ("get", "/plan/{code}/cover/{proof}/h1.yaml", "private"),
    "plan_audits": ("get", "/plan/{code}/audits", "private"),
    "plan_editions": ("get", "/plan/{code}/editions", "private"),
    "plan_text": ("get", "/plan/{code}/editions/{edition}/plan.yaml", "private"),
    "plan_diff": ("get", "/plan/{code}/editions/{edition}/{edition}", "private"),
    "plan_draft_diff": ("get", "/plan/{code}/draft/changes", "private"),
    "plan_print": ("get", "/plan/{code}/print/public", "private"),
    "plan_edit": ("get", "/plan/{code}/edit", "private"),
    "plan_draft": ("get", "/plan/{code}/paper", "private"),
    "plan_findings": ("post", "/plan/{code}/findings", "private"),
    "plan_approve": ("post", "/plan/{code}/approve", "private"),
    "drills": ("get", "/plan/{code}/drills", "private"),
    "drill_start": ("post", "/plan/{code}/drills/start", "private"),
    "drill_exercise": ("post", "/plan/{code}/drills/exercise", "private"),
    "drill": ("get", "/plan/{code}/drills/{case}", "private"),
    "drill_hush": ("post", "/plan/{code}/drills/{case}/hush", "private"),
    "drill_board": ("get", "/plan/{code}/drills/{case}/board", "private"),
    "drill_report": ("get", "/plan/{code}/drills/{case}/report", "private"),
    "drill_report_file": ("get", "/plan/{code}/drills/{case}/report.docx", "private"),
    "roster": ("get", "/roster/{code}", "private"),
    "roster_turn": ("get", "/roster/{code}/turns/{turn}", "private"),
    "roster_change": ("get", "/roster/{code}/change", "private"),
    "roster_changes": ("get", "/roster/{code}/changes", "private"),
    "roster_answer": ("post", "/roster/{code}/changes/{change}", "private"),
    "roster_away": ("get", "/roster/{code}/away", "private"),
    "roster_make": ("get", "/roster/{code}/make", "private"),
    "roster_draft": ("get", "/roster/{code}/drafts/{draft}", "private"),
    "roster_draft_text": ("get", "/roster/{code}/drafts/{draft}/roster.yaml", "private"),
    "roster_feeds": ("get", "/roster/{code}/feeds", "private"),
    "roster_table": ("get", "/roster/{code}/table?form=xlsx", "private"),
    "roster_feed": ("get", "/feed/none.ics", "nothing"),
    "calendar": ("get", "/calendar/{code}", "private"),
    "calendar_declare": ("post", "/calendar/{code}/declare", "private"),
    "calendar_withdraw": ("post", "/calendar/{code}/withdraw/{case}", "private"),
    "calendar_notice": ("post", "/calendar/{code}/notice", "private"),
    "warnings": ("get", "/warnings/{code}", "private"),
    "warning_receive": ("post", "/warnings/{code}/receive", "private"),
    "warning_feeds": ("post", "/warnings/{code}/feeds", "private"),
    "warning_decide": ("post", "/warnings/{code}/{warning}", "private"),
    "api_warnings": ("post", "/api/warnings", "nothing"),
    "people": ("get", "/people", ""),
    "person": ("get", "/people/{person}", "private"),
    "person_change": ("post", "/people/{person}/change", "private"),
    "me": ("get", "/me", ""),
    "me_change": ("post", "/me/change", ""),
    "me_leave": ("post", "/me/leave", ""),
    "sites": ("get", "/sites", ""),
    "site_add": ("post", "/sites/add", "nothing"),
    "site_end": ("post", "/sites/{code}/end", "private"),
    "people_import": ("get", "/sites/{code}/people/import", "private"),
    "people_confirm": ("post", "/sites/{code}/people/confirm", "private"),
    "people_export": ("get", "/sites/{code}/people.xlsx", "private"),
    "invite": ("get", "/people/{person}/invite", "private"),
    "board": ("get", "/board?site={code}", "private"),
    "duty": ("get", "/duty", ""),
    "duty_act": ("post", "/duty/{case}/act", "private"),
    "dutyday_report": ("get", "/today", ""),
    "dutyday_send": ("post", "/today/send", ""),
    "dutyday_kept": ("get", "/today/kept", ""),
    "dutyday_answer": ("get", "/today/answer/{dutyday}", "private"),
    "dutyday_case": ("get", "/today/day/{dutyday}", "private"),
    "dutyday_act": ("post", "/today/day/{dutyday}/act", "private"),
    "dutyday_mark": ("post", "/today/day/{dutyday}/mark", "private"),
    "dutyday_pdf": ("get", "/today/day/{dutyday}/summary.pdf", "private"),
    "dutyday_handover": ("get", "/today/day/{dutyday}/handover", "private"),
    "dutyday": ("get", "/day/{code}", "private"),
    "dutyday_rounds": ("get", "/rounds/{code}", "private"),
    "dutyday_begin": ("post", "/rounds/{code}/begin", "private"),
    "dutyday_trend": ("get", "/rounds/{code}/trend", "private"),
    "dutyday_round": ("get", "/round/{dutyday}", "private"),
    "case": ("get", "/c/{case}", "private"),
    "case_audit": ("get", "/c/{case}/audit", "private"),
    "case_justify": ("post", "/c/{case}/audit/justify", "private"),
    "case_act": ("post", "/c/{case}/act", "private"),
    "case_waive": ("post", "/c/{case}/waive", "private"),
    "case_blob": ("get", "/c/{case}/blob/{photo}", "private"),
    "case_unseal": ("post", "/c/{case}/unseal/{phone}", "private"),
    "case_archive": ("post", "/c/{case}/archive", "private"),
}
OBJECTS = ("own", "closed", "beside", "other_tenant", "unknown")


@dataclass(frozen=True)
class World:
    """Everybody who may come, and everything they may ask for."""

    visitors: dict[str, Client]
    objects: dict[str, dict[str, str]]


def objects_of(home: House, case: str, person: str) -> dict[str, str]:
    """What addresses are filled with, for one case and its site."""
    blobs = rows(
        "SELECT b.id::text, c.kind FROM store_blob b JOIN store_compartment c ON c.id = b.compartment_id "
        "WHERE c.case = %s",
        case,
    )
    kinds = {blob["kind"]: blob["id"] for blob in blobs}
    edition = rows("SELECT id::text FROM store_edition WHERE site_id = %s", home.site)[0]["id"]
    exercised = Beginning(case, home.site, edition, "live", Words("演练", "drill"), person, case=case)
    rehearsals.begin(wiring.pool(), exercised, wiring.clock().now())
    return {
        "code": home.code,
        "edition": edition,
        "case": case,
        "person": person,
        "photo": kinds["photos"],
        "phone": kinds["contact"],
        "dutyday": dutyday_of(home),
        **proof_of(home),
        **roster_of(home),
        "warning": warning_of(home),
    }


def dutyday_of(home: House) -> str:
    """A duty day with a roll call that its officers were asked about, and a handover."""
    now, dutyday = wiring.clock().now(), str(uuid.uuid4())
    items = (
        OwedItem("rollcall.duty_office", "duty_officer", now + HOUR, now, now),
        OwedItem("handover.duty_officer", "duty_officer", now + HOUR, now, now),
    )
    wiring.live().open_duty(
        OpenDuty(f"dutyday-{dutyday}", dutyday, home.site, "duty", "2026-01-01", "Asia/Shanghai", items)
    )
    settle_site(home.site)
    return dutyday


def proof_of(home: House) -> dict[str, str]:
    """A proof of the site's cover with a hole, as rows."""
    proof, hole = str(uuid.uuid4()), str(uuid.uuid4())
    execute(
        "INSERT INTO store_proof (tenant, id, site_id, edition_id, site_version, missing, together, idle, evidence, "
        "asked_at, made_at, state, progress, questions, made_of, holes, covered_until, ends_at, result, failure) "
        "SELECT tenant, %s, site_id, id, 1, 2, false, false, false, now(), now(), 'done', 0, 0, '', 1, now(), now(), "
        "%s, '' FROM store_edition WHERE site_id = %s",
        proof, json.dumps({"holes": [{"id": "h1", "script": "drill: {}"}]}), home.site,
    )  # fmt: skip
    execute(
        "INSERT INTO store_coverhole (tenant, id, site_id, proof_id, key, question, asked, opens_at, closes_at, "
        "owed_by, state, reason, found_at) SELECT tenant, %s, site_id, id, %s, 'x', 1, now(), now() + interval '1 h', "
        "now(), 'open', '', now() FROM store_proof WHERE id = %s",
        hole, hole, proof,
    )  # fmt: skip
    return {"proof": proof, "hole": hole}


def roster_of(home: House) -> dict[str, str]:
    """A turn of duty, and a change of it that waits."""
    change, draft = str(uuid.uuid4()), str(uuid.uuid4())
    execute(
        "INSERT INTO store_rosterdraft (tenant, id, site_id, starts_at, ends_at, how, state, wanted, text, result, "
        "findings, progress, doing, failure, asked_at, made_by_id, reason) SELECT s.tenant, %s, s.id, now(), "
        "now() + interval '1 d', 'file', 'draft', '{}', 'roster: {plan: x, zone: UTC}', '{}', '[]', 0, '', '', "
        "now(), p.id, '' FROM store_site s, store_person p WHERE s.id = %s AND p.tenant = s.tenant LIMIT 1",
        draft, home.site,
    )  # fmt: skip
    execute(
        "INSERT INTO store_dutychange (tenant, id, site_id, kind, state, reason, findings, asked_by_id, asked_at) "
        "SELECT s.tenant, %s, s.id, 'swap', 'asked', '', '[]', p.id, now() FROM store_site s, store_person p "
        "WHERE s.id = %s AND p.tenant = s.tenant LIMIT 1",
        change, home.site,
    )  # fmt: skip
    turns = rows("SELECT id::text FROM store_duty WHERE site_id = %s AND NOT standing LIMIT 1", home.site)
    return {"turn": turns[0]["id"] if turns else "1", "change": change, "draft": draft}


def warning_of(home: House) -> str:
    """An outside warning that waits."""
    warning = str(uuid.uuid4())
    execute(
        "INSERT INTO store_receivedwarning (tenant, id, site_id, identifier, part, sender, sent_at, kind, status, "
        "event, hazard, colour, areas, heeded, headline, onset_at, expires_at, supersedes, sha256, text, "
        "received_at, via, state, reason) SELECT tenant, %s, id, %s, 0, 'x', now(), 'alert', 'actual', 'x', '', "
        "'', '[]', '{}', '', now(), now() + interval '1 h', '[]', '', 'x', now(), 'page', 'waiting', '' "
        "FROM store_site WHERE id = %s",
        warning, warning, home.site,
    )  # fmt: skip
    return warning


def case_with_secrets(home: House) -> str:
    """A report with a photo and a telephone, as the page takes it."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    photo, command = SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg"), str(uuid.uuid4())
    typed = {
        "command": command,
        "where": "x",
        "affected": 1,
        "what": "x",
        "phone": "13800000001",
        "photos": photo,
    }
    assert Client().post(f"/r/{home.code}", typed).status_code == 201
    site = sites().of_code(home.code)
    assert site is not None
    return case_of(site, command)


def close(home: House, case: str) -> None:
    answers = {"kind": "other", "affected": 0, "injured": 0, "how_checked": "电话"}
    home.act(case, "duty_officer", "verify#1", **answers)
    assert home.act(case, "project_manager", "stand_down", reason="误报").phase == "closed"


@pytest.fixture(scope="module")
def world(open_database: None) -> World:
    company = bare_site()
    home, beside, stranger = house(company.code), house(company.code), house()
    # The same staff numbers stand in both lists; here the project beside has people of its own.
    execute("DELETE FROM store_duty WHERE site_id = %s", beside.site)
    mine, closed = case_with_secrets(home), case_with_secrets(home)
    close(home, closed)
    anyone = home.holder("safety_officer")
    # Of the duty phone's officer only the cases are seen that the officer was asked about: these two are.
    visitors = {
        "anonymous": home.browser(),
        "duty_device": home.browser("duty_officer", level="duty"),
        "holder": home.browser("crew_1_leader"),
        "leader": home.browser("project_manager"),
        "superior": home.browser("superior_duty"),
    }
    unknown = {
        name: str(uuid.uuid4())
        for name in (
            "code",
            "edition",
            "case",
            "person",
            "photo",
            "phone",
            "proof",
            "hole",
            "change",
            "draft",
            "dutyday",
            "warning",
        )
    } | {"turn": "999999999"}
    return World(
        visitors,
        {
            "own": objects_of(home, mine, anyone),
            "closed": objects_of(home, closed, anyone),
            "beside": objects_of(beside, case_with_secrets(beside), newcomer(beside)),
            "other_tenant": objects_of(
                stranger, case_with_secrets(stranger), stranger.holder("safety_officer")
            ),
            "unknown": unknown,
        },
    )


def visit(browser: Client, route: str, given: dict[str, str]) -> Any:
    method, address, _ = ROUTES[route]
    if method == "get":
        return browser.get(address.format(**given))
    if route.startswith("api_"):
        return browser.post(address.format(**given), "{}", content_type="application/json")
    return browser.post(address.format(**given), {"lang": "zh"})


def expected(route: str, visitor: str, thing: str) -> set[int]:
    """The statuses the table allows: 401 or 403 before anything is looked for, 404 for what is not one's own."""
    if visitor not in access.table()[route]:
        return {401} if visitor == "anonymous" else {403}
    _, _, names = ROUTES[route]
    if (
        names == "nothing"
        or (names == "public" and thing == "unknown")
        or (names == "private" and thing not in ("own", "closed"))
    ):
        return {404, 400} if route == "api_reports" else {403} if route == "api_warnings" else {404}
    # What a post may do with its own object is the plan's: a refusal with reasons (409) or a sealed thing (404).
    if route == "health":
        return {200, 503}  # no worker runs here, and it says so
    return {200, 204, 302, 303, 400, 409} | (
        {404} if route in ("case_blob", "case_unseal", "case_archive") else set()
    )


def test_every_route_has_a_row_and_a_visit() -> None:
    access.require_complete()
    assert set(ROUTES) == set(access.routes())


@pytest.mark.parametrize("visitor", access.CLASSES)
@pytest.mark.parametrize("route", ROUTES)
def test_the_table_holds(world: World, route: str, visitor: str) -> None:
    secret = {"device": world.visitors[visitor].cookies["device"].value} if visitor != "anonymous" else {}
    for thing in OBJECTS:
        browser = Client()  # a fresh one each time: signing out is one of the routes
        browser.cookies.load(secret)
        if route == "sign_out" and secret:
            continue
        status = visit(browser, route, world.objects[thing]).status_code
        assert status in expected(route, visitor, thing), (route, visitor, thing, status)


# Whether a site exists is no secret at the report page, whose error pages show the duty telephone on the wall.
PRIVATE = [name for name, (_, _, names) in ROUTES.items() if names == "private" and name != "report_phone"]


@pytest.mark.parametrize("route", PRIVATE)
def test_what_is_not_ones_own_looks_like_what_does_not_exist(world: World, route: str) -> None:
    pages = []
    for thing in ("beside", "other_tenant", "unknown"):
        answer = visit(world.visitors["leader"], route, world.objects[thing])
        text = answer.content.decode()
        for value in world.objects[thing].values():
            text = text.replace(f"turns/{value}" if value.isdigit() else value, "…")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text))
    assert len(set(pages)) == 1


def test_the_readers_of_a_photo_open_it_and_others_do_not(world: World) -> None:
    own = world.objects["own"]
    assert visit(world.visitors["leader"], "case_blob", own).status_code == 200
    assert visit(world.visitors["holder"], "case_unseal", own).status_code == 404


def test_a_route_without_a_row_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    rows_but_one = {name: row for name, row in access.table().items() if name != "board"}
    monkeypatch.setattr(access, "table", lambda: rows_but_one)
    with pytest.raises(ImproperlyConfigured, match="board"):
        access.require_complete()


def test_a_route_the_table_does_not_name_is_denied(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "table", dict)
    assert Client().get("/").status_code == 401
    assert world.visitors["leader"].get("/board").status_code == 403


def test_nothing_is_done_by_get(world: World) -> None:
    for route, (method, address, _) in ROUTES.items():
        if method == "post" and route not in ("callback",):
            status = world.visitors["leader"].get(address.format(**world.objects["own"])).status_code
            assert status == 405, route


def test_forms_of_signed_in_people_need_their_token(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["device"] = world.visitors["leader"].cookies["device"].value
    for route in ("case_act", "case_waive", "duty_act", "sign_out", "case_archive"):
        address = ROUTES[route][1].format(**world.objects["own"])
        assert strict.post(address, {}).status_code == 403, route
    assert strict.post(f"/people/{world.objects['own']['person']}/invite", {}).status_code == 403
    assert strict.post(f"/r/{world.objects['own']['code']}/phone", {}).status_code == 403
