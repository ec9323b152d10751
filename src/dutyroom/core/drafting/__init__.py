"""From paper to draft: `draft(document) -> Draft`, by fixed rules, without network, chance or guessed numbers.

Every sentence of the paper stands in the draft as a clause: a proposed rule with our confidence in it, refused, or
waiting. Names and phone numbers are moved out of it. Nothing of a draft is in force.
"""

import re
import unicodedata

from dutyroom.core.checks.refused import refused
from dutyroom.core.drafting.clausing import Passage, cut
from dutyroom.core.drafting.composing import find_compositions
from dutyroom.core.drafting.contacting import find_contacts, find_supplies, masked
from dutyroom.core.drafting.kinds import find_kinds
from dutyroom.core.drafting.levelfinding import find_levels
from dutyroom.core.drafting.paper import Document, Paragraph, Table
from dutyroom.core.drafting.proposal import STEP, Draft, DraftClause, Proposal, Reading
from dutyroom.core.drafting.rolefinding import find_roles
from dutyroom.core.drafting.stepfinding import find_steps

__all__ = ["Document", "Draft", "DraftClause", "Paragraph", "Proposal", "Table", "draft"]

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)
_UNIT = re.compile(r"^(?:编制|发布|颁布)?单位(?:（盖章）|名称)?[：:]\s*(.{2,40})$")
_NUMBER = re.compile(r"^(?:预案)?(?:编号|文件编号|document (?:no|number))[：:.]\s*(\S{2,30})$", re.IGNORECASE)
_VERSION = re.compile(r"^(?:版本号?|版次|version)[：:]\s*(\S{1,20})$", re.IGNORECASE)


def draft(document: Document) -> Draft:
    """What the paper proposes. Never raises for what a paper holds; an empty paper gives a draft without clauses."""
    paper = cut(_clean(document))
    reading = Reading(paper)
    language = _language(paper.passages)
    declined = {passage.id: refused(passage.text) for passage in paper.passages}
    reading.passages = tuple(passage for passage in paper.passages if not declined[passage.id])
    for find in (
        find_roles,
        find_compositions,
        find_contacts,
        find_levels,
        find_steps,
        find_supplies,
        find_kinds,
    ):
        find(reading)
    reading.passages = paper.passages
    names = dict(reading.names)
    _mask_entries(reading, names, language)
    clauses = tuple(
        _clause(reading, passage, declined[passage.id], names, language) for passage in paper.passages
    )
    return Draft(
        masked(paper.title, names, language), paper.type, language, clauses, tuple(reading.proposals.values()),
        tuple(dict.fromkeys(reading.contacts)), reading.words, reading.facts, reading.kinds, reading.chief,
        **_head(document),
    )  # fmt: skip


def _clean(document: Document) -> Document:
    """The document without characters no plan file can hold."""

    def text(value: str) -> str:
        return unicodedata.normalize("NFC", _UNSEEN.sub("", value.replace("\x85", "\n")))

    blocks = tuple(
        Paragraph(text(one.text), one.heading, one.page)
        if isinstance(one, Paragraph)
        else Table(tuple(tuple(text(cell) for cell in row) for row in one.rows), one.page)
        for one in document.blocks
    )
    return Document(blocks, text(document.name))


def _language(passages: tuple[Passage, ...]) -> str:
    text = "".join(passage.text for passage in passages)
    return "zh" if sum("一" <= sign <= "龥" for sign in text) * 4 > len(text) else "en"


def _head(document: Document) -> dict[str, str]:
    """Unit, number and version where a line of the first pages says them."""
    found: dict[str, str] = {}
    for block in document.blocks[:60]:
        for line in block.text.split("\n") if isinstance(block, Paragraph) else ():
            for name, pattern in (("unit", _UNIT), ("number", _NUMBER), ("version", _VERSION)):
                if name not in found and (match := pattern.match(line.strip(" -*"))):
                    found[name] = match[1].strip()
    return found


def _mask_entries(reading: Reading, names: dict[str, str], language: str) -> None:
    """Names must not come back by way of titles and duties."""

    def clean(value: object) -> object:
        if isinstance(value, str):
            return masked(value, names, language)
        if isinstance(value, list):
            return [clean(one) for one in value]
        return {name: clean(one) for name, one in value.items()} if isinstance(value, dict) else value

    for proposal in reading.proposals.values():
        proposal.entry = {name: clean(value) for name, value in proposal.entry.items()}
    for name, (default, text, unit) in list(reading.facts.items()):
        reading.facts[name] = (default, masked(text, names, language), unit)


def _clause(
    reading: Reading, passage: Passage, family: str, names: dict[str, str], language: str
) -> DraftClause:
    text = masked(passage.text, names, language)
    headings = tuple(masked(one, names, language) for one in passage.headings)
    place = (passage.id, text, passage.chapter)
    if family:
        return DraftClause(*place, "not_executed", "", f"draft.refused.{family}", headings, passage.page)
    confidence = reading.used.get(passage.id, "")
    if confidence:
        return DraftClause(*place, "rules", confidence, "", headings, passage.page)
    return DraftClause(*place, "waits", "", "draft.waits", headings, passage.page)


def steps(one: Draft) -> tuple[Proposal, ...]:
    """The proposed steps in order."""
    return tuple(proposal for proposal in one.proposals if proposal.part == STEP)
