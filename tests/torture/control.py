"""The product with its oldest mistake: messages are queued after the report's transaction, not in it.

`python -m tests.torture.control serve …` is `dutyroom serve …` whose web process writes the outbox in a transaction of
its own. Whoever dies between the two has given nobody a receipt, but the report stands, its repeat gets the receipt,
and nobody is ever told. The torture tests must notice.
"""

import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from dutyroom import cli
from dutyroom.store.failpoints import hit
from dutyroom.store.intake import Intake, Waiting
from dutyroom.store.writing import insert
from dutyroom.wiring import service


def insert_outbox_apart(intake: Intake, group: Sequence[Waiting]) -> None:
    """In place of `Intake._insert`: the same rows, the same places to die at, one transaction too many."""
    hit("report.before_insert")
    with intake._pool.connection() as connection, connection.transaction():
        for table in ("case", "command", "entry", "obligation"):
            insert(connection, f"store_{table}", [row for one in group for row in one.rows[table]])
        hit("report.before_commit")
    hit("report.after_commit")
    with intake._pool.connection() as connection, connection.transaction():
        insert(connection, "store_delivery", [row for one in group for row in one.rows["delivery"]])
        connection.execute("SELECT pg_notify('dutyroom', '')")


def child(arguments: list[str], environment: Any) -> service.Child:
    """The web process is started through this module, the worker as it is."""
    mine = "tests.torture.control" if "web" in arguments else "dutyroom"
    return Child([mine if each == "dutyroom" else each for each in arguments], environment)


Child = service.Child

if __name__ == "__main__":
    if sys.argv[1] == "serve":
        service.Child = partial(child)  # type: ignore[misc, assignment]
    else:
        Intake._insert = insert_outbox_apart  # type: ignore[method-assign]
    sys.exit(cli.main(sys.argv[1:]))
