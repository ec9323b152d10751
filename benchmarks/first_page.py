"""What a page weighs, and how long it takes, with 100 records and 100,000: the report form, the board, own duty."""

import gzip
import hashlib
import re
import secrets
import time
import urllib.request
from typing import Any
from urllib.parse import urljoin

from benchmarks.room import House, crowd, house

PAGES = {"report": "/r/bench", "board": "/board", "duty": "/duty"}
_PARTS = re.compile(r'<(?:link|script|img)[^>]+?(?:href|src)="([^"]+)"')
_TIMES = 15

_CLOSED_CASES = """
WITH one AS (SELECT * FROM store_case ORDER BY opened_at LIMIT 1)
INSERT INTO store_case (tenant, id, site_id, edition_id, code, kind, phase, level, exercise, opened_at, closed_at,
  version, state, head)
SELECT one.tenant, gen_random_uuid(), one.site_id, one.edition_id, 'B' || number, one.kind, 'closed', 'I', false,
  one.opened_at - number * interval '5 minutes', one.opened_at - number * interval '4 minutes', one.version, one.state,
  one.head FROM one, generate_series(1, %s) AS number
"""
_ENTRIES = """
INSERT INTO store_entry
  (tenant, entry_id, site_id, case_id, case_seq, type, at, recorded_at, actor, body, previous, leaf)
SELECT c.tenant, gen_random_uuid(), c.site_id, c.id, 1, e.type, e.at, e.recorded_at, e.actor, e.body, '', e.leaf
FROM store_case c, (SELECT * FROM store_entry ORDER BY id LIMIT 1) e WHERE c.phase = 'closed'
"""
_OBLIGATIONS = """
INSERT INTO store_obligation (tenant, case_id, site_id, key, step, role, owner_id, asked, status, verb, clock, overdue,
  opened_at, due_at, timer_at)
SELECT c.tenant, c.id, c.site_id, o.key, o.step, o.role, o.owner_id, o.asked, 'done', o.verb, o.clock, false,
  c.opened_at, c.opened_at + interval '1 hour', NULL
FROM store_case c, (SELECT * FROM store_obligation ORDER BY id LIMIT 1) o WHERE c.phase = 'closed'
"""
_DELIVERIES = """
INSERT INTO store_delivery (tenant, id, identity, case_id, site_id, key, step, person_id, channel, severity, message,
  exercise, state, tries, created_at, told_at)
SELECT c.tenant, gen_random_uuid(), gen_random_uuid(), c.id, c.site_id, d.key, d.step, d.person_id, d.channel,
  d.severity, d.message, false, 'sent', 1, c.opened_at, c.opened_at
FROM store_case c, (SELECT * FROM store_delivery ORDER BY created_at LIMIT 1) d WHERE c.phase = 'closed'
"""
_DEVICE = """
INSERT INTO store_device (tenant, id, person_id, secret_hash, level, signed_in_at, expires_at)
SELECT tenant, gen_random_uuid(), id, %s, 'full', now(), now() + interval '1 day' FROM store_person WHERE number = 'P2'
RETURNING id
"""


def run(small: bool) -> dict[str, Any]:
    """Compressed bytes, requests and median milliseconds of each page, at both sizes of the record."""
    many = 2_000 if small else 100_000
    with house() as made:
        crowd(made.url, 4, 17).wait()  # six entries each: some hundred records
        cookie = f"device={_device(made)}"
        few = {name: look(made, path, cookie) for name, path in PAGES.items()}
        fill(made, many)
        lots = {name: look(made, path, cookie) for name, path in PAGES.items()}
        records = made.ask("SELECT count(*) FROM store_entry")[0][0]
    return {"records": records, "at_100": few, "at_many": lots}


def _device(made: House) -> str:
    secret = secrets.token_urlsafe(24)
    made.ask(_DEVICE, hashlib.sha256(secret.encode()).hexdigest())
    return secret


def fill(made: House, count: int) -> None:
    """So many closed cases, each with an entry, an obligation that was kept and a message that was sent."""
    made.ask(f"{_CLOSED_CASES} RETURNING 1", count)
    for statement in (_ENTRIES, _OBLIGATIONS, _DELIVERIES):
        made.ask(f"{statement} RETURNING 1")
    made.do("ANALYZE")


def look(made: House, path: str, cookie: str) -> dict[str, Any]:
    """The page itself and everything it asks for, as a browser without a cache would get it."""
    times = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        status, page, size = get(made.url + path, cookie)
        times.append((time.perf_counter() - began) * 1000)
    parts = sorted({urljoin(path, part) for part in _PARTS.findall(page) if not part.startswith("data:")})
    outside = [part for part in parts if part.startswith(("http:", "https:", "//"))]
    sizes = [get(made.url + part, cookie)[2] for part in parts if part not in outside]
    return {
        "status": status,
        "bytes": size,
        "bytes_with_parts": size + sum(sizes),
        "requests": 1 + len(sizes),
        "outside": len(outside),
        "median_ms": round(sorted(times)[_TIMES // 2], 1),
    }


def get(url: str, cookie: str) -> tuple[int, str, int]:
    """Status, text, and bytes on the wire, compressed if the server does."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", "Cookie": cookie})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        body = answer.read()
        plain = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
        return answer.status, plain.decode("utf-8", "replace"), len(body)
