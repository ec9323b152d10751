"""Whether a database keeps what it acknowledged: refuses settings under which a report can be lost.

It judges one connection as it stands, so a weak setting of the role or the database is seen too. It applies
to the embedded server and to one named by the organisation alike.
"""

from collections.abc import Mapping
from typing import Any

import psycopg

from dutyroom.core.findings import Finding

OLDEST_VERSION = 150000

# Each setting, and what each value would cost. Only the values named here are refused.
UNSAFE: Mapping[str, tuple[str, ...]] = {
    "fsync": ("off",),  # a power cut corrupts everything
    "full_page_writes": ("off",),  # a power cut can leave half a page
    "synchronous_commit": ("off",),  # the last moments before a crash are lost though they were acknowledged
    "data_checksums": ("off",),  # a failing disk would go unnoticed
}


def check_durability(connection: psycopg.Connection[Any]) -> tuple[Finding, ...]:
    """Findings against this database, none for a safe one; the place is the setting."""
    findings = []
    if connection.info.server_version < OLDEST_VERSION:
        version = connection.info.server_version // 10000
        findings.append(Finding("postgres.too_old", "error", "server_version", {"version": version}))
    with connection.cursor() as cursor:
        for setting, unsafe in UNSAFE.items():
            cursor.execute("SELECT current_setting(%s)", (setting,))
            row = cursor.fetchone()
            value = str(row[0]) if row else ""
            if value in unsafe:
                fields: dict[str, str | int] = {"setting": setting, "value": value}
                findings.append(Finding("postgres.unsafe_setting", "error", setting, fields))
    return tuple(findings)
