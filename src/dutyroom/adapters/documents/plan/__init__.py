"""A plan on paper: `print_plan(loaded, language, public) -> Printed`, PDF/A and .docx from one document.

What is printed is made from the rules that run, so paper and program cannot differ. It refuses to know where a plan
comes from and where the paper goes.
"""

from dataclasses import dataclass, replace

from dutyroom.adapters.documents.plan.document import cards_of, document
from dutyroom.adapters.documents.plan.model import Figure
from dutyroom.adapters.documents.plan.pdf import pictures, plan_pdf
from dutyroom.adapters.documents.plan.word import plan_docx
from dutyroom.adapters.planfolder import LoadedPlan

__all__ = ["Printed", "print_plan"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A plan printed in one language. `pdf` is PDF/A-2b with its fonts in it."""

    pdf: bytes
    docx: bytes


def print_plan(
    loaded: LoadedPlan, language: str = "zh", public: bool = False, cards_only: bool = False
) -> Printed:
    """The plan of a folder as PDF and .docx in `language` (zh or en); `public` leaves out names and phone numbers.

    `cards_only` prints the role cards and on-scene cards behind the cover, for cutting out.
    A plan whose check found errors is marked as a draft on its cover. Without a people list or a roster the annexes say
    that none is attached. Raises ValueError if the folder has no plan that reads.
    """
    if loaded.plan is None:
        raise ValueError("the folder has no plan that reads")
    made = document(loaded, loaded.plan, language, public)
    if cards_only:
        made = replace(made, signatures=(), contents="", blocks=cards_of(made))
    pdf, pages = plan_pdf(made)
    drawings = tuple(block.drawing for block in made.blocks if isinstance(block, Figure))
    return Printed(pdf, plan_docx(made, pictures(drawings), pages))
