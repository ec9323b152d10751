"""What is wired is tested against the session's real database, under a clock that a test steps (`stepped`)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.wiring.stepping import SteppedClock


@pytest.fixture
def stepped(
    django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator["SteppedClock"]:
    """The process's clock, record and live run under a clock that the test steps."""
    from tests.wiring.stepping import step_time

    with django_db_blocker.unblock():
        yield step_time(monkeypatch)
