"""Whether an archive is whole and unchanged, told from its bytes alone.

Works offline with the standard library and one signature check; it shares only the arithmetic
(`core.ledger`), the note format and the container's one canonical form with what made the archive. Every
byte is covered:

    contents  <- two manifests  <- two tag manifests  <- seal (signed)         the package
    entries   <- chain of the case; each entry <- proof <- checkpoint (signed)  the record
    signatures <- the public key, which the reader got from elsewhere           who made it
    a checkpoint the reader kept <- equal, or proven to be an earlier part      no second history

It judges and collects; sentences are in `wording` under the same codes. It cannot know whether the record
told the truth when it was written, nor, without a key and a checkpoint from elsewhere, whether somebody made
all of it anew.
"""

import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from dutyroom.adapters.archive import bag, contents
from dutyroom.adapters.notes import NoteRefused, open_note, split_note
from dutyroom.core import ledger
from dutyroom.core.findings import Finding
from dutyroom.core.ledger import BadCheckpoint, Checkpoint, Entry, NotCanonical

Findings = Iterator[Finding]


def verify(path: Path, checkpoint: str | None = None, public_key: str | None = None) -> tuple[Finding, ...]:
    """Every finding on the bag folder or zip at `path`; an archive is good when none of them is an error.

    `checkpoint` is the text of one that the reader kept (signed, or just its first lines), `public_key` the
    signing key in hex from a source other than the archive. Raises OSError when `path` cannot be read.
    """
    files: Mapping[str, bytes]
    if path.is_dir():
        files, found = read_folder(path)
        return (*found, *check(files, checkpoint, public_key))
    return verify_zip(path.read_bytes(), checkpoint, public_key)


def verify_zip(
    data: bytes, checkpoint: str | None = None, public_key: str | None = None
) -> tuple[Finding, ...]:
    """Every finding on a zip: that it is the canonical one of its contents, and what is wrong with those."""
    folder, files, found = _container(data)
    if not files:
        return found
    about = _json(files.get(contents.ABOUT, b""))
    if folder != contents.bag_name(str(about.get("case"))):
        found += (_error("archive.other_folder", folder),)
    return (*found, *check(files, checkpoint, public_key))


def read_zip(data: bytes) -> dict[str, bytes]:
    """The files of a zip, as far as it can be read: nothing for what is none. Says nothing of whether it is genuine."""
    return _container(data)[1]


def check(files: bag.Files, checkpoint: str | None = None, public_key: str | None = None) -> Findings:
    """Findings on a bag given as names with bytes, the outermost cover first; later ones may follow from
    earlier.
    """
    yield from _names(files)
    yield from _covers(files)
    yield from _info(files)
    key = files.get(contents.PUBLIC_KEY, b"").decode("utf-8", "replace").removesuffix("\n")
    if public_key is None:
        yield Finding("archive.key_not_given", "warning", contents.PUBLIC_KEY, {"key": key})
    elif public_key != key:
        yield _error("archive.other_key", contents.PUBLIC_KEY, key=key)
    key = public_key or key
    about = _json(files.get(contents.ABOUT, b""))
    if about.get("format") != contents.FORMAT:
        yield _error("archive.unknown_format", contents.ABOUT)
        return
    yield from _seal(files, about, key)
    yield from _plan(files, about)
    yield from _record(files, about, key, checkpoint)


def read_folder(path: Path) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """The files under a bag's folder, and a finding for whatever there is neither a folder nor an ordinary
    file.
    """
    files: dict[str, bytes] = {}
    found = []
    for folder, folders, names in os.walk(path):
        for name in sorted((*folders, *names)):
            full = Path(folder, name)
            place = full.relative_to(path).as_posix()
            if full.is_symlink() or not (full.is_file() or full.is_dir()):
                found.append(_error("archive.not_a_file", place))
            elif full.is_file():
                files[place] = full.read_bytes()
    return files, tuple(found)


def _error(code: str, place: str, **fields: str | int) -> Finding:
    return Finding(code, "error", place, fields)


def _json(data: bytes) -> dict[str, Any]:
    """The object in `data`; an empty one when it is not a JSON object."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


# --- the container --------------------------------------------------------------------------------


def _container(data: bytes) -> tuple[str, dict[str, bytes], tuple[Finding, ...]]:
    """The folder's name and the files of a zip, and whether the zip is the canonical one of just these."""
    try:
        folder, files, found = _read_zip(data)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError, IndexError):
        return "", {}, (_error("archive.zip_unreadable", ""),)
    if not files and not found:
        return "", {}, (_error("archive.zip_unreadable", ""),)
    if not found and bag.zipped(folder, files) != data:
        found = (_error("archive.zip_changed", folder),)
    return folder, files, found


def _read_zip(data: bytes) -> tuple[str, dict[str, bytes], tuple[Finding, ...]]:
    found: list[Finding] = []
    files: dict[str, bytes] = {}
    folder = ""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            top, _, name = entry.filename.partition("/")
            folder = folder or top
            if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
                found.append(_error("archive.zip_changed", entry.filename))  # and it could be a bomb
            elif not name or top != folder or not bag.is_safe_name(entry.filename):
                found.append(_error("archive.unsafe_name", entry.filename))
            elif name in files:
                found.append(_error("archive.twin_name", name))
            else:
                files[name] = archive.read(entry)
    return folder, files, tuple(found)


def _names(files: bag.Files) -> Findings:
    for name in files:
        if not bag.is_safe_name(name):
            yield _error("archive.unsafe_name", name)
        if not name.startswith("data/") and name not in bag.TAG_FILES:
            yield _error("archive.extra_file", name)
    for name in bag.twins(files):
        yield _error("archive.twin_name", name)
    for name in (*sorted(bag.TAG_FILES), *contents.REQUIRED):
        if name not in files:
            yield _error("archive.missing_file", name)


def _covers(files: bag.Files) -> Findings:
    """Each manifest must be exactly the one its files make; where it is not, say which line differs."""
    payload = bag.payload_names(files)
    if files.get("bagit.txt") != bag.DECLARATION:
        yield _error("archive.changed", "bagit.txt")
    tagged = [name for name in bag.TAGGED if name in files]
    for names, manifests in ((payload, bag.MANIFESTS), (tagged, bag.TAG_MANIFESTS)):
        for algorithm, manifest in zip(bag.ALGORITHMS, manifests, strict=True):
            made = bag.manifest(files, names, algorithm)
            if manifest in files and files[manifest] != made:
                yield from _differences(files[manifest], made, manifest)


def _differences(given: bytes, made: bytes, manifest: str) -> Findings:
    listed, there = _lines(given), _lines(made)
    for name in sorted(listed.keys() - there.keys()):
        yield _error("archive.missing_file", name)
    for name in sorted(there.keys() - listed.keys()):
        yield _error("archive.extra_file", name)
    changed = sorted(name for name in listed.keys() & there.keys() if listed[name] != there[name])
    for name in changed:
        yield _error("archive.changed", name)
    if not changed and listed.keys() == there.keys():
        yield _error("archive.changed", manifest)


def _lines(manifest: bytes) -> dict[str, str]:
    rows = (row.partition("  ") for row in manifest.decode("utf-8", "replace").splitlines())
    return {name: digest for digest, _, name in rows}


def _info(files: bag.Files) -> Findings:
    info = files.get("bag-info.txt", b"").decode("utf-8", "replace").split("\n")
    case = _json(files.get(contents.ABOUT, b"")).get("case")
    for row in (f"Payload-Oxum: {bag.payload_oxum(files)}", f"External-Identifier: {case}"):
        if row not in info:
            yield _error("archive.changed", "bag-info.txt")


def _seal(files: bag.Files, about: Mapping[str, Any], key: str) -> Findings:
    if not all(name in files for name in (*bag.TAG_MANIFESTS, bag.SEAL)):
        return
    site, case = str(about.get("site")), str(about.get("case"))
    try:
        note = files[bag.SEAL].decode()
        text = open_note(note, bag.seal_name(site), [key])
    except (NoteRefused, UnicodeDecodeError):
        yield _error("archive.seal_broken", bag.SEAL)
        return
    # One signature and no more: the seal is the one file that nothing else covers.
    if text != bag.seal_text(site, case, files) or note.count("\n") != text.count("\n") + 2:
        yield _error("archive.seal_broken", bag.SEAL)


def _plan(files: bag.Files, about: Mapping[str, Any]) -> Findings:
    if sha256(files.get(contents.PLAN, b"")).hexdigest() != about.get("plan_sha256"):
        yield _error("archive.other_plan", contents.PLAN)


# --- the record -----------------------------------------------------------------------------------


def _record(files: bag.Files, about: Mapping[str, Any], key: str, kept: str | None) -> Findings:
    entries, unread = _entries(files.get(contents.RECORD, b""))
    yield from unread
    yield from ledger.chain_faults(entries)
    if len(entries) != about.get("entries"):
        yield _error(
            "archive.entries_missing", contents.RECORD, there=len(entries), stated=str(about.get("entries"))
        )
    for entry in entries:
        if (entry.site, entry.case) != (about.get("site"), about.get("case")):
            yield _error("archive.other_case", entry.entry_id)
    yield from _plan_on_record(entries, about)
    checkpoint = _checkpoint(files, key)
    if checkpoint is None:
        yield _error("archive.checkpoint_broken", contents.CHECKPOINT)
        return
    stated = (about.get("site"), about.get("tree_size"), about.get("root"))
    if (checkpoint.site, checkpoint.size, checkpoint.root.hex()) != stated:
        yield _error("archive.other_checkpoint", contents.CHECKPOINT)
    proofs = _json(files.get(contents.PROOFS, b""))
    yield from _inclusion(entries, proofs, checkpoint)
    earlier, broken = _earlier(proofs, checkpoint)
    yield from broken
    if kept is not None:
        yield from _against(kept, checkpoint, earlier, key)


def _entries(data: bytes) -> tuple[list[Entry], list[Finding]]:
    entries, found = [], []
    *lines, rest = data.split(b"\n")
    for number, row in enumerate(lines, 1):
        try:
            entries.append(ledger.read_line(row))
        except NotCanonical:
            found.append(_error("archive.line_unreadable", contents.RECORD, line=number))
    if rest or not entries:
        found.append(_error("archive.line_unreadable", contents.RECORD, line=len(lines) + 1))
    return entries, found


def _plan_on_record(entries: list[Entry], about: Mapping[str, Any]) -> Findings:
    """The record names the plan it ran under by hash; the plan in the archive must be one of those."""
    named = {_json(entry.body.encode()).get("edition") for entry in entries} - {None}
    if not named:
        yield Finding("archive.plan_not_on_record", "note", contents.PLAN)
    elif about.get("plan_sha256") not in named:
        yield _error("archive.other_plan", contents.PLAN)


def _checkpoint(files: bag.Files, key: str) -> Checkpoint | None:
    try:
        return signed_checkpoint(files.get(contents.CHECKPOINT, b"").decode(), key)
    except (NoteRefused, BadCheckpoint, UnicodeDecodeError):
        return None


def signed_checkpoint(note: str, key: str) -> Checkpoint:
    """The checkpoint of a note that the key (hex) signed. Raises NoteRefused or BadCheckpoint."""
    name = note.partition("\n")[0]
    return ledger.parse_checkpoint(open_note(note, name, [key]))


def _inclusion(entries: list[Entry], proofs: Mapping[str, Any], checkpoint: Checkpoint) -> Findings:
    rows = _rows(proofs, "entries")
    if len(rows) != len(entries):
        yield _error("archive.proof_missing", contents.PROOFS)
    last = -1
    for entry, row in zip(entries, rows, strict=False):
        index, proof = _proof(row)
        leads = ledger.verify_inclusion(ledger.leaf(entry), index, checkpoint.size, proof, checkpoint.root)
        if not leads or index <= last or row.get("entry") != entry.entry_id:
            yield _error("archive.proof_broken", entry.entry_id)
        last = index


def _rows(proofs: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = proofs.get(name)
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []


def _proof(row: Mapping[str, Any]) -> tuple[int, list[bytes]]:
    index = row.get("index", 0)
    try:
        return (index if type(index) is int else -1), [bytes.fromhex(each) for each in row["proof"]]
    except (KeyError, TypeError, ValueError):
        return -1, []


def _earlier(
    proofs: Mapping[str, Any], checkpoint: Checkpoint
) -> tuple[dict[int, Checkpoint], list[Finding]]:
    """The earlier checkpoints whose trees this one is proven to begin with, by size.

    Who signed them does not matter here: what the reader kept is held against their figures.
    """
    good, found = {}, []
    for row in _rows(proofs, "earlier"):
        old = _figures(str(row.get("checkpoint")))
        if old is not None and old.site == checkpoint.site and _begins(checkpoint, old, _proof(row)[1]):
            good[old.size] = old
        else:
            found.append(_error("archive.earlier_broken", contents.PROOFS))
    return good, found


def _begins(checkpoint: Checkpoint, old: Checkpoint, proof: list[bytes]) -> bool:
    return ledger.verify_consistency(old.size, old.root, checkpoint.size, checkpoint.root, proof)


def _figures(text: str) -> Checkpoint | None:
    """Size and root of a checkpoint as signed, or as printed without signatures; nobody is believed for them
    yet.
    """
    try:
        return ledger.parse_checkpoint(split_note(text)[0] if "\n\n" in text else text)
    except (NoteRefused, BadCheckpoint):
        return None


def _against(kept: str, checkpoint: Checkpoint, earlier: Mapping[int, Checkpoint], key: str) -> Findings:
    """What the reader kept must be this tree, or one that this tree was shown to begin with."""
    mine = _figures(kept)
    if mine is None:
        yield _error("archive.kept_unreadable", "")
        return
    if not _is_signed(kept, key):
        yield Finding("archive.kept_signature_unknown", "note", "")
    same = checkpoint if mine.size == checkpoint.size else earlier.get(mine.size)
    if mine.site != checkpoint.site:
        yield _error("archive.kept_other_site", "", site=mine.site)
    elif same is None:
        yield _error("archive.kept_not_comparable", "", size=mine.size, tree_size=checkpoint.size)
    elif same.root != mine.root:
        yield _error("archive.second_history", "", size=mine.size)


def _is_signed(note: str, key: str) -> bool:
    try:
        signed_checkpoint(note, key)
    except (NoteRefused, BadCheckpoint):
        return False
    return True
