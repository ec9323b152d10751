"""Pictures of the board and of the report page, from a running demo in the middle of an incident.

`./dutyroom demo --port 0 --data FOLDER --json | python -m docs.making.pictures` (a fresh folder), then Ctrl+C.
"""

import io
import json
import os
import shutil
import sys
import uuid
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "pictures"
LARGEST = 150_000
REPORTS = (
    {"kind": "collective_dispute", "affected": "14", "harm": "none", "where": "人民路 12 号垃圾中转站门口",
     "what": "上月工资没有发，班组的人聚在门口要说法"},
    {"kind": "injury", "affected": "1", "harm": "hurt", "where": "长安街辅路 38 号", "what": "保洁三轮车被小轿车剐倒"},
)  # fmt: skip
CHECKED = {"kind": "collective_dispute", "affected": 14, "injured": 0, "how_checked": "回电核实"}
ACTS = (
    (0, "duty_officer", "verify#1", CHECKED),
    (0, "duty_officer", "grade#1", {"level": "II", "proposal": "启动预案，派安全员到场"}),
    (0, "project_manager", "activate#1", {"order": "启动二级响应"}),
    (0, "safety_officer", "dispatch#1", "taken"),
    (1, "duty_officer", "verify#1", "received"),
)  # fmt: skip


def main() -> None:
    """Play a little of two incidents, then take the pictures."""
    ready = json.loads(sys.stdin.readline())
    chromium = os.environ.get("DUTYROOM_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--no-proxy-server"]
        )
        cases = [_report(browser, ready["url"], report) for report in REPORTS]
        for number, role, key, given in ACTS:
            _act(
                _signed_in(browser, ready, role), f"{ready['url']}/api/cases/{cases[number]}/acts", key, given
            )
        leader = _signed_in(browser, ready, "project_manager", 1440, 900)
        _take(leader, f"{ready['url']}/board", "board.png")
        phone = browser.new_context(
            viewport={"width": 360, "height": 740}, device_scale_factor=2, locale="zh-CN"
        )
        _take(phone, ready["report_url"], "report.png")
        browser.close()


def _report(browser: Browser, url: str, report: dict[str, str]) -> str:
    given = {"site": "demo", "command": str(uuid.uuid4()), "when": "now"} | report  # noqa: TID251 - a client's own id
    answer = browser.new_context().request.post(f"{url}/api/reports", data=given)
    assert answer.ok, answer.text()
    return str(answer.json()["case"])


def _signed_in(
    browser: Browser, ready: dict[str, Any], role: str, width: int = 360, height: int = 740
) -> BrowserContext:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    page.goto(ready["sign_in"][role])
    page.locator("main button").first.click()
    page.wait_for_url("**/duty")
    page.close()
    return context


def _act(context: BrowserContext, url: str, key: str, given: Any) -> None:
    done = {"verb": given} if isinstance(given, str) else {"verb": "done", "answers": given}
    answer = context.request.post(url, data={"command": str(uuid.uuid4()), "key": key} | done)  # noqa: TID251
    assert answer.ok, answer.text()


def _take(context: BrowserContext, url: str, name: str) -> None:
    page = context.new_page()
    page.goto(url)
    page.wait_for_load_state("networkidle") if "board" not in url else page.wait_for_timeout(1_000)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 128, 64, 32):
        picture.quantize(colours).save(PICTURES / name, optimize=True)
        if (PICTURES / name).stat().st_size < LARGEST:
            return


if __name__ == "__main__":
    main()
