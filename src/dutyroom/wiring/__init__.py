"""The only chooser of adapters: which clock, record, vault and couriers this process works with.

Made once a process, on first use, from `dutyroom.settings`. Everything above asks here and knows no adapter's name.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom import settings
from dutyroom.adapters.clock import FastClock, SystemClock, new_id
from dutyroom.adapters.vault import Vault
from dutyroom.core.roster import PlanInForce
from dutyroom.interpreters.live import Live
from dutyroom.ports import Clock, Courier
from dutyroom.store import failpoints
from dutyroom.store.pool import make_pool
from dutyroom.store.record import PostgresRecord

if TYPE_CHECKING:
    from dutyroom.adapters.couriers.config import Couriers
    from dutyroom.store.models import Case
    from dutyroom.wiring.archiving import Archived

__all__ = ["archive_case", "case_rules", "clock", "couriers", "live", "new_id", "pool", "record", "vault"]

LARGEST_POOL = 24


@cache
def clock() -> Clock:
    """The process's clock: the machine's, or in a demo one that runs faster."""
    if settings.DEMO and settings.CLOCK:
        real_at, shown_at = map(int, settings.CLOCK.split(":"))
        return FastClock(real_at, shown_at, settings.SPEED)
    return SystemClock()


@cache
def pool() -> ConnectionPool[Connection[DictRow]]:
    """Connections that see every tenant: for the record and the worker, never for pages."""
    if settings.FAILPOINT:
        failpoints.arm(settings.FAILPOINT, Path(settings.DATA_FOLDER))
    return make_pool(settings.DATABASE_URL, settings.APP_ROLE, LARGEST_POOL)


@cache
def record() -> PostgresRecord:
    return PostgresRecord(pool(), clock())


@cache
def live() -> Live:
    return Live(record(), clock())


@cache
def vault() -> Vault:
    """The keys of this installation; made at its first start."""
    return Vault.open(Path(settings.DATA_FOLDER) / "keys")


@cache
def courier_settings() -> "Couriers":
    """What couriers.toml says. Raises ValueError with every finding if it cannot be read; no file: no channels."""
    from dutyroom.adapters.couriers.config import read_file, read_text

    file = Path(settings.COURIERS_FILE)
    reading = read_file(file) if file.is_file() else read_text("", file.parent)
    if reading.couriers is None:
        raise ValueError([(found.code, found.place, dict(found.fields)) for found in reading.findings])
    return reading.couriers


@cache
def couriers() -> dict[str, Courier]:
    """The channels out of the house, by name."""
    from dutyroom.adapters.couriers.building import build

    return build(courier_settings(), SystemClock().now)


def case_rules(row: "Case") -> PlanInForce:
    """The edition that the case follows, bound to the duty and the people of its site now."""
    return record().rules_of(str(row.site_id), str(row.edition_id))


def archive_case(case: str, language: str, *, reviewed: bool = False) -> "Archived":
    """Write the case's archive as its record stands now; see `wiring.archiving`."""
    from dutyroom.wiring import archiving

    return archiving.archive_case(case, language, reviewed=reviewed)


def newest_archive(case: str) -> Path | None:
    """The last archive that was made of the case, if any."""
    from dutyroom.wiring import archiving

    return archiving.newest_archive(case)
