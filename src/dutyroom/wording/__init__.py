"""Every sentence a person reads, by code, in Chinese and English side by side.

Sentences are data: the TOML files of this package, one table a code, one key a language. This module finds
and fills them. It refuses to know who reads, why, or what a code means, and it never interprets a field's
value: only the template, which is ours, is read for placeholders, so a name that contains `{` stays as it is.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

LANGUAGES = ("zh", "en")


class UnknownCode(KeyError):
    """No sentence has this code. A fault in the program, never in what somebody typed."""


class UnknownLanguage(KeyError):
    """Sentences are kept in zh and en only. A fault in the program: callers choose one of the two."""


class MissingField(KeyError):
    """The sentence has a placeholder that the caller did not fill. A fault in the program."""


class BrokenWording(ValueError):
    """A wording file lacks a language, gives a code twice, or holds something that is not a sentence."""


def say(code: str, lang: str, /, **fields: object) -> str:
    """The sentence `code` in `lang`, with its placeholders filled; fields it does not use are ignored.

    Raises UnknownCode, UnknownLanguage or MissingField, all of them our own bugs.
    """
    template = _template(code, lang)
    try:
        return template.format_map({name: str(value) for name, value in fields.items()})
    except KeyError as error:
        raise MissingField(f"{code}: {error.args[0]}") from None


def codes() -> frozenset[str]:
    """Every code that has a sentence."""
    return frozenset(_sentences())


def _template(code: str, lang: str) -> str:
    languages = _sentences().get(code)
    if languages is None:
        raise UnknownCode(code)
    if lang not in languages:
        raise UnknownLanguage(lang)
    return languages[lang]


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    """All files of the package, read once a process."""
    found: dict[str, Mapping[str, str]] = {}
    for entry in sorted(files(__package__).iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".toml"):
            _gather(found, entry.name, tomllib.loads(entry.read_text(encoding="utf-8")))
    return MappingProxyType(found)


def _gather(found: dict[str, Mapping[str, str]], file: str, tables: Mapping[str, object]) -> None:
    for code, table in tables.items():
        if code in found:
            raise BrokenWording(f"{file}: {code} is worded twice")
        if not isinstance(table, dict) or set(table) != set(LANGUAGES):
            raise BrokenWording(f"{file}: {code} needs exactly {LANGUAGES}; quote codes that contain dots")
        if not all(isinstance(sentence, str) for sentence in table.values()):
            raise BrokenWording(f"{file}: {code} is not a sentence")
        found[code] = MappingProxyType(table)
