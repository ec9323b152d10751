"""The channels of a person, in order, and the addresses that are kept though nothing here carries them."""

from collections.abc import Iterable

from psycopg import Connection
from psycopg.rows import DictRow


def set_channels(
    connection: Connection[DictRow],
    tenant: str,
    person: str,
    channels: Iterable[tuple[str, str]],
    spare: Iterable[str],
) -> None:
    """Replace the person's channels. One that stays keeps when it was last answered; a changed one is unproved."""
    kept = {
        (row["kind"], row["address"]): (row["answered_at"], row["wait_seconds"])
        for row in connection.execute(
            "DELETE FROM store_channel WHERE person_id = %s RETURNING kind, address, answered_at, wait_seconds",
            [person],
        ).fetchall()
    }
    connection.execute("DELETE FROM store_sparechannel WHERE person_id = %s", [person])
    set_aside = set(spare)
    place = 0
    for kind, address in channels:
        if kind in set_aside:
            connection.execute(
                "INSERT INTO store_sparechannel (tenant, person_id, kind, address) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                [tenant, person, kind, address],
            )
            continue
        answered, wait = kept.get((kind, address), (None, 0))
        connection.execute(
            "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds, answered_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [tenant, person, place, kind, address, wait, answered],
        )
        place += 1
