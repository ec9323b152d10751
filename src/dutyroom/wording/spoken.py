"""The world's failures that a person is told about: an exception that carries a code instead of a sentence.

It knows that the sentence is in `dutyroom.wording`; it refuses to know who reads it, or in which language.
"""

from dutyroom.wording import LANGUAGES, say


class Spoken(Exception):
    """A failure that is nobody's bug. `code` and `fields` name the sentence; `str()` is both languages."""

    def __init__(self, code: str, /, **fields: str | int) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        return "\n".join(self.sentence(language) for language in LANGUAGES)

    def sentence(self, language: str) -> str:
        """What happened and what to do, in `language` ("zh" or "en")."""
        return say(self.code, language, **self.fields)
