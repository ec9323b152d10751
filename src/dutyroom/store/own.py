"""What a person changes of the own data: addresses and their order, the language. Nobody else's rows are touched here.

A changed address is unproved until the person answers on it. The chain names the fields, never what stands in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dutyroom.core.instants import Instant
from dutyroom.store.channels import set_channels
from dutyroom.store.leaves import touch
from dutyroom.store.people import Pool
from dutyroom.store.pool import transaction
from dutyroom.store.sitechain import append_site_entry


@dataclass(frozen=True, slots=True)
class OwnChannel:
    """One of the own channels; `spare`: nothing here carries it. `answered_at` is the last answer on it."""

    kind: str
    address: str
    answered_at: datetime | None = None
    spare: bool = False


def channels_of(pool: Pool, person: str) -> tuple[OwnChannel, ...]:
    """Those that are called, in order, then the spare ones."""
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT kind, address, answered_at, false AS spare, place FROM store_channel WHERE person_id = %(person)s "
            "UNION ALL SELECT kind, address, NULL, true, 0 FROM store_sparechannel WHERE person_id = %(person)s "
            "ORDER BY spare, place, kind",
            {"person": person},
        ).fetchall()
    return tuple(OwnChannel(row["kind"], row["address"], row["answered_at"], row["spare"]) for row in rows)


def as_pairs(channels: Sequence[OwnChannel]) -> list[tuple[str, str]]:
    """Kind and address of each, in order."""
    return [(one.kind, one.address) for one in channels]


def change_own(
    pool: Pool,
    person: str,
    language: str,
    second_language: str,
    channels: Sequence[tuple[str, str]],
    now: Instant,
) -> tuple[str, ...]:
    """The fields that changed. `channels` are all of the person's, in the order in which to be called."""
    known = channels_of(pool, person)
    spare = tuple(one.kind for one in known if one.spare)
    with transaction(pool) as connection:
        row = connection.execute(
            "SELECT tenant::text, site_id::text AS site, language, second_language FROM store_person "
            "WHERE id = %s FOR UPDATE",
            [person],
        ).fetchone()
        if row is None:
            raise LookupError(person)
        changed = []
        if list(channels) != as_pairs(known):
            changed.append("channels")
            set_channels(connection, row["tenant"], person, channels, spare)
        if (row["language"], row["second_language"]) != (language, second_language):
            changed.append("language")
            connection.execute(
                "UPDATE store_person SET language = %s, second_language = %s WHERE id = %s",
                [language, second_language, person],
            )
        if changed:
            body = {"person": person, "fields": changed}
            append_site_entry(connection, row["tenant"], row["site"], "PersonChanged", body, now, person)
            touch(connection, [person], now)
    return tuple(changed)
