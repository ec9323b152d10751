"""How much of a paper became rules: the coverage of a draft in numbers and in one line."""

from collections import Counter
from collections.abc import Mapping

from dutyroom.core.drafting.proposal import Draft
from dutyroom.wording import say


def coverage(draft: Draft) -> Mapping[str, int]:
    """Clauses by what became of them, proposals by part, clocks, reports and contacts."""
    clauses = Counter(one.runs_as for one in draft.clauses)
    parts = Counter(one.part for one in draft.proposals)
    entries = [one.entry for one in draft.proposals]
    return {
        "total": len(draft.clauses),
        "rules": clauses["rules"],
        "waits": clauses["waits"],
        "refused": clauses["not_executed"],
        "roles": parts["roles"],
        "groups": parts["groups"],
        "levels": parts["levels"],
        "steps": parts["steps"],
        "calendar": parts["calendar"],
        "outside": parts["outside"],
        "resources": parts["resources"],
        "clocks": sum(len(entry.get("clocks", {})) for entry in entries),
        "reports": sum("report" in entry for entry in entries),
        "contacts": len({one.name or one.phone or one.post for one in draft.contacts}),
    }


def coverage_lines(draft: Draft, lang: str) -> tuple[str, str]:
    """The coverage line, and the line of counts."""
    counts = coverage(draft)
    return say("draft.coverage", lang, **counts), say("draft.counts", lang, **counts)
