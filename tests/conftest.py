"""The test session: a real PostgreSQL before Django is configured, and a real Chromium where there is one."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests import database, workers

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
KEPT = ("DUTYROOM_TEST_", "DUTYROOM_CHROMIUM")
folder_key = pytest.StashKey[Path | None]()

# How long an example takes says nothing where another process has the core.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What `-n auto` means here."""
    return workers.count(config)


def pytest_configure(config: pytest.Config) -> None:
    """Give Django its database. pytest-django configures itself after this hook."""
    for name in [each for each in os.environ if each.startswith("DUTYROOM_") and not each.startswith(KEPT)]:
        del os.environ[name]  # the settings of the machine's own installation are not the tests'
    if workers.only_hands_out(config):
        database.reap()
        return  # workers inherit the environment, and would find Django configured for a database that is not theirs
    if config.option.collectonly or config.option.help:
        config.stash[folder_key] = None
        os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    else:
        os.environ["DATABASE_URL"], folder = database.begin()
        os.environ["DUTYROOM_DATA"] = str(folder / "data")
        (folder / "data").mkdir()
        config.stash[folder_key] = folder
    # Playwright's synchronous interface keeps an event loop in the thread, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if importlib.util.find_spec("dutyroom.settings"):
        os.environ["DJANGO_SETTINGS_MODULE"] = "dutyroom.settings"
        from django.conf import settings

        settings.INSTALLED_APPS  # noqa: B018 - read once, so that pytest-django finds Django configured and sets it up


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the session's database."""
    database.end(config.stash.get(folder_key, None))


def find_chromium() -> str | None:
    """The system's Chromium, or the one that DUTYROOM_CHROMIUM names."""
    named = os.environ.get("DUTYROOM_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium, browser tests are skipped, one by one and by name; workers begin with the longest files."""
    if workers.is_worker(config):
        items[:] = workers.ordered(items, config.rootpath)
    if find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say it aloud when browser tests were skipped."""
    skipped = [
        each for each in terminalreporter.stats.get("skipped", []) if "no Chromium" in str(each.longrepr)
    ]
    if skipped:
        terminalreporter.section("BROWSER TESTS SKIPPED / 未运行浏览器测试", yellow=True, bold=True)
        terminalreporter.line(
            f"{len(skipped)}: no Chromium found. Install the package chromium, or name one in DUTYROOM_CHROMIUM.\n"
            f"{len(skipped)} 项:没有找到 Chromium。请安装软件包 chromium,或用 DUTYROOM_CHROMIUM 指定。"
        )


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Bring the session's own database up to date, in place of pytest-django's second one beside it.

    It is thrown away anyway, and so every way to it, Django's connection, the pool and child processes, leads to
    the same tables under the role that the application has in earnest.
    """
    subprocess.run([sys.executable, "-m", "dutyroom", "migrate"], check=True)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; skips where there is none."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """A running Chromium, a playwright `Browser`; each test opens its own contexts."""
    from playwright.sync_api import sync_playwright

    # Root has no sandbox; the machine's proxy is not asked for pages on loopback.
    options = ["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=options)
        yield running
        running.close()
