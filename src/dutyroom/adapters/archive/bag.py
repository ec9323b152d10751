"""The container: a BagIt 1.0 bag (RFC 8493) in one canonical form, as names with bytes, and the one zip of
it.

There is exactly one way to write the manifests, the seal's text and the zip for given contents, so a
verifier can make them again and compare: nothing can hide in a comment, an order, a doubled name or a spare
byte. It refuses to know what the files mean.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from functools import lru_cache
from unicodedata import category, normalize

Files = Mapping[str, bytes]

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_DIGESTS = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
ALGORITHMS = tuple(_DIGESTS)
MANIFESTS = tuple(f"manifest-{algorithm}.txt" for algorithm in ALGORITHMS)
TAG_MANIFESTS = tuple(f"tagmanifest-{algorithm}.txt" for algorithm in ALGORITHMS)
SEAL = "seal.txt"
TAGGED = ("bag-info.txt", "bagit.txt", *MANIFESTS)  # what the tag manifests cover; the seal covers those
TAG_FILES = frozenset((*TAGGED, *TAG_MANIFESTS, SEAL))

# Names that some system reads as something else, or cannot hold (Windows devices, wildcards, percent codes).
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_FORBIDDEN = frozenset('\\:*?"<>|%')
_MOST_NAME_BYTES = 200
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


@lru_cache(maxsize=4096)
def is_safe_name(name: str) -> bool:
    """Whether a path inside a bag means the same file on every system, and none outside the bag."""
    return normalize("NFC", name) == name and all(map(_is_safe_part, name.split("/")))


def _is_safe_part(part: str) -> bool:
    return (
        bool(part)
        and part[0] not in ". ~"
        and part[-1] not in ". "
        and not _DEVICE.fullmatch(part)
        and not _FORBIDDEN & set(part)
        and not any(category(each) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp") for each in part)
        and len(part.encode("utf-8", "replace")) <= _MOST_NAME_BYTES
    )


def twins(names: Iterable[str]) -> tuple[str, ...]:
    """Names that differ only in case or form from one before them: some systems hold them to be one file."""
    seen: set[str] = set()
    found = []
    for name in sorted(names):
        folded = _folded(name)
        if folded in seen:
            found.append(name)
        seen.add(folded)
    return tuple(found)


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return normalize("NFKC", name).casefold()


def manifest(files: Files, names: Iterable[str], algorithm: str) -> bytes:
    """The manifest of some files: hash, two spaces, name; in the order of the names."""
    digest = _DIGESTS[algorithm]
    rows = (f"{digest(files[name]).hexdigest()}  {name}\n" for name in sorted(names))
    return "".join(rows).encode()


def payload_names(files: Files) -> tuple[str, ...]:
    """The names of the bag's contents, as opposed to the files about them."""
    return tuple(name for name in files if name.startswith("data/"))


def payload_oxum(files: Files) -> str:
    """RFC 8493 section 2.2.2: number of bytes, dot, number of files."""
    names = payload_names(files)
    return f"{sum(len(files[name]) for name in names)}.{len(names)}"


def bagged(payload: Files, info: Mapping[str, str]) -> dict[str, bytes]:
    """The payload with every tag file but the seal. `info` becomes bag-info.txt, line breaks in it one space."""
    rows = {**info, "Payload-Oxum": payload_oxum(payload)}
    lines = (f"{key}: {' '.join(value.split())}\n" for key, value in sorted(rows.items()))
    files = {**payload, "bagit.txt": DECLARATION, "bag-info.txt": "".join(lines).encode()}
    for algorithm, name in zip(ALGORITHMS, MANIFESTS, strict=True):
        files[name] = manifest(files, payload, algorithm)
    for algorithm, name in zip(ALGORITHMS, TAG_MANIFESTS, strict=True):
        files[name] = manifest(files, TAGGED, algorithm)
    return files


def seal_name(site: str) -> str:
    """What a site's archives are signed under: another name than its checkpoints, so neither passes as the
    other.
    """
    return f"dutyroom-archive/{site}"


def seal_text(site: str, case: str, files: Files) -> str:
    """What the seal signs: whose archive it is, and the hash of each tag manifest, which cover all the rest."""
    hashes = (f"{name} {hashlib.sha256(files[name]).hexdigest()}\n" for name in TAG_MANIFESTS)
    return f"{seal_name(site)}\ncase {case}\n" + "".join(hashes)


def zipped(folder: str, files: Files) -> bytes:
    """The one zip of a bag: sorted, stored and not packed, one fixed date, no comment and no extra field."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _FIXED_DATE)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # the same on every system
            archive.writestr(entry, files[name])
    return out.getvalue()
