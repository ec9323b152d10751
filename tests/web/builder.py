"""A tenant of its own for a test: a project with the reference plan, its people, signed-in browsers, reports."""

import secrets
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.test import Client

from dutyroom import wiring
from dutyroom.adapters.clock import SystemClock
from dutyroom.adapters.vault import token_hash
from dutyroom.core.commands import Act, Answer, OpenCase, Times, Volunteer
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import HOUR
from dutyroom.core.plan import Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.state import Case
from dutyroom.ports import Receipt
from dutyroom.store.instants import to_datetime
from dutyroom.store.organise import SiteText, add_site
from dutyroom.wiring.organising import set_up

PLAN_FOLDER = Path(__file__).parents[2] / "plans" / "sanitation-project"
PHONE = "010-5550-0000"


@dataclass(frozen=True)
class House:
    """One site under test. `people` are person ids by staff number."""

    site: str
    code: str
    tenant: str
    people: dict[str, str] = field(default_factory=dict)

    def rules(self) -> PlanInForce:
        return wiring.record().rules(self.site)

    def holder(self, role: str) -> str:
        """The person who is asked first for the role now."""
        return self.rules().roster.holders(role, wiring.clock().now())[0]

    def browser(self, person: str = "", level: str = "full", language: str = "zh") -> Client:
        """A browser signed in as the person (an id, or a role's first holder); without a person, nobody's."""
        client = Client(headers={"accept-language": language})
        if person:
            client.cookies["device"] = device(self, person if "-" in person else self.holder(person), level)
        return client

    def report(self, **facts: Answer) -> str:
        """A reported case's id."""
        now = wiring.clock().now()
        given = {"kind": "collective_dispute", "affected": 12} | facts
        story = {"what": "工资没有按时发", "place": "人民路 12 号"}
        command = OpenCase(new_command(), str(uuid.uuid4()), self.site, Times(now, now, now), given, story)
        receipt = wiring.live().report(command)
        assert isinstance(receipt, Receipt)
        return receipt.case

    def act(self, case: str, role: str, key: str, verb: Verb = Verb.DONE, **answers: Answer) -> Case:
        """The role's first holder marks a verb (or does a voluntary step, named by its id); it must be allowed."""
        now, person = wiring.clock().now(), self.holder(role) if "-" not in role else role
        times = Times(now, now)
        command: Act | Volunteer = Act(new_command(), person, key, verb, times, answers)
        if "#" not in key:
            command = Volunteer(new_command(), person, key, times, answers)
        after = wiring.live().act(case, command)
        assert not isinstance(after, Refusal), after
        return after


def house(parent: str = "", kind: str = "project") -> House:
    """A new project with the reference plan; its own tenant unless it stands under `parent` (a site's code)."""
    code = "t" + uuid.uuid4().hex[:11]
    done = set_up(PLAN_FOLDER, SiteText(code, kind, "测试项目部", "Test project", PHONE, parent))
    assert done.site, done.findings
    row = one("SELECT tenant::text FROM store_site WHERE id = %s", done.site)
    people = rows("SELECT number, id::text FROM store_person WHERE tenant = %s", row["tenant"])
    return House(done.site, code, row["tenant"], {each["number"]: each["id"] for each in people})


def bare_site(parent: str = "", kind: str = "company") -> House:
    """A site without a plan: a company above projects, or a tenant's root."""
    code = "t" + uuid.uuid4().hex[:11]
    site = add_site(
        wiring.pool(), SiteText(code, kind, "测试公司", "Test company", PHONE, parent), str(uuid.uuid4())
    )
    return House(site, code, one("SELECT tenant::text FROM store_site WHERE id = %s", site)["tenant"])


def newcomer(house: House) -> str:
    """A person of the house's own site who holds no duty anywhere; the id."""
    person = str(uuid.uuid4())
    execute(
        "INSERT INTO store_person (id, tenant, site_id, number, name, language, password) "
        "VALUES (%s, %s, %s, %s, '新来的', 'zh', '!')",
        person, house.tenant, house.site, "N" + person[:8],
    )  # fmt: skip
    return person


def device(house: House, person: str, level: str = "full") -> str:
    """A signed-in device of the person; the secret for its cookie."""
    secret, now = secrets.token_urlsafe(16), SystemClock().now()
    execute(
        "INSERT INTO store_device (id, tenant, person_id, secret_hash, level, signed_in_at, expires_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        uuid.uuid4(), house.tenant, person, token_hash(secret), level, to_datetime(now), to_datetime(now + HOUR),
    )  # fmt: skip
    return secret


def new_command() -> str:
    return str(uuid.uuid4())


def rows(statement: str, *values: Any) -> list[dict[str, Any]]:
    """What the database holds, of all tenants."""
    with wiring.pool().connection() as connection:
        return connection.execute(statement.encode(), values).fetchall()


def one(statement: str, *values: Any) -> dict[str, Any]:
    return rows(statement, *values)[0]


def execute(statement: str, *values: Any) -> None:
    with wiring.pool().connection() as connection:
        connection.execute(statement.encode(), values)
