"""What every part of a plan stands on: words in two languages, the law behind a number, no unknown keys."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Strict:
    """Keys that a shape does not have are faults, never passed over."""

    __slots__ = ()
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Words(Strict):
    """One text in both languages. A file may write one text for both, as its plan does."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Spelt out and without a reference: pydantic reuses a referenced shape without what is wrapped around it, so
        # that only the first text of a plan could be written as one string.
        text = core_schema.str_schema()
        names = [core_schema.dataclass_field(name, text) for name in ("zh", "en")]
        shape = core_schema.dataclass_schema(
            cls,
            core_schema.dataclass_args_schema(cls.__name__, names),
            ["zh", "en"],
            slots=True,
            frozen=True,
            config=core_schema.CoreConfig(extra_fields_behavior="forbid"),
        )
        return core_schema.no_info_before_validator_function(_both_languages, shape)


def _both_languages(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Law(Strict):
    """Where a number of a rule pack comes from: the rule, its article, since when, and when we last compared it."""

    pack: str
    article: str
    source: Words
    valid_from: str
    checked_on: str
