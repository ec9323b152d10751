"""Every decision about a roster or a leave that waits for somebody stands on that person's page of duty."""

from datetime import timedelta

import pytest

from dutyroom import wiring
from dutyroom.store import leaves
from tests.web.builder import House, house, one
from tests.web.test_roster import seen, sent, today, turns

MAKER, SECOND = "project_manager", "quality_safety_supervisor"


@pytest.fixture
def home(open_database: None) -> House:
    return house()


def duty(home: House, who: str, language: str = "zh") -> str:
    answer = home.browser(who, language=language).get("/duty")
    assert answer.status_code == 200
    return str(answer.content.decode())


def draft(home: House) -> str:
    """A roster that somebody wrote, proposed; its address below the site's."""
    first = today() + timedelta(days=4)
    text = (
        "roster: {plan: sanitation-project, zone: Asia/Shanghai}\n"
        f"duty:\n  - post: duty_officer\n    from: {first}\n    until: {first + timedelta(days=2)}\n"
        '    handover: "18:00"\n    turn:\n      - [P010]\n      - [P005]\n'
    )
    place = sent(home, MAKER, "/make", do="enter", roster=text).headers["location"]
    place = str(place).removeprefix(f"/roster/{home.code}")
    assert sent(home, MAKER, place, do="propose").status_code == 303
    return place


def test_a_draft_waits_for_another_leader_and_then_to_be_published(home: House) -> None:
    place = draft(home)
    card = f'href="/roster/{home.code}{place}"'
    assert card in duty(home, SECOND) and "等您批准" in duty(home, SECOND)
    assert "waits for your approval" in duty(home, SECOND, "en")
    assert card not in duty(home, MAKER), "nobody approves the own one"
    assert card not in duty(home, "crew_1_leader"), "who does not lead decides nothing"
    assert sent(home, SECOND, place, do="approve", reason="临时安排").status_code == 303
    assert card in duty(home, MAKER) and "等着发布" in duty(home, MAKER)
    assert sent(home, MAKER, place, do="publish").status_code == 303
    assert card not in duty(home, MAKER) and card not in duty(home, SECOND)


def test_a_draft_that_was_not_taken_says_who_when_and_why(home: House) -> None:
    place = draft(home)
    assert sent(home, SECOND, place, do="reject", reason="国庆那天少一个人").status_code == 303
    name = one("SELECT name FROM store_person WHERE id = %s", home.holder(SECOND))["name"]
    page = seen(home, MAKER, place)
    assert f"{name} 于" in page and "不采用" in page and "国庆那天少一个人" in page
    assert f"{name} rejected" in seen(home, MAKER, place, language="en")


def test_a_swap_that_is_agreed_and_a_wish_for_leave_wait_for_a_leader(home: House) -> None:
    _, first, second, *_ = turns(home)
    asked = {"turn": first["id"], "onto": second["id"], "do": "ask", "reason": "换一天"}
    assert sent(home, first["person"], "/change", **asked).status_code == 303
    change = one("SELECT id::text FROM store_dutychange WHERE site_id = %s", home.site)["id"]
    card = f"/changes#c-{change}"
    assert card not in duty(home, MAKER)
    assert sent(home, second["person"], f"/changes/{change}", do="agree").status_code == 303
    assert card in duty(home, MAKER) and card not in duty(home, first["person"])
    day, person = today() + timedelta(days=9), second["person"]
    leaves.wish(wiring.pool(), person, "sick", day, day, wiring.clock().now())
    page = duty(home, MAKER)
    assert f'href="/people/{person}"' in page and "想请假" in page and "病" not in page
    assert f'href="/people/{person}"' not in duty(home, person)


def test_who_is_put_on_a_turn_reads_it(home: House) -> None:
    _, first, second, *_ = turns(home)
    asked = {"turn": first["id"], "to": second["person"], "do": "now", "reason": "临时有事"}
    assert sent(home, MAKER, "/change", **asked).status_code == 303
    assert "把您排进了这个班" in duty(home, second["person"])
    assert "把您排进了这个班" not in duty(home, first["person"])
