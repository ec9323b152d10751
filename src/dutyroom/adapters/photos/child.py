"""The child process in which a stranger's picture is decoded: bytes on stdin, a clean JPEG on stdout.

Run by file path, alone: it imports Pillow and nothing of ours, so a flaw in a decoder meets a process
without keys, database or environment. Exit codes: 0 width, height (4 bytes each) and the JPEG follow; 3 not
an allowed image; 4 too many pixels for a plain JPEG, 7 for any other; 5 damaged; 6 too demanding.
"""

import io
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

# A plain JPEG is decoded at about the size that is kept; everything else is held whole, at 4 to 14 bytes a
# pixel.
MOST_PIXELS = 50_000_000
MOST_PIXELS_WHOLE = 16_000_000
LONG_SIDE = 2560
_MEMORY_BYTES = 768 * 2**20
_CPU_SECONDS = 15


def main() -> int:
    """Read, decode, write. Nothing is written unless the whole picture could be decoded."""
    _bound()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd EXIF from a cheap phone is no reason to refuse its photo
            return _clean(sys.stdin.buffer.read())
    except MemoryError:
        return 6
    except Exception:  # a decoder may raise anything; whatever it is, the picture is not taken
        return 5


def _bound() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such bounds; the pixel cap and the time limit hold there
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _clean(data: bytes) -> int:
    from PIL import Image, ImageOps, UnidentifiedImageError  # after the bounds: loading decoders counts too

    Image.MAX_IMAGE_PIXELS = None  # our own bound stands below, before anything is decoded
    try:
        picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    except UnidentifiedImageError:
        return 3
    whole = picture.format in ("PNG", "WEBP") or "progressive" in picture.info
    if picture.width * picture.height > (MOST_PIXELS_WHOLE if whole else MOST_PIXELS):
        return 7 if whole else 4
    picture.draft("RGB", (LONG_SIDE, LONG_SIDE))  # JPEG: decode at about the size that is kept
    picture.thumbnail((LONG_SIDE, LONG_SIDE))
    try:
        upright = ImageOps.exif_transpose(picture)
    except Exception:  # unreadable EXIF: better lying on its side than refused
        upright = picture
    _write(_on_white(upright))
    return 0


def _on_white(picture: "Image.Image") -> "Image.Image":
    """Plain red, green, blue: what was transparent becomes white; no palette, profile or text comes along."""
    from PIL import Image

    clear = picture.convert("RGBA") if picture.mode in ("RGBA", "LA", "PA", "P") else None
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(clear or picture.convert("RGB"), mask=clear)
    return plain


def _write(picture: "Image.Image") -> None:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, optimize=True)
    size = picture.width.to_bytes(4, "big") + picture.height.to_bytes(4, "big")
    sys.stdout.buffer.write(size + out.getvalue())
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
