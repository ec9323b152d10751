"""Clauses that Dutyroom does not execute: watching, tracking, pressing, dispersing, silencing, keeping things inside.

`refused(text)` names the family a sentence falls into, so that reading a paper and checking a plan judge alike. The
patterns are data (`refused.toml`); a sentence that forbids such an act (不得监视…) asks for nothing.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from dutyroom.core.checks.sheet import Sheet
from dutyroom.core.findings import Finding

_NOT = re.compile(
    r"(?:不得|不准|严禁|禁止|不应|不要|不可|不能|不许|不搞|避免|杜绝|绝不|从不|无权"
    r"|\b(?:never|must not|may not|do not|does not|don't|shall not|should not|not to|nobody|no one|without)\b)"
    r"[^，。；！？;.!?]{0,40}$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。；！？;!?\n]|\.(?:\s|$)")


@lru_cache(maxsize=8192)  # while somebody types, all sentences but one are those of a moment ago
def refused(text: str) -> str:
    """The family of the first act in the text that is not executed (`watching`); empty if there is none."""
    for sentence in _SENTENCE.split(text):
        for family, patterns in _patterns().items():
            if _asks(sentence, *patterns):
                return family
    return ""


def refusals(sheet: Sheet) -> Iterator[Finding]:
    """Clauses that ask for such an act and are not marked `not_executed`, and steps that would carry one out."""
    for number, clause in enumerate(sheet.plan.clauses):
        if clause.runs_as != "not_executed":
            family = refused(clause.text.zh) or refused(clause.text.en)
            if family:
                yield sheet.find(f"clauses.{number}", f"asks_{family}", "error", clause.id, cited=clause.id)
    for step in sheet.own_steps:
        words = [step.title, *([step.card] if step.card else []), *(field.label for field in step.asks)]
        for one in words:
            family = refused(one.zh) or refused(one.en)
            if family:
                yield sheet.at(step, "", f"asks_{family}", cited=step.id)
                break


def _asks(sentence: str, asking: re.Pattern[str], forbidding: re.Pattern[str]) -> bool:
    if forbidding.search(sentence):
        return True
    return any(not _NOT.search(sentence[: found.start()]) for found in asking.finditer(sentence))


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    table = tomllib.loads(files(__package__).joinpath("refused.toml").read_text("utf-8"))
    return {
        family: (_compiled(entry["asks"]), _compiled(entry.get("forbids", [])))
        for family, entry in table.items()
    }


def _compiled(alternatives: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(alternatives) or r"(?!)", re.IGNORECASE)
