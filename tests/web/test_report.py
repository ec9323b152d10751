"""The report page: four fields, a receipt after the commit, nothing lost and nothing twice."""

import gzip
import io
import json
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from dutyroom import wiring
from dutyroom.core.instants import MINUTE, parse_iso
from dutyroom.web import reporting
from dutyroom.web.assets import assets
from tests.web.builder import PHONE, House, bare_site, one, rows


def filled(**changed: Any) -> dict[str, Any]:
    """A report as a worker fills it in."""
    typed = {
        "command": str(uuid.uuid4()), "when": "now", "where": "人民路 12 号", "affected": "12", "harm": "none",
        "what": "十几个人围在门口要工资",
    }  # fmt: skip
    return typed | changed


def reported(receipt: str) -> dict[str, Any]:
    """The report's entry on record, by the receipt."""
    entry = one(
        "SELECT e.body FROM store_entry e JOIN store_case c ON c.id = e.case_id WHERE c.code = %s AND "
        "e.type = 'ReportReceived'",
        receipt,
    )
    return json.loads(entry["body"])


def receipt_of(page: bytes) -> str:
    found = re.search(r'class="receipt num">([0-9A-F-]{9})<', page.decode())
    assert found, page.decode()
    return found[1]


def picture(size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG")
    return out.getvalue()


def test_four_fields_give_a_receipt_that_is_on_record(shared_house: House) -> None:
    answer = shared_house.browser().post(f"/r/{shared_house.code}", filled())
    assert answer.status_code == 201
    body = reported(receipt_of(answer.content))
    assert body["facts"] == {"affected": 12}
    assert body["story"] == {
        "what": "十几个人围在门口要工资",
        "place": "人民路 12 号",
        "harm": "涉及 12 人，没人受伤",
    }
    assert body["via"] == "page" and body["by"] == ""
    assert PHONE in answer.content.decode()


def test_the_same_form_twice_is_one_report(shared_house: House) -> None:
    typed, browser = filled(), shared_house.browser()
    first, second = (browser.post(f"/r/{shared_house.code}", typed) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert receipt_of(first.content) == receipt_of(second.content)
    assert len(rows("SELECT 1 FROM store_command WHERE command = %s", typed["command"])) == 1


def test_what_is_missing_is_named_and_what_was_typed_is_kept(shared_house: House) -> None:
    answer = shared_house.browser().post(
        f"/r/{shared_house.code}", filled(where="", affected="很多", phone="abc")
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "请填写这一项" in page and "请填整数" in page and "电话号码只能" in page
    assert "十几个人围在门口要工资" in page


@pytest.mark.parametrize(
    "odd",
    [
        {"what": "a\x00b"},
        {"affected": "9" * 400},
        {"affected": "-1"},
        {"when": "never"},
        {"when": "other", "when_time": "2026-99-99T00:00"},
        {"when": "other", "when_time": "0001-01-01T00:00"},
        {"command": "x' OR 1=1"},
        {"kind": "no-such-kind"},
        {"danger_now": "perhaps"},
        {"what": "长" * 5_000},
        {"reported_at": "9" * 30, "device_now": "NaN"},
        {"where": "\u202e人民路"},
    ],
)
def test_odd_input_is_never_a_fault_of_ours(shared_house: House, odd: dict[str, str]) -> None:
    answer = shared_house.browser().post(f"/r/{shared_house.code}", filled(**odd))
    assert answer.status_code in (200, 201, 400)


def test_lone_surrogates_by_api_are_stripped(shared_house: House) -> None:
    body = json.dumps(filled(site=shared_house.code, what="a\ud800b\x00c"))
    answer = shared_house.browser().post("/api/reports", body, content_type="application/json")
    assert answer.status_code == 201
    assert reported(answer.json()["receipt"])["story"]["what"] == "abc"


def test_personal_data_in_the_text_is_masked_on_record_and_sealed(shared_house: House) -> None:
    typed = filled(what="打 13800000009 找老王", phone="13800000008")
    body = reported(receipt_of(shared_house.browser().post(f"/r/{shared_house.code}", typed).content))
    assert body["story"]["what"] == "打 *** 找老王"
    assert "1380000000" not in json.dumps(body)
    sealed = [reporting.safe().open(each.split(":")[0]) for each in body["sealed"]]
    assert sorted(sealed) == sorted([b"13800000008", "打 13800000009 找老王".encode()])
    leaks = rows("SELECT 1 FROM store_entry WHERE body LIKE %s", "%1380000000%")
    assert not leaks


def test_only_those_who_take_the_report_may_read_the_phone(shared_house: House) -> None:
    plan = shared_house.rules().plan
    assert "safety_officer" in reporting.readers(plan)["photos"]
    assert "safety_officer" not in reporting.readers(plan)["contact"]
    assert "duty_officer" in reporting.readers(plan)["contact"]


def test_photos_are_cleaned_and_sealed_and_a_bad_one_does_not_stop_the_report(shared_house: House) -> None:
    files = [
        SimpleUploadedFile("a.jpg", picture(), "image/jpeg"),
        SimpleUploadedFile("b.jpg", b"not a picture", "image/jpeg"),
        SimpleUploadedFile("c.jpg", picture(), "image/jpeg"),
        SimpleUploadedFile("d.jpg", picture(), "image/jpeg"),
    ]
    answer = shared_house.browser().post(f"/r/{shared_house.code}", filled(photos=files))
    assert answer.status_code == 201
    assert (
        answer.content.decode().count("没有收下") == 3
    )  # the heading twice, and the sentence about the fourth
    body = reported(receipt_of(answer.content))
    assert len(body["sealed"]) == 2
    kept = reporting.safe().open(body["sealed"][0].split(":")[0])
    assert Image.open(io.BytesIO(kept)).format == "JPEG"


def test_a_photo_that_is_too_large_is_refused_and_the_text_is_taken(shared_house: House) -> None:
    huge = SimpleUploadedFile("a.jpg", picture() + b"\0" * (9 * 2**20), "image/jpeg")
    answer = shared_house.browser().post(f"/r/{shared_house.code}", filled(photos=[huge]))
    assert answer.status_code == 201
    assert "没有收下" in answer.content.decode()
    assert reported(receipt_of(answer.content))["sealed"] == []


def test_more_than_is_read_is_refused_with_the_duty_phone(shared_house: House) -> None:
    browser = shared_house.browser()
    browser.get(f"/r/{shared_house.code}")
    answer = browser.post(f"/r/{shared_house.code}", filled(), headers={"content-length": "99000000"})
    assert answer.status_code == 413
    assert PHONE in answer.content.decode()


def test_times_of_a_report_that_was_kept_on_the_phone(shared_house: House) -> None:
    """The phone's clock is an hour off; what counts is how long ago it was written on that same clock."""
    phone_now = wiring.clock().now() + 60 * MINUTE
    typed = filled(when="ten", reported_at=str(phone_now - 40 * MINUTE), device_now=str(phone_now))
    times = reported(receipt_of(shared_house.browser().post(f"/r/{shared_house.code}", typed).content))[
        "times"
    ]
    received, written, happened = (
        parse_iso(times[name]) for name in ("received_at", "reported_at", "happened_at")
    )
    assert received - written == 40 * MINUTE
    assert written - happened == 10 * MINUTE


def test_a_report_taken_by_phone_bears_the_name_of_who_took_it(shared_house: House) -> None:
    officer = shared_house.holder("duty_officer")
    browser = shared_house.browser(officer)
    assert browser.get(f"/r/{shared_house.code}/phone").status_code == 200
    typed = filled(reported_local="2026-01-02T08:30")
    body = reported(receipt_of(browser.post(f"/r/{shared_house.code}/phone", typed).content))
    assert (body["via"], body["by"]) == ("phone", officer)
    assert parse_iso(body["times"]["reported_at"]) == parse_iso("2026-01-02T08:30:00+08:00")


def test_the_form_is_not_posted_by_get(shared_house: House) -> None:
    before = rows("SELECT 1 FROM store_case WHERE site_id = %s", shared_house.site)
    answer = shared_house.browser().get(f"/r/{shared_house.code}", filled())
    assert answer.status_code == 200
    assert rows("SELECT 1 FROM store_case WHERE site_id = %s", shared_house.site) == before


def test_an_unknown_site_is_not_found(shared_house: House) -> None:
    assert shared_house.browser().get("/r/nosuchsite").status_code == 404


def test_the_form_is_small(shared_house: House) -> None:
    """G9: the form in one request of at most 14 kB compressed, the whole page at most 30 kB in at most 4 requests."""
    answer = shared_house.browser().get(f"/r/{shared_house.code}", headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) <= 14_000
    page = gzip.decompress(answer.content).decode()
    linked = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    files = [asset for asset in assets().values() if asset.url in linked]
    worker = len(gzip.compress(assets()["sw.js"].body))
    assert len(files) == len(linked) and len(files) + 2 <= 4
    assert len(answer.content) + sum(len(file.packed) for file in files) + worker <= 30_000


def test_a_site_without_a_plan_takes_no_reports() -> None:
    company = bare_site()
    for method in ("get", "post"):
        assert getattr(company.browser(), method)(f"/r/{company.code}", filled()).status_code == 404
    given = json.dumps(filled(site=company.code))
    assert company.browser().post("/api/reports", given, content_type="application/json").status_code == 404
