"""How soon a writer sees what is wrong: from the last key to the findings on the page, on the reference plan.

`server_ms` is the answer alone, each time for a text never seen before; `browser_ms` is what the page measures between
asking and showing, in Chromium where there is one; for `waits_ms` after a key the page waits for the next one, so that
`key_to_findings_ms` is what a writer sees. `check_ms` is reading and checking alone, without a page around it.
"""

import secrets
import shutil
import statistics
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

from benchmarks.first_page import _device
from benchmarks.room import CHECKOUT, House, house
from dutyroom.core.checks import check
from dutyroom.core.planfile import read_plan

PLAN = CHECKOUT / "plans" / "sanitation-project" / "plan.yaml"
WAITS_MS = 200  # as in static/web/plan.js


def run(small: bool) -> dict[str, Any]:
    """Medians and the slowest of each, in milliseconds."""
    times = 5 if small else 30
    text = PLAN.read_text(encoding="utf-8")
    alone = _times(times, lambda: _check(_another(text)))
    with house() as made:
        cookie = f"device={_device(made)}"
        token = _editor(made, cookie)
        served = _times(times, lambda: _ask(made, cookie, token, _another(text)))
        seen = _typed(made, cookie, text, 3 if small else 15)
    return {
        "plan_bytes": len(text.encode()),
        "check_ms": _summary(alone),
        "server_ms": _summary(served),
        "browser_ms": _summary(seen) if seen else None,
        "waits_ms": WAITS_MS,
        "key_to_findings_ms": _summary([WAITS_MS + one for one in seen]) if seen else None,
    }


def _another(text: str) -> str:
    """The same plan as a text that no memory of texts has."""
    return f"{text}# {secrets.token_hex(8)}\n"


def _check(text: str) -> None:
    plan, findings = read_plan(text)
    if plan is None:
        raise AssertionError(findings)
    check(plan)


def _times(count: int, act: Callable[[], None]) -> list[float]:
    act()  # what is only read once, is read before
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _summary(times: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(times), 1), "slowest": round(max(times), 1)}


def _editor(made: House, cookie: str) -> str:
    """The token that the editor's forms carry."""
    asked = urllib.request.Request(f"{made.url}/plan/bench/edit", headers={"Cookie": cookie})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return next(
            part.split("=", 1)[1].split(";")[0]
            for part in answer.headers.get_all("Set-Cookie") or []
            if part.startswith("csrftoken=")
        )


def _ask(made: House, cookie: str, token: str, text: str) -> None:
    """The findings on a text, as the page asks for them."""
    body = urllib.parse.urlencode({"text": text, "csrfmiddlewaretoken": token}).encode()
    headers = {"Cookie": f"{cookie}; csrftoken={token}", "Origin": made.url}
    asked = urllib.request.Request(f"{made.url}/plan/bench/findings", data=body, headers=headers)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        if b'role="status"' not in answer.read():
            raise AssertionError("no findings came back")


def _typed(made: House, cookie: str, text: str, times: int) -> list[float]:
    """A key at a time in a real browser; empty where there is none."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "device", "value": cookie.partition("=")[2], "url": made.url}])
        page = context.new_page()
        page.goto(f"{made.url}/plan/bench/edit")
        page.fill("#text", text)
        page.wait_for_selector('#editor[data-asked="1"]')
        page.locator("#text").press("Control+End")
        taken = []
        for number in range(2, times + 2):
            page.locator("#text").press_sequentially("#")
            page.wait_for_selector(f'#editor[data-asked="{number}"]')
            taken.append(float(page.get_attribute("#editor", "data-took") or 0))
        browser.close()
    return taken
