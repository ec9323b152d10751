"""What holds for every page: no inline script or style, nobody else's host, headers, words in both languages."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from django.test import Client

from dutyroom.web.assets import answer, assets
from tests.web.builder import House

TEMPLATES = Path(str(files("dutyroom.web"))) / "templates" / "web"
STATIC = Path(str(files("dutyroom.web"))) / "static" / "web"
HAN = re.compile("[\u4e00-\u9fff]")


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and the text inside script and style."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style"):
            self.inline += data


def tags(text: str) -> Tags:
    parser = Tags()
    parser.feed(text)
    return parser


def templates() -> Iterator[Path]:
    yield from sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("template", [path.name for path in templates()])
def test_templates_hold_no_inline_script_or_style_and_no_sentence(template: str) -> None:
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", (TEMPLATES / template).read_text(encoding="utf-8"))
    parsed = tags(text)
    assert not parsed.inline.strip()
    for tag, attributes in parsed.seen:
        assert tag != "style" and "style" not in attributes, (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        assert "javascript:" not in "".join(value or "" for value in attributes.values())
    # The names of the two languages stand in their own script in both.
    assert not HAN.search(text.replace("中文", ""))


def pages(house: House) -> Iterator[tuple[str, Client, str]]:
    case = house.report()
    leader, officer, nobody = house.browser("project_manager"), house.browser("duty_officer"), house.browser()
    for address in ("/", f"/r/{house.code}", f"/r/{house.code}/poster", "/in/none", "/duty", "/nothing"):
        yield address, nobody, "nobody"
    invite = f"/people/{house.holder('spokesperson')}/invite"
    for address in (f"/plan/{house.code}", "/board", "/duty", f"/c/{case}", invite):
        yield address, leader, "leader"
    yield f"/r/{house.code}/phone", officer, "officer"
    yield f"/c/{case}", officer, "officer"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_stays_at_home_and_carries_its_headers(shared_house: House, language: str) -> None:
    for address, browser, who in pages(shared_house):
        page = browser.get(address, headers={"accept-language": language})
        text = page.content.decode()
        for tag, attributes in tags(text).seen:
            for name in ("src", "href", "action", "srcset", "data", "poster", "hx-get", "hx-post"):
                value = attributes.get(name) or ""
                assert not re.match(r"(?:https?:)?//", value), (address, who, tag, value)
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert page.headers["Cache-Control"] == "no-store"
        assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in text
        assert all(number in text for number in ("110", "119", "120", "12333", "12345", "12350"))


def test_static_files_are_kept_for_ever_under_their_contents_name() -> None:
    for asset in assets().values():
        found = answer(asset.url, packed=True)
        assert found is not None
        assert "immutable" in found[1]["Cache-Control"]
    assert answer("/static/style.0000000000.css", packed=False) is None
    assert answer("/static/../access.toml", packed=False) is None


def test_scripts_of_ours_make_no_code_from_text_and_name_no_host() -> None:
    for script in STATIC.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML\s*=|document\.write|https?://", text), (
            script.name
        )


def test_signed_in_pages_are_never_kept_by_the_service_worker() -> None:
    worker = (STATIC / "sw.js").read_text(encoding="utf-8")
    kept = re.search(r"isReport = path => /(.+)/\.test", worker)
    assert kept
    pattern = kept[1].replace("\\/", "/")
    assert re.fullmatch(pattern.strip("^$"), "/r/abc")
    for path in ("/r/abc/phone", "/duty", "/board", "/c/1"):
        assert not re.fullmatch(pattern.strip("^$"), path)


def test_the_connection_is_blind_again_after_each_request(shared_house: House) -> None:
    from django.db import connection

    shared_house.browser("project_manager").get(f"/plan/{shared_house.code}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant', true), (SELECT count(*) FROM store_site)")
        assert cursor.fetchone() == ("", 0)
