"""The plan page: every clause, every step, where each number comes from; posts, never people."""

import pytest

from tests.web.builder import House, rows


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_clause_step_and_level_is_there(shared_house: House, language: str) -> None:
    plan = shared_house.rules().plan
    page = (
        shared_house.browser("project_manager", language=language)
        .get(f"/plan/{shared_house.code}")
        .content.decode()
    )
    from django.utils.html import escape

    for clause in plan.clauses:
        assert escape(clause.text.in_language(language)) in page
    for step in plan.steps:
        assert escape(step.title.in_language(language)) in page
    for level in plan.levels:
        assert escape(level.name.in_language(language)) in page
    assert plan.source_sha256 in page


def test_numbers_say_where_they_come_from(shared_house: House) -> None:
    page = shared_house.browser("project_manager").get(f"/plan/{shared_house.code}").content.decode()
    assert "完成 1 小时 · 硬性时限" in page
    assert "收到 5 分钟 · 软性时限 “立即”" in page
    assert "接手 10 分钟 · 缺省时限" in page
    assert "由系统实现" in page


def test_it_names_posts_and_no_people(shared_house: House) -> None:
    leader = shared_house.holder("project_manager")
    page = shared_house.browser(leader).get(f"/plan/{shared_house.code}").content.decode()
    for person in rows("SELECT id::text, name FROM store_person WHERE tenant = %s", shared_house.tenant):
        assert (person["name"] in page) == (person["id"] == leader), (
            "the reader's own name stands in the footer"
        )
