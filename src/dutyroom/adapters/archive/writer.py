"""Makes the archive of a closed case: renders the review, seals the bag, writes it all or not at all, and
zips it.

Before anything is written, the finished bag is read by the verifier and by the pattern check for personal
data. It refuses to know when an archive is due, who may ask for one, and where keys are: signing is handed
in.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from dutyroom.adapters.archive import bag, contents
from dutyroom.adapters.archive.duty import duty_data
from dutyroom.adapters.archive.package import Package, Photo
from dutyroom.adapters.archive.verifier import check, read_folder
from dutyroom.adapters.documents import missing_glyphs, review_docx, review_pdf
from dutyroom.core.findings import Finding
from dutyroom.core.ledger import canonical, line
from dutyroom.core.privacy import find_personal
from dutyroom.core.review import Review, as_data
from dutyroom.wording import say

Sign = Callable[[str, str], str]
"""Signs a text under a name and answers with the signed note: `Vault.sign`."""

Render = Callable[[Review, str], bytes]
RENDERERS: Mapping[str, Render] = {contents.REVIEW_PDF: review_pdf, contents.REVIEW_DOCX: review_docx}
"""Draws a review in a language, one for each document of the archive."""


class ArchiveRefused(Exception):
    """The package cannot become an archive as it is; `findings` say why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(sorted({finding.code for finding in findings})))
        self.findings = findings


def write(
    package: Package,
    folder: Path,
    sign: Sign,
    *,
    reviewed: bool = False,
    renderers: Mapping[str, Render] = RENDERERS,
) -> Path:
    """Write the bag into `folder` and its zip beside it; the answer is the bag's folder.

    `reviewed` says that a person has seen what `personal_findings` lists and lets it go out. Raises
    ArchiveRefused for that, for a package that would not verify, and where another archive of the case
    stands already: an archive is never overwritten, but the same one may be written again, so a cut-off
    writing is finished by a repeat.
    """
    personal = () if reviewed else personal_findings(package)
    files = make(package, sign, renderers)
    faults = [each for each in check(files, public_key=package.public_key) if each.severity == "error"]
    if personal or faults:
        raise ArchiveRefused((*faults, *personal))
    target = folder / contents.bag_name(package.case_id)
    folder.mkdir(parents=True, exist_ok=True)
    _place_folder(target, files)
    _place_file(target.with_name(target.name + ".zip"), bag.zipped(target.name, files))
    return target


def make(package: Package, sign: Sign, renderers: Mapping[str, Render] = RENDERERS) -> dict[str, bytes]:
    """The sealed bag as names with bytes. The same package and key give the same bytes."""
    info = {
        "Bagging-Date": package.bagging_date,
        "Bag-Software-Agent": "Dutyroom",
        "External-Identifier": package.case_id,
        "Source-Organization": package.site_name,
    }
    files = bag.bagged(_payload(package, renderers), info)
    text = bag.seal_text(package.site_id, package.case_id, files)
    files[bag.SEAL] = sign(bag.seal_name(package.site_id), text).encode()
    return files


# Identifiers and hashes are random: now and then one holds eleven digits that look like a telephone number.
_IDENTIFIER = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64})\b")


def personal_findings(package: Package) -> tuple[Finding, ...]:
    """Where the archive's texts look like personal data, one warning a text and kind; a person must look at
    each.
    """
    texts = [(entry.entry_id, entry.body) for entry in package.entries]
    texts += [
        (contents.PLAN, package.plan_text),
        (contents.ROSTER, package.roster_text),
        (contents.REVIEW_DATA, json.dumps(as_data(package.review), ensure_ascii=False)),
        *((contents.DELIVERIES, json.dumps(dict(row), ensure_ascii=False)) for row in package.deliveries),
        *((contents.PEOPLE, json.dumps(dict(row), ensure_ascii=False)) for row in package.people_in_role),
    ]
    found = [(place, each.kind) for place, text in texts for each in find_personal(_IDENTIFIER.sub("", text))]
    return tuple(
        Finding(
            "archive.personal_data", "warning", place, {"kind": kind, "count": found.count((place, kind))}
        )
        for place, kind in dict.fromkeys(found)
    )


def document_findings(package: Package) -> tuple[Finding, ...]:
    """What the archive's PDF cannot show."""
    return missing_glyphs(package.review, package.language)


def _payload(package: Package, renderers: Mapping[str, Render]) -> dict[str, bytes]:
    faults = _given_faults(package)
    if faults:
        raise ArchiveRefused(faults)
    return {
        contents.ABOUT: _about(package),
        contents.RECORD: b"".join(line(entry) + b"\n" for entry in package.entries),
        contents.PROOFS: _proofs(package),
        contents.CHECKPOINT: package.checkpoint.encode(),
        contents.PUBLIC_KEY: f"{package.public_key}\n".encode(),
        contents.PLAN: package.plan_text.encode(),
        contents.ROSTER: package.roster_text.encode(),
        contents.PEOPLE: canonical({"people_in_role": package.people_in_role}),
        contents.DELIVERIES: canonical({"deliveries": package.deliveries}),
        contents.REVIEW_DATA: canonical(as_data(package.review)),
        **({contents.DUTY: canonical(duty_data(package.duty))} if package.duty is not None else {}),
        contents.README: _readme(package),
        **{name: render(package.review, package.language) for name, render in renderers.items()},
        **{contents.PHOTOS + photo.name: photo.data for photo in map(Photo._make, package.photos)},
    }


def _given_faults(package: Package) -> tuple[Finding, ...]:
    """What the verifier could not see any more: parts of the package that disagree before they become files."""
    photos = [Photo._make(each) for each in package.photos]
    names = [photo.name for photo in photos]
    found = [
        ("archive.photo_changed", photo.name)
        for photo in photos
        if sha256(photo.data).hexdigest() != photo.sha256
    ]
    found += [("archive.unsafe_name", name) for name in names if "/" in name or not bag.is_safe_name(name)]
    found += [("archive.twin_name", name) for name in (*bag.twins(names), *_doubled(names))]
    if not bag.is_safe_name(contents.bag_name(package.case_id)) or "/" in package.case_id:
        found.append(("archive.unsafe_name", package.case_id))
    if not len(package.entries) == len(package.leaf_indexes) == len(package.proofs):
        found.append(("archive.proof_missing", contents.PROOFS))
    return tuple(Finding(code, "error", place) for code, place in found)


def _doubled(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def _about(package: Package) -> bytes:
    return canonical(
        {
            "format": contents.FORMAT,
            "case": package.case_id,
            "site": package.site_id,
            "site_name": package.site_name,
            "entries": len(package.entries),
            "tree_size": package.tree_size,
            "root": package.root.hex(),
            "plan_sha256": package.plan_sha256,
            "language": package.language,
            "made_on": package.bagging_date,
        }
    )


def _proofs(package: Package) -> bytes:
    rows = zip(package.entries, package.leaf_indexes, package.proofs, strict=True)
    return canonical(
        {
            "entries": [
                {"entry": entry.entry_id, "index": index, "proof": [each.hex() for each in proof]}
                for entry, index, proof in rows
            ],
            "earlier": [
                {"checkpoint": text, "proof": [each.hex() for each in proof]}
                for text, proof in package.earlier
            ],
        }
    )


def _readme(package: Package) -> bytes:
    fields = {"case": package.case_id, "site": package.site_name, "key": package.public_key}
    return "\n".join(say("archive.readme", language, **fields) for language in ("zh", "en")).encode()


# --- writing ---


def _place_folder(target: Path, files: bag.Files) -> None:
    if target.exists():
        _same_or_refuse(target, read_folder(target) == (files, ()))
        return
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        for name, data in files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_through(path, data)
        for path in (*(each for each in draft.rglob("*") if each.is_dir()), draft):
            _flush(path)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _flush(target.parent)


def _place_file(target: Path, data: bytes) -> None:
    if target.exists():
        _same_or_refuse(target, target.read_bytes() == data)
        return
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        _write_through(draft, data)
        draft.rename(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _flush(target.parent)


def _same_or_refuse(target: Path, same: bool) -> None:
    if not same:
        raise ArchiveRefused((Finding("archive.exists", "error", target.name),))


def _write_through(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
