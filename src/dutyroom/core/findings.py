"""Judgements as values: a finding on a plan, a roster or an archive, and the refusal of a command.

Neither holds a sentence: `code` and `fields` are put into words by `dutyroom.wording`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement: what is wrong (`code`), how bad, where, and the numbers and names the sentence needs.

    `clause` is the clause of the written plan that it concerns, where there is one.
    """

    code: str
    severity: str  # "error" | "warning" | "note"
    place: str
    fields: Mapping[str, str | int] = field(default_factory=dict)
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was not carried out. `unmet` lists every condition that stood against it, not only the first."""

    code: str
    fields: Mapping[str, str | int] = field(default_factory=dict)
    unmet: tuple[str, ...] = ()
