"""Pages are tested against the session's real database, committed; each test makes its own tenant (`builder`)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.web.builder import House


@pytest.fixture(scope="session", autouse=True)
def open_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Django may use the database in every test here: nothing is rolled back, so nothing is pretended."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def shared_house(open_database: None) -> "House":
    """A project that tests may look at and report to, as long as they do not count on what others left."""
    from tests.web.builder import house

    return house()
