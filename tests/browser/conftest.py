"""The product as its users get it: `dutyroom demo` in a process of its own, and browsers for the people in it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.people import Town


@pytest.fixture(scope="module")
def demo(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """What a running demo said when it was ready; it and its database are gone afterwards.

    A module that needs a faster clock names it as SPEED.
    """
    folder = Path(tempfile.mkdtemp(prefix="dutyroom-browser-"))
    folder.chmod(0o755)  # the embedded database runs under another account where we are root
    process = _start(folder, getattr(request.module, "SPEED", 1))
    try:
        line = process.stdout.readline() if process.stdout else b""
        assert line, "the demo ended before it was ready"
        yield {**json.loads(line), "data": str(folder)}
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def town(demo: dict[str, Any], browser: Any) -> "Iterator[Town]":
    """The people of the demo, each with a browser of their own; closed after the test, which then must be clean."""
    from tests.browser.people import Town

    town = Town(demo, browser)
    yield town
    town.close()


def _start(folder: Path, speed: int) -> "subprocess.Popen[bytes]":
    ours = ("DUTYROOM_", "DJANGO_", "DATABASE_URL", "PG")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [sys.executable, "-m", "dutyroom", "demo", "--json", "--port", "0"]
    command += ["--data", str(folder / "demo"), "--speed", str(speed)]
    return subprocess.Popen(command, env=clean, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
