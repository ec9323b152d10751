"""The demo's data: a small tree of sites, invented people, a clock that may run faster, telephones that are a page."""

import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psycopg

from dutyroom import settings
from dutyroom.wiring.service import Ground
from dutyroom.wiring.service import prepare as prepare_ground

CODE = "demo"
PEOPLE = "people-60.xlsx"
PLAN_FOLDER = settings.PROJECT / "plans" / "sanitation-project"

_COURIERS = """# Written at every start of the demo: its telephones listen on another port each time.
{channels}
"""
_CHANNEL = """[channels.{name}]
kind = "gateway"
url = "{url}/{name}"
plain_http = true
slots = 16
body = {{ to = "{{address}}", text = "{{text}}", link = "{{link}}", channel = "{name}", id = "{{delivery_id}}" }}
success = {{ status = [200], path = "code", equals = 0 }}
"""


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or any free one for 0. Raises OSError if the wanted one is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, wanted))
        return int(probe.getsockname()[1])


def prepare(data: Path | None, base_url: str, phones_url: str, speed: float) -> Ground:
    """Everything the demo needs, kept in its own data folder across restarts."""
    folder = (data or settings.DATA_FOLDER / "demo").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    channels = "\n".join(_CHANNEL.format(name=name, url=phones_url) for name in ("sms", "voice", "wecom"))
    (folder / "couriers.toml").write_text(_COURIERS.format(channels=channels), encoding="utf-8")
    more = {
        "DUTYROOM_DEMO": "1",
        "DUTYROOM_BASE_URL": base_url,
        "DUTYROOM_SPEED": str(speed),
        "DUTYROOM_COURIERS": str(folder / "couriers.toml"),
    }
    ground = prepare_ground(folder, settings.DATABASE_URL, more)
    real = time.time_ns() // 1_000_000  # noqa: TID251 - where the demo's clock is set by the machine's
    ground = replace(
        ground,
        environment={**ground.environment, "DUTYROOM_CLOCK": f"{real}:{max(real, _last_shown(ground))}"},
    )
    if not (folder / "demo-loaded").is_file():
        subprocess.run(
            [sys.executable, "-m", "dutyroom.wiring.demo"], env=dict(ground.environment), check=True
        )
        (folder / "demo-loaded").write_text("1")
    return ground


def _last_shown(ground: Ground) -> int:
    """What the demo's clock last showed: it stands still while the demo is off, and never goes back."""
    with psycopg.connect(ground.environment["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT max(beat_at) FROM store_pulse").fetchone()
        if not row or row[0] is None:
            return 0
    return int(row[0].timestamp() * 1000)


def load() -> None:
    """Set up the demo's sites. Run in a process of its own, whose environment names the database."""
    from dutyroom import wiring
    from dutyroom.core.instants import DAY
    from dutyroom.store.calendars import Declaring, declare
    from dutyroom.store.organise import SiteText, add_site
    from dutyroom.wiring.organising import set_up

    phone = "010-5550-0000"
    group = SiteText("demo-group", "group", "示范环境集团", "Model Environment Group", phone)
    company = SiteText(
        "demo-company", "company", "示范城区环卫公司", "Model City Cleaning", phone, "demo-group"
    )
    for site in (group, company):
        add_site(wiring.pool(), site, wiring.new_id())
    project = SiteText(
        CODE, "project", "东区道路保洁项目部", "East District Street Cleaning", phone, "demo-company"
    )
    done = set_up(PLAN_FOLDER, project, PEOPLE)
    if not done.site:
        raise SystemExit(
            "\n".join(f"{found.place} {found.code} {dict(found.fields)}" for found in done.findings)
        )
    now = wiring.clock().now()
    # A week in which there is something to see: reports, roll calls, handovers.
    week = Declaring(
        wiring.new_id(), done.site, "special_period", now, now + 7 * DAY, "superior", "演示 / demonstration"
    )
    declare(wiring.pool(), [week], now)


def sign_in_links(ground: Ground, base_url: str) -> dict[str, str]:
    """A fresh reusable sign-in link for the holders of each role, and for those who come on duty next (`next_ROLE`)."""
    from dutyroom.adapters.vault import new_token

    with psycopg.connect(ground.environment["DATABASE_URL"], options="-c app.tenant=*") as connection:
        rows = connection.execute(
            "SELECT DISTINCT ON (d.role, d.place) d.role, d.place, d.person_id, d.tenant FROM store_duty d "
            "JOIN store_site s ON s.id = d.site_id WHERE s.code = %s AND (d.ends_at IS NULL OR d.ends_at > "
            "(SELECT coalesce(max(beat_at), now()) FROM store_pulse)) ORDER BY d.role, d.place, d.starts_at",
            [CODE],
        ).fetchall()
        links: dict[str, str] = {}
        coming = connection.execute(
            "SELECT DISTINCT ON (d.role, d.place) 'next_' || d.role, d.place, d.person_id, d.tenant FROM store_duty d "
            "JOIN store_site s ON s.id = d.site_id WHERE s.code = %s AND NOT d.standing AND d.starts_at > "
            "(SELECT coalesce(max(beat_at), now()) FROM store_pulse) ORDER BY d.role, d.place, d.starts_at",
            [CODE],
        ).fetchall()
        for role, place, person, tenant in (*rows, *coming):
            token, hashed = new_token()
            connection.execute(
                "INSERT INTO store_link (tenant, token_hash, person_id, purpose, key, level, expires_at, reusable) "
                "VALUES (%s, %s, %s, 'invitation', '', 'full', now() + interval '10 years', true)",
                [tenant, hashed, person],
            )
            links[role if place == 0 else f"{role}_{place + 1}"] = f"{base_url}/in/{token}"
    return links


if __name__ == "__main__":
    load()
