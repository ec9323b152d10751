"""Where a command finds the database: in DATABASE_URL, or in the data folder's embedded server, started for it."""

import subprocess
import sys


def run_again_with_database(arguments: list[str]) -> int | None:
    """Run the command in a process that knows the embedded database; None where DATABASE_URL names one already."""
    from dutyroom import settings
    from dutyroom.wiring import service

    if settings.DATABASE_URL:
        return None
    with service.borrowed(settings.DATA_FOLDER.resolve()) as environment:
        return subprocess.call([sys.executable, "-m", "dutyroom", *arguments], env=dict(environment))
