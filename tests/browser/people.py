"""People with browsers: what a test says they do, done on the pages as they would do it.

Every page a person opens is watched: errors in its console, exceptions in its scripts and requests that leave the
product are remembered, and `Town.close` fails the test for them.
"""

import json
import re
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1440, "height": 900}}
WAIT = 20_000
LOCALES = {"zh": "zh-CN", "en": "en-US"}


class Town:
    """Everybody of one test."""

    def __init__(self, demo: dict[str, Any], browser: Any) -> None:
        self.demo, self.url = demo, demo["url"]
        self._browser = browser
        self._hand: Person | None = None
        self._contexts: list[Any] = []
        self.faults: list[str] = []
        self._heard = {one["link"] for one in self._telephones()}

    def person(self, size: dict[str, Any], language: str = "zh", **more: Any) -> "Person":
        """Somebody with a browser who is not signed in."""
        context = self._browser.new_context(
            locale=LOCALES[language], timezone_id="Asia/Shanghai", accept_downloads=True, **size, **more
        )
        context.set_default_timeout(WAIT)
        self._contexts.append(context)
        page = context.new_page()
        self.watch(page)
        return Person(self, context, page)

    def holder(self, role: str, size: dict[str, Any] = DESK) -> "Person":
        """The holder of a role, signed in fully by the link that the demo printed."""
        person = self.person(size)
        person.sign_in(self.demo["sign_in"][role])
        return person

    def watch(self, page: Any) -> None:
        """Remember everything on the page that must not be."""
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._console(page, said))
        page.on("request", lambda request: self._request(page, request))

    def messages(self, said: str = "") -> list[dict[str, Any]]:
        """What the demo's telephones have received since the test began, oldest first; only messages that say this."""
        return [one for one in self._telephones() if one["link"] not in self._heard and said in one["text"]]

    def _telephones(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(self.demo["phones_url"] + "/messages.json", timeout=5) as answer:
            return list(json.load(answer))

    def hand_to(self, person: "Person") -> None:
        """One person acts at a time; the others put their phones away, which spares the machine their polling."""
        if self._hand is not None and self._hand is not person and not self._hand.keeps_page:
            self._hand.page.goto("about:blank")
        self._hand = person

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        assert not self.faults, self.faults

    def _console(self, page: Any, said: Any) -> None:
        # A refusal is a page with status 409 (or 410, 404 where a test asks for one), and a phone may be without
        # signal: browsers note both as errors.
        expected = r"status of (404|409|410|400)|ERR_INTERNET_DISCONNECTED"
        if said.type == "error" and not re.search(expected, said.text):
            self.faults.append(f"{page.url}: {said.text}")

    def _request(self, page: Any, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.faults.append(f"{page.url} asks {request.url}")


@dataclass
class Person:
    """One browser and the hand on it."""

    town: Town
    context: Any
    page: Any
    case: str = field(default="")
    keeps_page: bool = False

    # --- doors

    def go(self, path: str) -> "Person":
        """Open an address of the product."""
        self.town.hand_to(self)
        self.page.goto(path if path.startswith("http") else self.town.url + path)
        return self

    def sign_in(self, link: str) -> None:
        """Open the link, press its button."""
        self.go(link)
        self.page.locator("main form button").click()
        self.page.wait_for_url(lambda url: "/in/" not in url)

    def open_case(self, case: str) -> "Person":
        self.case = case
        return self.go(f"/c/{case}")

    # --- reading

    def sees(self, *words: str) -> None:
        """Wait until the page shows each of the words."""
        for one in words:
            self.page.locator("main").get_by_text(one).first.wait_for(state="attached")

    def text(self, selector: str = "main") -> str:
        return str(self.page.locator(selector).first.inner_text())

    def clock(self) -> datetime:
        """The plan's clock, as the case's page knows it."""
        latest = self.page.locator("input[name=happened]").first.get_attribute("max")
        return datetime.fromisoformat(latest)

    def soon(self, minutes: int) -> str:
        """A time that many minutes from now, as a time field takes it."""
        return (self.clock() + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")

    def may_finish(self) -> set[str]:
        """The steps that the page has a finishing form for."""
        forms = self.page.locator("#acts form:has(input[type=hidden][name=verb][value=done]) input[name=key]")
        return {str(key).split("#")[0] for key in forms.evaluate_all("all => all.map(one => one.value)")}

    # --- acting

    def press(self, step: str, verb: str) -> None:
        """Press one verb's button on what is owed under the step; what is on record is said."""
        self._fresh()
        button = self._form(step).locator(f"button[name=verb][value={verb}]").first
        button.click()
        self.page.locator("#recorded").wait_for()

    def does(self, step: str, **answers: str) -> None:
        """Finish a step: open its form, answer, press. It must be taken."""
        self._fresh()
        self.write(step, **answers)
        self.send(step)
        self.page.locator("#recorded").wait_for()

    def is_refused(self, step: str, **answers: str) -> str:
        """The same, but it must be refused; the answer is what the page gives as reasons."""
        self._fresh()
        self.write(step, **answers)
        self.send(step)
        self.page.locator(".refused").first.wait_for()
        return self.text(".refused")

    def write(self, step: str, **answers: str) -> None:
        """Open the step's form and fill it in."""
        form = self._finish(step)
        form.first.wait_for(state="attached")
        details = self.page.locator("details.finish").filter(has=form).first
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        for name, value in answers.items():
            _fill(form.first.locator(f'[name="a.{name}"]'), value)

    def send(self, step: str) -> None:
        self._finish(step).first.locator("button").last.click()

    def waives(self, step: str, reason: str) -> None:
        """Release somebody from a duty, with the reason."""
        self._fresh()
        form = self.page.locator(f'form[action$="/waive"]:has(input[name=key][value^="{step}#"])').first
        self.page.locator("details.finish").filter(has=form).first.locator("summary").click()
        form.locator("textarea").fill(reason)
        form.locator("button").click()
        self.page.locator("#recorded").wait_for()

    def _fresh(self) -> None:
        """Acts begin on the case's page as it is now; it brings itself up to date as long as it stays open."""
        if self.case and not re.search(rf"/c/{self.case}([?#]|$)", self.page.url):
            self.open_case(self.case)

    def _form(self, step: str) -> Any:
        return self.page.locator(f'.acts form:has(input[name=key][value^="{step}#"])')

    def _finish(self, step: str) -> Any:
        key = f'input[name=key][value="{step}"], input[name=key][value^="{step}#"]'
        return self.page.locator(f"form:has({key}):has(input[type=hidden][name=verb][value=done])")


def _fill(fields: Any, value: str) -> None:
    kind = fields.first.evaluate("one => one.type")
    if kind == "radio":
        fields.and_(fields.page.locator(f'[value="{value}"]')).check()
    elif kind == "select-one":
        fields.first.select_option(value)
    else:
        fields.first.fill(value)


def until(found: Callable[[], Any], seconds: float = 60) -> Any:
    """What is found, as soon as it is there."""
    ends = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.2)
    return result


def photo(folder: Path) -> Path:
    """A JPEG as a phone takes it, with the position in it."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 13.0, 48.0), 3: "E", 4: (121.0, 28.0, 12.0)})
    path = folder / "photo.jpg"
    Image.linear_gradient("L").convert("RGB").resize((800, 600)).save(path, exif=exif)
    assert Image.open(path).getexif().get_ifd(0x8825), "the photo must have a position to lose"
    return path


def channels(town: Town, said: str, to: str) -> set[str]:
    """On which channels somebody was told this."""
    return {one["channel"] for one in town.messages(said) if one["to"] == to}


def callees(calls: list[dict[str, Any]]) -> list[str]:
    """Who was called, in order."""
    return list(dict.fromkeys(one["to"] for one in calls))
