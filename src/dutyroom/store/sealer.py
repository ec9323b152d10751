"""Gives each committed entry its place in its site's tree, and signs checkpoints of it.

Sealing runs behind the commits, under one lock a site, so that reports of one site never wait for each other's flush
(see docs/decisions). Until an entry is sealed, a moment later, its case's own chain already holds it.
"""

from collections.abc import Callable
from datetime import date

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.ledger import Checkpoint, Frontier
from dutyroom.store.failpoints import hit
from dutyroom.store.pool import transaction

_UNSEALED = (
    "SELECT e.id, e.site_id::text AS site, e.tenant::text AS tenant FROM store_entry e "
    "WHERE e.id > %s AND NOT EXISTS (SELECT FROM store_seal s WHERE s.entry_id = e.id) ORDER BY e.id LIMIT 20000"
)
# Numbers are drawn before commits, so a slow transaction may commit below the highest sealed number.
_LOOK_BACK = 50_000

Sign = Callable[[Checkpoint], str]


class Sealer:
    """Seals and signs. Any number may run; the lock a site makes them take turns."""

    def __init__(self, pool: ConnectionPool[Connection[DictRow]]) -> None:
        self._pool = pool
        self._highest = 0
        self._trees: dict[str, Frontier] = {}

    def seal(self) -> int:
        """Seal every committed entry that has no place yet; how many."""
        with self._pool.connection() as connection:
            rows = connection.execute(_UNSEALED, [max(0, self._highest - _LOOK_BACK)]).fetchall()
        for site in dict.fromkeys((row["site"], row["tenant"]) for row in rows):
            self._seal_site(*site, [row["id"] for row in rows if row["site"] == site[0]])
        self._highest = max([self._highest, *(row["id"] for row in rows)])
        return len(rows)

    def checkpoint(self, site: str, day: date, sign: Sign) -> str:
        """Sign the site's tree as it stands, keep the note and return it. Raises LookupError for an unknown site."""
        self.seal()
        with transaction(self._pool) as connection:
            row = connection.execute(
                "SELECT tenant::text AS tenant FROM store_site WHERE id = %s", [site]
            ).fetchone()
            if row is None:
                raise LookupError(site)
            tree = self._tree(connection, site)
            note = sign(Checkpoint(site, tree.size, tree.root(), day.isoformat()))
            connection.execute(
                "INSERT INTO store_checkpoint (tenant, site_id, size, day, note) VALUES (%s, %s, %s, %s, %s)",
                [row["tenant"], site, tree.size, day, note],
            )
        return note

    def sites_without_checkpoint(self, day: date) -> list[str]:
        """Sites with sealed entries and no checkpoint of that day."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT DISTINCT s.site_id::text AS site FROM store_seal s WHERE s.position = 0 AND NOT EXISTS "
                "(SELECT FROM store_checkpoint c WHERE c.site_id = s.site_id AND c.day = %s)",
                [day],
            ).fetchall()
        return [row["site"] for row in rows]

    def _seal_site(self, site: str, tenant: str, entries: list[int]) -> None:
        with transaction(self._pool) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('seal' || %s, 0))", [site])
            connection.execute(
                "INSERT INTO store_seal (tenant, site_id, position, entry_id) SELECT %(tenant)s, %(site)s, "
                "(SELECT coalesce(max(position) + 1, 0) FROM store_seal WHERE site_id = %(site)s) "
                "+ row_number() OVER (ORDER BY id) - 1, id FROM unnest(%(entries)s::bigint[]) AS given(id) "
                "WHERE NOT EXISTS (SELECT FROM store_seal s WHERE s.entry_id = given.id)",
                {"tenant": tenant, "site": site, "entries": entries},
            )
            hit("seal.before_commit")
        hit("seal.after_commit")

    def _tree(self, connection: Connection[DictRow], site: str) -> Frontier:
        """The site's tree, from where this process left it."""
        tree = self._trees.get(site, Frontier())
        rows = connection.execute(
            "SELECT e.leaf FROM store_seal s JOIN store_entry e ON e.id = s.entry_id "
            "WHERE s.site_id = %s AND s.position >= %s ORDER BY s.position",
            [site, tree.size],
        )
        for row in rows:
            tree = tree.append(bytes.fromhex(row["leaf"]))
        self._trees[site] = tree
        return tree
