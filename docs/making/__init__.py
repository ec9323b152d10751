"""The pages of the reference that are made from the program, so that they cannot say something else than it does.

`python -m docs.making` writes them; `tests/docs` fails when one of them is out of date.
"""

from collections.abc import Callable
from pathlib import Path

from docs.making import constructs, faults, program, rulepacks, vocabulary

DOCS = Path(__file__).resolve().parents[1]

PAGES: dict[str, Callable[[], str]] = {
    "reference/access.md": program.access_page,
    "reference/commands.md": program.commands_page,
    "reference/constructs.md": constructs.constructs_page,
    "reference/events.md": vocabulary.events_page,
    "reference/findings.md": vocabulary.findings_page,
    "reference/seeded-faults.md": faults.faults_page,
    "reference/rule-packs.md": rulepacks.packs_page,
    "reference/plan.schema.json": program.plan_schema_file,
    "pictures/phases.svg": vocabulary.phases_picture,
}


def write_all() -> list[str]:
    """Write every made page; the names of those that changed."""
    changed = []
    for name, make in PAGES.items():
        file, text = DOCS / name, make()
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            changed.append(name)
    return changed
