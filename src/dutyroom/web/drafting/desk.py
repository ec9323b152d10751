"""What travels with the page while a paper is being turned into a draft: the paper itself and the decisions so far.

The server keeps nothing of it, since a paper holds names and phone numbers: they stay in the reader's own form until
the draft, which has none, is handed to the editor. What comes back is a stranger's text again and is measured.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dutyroom.adapters.drafts import ACCEPT, LEAVE, Choice, choose
from dutyroom.adapters.papers import short
from dutyroom.core.drafting import Document, Draft, Paragraph, Table, draft

LARGEST = 40_000  # characters of a paper on the page; a longer one is read with `plan draft` in a minute
MOST_BLOCKS = 2_000  # paragraphs and tables: each may become a proposal, and each is compared with the others
_STATE = 600_000
_DECISIONS = (ACCEPT, LEAVE, "correct")


@dataclass(frozen=True)
class Desk:
    """A paper and what was decided about its proposals, by `part.id`."""

    document: Document
    choices: Mapping[str, Choice] = field(default_factory=dict)

    @cached_property
    def proposed(self) -> Draft:
        """The paper as read, before any decision."""
        return draft(self.document)

    @cached_property
    def decided(self) -> Draft:
        """The draft as it stands now."""
        return choose(self.proposed, self.choices)

    def deciding(self, key: str, choice: Choice | None) -> "Desk":
        """The desk after one decision; None takes a decision back."""
        rest = {name: one for name, one in self.choices.items() if name != key}
        known = any(one.key == key for one in self.proposed.proposals)
        return Desk(self.document, rest | ({key: choice} if choice and known else {}))

    def written(self) -> str:
        """The desk as the text of one form field."""
        blocks = [
            ["p", one.text, one.heading, one.page]
            if isinstance(one, Paragraph)
            else ["t", one.rows, one.page]
            for one in self.document.blocks
        ]
        choices = {key: [one.decision, one.title, one.within, one.who] for key, one in self.choices.items()}
        return json.dumps([self.document.name, blocks, choices], ensure_ascii=False, separators=(",", ":"))


def read_desk(text: str) -> Desk | None:
    """The desk that a form field holds; None if it holds none."""
    if not text or len(text) > _STATE:
        return None
    try:
        name, blocks, choices = json.loads(text)
        document = short(Document(tuple(_block(one) for one in blocks), str(name)[:120]))
        if is_too_long(document):
            return None
        return Desk(document, {str(key): _choice(value) for key, value in choices.items()})
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return None


def is_too_long(document: Document) -> bool:
    """Whether the paper is more than the page works on while somebody waits."""
    return document.characters > LARGEST or len(document.blocks) > MOST_BLOCKS


def _block(value: Any) -> Paragraph | Table:
    if value[0] == "t":
        return Table(tuple(tuple(str(cell) for cell in row) for row in value[1]), int(value[2]))
    return Paragraph(str(value[1]), int(value[2]), int(value[3]))


def _choice(value: Any) -> Choice:
    decision, title, within, who = (str(one)[:200] for one in value)
    if decision not in _DECISIONS:
        raise ValueError(decision)
    return Choice(decision, title, within, who)
