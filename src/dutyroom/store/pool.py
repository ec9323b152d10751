"""Connections for the record and the worker, apart from Django's own: they see every tenant and name the role."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

Row = dict[str, Any]


def make_pool(url: str, role: str, largest: int) -> ConnectionPool[Connection[DictRow]]:
    """A pool whose sessions act as `role` and see all tenants. Opened lazily; raises PoolTimeout after 5 s."""
    return ConnectionPool(
        url,
        kwargs={
            "autocommit": True,
            "row_factory": dict_row,
            "options": f"-c role={role} -c app.tenant=* -c idle_in_transaction_session_timeout=30000",
        },
        connection_class=Connection[DictRow],
        min_size=0,
        max_size=largest,
        timeout=5,
        max_idle=120,
        open=True,
    )


@contextmanager
def transaction(pool: ConnectionPool[Connection[DictRow]]) -> Iterator[Connection[DictRow]]:
    """One connection in one transaction: committed at the end, rolled back if an error leaves the block."""
    with pool.connection() as connection, connection.transaction():
        yield connection
