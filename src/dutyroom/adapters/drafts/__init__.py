"""A draft as the files of a plan folder: plan.yaml with its sources beside the rules, people.xlsx, roster.yaml.

Knows how the files are written, not how a paper is read. Texts in, texts out: who stores them decides where.
"""

from dutyroom.adapters.drafts.choosing import ACCEPT, LEAVE, Choice, choose
from dutyroom.adapters.drafts.coverage import coverage, coverage_lines
from dutyroom.adapters.drafts.people import Listed, listed, workbook
from dutyroom.adapters.drafts.planfile import new_headings, plan_text
from dutyroom.adapters.drafts.roster import roster_text

__all__ = [
    "ACCEPT", "LEAVE", "Choice", "Listed", "choose", "coverage", "coverage_lines", "listed", "new_headings",
    "plan_text", "roster_text", "workbook",
]  # fmt: skip
