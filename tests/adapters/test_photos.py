"""What phones and strangers send, and what may come of it."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from dutyroom import wording
from dutyroom.adapters import photos
from dutyroom.adapters.photos import UploadRefused, clean_photo, voice_type

GPS, ORIENTATION, MAKER, DATE = 0x8825, 0x0112, 0x010F, 0x9003


def picture(
    form: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object
) -> bytes:
    """Red on the left half, blue on the right."""
    image = Image.new(mode, size, "blue" if mode != "L" else 50)
    image.paste("red" if mode != "L" else 200, (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def code(data: bytes) -> str:
    with pytest.raises(UploadRefused) as refused:
        clean_photo(data)
    finding = refused.value.finding
    for language in ("zh", "en"):
        assert wording.say(finding.code, language, **finding.fields)
    return finding.code


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("JPEG", "L"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "L"),
        ("PNG", "1"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
    ],
)
def test_every_allowed_form_becomes_a_plain_jpeg(form: str, mode: str) -> None:
    image = Image.new("RGB", (40, 20), "blue")
    image.paste("red", (0, 0, 20, 20))
    out = io.BytesIO()
    image.convert(mode).save(out, form)
    clean = clean_photo(out.getvalue())
    result = opened(clean.jpeg)
    assert (
        (result.format, result.mode, result.size)
        == ("JPEG", "RGB", (40, 20))
        == (
            "JPEG",
            "RGB",
            (clean.width, clean.height),
        )
    )
    left, right = result.getpixel((4, 10)), result.getpixel((36, 10))
    assert left != right


def test_place_time_and_device_are_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "MARKER-PHONE"
    exif.get_ifd(GPS)[2] = (22.0, 31.0, 40.0)
    exif.get_ifd(0x8769)[DATE] = "2026:11:23 18:00:00"
    data = picture(exif=exif, comment=b"MARKER-COMMENT")
    assert b"MARKER-PHONE" in data and opened(data).getexif().get_ifd(GPS)
    clean = clean_photo(data)
    result = opened(clean.jpeg)
    assert not result.getexif() and "exif" not in result.info and b"MARKER" not in clean.jpeg
    assert (clean.width, clean.height) == (20, 40)
    # Orientation 6 is shown turned clockwise: what was on the left is on top.
    red, _, blue = result.getpixel((10, 4))
    assert red > blue


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12", b"Exif\0\0garbage" * 9]
)
def test_a_photo_with_unreadable_exif_is_taken(exif: bytes) -> None:
    clean = clean_photo(picture(exif=exif))
    assert (clean.width, clean.height) == (40, 20) and b"garbage" not in clean.jpeg


def test_text_and_appended_bytes_do_not_survive() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "MARKER-AUTHOR")
    data = picture("PNG", pnginfo=info) + b"<script>MARKER</script>"
    assert b"MARKER" not in clean_photo(data).jpeg


def test_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(out, "PNG")
    assert min(opened(clean_photo(out.getvalue()).jpeg).getpixel((5, 5))) > 250


def test_large_ones_are_made_smaller() -> None:
    clean = clean_photo(picture(size=(4000, 3000)))
    assert (clean.width, clean.height) == (2560, 1920)


def test_the_hash_of_what_was_sent() -> None:
    data = picture()
    assert clean_photo(data).original_sha256 == photos.sha256(data).hexdigest()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(side: int) -> bytes:
    """A PNG of side × side black pixels, a thousandth of that in bytes."""
    rows = zlib.compressobj(9)
    row = b"\x00" * (side // 8 + 1)
    body = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_pixel_bomb_is_refused_before_it_is_decoded() -> None:
    data = bomb(30_000)
    assert len(data) < 200_000
    assert code(data) == "photo.too_many_pixels"


def test_each_form_has_its_own_bound() -> None:
    """A JPEG is decoded small, so it may have more pixels; the sentence names the bound that holds."""
    assert clean_photo(picture(size=(6000, 4000))).width == 2560
    progressive = picture(size=(6000, 4000), progressive=True)
    png, large = picture("PNG", size=(6000, 4000)), picture(size=(9000, 6000))
    for data, megapixels in ((png, 16), (progressive, 16), (large, 50)):
        with pytest.raises(UploadRefused) as refused:
            clean_photo(data)
        assert refused.value.finding.fields == {"most_megapixels": megapixels}


def test_a_picture_that_lies_about_its_size() -> None:
    data = bytearray(bomb(30_000))
    data[16:24] = struct.pack(">II", 100, 100)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    try:
        clean = clean_photo(bytes(data))
    except UploadRefused as refused:
        assert refused.finding.code == "photo.broken"
    else:
        assert (clean.width, clean.height) == (100, 100)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"<html><script>1</script></html>",
        b"%PDF-1.7\n",
        b"PK\x03\x04" + b"\0" * 60,
        b"GIF89a" + b"\0" * 60,
        b"BM" + b"\0" * 60,
        b"\0" * 1000,
        b"x",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
    ],
)
def test_anything_else_is_not_an_image(data: bytes) -> None:
    assert code(data) == "photo.not_image"


def test_other_refusals() -> None:
    assert code(b"") == "photo.empty"
    assert code(b"\xff\xd8" + b"\0" * photos.MOST_PHOTO_BYTES) == "photo.too_large"
    assert code(b"\0\0\0\x18ftypheic" + b"\0" * 40) == "photo.heic"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_cut_picture_is_broken(form: str) -> None:
    data = picture(form, size=(300, 300))
    assert code(data[: len(data) // 2]) in ("photo.broken", "photo.not_image")


def test_a_child_that_takes_too_long_is_ended() -> None:
    with pytest.raises(UploadRefused) as refused:
        clean_photo(picture(), seconds=0.001)
    assert refused.value.finding.code == "photo.too_demanding"


@pytest.mark.skipif(sys.platform == "win32", reason="no resource bounds there")
@pytest.mark.parametrize(
    ("greedy", "error"),
    [("x = bytes(10**9)", b"MemoryError"), ("import os; os.write(os.open('f', 65), b'x')", b"OSError")],
)
def test_the_child_is_bounded(tmp_path: Path, greedy: str, error: bytes) -> None:
    """With the bounds the child sets itself, a gigabyte of memory or one byte in a file ends it."""
    for bound, expected in (("['_bound']()", True), ("", False)):
        script = f"import runpy; runpy.run_path({str(photos._CHILD)!r}){bound}; {greedy}"
        command = [sys.executable, "-I", "-c", script]
        done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path)
        assert (done.returncode != 0) == expected
        assert not expected or error in done.stderr or done.returncode < 0


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (
            b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
            + b"\0" * 99,
            "audio/webm",
        ),
        (b"\0\0\0\x1cftypM4A \0\0\0\0" + b"\0" * 99, "audio/mp4"),
        (b"\0\0\0\x1cftypisom\0\0\0\0" + b"\0" * 99, "audio/mp4"),
        (b"OggS\0\x02" + b"\0" * 99, "audio/ogg"),
    ],
)
def test_voice_notes(data: bytes, kind: str) -> None:
    assert voice_type(data) == kind


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "voice.empty"),
        (b"OggS" + b"\0" * photos.MOST_VOICE_BYTES, "voice.too_large"),
        (b"\x1aE\xdf\xa3" + b"\0" * 20 + b"matroska", "voice.not_audio"),
        (b"\0\0\0\x18ftypheic", "voice.not_audio"),
        (b"<html>", "voice.not_audio"),
        (b"MZ", "voice.not_audio"),
    ],
)
def test_what_is_no_voice_note(data: bytes, code: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        voice_type(data)
    assert refused.value.finding.code == code
    for language in ("zh", "en"):
        assert wording.say(code, language, **refused.value.finding.fields)
