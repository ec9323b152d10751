"""Signs of life of the workers, and the spans in which there were none."""

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.instants import SECOND, Instant
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.store.pool import transaction

# Silence longer than this, in real time, was an outage; less is a slow moment.
OUTAGE_AFTER = 15 * SECOND


def beat(
    pool: ConnectionPool[Connection[DictRow]], worker: str, lock: int, now: Instant, speed: float
) -> Instant | None:
    """Note that this worker is alive. If nobody was for too long, put the outage on record; returns when it began."""
    with transaction(pool) as connection:
        connection.execute("LOCK TABLE store_pulse IN SHARE ROW EXCLUSIVE MODE")
        row = connection.execute("SELECT max(beat_at) AS last FROM store_pulse").fetchone()
        last = from_datetime(row["last"]) if row and row["last"] else None
        silent = last is not None and now - last > OUTAGE_AFTER * speed
        if silent and last is not None:
            connection.execute(
                "INSERT INTO store_outage (starts_at, ends_at) VALUES (%s, %s)",
                [to_datetime(last), to_datetime(now)],
            )
        connection.execute(
            "INSERT INTO store_pulse (worker, lock, started_at, beat_at) "
            "VALUES (%(worker)s, %(lock)s, %(now)s, %(now)s) "
            "ON CONFLICT (worker) DO UPDATE SET beat_at = EXCLUDED.beat_at",
            {"worker": worker, "lock": lock, "now": to_datetime(now)},
        )
        connection.execute(
            "DELETE FROM store_pulse WHERE beat_at < %s", [to_datetime(now - 3_600_000 * int(speed))]
        )
    return last if silent else None


def outages(
    connection: Connection[DictRow], since: Instant, now: Instant, speed: float
) -> list[tuple[Instant, Instant]]:
    """Spans without a worker that ended at `since` or later, with the one that may be going on right now."""
    rows = connection.execute(
        "SELECT starts_at, ends_at, (SELECT max(beat_at) FROM store_pulse) AS last FROM (VALUES (1)) one "
        "LEFT JOIN store_outage ON ends_at >= %s ORDER BY starts_at",
        [to_datetime(since)],
    ).fetchall()
    spans = [
        (from_datetime(row["starts_at"]), from_datetime(row["ends_at"])) for row in rows if row["starts_at"]
    ]
    last = from_datetime(rows[0]["last"]) if rows[0]["last"] else None
    if last is not None and now - last > OUTAGE_AFTER * speed:
        spans.append((last, now + 1))
    return spans
