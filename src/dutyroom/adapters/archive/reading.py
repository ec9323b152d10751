"""An archive read back as values: the events with their entry ids, the plan, and roster and people as they stood.

Works from the archive's bytes alone, without a database. It refuses to say whether they are genuine: `verifier` does,
and is asked first.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dutyroom.adapters.archive import bag, contents
from dutyroom.adapters.archive.duty import Duty, read_duty
from dutyroom.adapters.archive.verifier import check, read_folder, read_zip, verify_zip
from dutyroom.core import ledger
from dutyroom.core.codec import load_event
from dutyroom.core.events import Event
from dutyroom.core.findings import Finding
from dutyroom.core.planfile import read_plan
from dutyroom.core.roster import PlanInForce, Roster
from dutyroom.core.settle import Outage


@dataclass(frozen=True, slots=True)
class Archived:
    """One case out of its archive. `exact`: who could be reached is known, so calls can be judged too.

    `names` are those of holders of posts, by identifier. `faults` are what the verifier found, errors and all.
    """

    case: str
    events: tuple[Event, ...]
    entries: tuple[str, ...]
    rules: PlanInForce
    exact: bool
    outages: tuple[Outage, ...]
    names: Mapping[str, str]
    faults: tuple[Finding, ...]


def read_archive(path: Path) -> Archived | Finding:
    """The case in the bag's folder or zip at `path`, or why it cannot be read. Raises OSError for no such file."""
    files: Mapping[str, bytes]
    if path.is_dir():
        files, found = read_folder(path)
        faults = (*found, *check(files))
    else:
        data = path.read_bytes()
        files, faults = read_zip(data), verify_zip(data)
    if not files:
        return next(
            (one for one in faults if one.code == "archive.zip_unreadable"), _missing(path, contents.RECORD)
        )
    missing = next((name for name in (contents.RECORD, contents.PLAN) if name not in files), None)
    if missing is not None:
        return _missing(path, missing)
    return _read(path, files, faults)


def archives_in(folder: Path) -> tuple[Path, ...]:
    """The archives right below a folder, by name: zips, and folders that hold a record and have no zip beside them."""
    zips = sorted(folder.rglob("*.zip"))
    beside = {one.with_suffix("") for one in zips}
    bags = (
        one.parent.parent
        for one in sorted(folder.rglob(Path(contents.RECORD).name))
        if one.parent.name == "data"
    )
    return tuple(sorted({*zips, *(one for one in bags if one not in beside)}))


def is_archive(path: Path) -> bool:
    """Whether the path is one archive rather than a folder of them."""
    return path.is_file() or (path / contents.RECORD).is_file()


def _missing(path: Path, file: str) -> Finding:
    return Finding("auditing.unreadable.missing", "error", str(path), {"file": file})


def _read(path: Path, files: bag.Files, faults: tuple[Finding, ...]) -> Archived | Finding:
    plan, _ = read_plan(files[contents.PLAN].decode("utf-8", "replace"), stored=True)
    if plan is None:
        return Finding("auditing.unreadable.plan", "error", str(path))
    events, entries, line = _events(files[contents.RECORD])
    if line:
        return Finding("auditing.unreadable.record", "error", str(path), {"line": line})
    people = _people(files.get(contents.PEOPLE, b""))
    kept = files.get(contents.DUTY)
    duty = read_duty(kept) if kept is not None else None
    if kept is not None and duty is None:
        faults = (*faults, Finding("auditing.unreadable.duty", "warning", contents.DUTY))
    as_stood = duty or _without_duty(people)
    case = str(getattr(events[0], "case", "")) if events else ""
    names = {str(one.get("person", "")): str(one.get("name", "")) for one in people}
    rules = PlanInForce(plan, as_stood.roster, as_stood.people)
    return Archived(case, events, entries, rules, duty is not None, as_stood.outages, names, faults)


def _events(data: bytes) -> tuple[tuple[Event, ...], tuple[str, ...], int]:
    """Events and entry ids; the number of the first line that is neither, or 0."""
    events, entries = list[Event](), list[str]()
    for number, row in enumerate(data.rstrip(b"\n").split(b"\n"), 1):
        try:
            entry = ledger.read_line(row)
            events.append(load_event(entry.type, json.loads(entry.body)))
        except (ValueError, KeyError, TypeError, RecursionError):
            return (), (), number
        entries.append(entry.entry_id)
    return tuple(events), tuple(entries), 0


def _people(data: bytes) -> Sequence[Mapping[str, Any]]:
    try:
        rows = json.loads(data)["people_in_role"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else ()


def _without_duty(people: Sequence[Mapping[str, Any]]) -> Duty:
    """An old archive names the posts that those involved ever held: enough for authority, not for calls."""
    standing: dict[str, list[str]] = {}
    for one in people:
        for role in str(one.get("role", "")).split():
            standing.setdefault(role, []).append(str(one.get("person", "")))
    return Duty(Roster({role: tuple(holders) for role, holders in standing.items()}), {})
