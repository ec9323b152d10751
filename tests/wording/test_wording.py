"""Sentences: both languages, the same placeholders, and nothing of a field's value is ever read as a form."""

import string

import pytest

from dutyroom.wording import LANGUAGES, MissingField, UnknownCode, UnknownLanguage, codes, say
from dutyroom.wording import _sentences as sentences

SEVERITIES = ("alarm", "urgent", "notice")
# As long as site and step names on real boards are.
FIELDS = {
    "site": "滨河东路综合保障站",
    "step": "到现场核实情况并回报",
    "due": "18:05",
    "link": "https://d.example/x",
}


def placeholders(sentence: str, language: str) -> set[str]:
    """The names a sentence asks for; `name_zh` and `name_en` are one thing, given in both languages."""
    names = {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
    return {name.removesuffix(f"_{language}") for name in names}


def test_both_languages_of_every_code_say_the_same() -> None:
    faults = []
    for code in sorted(codes()):
        zh, en = (sentences()[code][language] for language in ("zh", "en"))
        if not (zh and en) or placeholders(zh, "zh") != placeholders(en, "en"):
            faults.append(code)
        # A placeholder is a plain name: no attribute, index or width that a value could be asked for.
        if not all(name.isidentifier() for name in placeholders(zh, "zh")):
            faults.append(code)
    assert faults == []


@pytest.mark.parametrize("value", ["{site}", "{0.__class__}", "%s", "{", "}", "{{x}}", "$due"])
def test_a_value_is_never_read_as_a_form(value: str) -> None:
    assert value in say("message.call", "en", severity="Alarm", **FIELDS | {"step": value})


def test_what_is_not_there_is_a_bug() -> None:
    with pytest.raises(UnknownCode):
        say("message.none", "zh")
    with pytest.raises(UnknownLanguage):
        say("message.call", "fr", severity="x", **FIELDS)
    with pytest.raises(MissingField):
        say("message.call", "zh", severity="x")


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("exercise", [False, True])
def test_a_text_message_in_chinese_is_one_message(severity: str, exercise: bool) -> None:
    """70 characters is what one Chinese short message holds; the link travels in the gateway's own field."""
    mark = say("message.exercise_mark", "zh") if exercise else ""
    text = mark + say("message.call.sms", "zh", severity=say(f"message.severity.{severity}", "zh"), **FIELDS)
    assert len(text) <= 70
    assert FIELDS["link"] not in text


def test_a_call_by_voice_reads_no_link_aloud() -> None:
    for language in LANGUAGES:
        assert "example" not in say("message.voice", language, severity="x", **FIELDS)


def test_an_exercise_is_marked_in_both_languages() -> None:
    assert say("message.exercise_mark", "zh") == "【演练】"
    assert say("message.exercise_mark", "en") == "[EXERCISE] "


@pytest.mark.parametrize("code", ["message.call", "message.reminder", "message.missed"])
def test_a_message_points_and_tells_no_story(code: str) -> None:
    assert placeholders(sentences()[code]["zh"], "zh") == {"severity", "site", "step", "due", "link"}
