"""Makes a case's archive: seals, signs a checkpoint, drafts the review, writes the bag. See adapters.archive."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from dutyroom import settings, wiring
from dutyroom.adapters.archive.duty import Duty
from dutyroom.adapters.archive.package import Earlier, Package, Photo
from dutyroom.adapters.archive.writer import ArchiveRefused, write
from dutyroom.adapters.vault import open_sealed, verify_checkpoint
from dutyroom.core.codec import load_event
from dutyroom.core.findings import Finding
from dutyroom.core.review import Review
from dutyroom.store.casefile import CaseFile, read_case_file
from dutyroom.store.dutythen import duty_then, fits
from dutyroom.store.instants import to_datetime
from dutyroom.store.sealer import Sealer
from dutyroom.wording.reviewing import draft_review


@dataclass(frozen=True)
class Archived:
    """The zip that was written, or why none was."""

    zip: Path | None
    findings: tuple[Finding, ...] = ()


def archive_case(case: str, language: str, *, reviewed: bool = False) -> Archived:
    """Write the case's archive as its record stands now. Raises LookupError for an unknown case.

    `reviewed` says that a person has looked at what the pattern check for personal data found and lets it go out.
    """
    with wiring.pool().connection() as connection:
        row = connection.execute(
            "SELECT site_id::text AS site FROM store_case WHERE id = %s", [case]
        ).fetchone()
    if row is None:
        raise LookupError(case)
    today = to_datetime(wiring.clock().now()).astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    note = Sealer(wiring.pool()).checkpoint(row["site"], today, wiring.vault().sign_checkpoint)
    size = verify_checkpoint(wiring.vault().public_key, note).size
    file = read_case_file(wiring.pool(), case, size)
    package = _package(file, note, size, language, today.isoformat())
    folder = Path(settings.DATA_FOLDER) / "archives" / case / str(size)
    try:
        bag = write(package, folder, wiring.vault().sign, reviewed=reviewed)
    except ArchiveRefused as refused:
        return Archived(None, refused.findings)
    return Archived(bag.with_name(bag.name + ".zip"))


def newest_archive(case: str) -> Path | None:
    """The last archive that was made of the case, if any."""
    made = (Path(settings.DATA_FOLDER) / "archives" / case).glob("*/*.zip")
    return max(made, key=lambda file: int(file.parent.name), default=None)


def review_of(case: str, language: str) -> Review:
    """The review of the case as its record stands now. Raises LookupError for an unknown case."""
    with wiring.pool().connection() as connection:
        rows = connection.execute(
            "SELECT e.type, e.body, c.edition_id::text AS edition, c.site_id::text AS site FROM store_entry e "
            "JOIN store_case c ON c.id = e.case_id WHERE e.case_id = %s ORDER BY e.case_seq",
            [case],
        ).fetchall()
        if not rows:
            raise LookupError(case)
        people = connection.execute("SELECT id::text AS person, name FROM store_person").fetchall()
        site = connection.execute(
            "SELECT name_zh, name_en FROM store_site WHERE id = %s", [rows[0]["site"]]
        ).fetchone()
    names = {one["person"]: one["name"] for one in people}
    history = [load_event(row["type"], json.loads(row["body"])) for row in rows]
    name = (site or {})["name_en" if language == "en" else "name_zh"]
    plan = wiring.record().plan(rows[0]["edition"])
    return draft_review(plan, history, language, lambda person: names.get(person, person), name)


def _package(file: CaseFile, note: str, size: int, language: str, day: str) -> Package:
    involved = {entry.actor for entry in file.entries} | {str(row["person"]) for row in file.deliveries}
    people = [row for person, row in file.people.items() if person in involved or row["number"] in involved]
    return Package(
        case_id=file.case["case"],
        site_id=file.case["site"],
        site_name=file.case["name_en" if language == "en" else "name_zh"],
        entries=file.entries,
        leaf_indexes=file.positions,
        tree_size=size,
        root=file.tree.root(),
        proofs=[file.tree.inclusion_proof(position) for position in file.positions],
        checkpoint=note,
        public_key=wiring.vault().public_key,
        plan_text=file.case["plan_text"],
        plan_sha256=file.case["sha256"],
        roster_text=file.case["roster_text"],
        people_in_role=people,
        photos=_photos(file.blobs),
        deliveries=file.deliveries,
        review=review_of(file.case["case"], language),
        bagging_date=day,
        earlier=[
            Earlier(kept["note"], file.tree.consistency_proof(kept["size"])) for kept in file.checkpoints
        ],
        language=language,
        duty=_duty(file),
    )


def _duty(file: CaseFile) -> Duty | None:
    """Who was on duty around the case; None where the record's calls show that channels have changed since."""
    events = [load_event(entry.type, json.loads(entry.body)) for entry in file.entries]
    if not events:
        return None
    with wiring.pool().connection() as connection:
        then = duty_then(connection, file.case["site"], events[0].at, events[-1].at)
    return Duty(then.roster, then.people, then.outages) if fits(then.people, events) else None


def _photos(blobs: Sequence[dict[str, object]]) -> list[Photo]:
    """The photos, opened. They hold no position and no camera: they were drawn anew when they came in."""
    photos = []
    for number, blob in enumerate(blobs, start=1):
        compartment, name = str(blob["compartment"]), str(blob["name"])
        wrapped, ciphertext = blob["wrapped_key"], blob["ciphertext"]
        if not isinstance(wrapped, bytes) or not isinstance(ciphertext, bytes):
            continue
        key = wiring.vault().open_compartment(wrapped, compartment)
        data = open_sealed(key, compartment, name, ciphertext, str(blob["commitment"]))
        ending = "jpg" if blob["media_type"] == "image/jpeg" else "bin"
        photos.append(Photo(f"{number:02d}-{blob['id']}.{ending}", data, sha256(data).hexdigest()))
    return photos
