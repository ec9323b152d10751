"""From nothing running to the first accepted report, database included, with 10,000 unsent messages waiting."""

import asyncio
import time
import uuid
from contextlib import suppress
from typing import Any

from benchmarks.clients import Connection, report
from benchmarks.room import House, crowd, house
from dutyroom.adapters import postgres

_WAITING = """
INSERT INTO store_delivery (tenant, id, identity, case_id, site_id, key, step, person_id, channel, severity, message,
  exercise, state, tries, created_at, next_try_at)
SELECT d.tenant, gen_random_uuid(), gen_random_uuid(), d.case_id, d.site_id, d.key, d.step, d.person_id, d.channel,
  d.severity, d.message, false, 'queued', 0, d.created_at, d.created_at
FROM (SELECT * FROM store_delivery ORDER BY created_at LIMIT 1) d, generate_series(1, %s) RETURNING 1
"""


def run(small: bool) -> dict[str, Any]:
    """Seconds of a cold start (with the messages waiting) and of the start after it."""
    waiting = 1_000 if small else 10_000
    with house() as made:
        crowd(made.url, 1, 3).wait()
        made.stop()
        postgres.start(made.folder / "postgres")
        made.ask(_WAITING, waiting)
        postgres.stop(made.folder / "postgres")
        cold = started(made)
        made.stop()
        again = started(made)
        return {"waiting": waiting, "cold_seconds": cold, "second_seconds": again}


def started(made: House) -> float:
    """Start everything; the seconds until a report has its receipt."""
    began = time.perf_counter()
    made.serve(wait=False)
    asyncio.run(_first_receipt(made.url))
    return round(time.perf_counter() - began, 2)


async def _first_receipt(url: str) -> None:
    connection, body = Connection(url), report(str(uuid.uuid4()))
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            status, _ = await connection.post("/api/reports", body)
            if status in (200, 201):
                return
        connection.close()
        await asyncio.sleep(0.01)
