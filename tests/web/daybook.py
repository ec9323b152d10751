"""A duty day under a stepped clock, for tests of its pages: opened, brought to a time of day, settled."""

import uuid
from dataclasses import dataclass
from datetime import date

from dutyroom import wiring
from dutyroom.core.codec import load_case
from dutyroom.core.commands import Act, Times
from dutyroom.core.duties.localtime import instant_of
from dutyroom.core.findings import Refusal
from dutyroom.core.plan import Verb
from dutyroom.core.state import Case
from dutyroom.wiring.dutyday import look
from tests.web.builder import House, one, rows
from tests.wiring.stepping import SteppedClock, settle_site

ZONE = "Asia/Shanghai"
ORDINARY, SUMMER = "2027-03-03", "2027-07-01"


def at(day: str, time: str) -> int:
    return instant_of(date.fromisoformat(day), time, ZONE)


@dataclass
class DutyDay:
    """One day of a house, and the clock that is stepped through it."""

    place: House
    clock: SteppedClock
    day: str
    case: str = ""

    def begin(self) -> "DutyDay":
        """Duty ran until the evening before; the day's case is opened a second past midnight."""
        for moment in (at(self.day, "00:00") - 3_600_000, at(self.day, "00:00") + 1_000):
            self.clock.at = moment
            self.look()
        found = rows(
            "SELECT id::text FROM store_case WHERE site_id = %s AND kind = 'duty' "
            "AND state::jsonb ->> 'day' = %s ORDER BY opened_at",
            self.place.site, self.day,
        )  # fmt: skip
        self.case = str(found[-1]["id"])
        return self

    def look(self) -> None:
        while look(self.place.site):
            pass

    def settle(self, time: str) -> "DutyDay":
        """Everything that falls due until then, as the workers do."""
        self.clock.at = at(self.day, time)
        settle_site(self.place.site)
        self.look()
        return self

    def state(self, case: str = "") -> Case:
        return load_case(one("SELECT state FROM store_case WHERE id = %s", case or self.case)["state"])

    def do(self, by: str, key: str, verb: Verb = Verb.DONE, **answers: str | int | bool) -> Case:
        now = wiring.clock().now()
        done = wiring.live().act(self.case, Act(str(uuid.uuid4()), by, key, verb, Times(now, now), answers))
        assert not isinstance(done, Refusal), done
        return done
