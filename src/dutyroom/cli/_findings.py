"""Findings on the terminal, one a line: where, how bad, which, in words."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dutyroom.core.findings import Finding


def tell_findings(where: Path, findings: "tuple[Finding, ...]", lang: str) -> int:
    """Print them; 1, the exit code of a command that found something."""
    from dutyroom.wording import say
    from dutyroom.wording.narrate import tell

    for one in findings:
        separator = "/" if where.is_dir() else ":"
        print(
            f"{where}{separator}{one.place} {say(f'severity.{one.severity}', lang)} {one.code} {tell(one, lang)}"
        )
    return 1
