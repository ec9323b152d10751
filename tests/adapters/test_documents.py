"""The review as PDF and .docx: all of its text is there, none of it is read as markup, and what cannot be
drawn is said.
"""

import io
import re
import zipfile
import zlib
from itertools import pairwise

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyroom import wording
from dutyroom.adapters.documents import missing_glyphs, review_docx, review_pdf
from dutyroom.adapters.documents.glyphs import GETA, drawable, drawn
from dutyroom.adapters.documents.layout import lay_out, local_time
from dutyroom.core.review import ObligationRow, Review, Verdict, as_data
from tests.adapters.sample_case import a_review


def characters(pdf: bytes) -> set[str]:
    """Every character the PDF says its glyphs stand for (the fonts' ToUnicode maps)."""
    found: set[str] = set()
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            text = zlib.decompressobj().decompress(stream)
        except zlib.error:
            continue
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", text, re.DOTALL):
            for code in re.findall(rb"<[0-9a-fA-F]+>\s*<([0-9a-fA-F]+)>", block):
                found.update(bytes.fromhex(code.decode()).decode("utf-16-be"))
    return found


def texts(review: Review, lang: str) -> list[str]:
    layout = lay_out(review, lang)
    found = [layout.heading, layout.title, *(value for fact in layout.facts for value in fact)]
    for section in layout.sections:
        found += [
            section.heading,
            *section.columns,
            *section.lines,
            *(value for row in section.rows for value in row),
        ]
    return found


def words(document: bytes) -> str:
    opened = docx.Document(io.BytesIO(document))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in opened.paragraphs), *cells])


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_every_character_of_the_review_is_drawn(lang: str) -> None:
    pdf = review_pdf(a_review(), lang)
    assert pdf.startswith(b"%PDF-1.7")
    wanted = set("".join(drawn(text) for text in texts(a_review(), lang))) - set(" \n　")
    assert wanted - characters(pdf) == set()
    assert {"喆", "龑", GETA} <= characters(pdf)


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_every_text_stands_in_the_docx_as_it_was_written(lang: str) -> None:
    whole = words(review_docx(a_review(), lang))
    for text in texts(a_review(), lang):
        assert text in whole
    assert "𠮷田 #panic() *粗*" in whole


@pytest.mark.parametrize("make", [review_pdf, review_docx])
def test_the_same_review_gives_the_same_bytes(make) -> None:  # type: ignore[no-untyped-def]
    assert make(a_review(), "zh") == make(a_review(), "zh")
    assert make(a_review(), "zh") != make(a_review(site="另一处"), "zh")


def test_an_empty_review_says_none_everywhere() -> None:
    empty = a_review(
        timeline=(), obligations=(), worked=(), open_points=(), actions=(), facts=(), numbers=(), closed=None
    )
    for lang in wording.LANGUAGES:
        none = wording.say("review.none", lang)
        assert words(review_docx(empty, lang)).count(none) >= 6
        assert set(none) <= characters(review_pdf(empty, lang))
        assert wording.say("review.not_closed", lang) in words(review_docx(empty, lang))


def test_a_drill_is_marked() -> None:
    assert "【演练】" in words(review_docx(a_review(exercise=True), "zh"))
    assert "演练】" not in words(review_docx(a_review(), "zh"))


def test_lateness_is_said_in_minutes_and_only_then() -> None:
    def row(verdict: Verdict) -> str:
        one = ObligationRow("S1", "x", "y", None, None, verdict, a_review().obligations[0].clock, 12)
        return lay_out(a_review(obligations=(one,)), "zh").sections[1].rows[0][5]

    assert row(Verdict.LATE) == "迟 12 分钟"
    assert all("12" not in row(verdict) for verdict in Verdict if verdict is not Verdict.LATE)


def test_times_are_shown_in_the_sites_zone() -> None:
    assert local_time(1_795_428_000_000, "Asia/Shanghai") == "2026-11-23 18:00"
    assert local_time(1_795_428_000_000, "UTC") == "2026-11-23 10:00"
    assert local_time(None, "UTC") == ""
    assert as_data(a_review())["opened"] == "2026-11-23T10:00:00.000Z"


def test_missing_glyphs_are_named() -> None:
    (finding,) = missing_glyphs(a_review(title="事故 😀"))
    assert finding.severity == "warning"
    assert finding.fields["characters"] == "😀 (U+1F600) 𠮷 (U+20BB7)"
    assert "😀" in wording.say(finding.code, "zh", **finding.fields)
    assert missing_glyphs(a_review(timeline=())) == ()


def test_the_fonts_are_complete() -> None:
    """More than a GB 2312 subset: every character of GB 2312 and GBK's rare names, and no gap in the common
    block.
    """
    gb2312 = {
        bytes((high, low)).decode("gb2312")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
        if not (high == 0xD7 and low > 0xF9)
    }
    assert gb2312 <= drawable()
    assert set("喆龑堃昇珺䶮囍・〓“”—…") <= drawable()
    common = sorted(ord(each) for each in drawable() if 0x4E00 <= ord(each) <= 0x9FA5)
    assert all(after == before + 1 for before, after in pairwise(common))


def test_characters_that_are_never_drawn_leave_no_mark() -> None:
    assert drawn("a\u200bb\ufe0fc\x00d\ud800") == "abcd"
    assert drawn("😀x") == GETA + "x"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(), max_size=60))
def test_no_text_can_break_or_command_a_document(text: str) -> None:
    rows = tuple(row for row in a_review().timeline[:1])
    review = a_review(
        title=text, site=text, worked=(text,), timeline=rows, obligations=(), actions=(), facts=()
    )
    assert review_pdf(review, "zh").startswith(b"%PDF")
    assert zipfile.ZipFile(io.BytesIO(review_docx(review, "zh"))).testzip() is None


@pytest.mark.parametrize(
    "text",
    [
        "#panic()",
        '#read("/etc/passwd")',
        "= 标题",
        "$ x $",
        "@ref",
        "<label>",
        "*b*",
        "`c`",
        "\\",
        "//x",
        "/*",
        "]",
        "#[",
        "{{",
        '"',
        "'",
    ],
)
def test_markup_is_shown_as_typed(text: str) -> None:
    pdf = review_pdf(a_review(title=text, worked=(text,)), "zh")
    assert set(text) - set(" ") <= characters(pdf)
