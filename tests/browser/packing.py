"""The archive of a case as a person gets it: downloaded, opened with other people's tools, tampered with."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import bagit

from tests.browser.people import Person, until


def packed_and_verified(supervisor: Person, folder: Path) -> None:
    """The package opens with nothing but bagit, and our verifier; one byte changed anywhere is found."""
    package = downloaded(supervisor, folder / "case.zip")
    with zipfile.ZipFile(package) as whole:
        whole.extractall(folder / "bag")
    (bag,) = (folder / "bag").iterdir()
    assert bagit.Bag(str(bag)).validate()
    assert verify(package) == 0 and verify(bag) == 0
    data = package.read_bytes()
    for place in (0, len(data) // 3, len(data) // 2, len(data) - 1):
        changed = folder / "changed.zip"
        changed.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert verify(changed) == 1, place
    files = sorted(one for one in bag.rglob("*") if one.is_file())
    assert any(one.suffix == ".pdf" for one in files) and any(one.suffix == ".docx" for one in files)
    assert any(one.suffix == ".jpg" for one in files), "the photo is in it"
    for file in (files[0], files[len(files) // 2], files[-1]):
        whole_file = file.read_bytes()
        file.write_bytes(whole_file[:-1] + bytes([whole_file[-1] ^ 1]))
        assert verify(bag) == 1, file
        file.write_bytes(whole_file)


def downloaded(supervisor: Person, path: Path) -> Path:
    """Make the package on the case's page; what looks like personal data is looked at, then it goes out."""
    page, come = supervisor.page, list[Any]()
    page.on("download", lambda one: come.append(one))
    page.locator('form[action$="/archive"] button').click(no_wait_after=True)
    look = page.locator("form:has(input[name=reviewed]) button")
    if until(lambda: look.count() or come) and not come:
        look.click(no_wait_after=True)
        until(lambda: look.count() and come)
    come[0].save_as(path)
    return path


def verify(path: Path) -> int:
    command = [sys.executable, "-m", "dutyroom", "archive", "verify", str(path)]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
