"""A safe picture out of whatever a phone sent, and whether a voice note is one.

Pictures are decoded only in a child process (`child.py`) with bounds on memory and time, and are always
written anew: what comes out is a JPEG that shows the same, upright, without place, time, device, thumbnail,
comments or anything appended. This module refuses to know who sent it and what is seen on it. The original's
hash belongs in the record before it is dropped (`original_sha256`).

Voice notes cannot be cleaned without a media library: they are told by their first bytes, kept sealed as
they are, and only ever offered as a download.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dutyroom.adapters.photos.child import MOST_PIXELS, MOST_PIXELS_WHOLE
from dutyroom.core.findings import Finding

MOST_PHOTO_BYTES = 15 * 2**20
MOST_VOICE_BYTES = 5 * 2**20
SECONDS = 20.0
_CHILD = Path(__file__).with_name("child.py")
_VERDICTS: dict[int, tuple[str, dict[str, int]]] = {
    3: ("photo.not_image", {}),
    4: ("photo.too_many_pixels", {"most_megapixels": MOST_PIXELS // 10**6}),
    5: ("photo.broken", {}),
    7: ("photo.too_many_pixels", {"most_megapixels": MOST_PIXELS_WHOLE // 10**6}),
}


class UploadRefused(Exception):
    """A photo or voice note that is not taken; `finding` says why, in a code that has a sentence."""

    def __init__(self, code: str, **fields: int) -> None:
        super().__init__(code)
        self.finding = Finding(code, "error", "", fields)


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """The picture as it may be stored and shown, and the hash of what was sent."""

    jpeg: bytes
    width: int
    height: int
    original_sha256: str


def clean_photo(data: bytes, seconds: float = SECONDS) -> CleanPhoto:
    """The picture in `data`, written anew. Takes JPEG, PNG and WebP.

    Raises UploadRefused with `photo.empty`, `photo.too_large`, `photo.heic`, `photo.not_image`,
    `photo.too_many_pixels`, `photo.broken` (cut off, damaged) or `photo.too_demanding` (memory or time).
    """
    if not data:
        raise UploadRefused("photo.empty")
    if len(data) > MOST_PHOTO_BYTES:
        raise UploadRefused("photo.too_large", most_mebibytes=MOST_PHOTO_BYTES // 2**20)
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"heim", b"avif"):
        raise UploadRefused("photo.heic")
    answer = _in_child(data, seconds)
    width, height = (int.from_bytes(answer[place : place + 4], "big") for place in (0, 4))
    return CleanPhoto(answer[8:], width, height, sha256(data).hexdigest())


def _in_child(data: bytes, seconds: float) -> bytes:
    # -I: neither the environment nor the current folder decides what the child imports.
    command = [sys.executable, "-I", str(_CHILD)]
    keep = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=seconds, env=keep, check=False
        )
    except subprocess.TimeoutExpired:
        raise UploadRefused("photo.too_demanding") from None
    if done.returncode == 0 and len(done.stdout) > 8:
        return done.stdout
    # Any other end, such as a kill by the memory bound, is the picture's doing.
    code, fields = _VERDICTS.get(done.returncode, ("photo.too_demanding", {}))
    raise UploadRefused(code, **fields)


def voice_type(data: bytes) -> str:
    """The media type of a voice note: `audio/webm`, `audio/mp4` or `audio/ogg`.

    Raises UploadRefused with `voice.empty`, `voice.too_large` or `voice.not_audio`.
    """
    if not data:
        raise UploadRefused("voice.empty")
    if len(data) > MOST_VOICE_BYTES:
        raise UploadRefused("voice.too_large", most_mebibytes=MOST_VOICE_BYTES // 2**20)
    if data[:4] == b"\x1aE\xdf\xa3" and b"webm" in data[:64]:
        return "audio/webm"
    if data[4:8] == b"ftyp" and data[8:11] in (b"M4A", b"mp4", b"iso", b"das", b"3gp"):
        return "audio/mp4"
    if data[:4] == b"OggS":
        return "audio/ogg"
    raise UploadRefused("voice.not_audio")
