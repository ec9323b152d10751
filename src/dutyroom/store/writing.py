"""Many rows in one statement: each table's rows go as one JSON parameter, which costs the program almost nothing."""

import json
from collections.abc import Sequence
from functools import lru_cache

from psycopg import Connection
from psycopg.rows import DictRow

from dutyroom.store.rows import Row

_TYPES = {
    "store_case": "tenant uuid, id uuid, site_id uuid, edition_id uuid, code text, kind text, phase text, level text, "
    "exercise bool, opened_at timestamptz, closed_at timestamptz, version int, state text, head text",
    "store_entry": "tenant uuid, entry_id uuid, site_id uuid, case_id uuid, case_seq int, type text, at text, "
    "recorded_at text, actor text, body text, previous text, leaf text",
    "store_obligation": "tenant uuid, case_id uuid, site_id uuid, key text, step text, role text, owner_id uuid, "
    "asked jsonb, status text, verb text, clock text, overdue bool, opened_at timestamptz, begins_at timestamptz, "
    "due_at timestamptz, timer_at timestamptz",
    "store_delivery": "tenant uuid, id uuid, identity uuid, case_id uuid, site_id uuid, key text, step text, "
    "person_id uuid, channel text, severity text, message text, exercise bool, outside bool, state text, tries int, "
    "created_at timestamptz, next_try_at timestamptz, told_at timestamptz",
    "store_command": "tenant uuid, command text, case_id uuid",
    "store_attempt": "tenant uuid, delivery_id uuid, number int, what text, at timestamptz, verdict text, detail text, "
    "reference text",
}
_CONFLICT = {
    "store_obligation": "(case_id, key) DO UPDATE SET owner_id = EXCLUDED.owner_id, asked = EXCLUDED.asked, "
    "status = EXCLUDED.status, verb = EXCLUDED.verb, clock = EXCLUDED.clock, overdue = EXCLUDED.overdue, "
    "due_at = EXCLUDED.due_at, timer_at = EXCLUDED.timer_at",
    "store_delivery": "(id) DO NOTHING",
}


@lru_cache
def _statement(table: str) -> str:
    columns = ", ".join(part.split()[0] for part in _TYPES[table].split(", "))
    conflict = f" ON CONFLICT {_CONFLICT[table]}" if table in _CONFLICT else ""
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608 - names from the table above only
        f"FROM jsonb_to_recordset(%s::jsonb) AS given({_TYPES[table]}){conflict}"
    )


def insert(connection: Connection[DictRow], table: str, rows: Sequence[Row]) -> None:
    """Insert the rows; nothing for none. Obligations and deliveries that are there already are brought up to date."""
    if rows:
        connection.execute(_statement(table).encode(), [json.dumps(rows, ensure_ascii=False)])
