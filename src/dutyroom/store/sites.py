"""The site behind a public code, for the report page and its API: fast, and still there when the database is away.

Remembers what it last read, for a second as fresh and for as long as the process lives as better than nothing: a report
form that shows the duty telephone must open even then.
"""

import time
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg import Error as RecordFailed
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool, PoolTimeout

_FRESH_SECONDS = 1.0
# Unknown codes are not remembered: nobody fills the memory by trying.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class SiteCard:
    """What a site shows on its wall. `stale` says that the database did not answer just now."""

    id: str
    tenant: str
    code: str
    name_zh: str
    name_en: str
    zone: str
    duty_phone: str
    stale: bool = False

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_zh


class Sites:
    """See the module. Safe to call from any number of threads."""

    def __init__(self, pool: ConnectionPool[Connection[DictRow]]) -> None:
        self._pool = pool
        self._known: dict[str, tuple[float, SiteCard]] = {}

    def of_code(self, code: str) -> SiteCard | None:
        """The site of the code, or None. Raises what the database raises only for a site never seen before."""
        read_at, known = self._known.get(code, (0.0, None))
        if known and time.monotonic() - read_at < _FRESH_SECONDS:
            return known
        try:
            row = self._read(code)
        except (RecordFailed, PoolTimeout):
            if known is None:
                raise
            return SiteCard(**{name: getattr(known, name) for name in _COLUMNS}, stale=True)
        if row is None:
            return None
        card = SiteCard(**row)
        if code in self._known or len(self._known) < _MOST:
            self._known[code] = (time.monotonic(), card)
        return card

    def _read(self, code: str) -> dict[str, Any] | None:
        with self._pool.connection(timeout=2) as connection:
            return connection.execute(
                "SELECT id::text, tenant::text, code, name_zh, name_en, zone, duty_phone FROM store_site "
                "WHERE code = %s AND coalesce(ends_at, 'infinity') > now()",
                [code],
            ).fetchone()


_COLUMNS = ("id", "tenant", "code", "name_zh", "name_en", "zone", "duty_phone")
