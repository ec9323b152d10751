"""Drafts of a site's plan: begun, saved, checked, approved by a second person; approving makes an edition.

Every saving is a row that stays. A person who saved a draft never approves it, nor does anybody approve another text
than the one that was checked: both are looked at here and refused by the database as well. Whether the text is good is
not known here; the caller has it read and checked.
"""

from dataclasses import dataclass
from hashlib import sha256

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import ConnectionPool

from dutyroom.core.findings import Refusal
from dutyroom.core.instants import Instant, iso
from dutyroom.store.instants import to_datetime
from dutyroom.store.pool import Row, transaction
from dutyroom.store.sitechain import append_site_entry

Pool = ConnectionPool[Connection[DictRow]]


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A site's open draft as it stands. `authors` are all persons who saved it."""

    id: str
    state: str
    revision: int
    text: str
    base: str
    authors: tuple[str, ...]


def open_draft(pool: Pool, site: str) -> OpenDraft | None:
    """The draft that is being worked on at the site; None if there is none."""
    with pool.connection() as connection:
        row = _open_row(connection, site, lock=False)
        return _whole(connection, row) if row else None


def save(pool: Pool, site: str, author: str, text: str, seen: int, now: Instant) -> OpenDraft | Refusal:
    """Keep the text as the newest revision, in a new draft if none is open; a checked draft is a draft again.

    `seen` is the revision the author began from (0: none). If somebody has saved since, nothing is written and the
    refusal says so. The same text as the newest revision is not kept twice. Raises LookupError for an unknown site.
    """
    with transaction(pool) as connection:
        row = _open_row(connection, site, lock=True)
        if row is None and seen:
            return Refusal("planning.no_draft")
        row = row or _begin(connection, site, author, now)
        if row["revision"] != seen:
            return Refusal("planning.saved_meanwhile", {"revision": row["revision"]})
        draft = _whole(connection, row)
        if draft.text != text or not draft.revision:
            _add(connection, row, author, text, now)
        return _whole(connection, _open_row(connection, site, lock=False) or row)


def mark_checked(pool: Pool, site: str, revision: int) -> Refusal | None:
    """The revision has been read and has no error: it may be approved."""
    with transaction(pool) as connection:
        row = _open_row(connection, site, lock=True)
        if row is None:
            return Refusal("planning.no_draft")
        if row["revision"] != revision:
            return Refusal("planning.saved_meanwhile", {"revision": row["revision"]})
        connection.execute("UPDATE store_plandraft SET state = 'checked' WHERE id = %s", [row["id"]])
    return None


def drop(pool: Pool, site: str, now: Instant) -> Refusal | None:
    """End the open draft without an edition; its revisions stay."""
    with transaction(pool) as connection:
        row = _open_row(connection, site, lock=True)
        if row is None:
            return Refusal("planning.no_draft")
        connection.execute(
            "UPDATE store_plandraft SET state = 'dropped', ended_at = %s WHERE id = %s",
            [to_datetime(now), row["id"]],
        )
    return None


def approve(
    pool: Pool,
    site: str,
    revision: int,
    approver: str,
    edition: tuple[str, str],
    in_force_at: Instant,
    now: Instant,
) -> str | Refusal:
    """Make the checked revision an edition, in force from `in_force_at` on; its id. Also on the site's own record.

    `edition` is the plan's id and version as the text has them; a version is used once at a site.
    """
    with transaction(pool) as connection:
        row = _open_row(connection, site, lock=True)
        if row is None:
            return Refusal("planning.no_draft")
        draft = _whole(connection, row)
        refusal = _why_not(connection, site, draft, revision, approver, edition[1])
        if refusal is not None:
            return refusal
        if in_force_at < now:
            return Refusal("planning.past_date")
        made = _edition(connection, row, draft, edition, in_force_at)
        connection.execute(
            "UPDATE store_plandraft SET state = 'approved', approved_by_id = %s, edition_id = %s, ended_at = %s "
            "WHERE id = %s",
            [approver, made, to_datetime(now), draft.id],
        )
        connection.execute("UPDATE store_site SET version = version + 1 WHERE id = %s", [site])
        body: dict[str, object] = {
            "edition": made,
            "plan": edition[0],
            "version": edition[1],
            "sha256": _hash(draft.text),
            "in_force_at": iso(in_force_at),
            "draft": draft.id,
            "revision": draft.revision,
            "authors": list(draft.authors),
            "approved_by": approver,
        }
        append_site_entry(connection, row["tenant"], site, "PlanApproved", body, now)
        return made


def _why_not(
    connection: Connection[DictRow], site: str, draft: OpenDraft, revision: int, approver: str, version: str
) -> Refusal | None:
    if draft.revision != revision:
        return Refusal("planning.saved_meanwhile", {"revision": draft.revision})
    if draft.state != "checked":
        return Refusal("planning.not_checked")
    if approver in draft.authors:
        return Refusal("planning.own_draft")
    used = connection.execute(
        "SELECT version FROM store_edition WHERE site_id = %s AND (version = %s OR sha256 = %s)",
        [site, version, _hash(draft.text)],
    ).fetchone()
    return Refusal("planning.version_used", {"version": used["version"]}) if used else None


def _edition(
    connection: Connection[DictRow],
    row: Row,
    draft: OpenDraft,
    edition: tuple[str, str],
    in_force_at: Instant,
) -> str:
    row_made = connection.execute(
        "INSERT INTO store_edition (id, tenant, site_id, plan, version, sha256, text, roster_text, drills, "
        "in_force_at) VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, coalesce((SELECT roster_text FROM "
        "store_edition WHERE site_id = %s ORDER BY in_force_at DESC LIMIT 1), ''), coalesce((SELECT drills FROM "
        "store_edition WHERE site_id = %s ORDER BY in_force_at DESC LIMIT 1), '[]'), %s) RETURNING id::text",
        [
            row["tenant"],
            row["site"],
            *edition,
            _hash(draft.text),
            draft.text,
            row["site"],
            row["site"],
            to_datetime(in_force_at),
        ],
    ).fetchone()
    if row_made is None:
        raise AssertionError("the edition that was just made is not there")
    return str(row_made["id"])


def _open_row(connection: Connection[DictRow], site: str, *, lock: bool) -> Row | None:
    # The site's row is what two who begin at once wait for: there is no draft yet that they could lock.
    if lock:
        known = connection.execute("SELECT id FROM store_site WHERE id = %s FOR UPDATE", [site]).fetchone()
        if known is None:
            raise LookupError(site)
    return connection.execute(
        "SELECT id::text, tenant::text, site_id::text AS site, state, revision, coalesce(base_id::text, '') AS base "
        "FROM store_plandraft WHERE site_id = %s AND state IN ('draft', 'checked')",
        [site],
    ).fetchone()


def _begin(connection: Connection[DictRow], site: str, author: str, now: Instant) -> Row:
    connection.execute(
        "INSERT INTO store_plandraft (id, tenant, site_id, base_id, author_id, state, revision, began_at) "
        "SELECT gen_random_uuid(), s.tenant, s.id, (SELECT id FROM store_edition WHERE site_id = s.id "
        "AND in_force_at <= %s ORDER BY in_force_at DESC LIMIT 1), %s, 'draft', 0, %s "
        "FROM store_site s WHERE s.id = %s",
        [to_datetime(now), author, to_datetime(now), site],
    )
    row = _open_row(connection, site, lock=False)
    if row is None:
        raise AssertionError("the draft that was just begun is not there")
    return row


def _add(connection: Connection[DictRow], row: Row, author: str, text: str, now: Instant) -> None:
    number = row["revision"] + 1
    connection.execute(
        "INSERT INTO store_plandraftrevision (tenant, draft_id, number, author_id, at, sha256, text) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [row["tenant"], row["id"], number, author, to_datetime(now), _hash(text), text],
    )
    connection.execute(
        "UPDATE store_plandraft SET revision = %s, state = 'draft' WHERE id = %s", [number, row["id"]]
    )


def _whole(connection: Connection[DictRow], row: Row) -> OpenDraft:
    saved = connection.execute(
        "SELECT number, author_id::text AS author, CASE WHEN number = %s THEN text ELSE '' END AS text "
        "FROM store_plandraftrevision WHERE draft_id = %s ORDER BY number",
        [row["revision"], row["id"]],
    ).fetchall()
    text = saved[-1]["text"] if saved else ""
    authors = tuple(dict.fromkeys(one["author"] for one in saved))
    return OpenDraft(row["id"], row["state"], row["revision"], text, row["base"], authors)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
