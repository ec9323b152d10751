"""What is sealed in a case: for the posts its compartment names, at a tap or with a reason; and the archive."""

import html
import io
import zipfile
from typing import Any

import pytest

from dutyroom import wiring
from dutyroom.store.sealing import Place, Secret
from dutyroom.web.reporting import safe
from tests.web.builder import House, execute, house
from tests.web.test_case import respond
from tests.web.test_duty import steps

JPEG = b"\xff\xd8\xff\xe0 not really a picture, but sealed as one \xff\xd9"
READERS = ("duty_officer", "quality_safety_supervisor")


@pytest.fixture(scope="module")
def site(open_database: None) -> House:
    return house()


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def seal(site: House, case: str, *secrets: Secret) -> list[str]:
    """Seal the secrets in the case; the ids of their blobs."""
    place = Place(site.tenant, site.site, case, {secret.kind: READERS for secret in secrets})
    return [one.partition(":")[0] for one in safe().put(place, secrets, wiring.clock().now())]


def test_photo_opens_for_its_readers_only_and_is_not_kept(site: House) -> None:
    case = site.report()
    photo = seal(site, case, Secret("photos", "photo-1", "image/jpeg", JPEG))[0]
    officer = site.browser("duty_officer")
    assert f'src="/c/{case}/blob/{photo}"' in text(officer.get(f"/c/{case}"))
    answer = officer.get(f"/c/{case}/blob/{photo}")
    assert answer.content == JPEG and answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store" and answer["X-Content-Type-Options"] == "nosniff"
    outsider = site.browser("spokesperson")
    assert outsider.get(f"/c/{case}/blob/{photo}").status_code == 404
    page = text(outsider.get(f"/c/{case}"))
    assert photo not in page and "您的岗位不能查看" in page and "值班员" in page
    other = site.report()
    assert officer.get(f"/c/{other}/blob/{photo}").status_code == 404


def test_erased_is_said_and_nothing_opens(site: House) -> None:
    case = site.report()
    photo = seal(site, case, Secret("photos", "photo-1", "image/jpeg", JPEG))[0]
    execute("DELETE FROM store_blob WHERE id = %s", photo)
    gone = 'UPDATE store_compartment SET wrapped_key = NULL, erased_at = now() WHERE "case" = %s'
    execute(gone, case)
    officer = site.browser("duty_officer")
    assert officer.get(f"/c/{case}/blob/{photo}").status_code == 404
    assert "销毁" in text(officer.get(f"/c/{case}"))


def test_telephone_is_shown_only_with_a_reason_and_by_post(site: House) -> None:
    case = site.report()
    blob = seal(site, case, Secret("contact", "phone", "text/plain", b"13800000042"))[0]
    officer = site.browser("duty_officer")
    assert "13800000042" not in text(officer.get(f"/c/{case}"))
    assert officer.get(f"/c/{case}/blob/{blob}").status_code == 404
    assert officer.get(f"/c/{case}/unseal/{blob}").status_code == 405
    refused = officer.post(f"/c/{case}/unseal/{blob}", {"reason": " "})
    assert refused.status_code == 400 and "13800000042" not in text(refused)
    shown = officer.post(f"/c/{case}/unseal/{blob}", {"reason": "回拨核实"})
    assert "13800000042" in text(shown) and shown["Cache-Control"] == "no-store"
    assert (
        site.browser("spokesperson").post(f"/c/{case}/unseal/{blob}", {"reason": "好奇"}).status_code == 404
    )
    assert (
        site.browser("duty_officer", level="duty")
        .post(f"/c/{case}/unseal/{blob}", {"reason": "x"})
        .status_code
        == 403
    )


def test_archive_is_handed_over_once_the_response_is_over() -> None:
    own = house()
    case = own.report()
    client = own.browser("quality_safety_supervisor")
    assert client.post(f"/c/{case}/archive").status_code == 404
    respond(own, case)
    steps(own, case)
    own.act(case, "project_manager", "sign_leader#1", signed=True)
    own.act(case, "quality_safety_supervisor", "sign_safety#1", signed=True)
    execute("UPDATE store_delivery SET state = 'cancelled' WHERE case_id = %s AND state = 'queued'", case)
    answer = client.post(f"/c/{case}/archive", {"reviewed": "yes"})
    assert answer.status_code == 200, text(answer)
    package = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert any(name.endswith("data/record.jsonl") for name in package.namelist())
