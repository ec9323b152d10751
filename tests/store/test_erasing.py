"""A compartment whose clock has run out is gone for good, and the record says so and still holds together."""

import uuid

import pytest

from dutyroom import wiring
from dutyroom.adapters.vault import SealBroken, Vault, open_sealed, seal
from dutyroom.core.instants import DAY
from dutyroom.core.ledger import Entry, chain_faults
from dutyroom.store.erasing import erase_due, note_reading
from dutyroom.store.instants import to_datetime
from dutyroom.store.organise import SiteText, add_site

pytestmark = pytest.mark.usefixtures("django_db_setup")

NOW = 1_795_000_000_000


@pytest.fixture
def site() -> str:
    code = uuid.uuid4().hex[:12]
    return add_site(
        wiring.pool(), SiteText(code, "project", "场所", "Site", "010-5550-0000"), str(uuid.uuid4())
    )


def compartment(vault: Vault, site: str, erase_at: int) -> tuple[str, bytes]:
    """A compartment with one sealed thing in it; its id and the ciphertext."""
    identity = str(uuid.uuid4())
    wrapped, key = vault.new_compartment(identity)
    sealed = seal(key, identity, "phone", b"13800000001")
    with wiring.pool().connection() as connection:
        connection.execute(
            "INSERT INTO store_compartment "
            '(id, tenant, site_id, "case", kind, readers, basis, wrapped_key, erase_at) '
            "VALUES (%s, %s, %s, %s, 'contact', '{}', 'PIPL 19', %s, %s)",
            [identity, site, site, str(uuid.uuid4()), wrapped, to_datetime(erase_at)],
        )
        connection.execute(
            "INSERT INTO store_blob (id, tenant, compartment_id, name, media_type, size, ciphertext, "
            "ciphertext_sha256, commitment) VALUES (%s, %s, %s, 'phone', 'text/plain', 11, %s, %s, %s)",
            [
                str(uuid.uuid4()),
                site,
                identity,
                sealed.ciphertext,
                sealed.ciphertext_sha256,
                sealed.commitment,
            ],
        )
    return identity, sealed.ciphertext


def stored(site: str) -> dict[str, object]:
    with wiring.pool().connection() as connection:
        rows = connection.execute(
            "SELECT c.id::text, c.wrapped_key, "
            "(SELECT count(*) FROM store_blob b WHERE b.compartment_id = c.id) AS blobs "
            "FROM store_compartment c WHERE site_id = %s",
            [site],
        ).fetchall()
    return {row["id"]: (row["wrapped_key"], row["blobs"]) for row in rows}


def entries(site: str) -> list[Entry]:
    with wiring.pool().connection() as connection:
        rows = connection.execute(
            "SELECT entry_id::text, site_id::text AS site, case_id::text AS case, case_seq, type, at, "
            "recorded_at, actor, body, previous FROM store_entry "
            "WHERE site_id = %s ORDER BY case_seq",
            [site],
        ).fetchall()
    return [Entry(**row) for row in rows]


def test_what_is_due_goes_and_what_is_not_stays(site: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    vault = Vault.open(tmp_path_factory.mktemp("keys") / "keys")
    due, ciphertext = compartment(vault, site, NOW - 1)
    kept, _ = compartment(vault, site, NOW + DAY)
    erase_due(wiring.pool(), NOW)
    after = stored(site)
    assert after[due] == (None, 0)
    assert after[kept][0] is not None and after[kept][1] == 1
    _, other_key = vault.new_compartment(due)
    with pytest.raises(SealBroken):
        open_sealed(other_key, due, "phone", ciphertext)


def test_the_record_says_that_it_was_erased_and_holds_together(
    site: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    vault = Vault.open(tmp_path_factory.mktemp("keys") / "keys")
    for _ in range(3):
        compartment(vault, site, NOW)
    erase_due(wiring.pool(), NOW)
    written = entries(site)
    assert [entry.type for entry in written] == ["CompartmentErased"] * 3
    assert chain_faults(written) == ()
    assert all("13800000001" not in entry.body for entry in written)
    erase_due(wiring.pool(), NOW + DAY)
    assert len(entries(site)) == 3


def test_a_reading_stands_on_record_with_its_reason(
    site: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    vault = Vault.open(tmp_path_factory.mktemp("keys") / "keys")
    compartment(vault, site, NOW + DAY)
    with wiring.pool().connection() as connection:
        row = connection.execute("SELECT id::text FROM store_blob WHERE tenant = %s", [site]).fetchone()
    assert row is not None
    note_reading(wiring.pool(), row["id"], "P001", "回电核实", NOW)
    written = entries(site)
    assert [entry.type for entry in written] == ["SealedRead"]
    assert "回电核实" in written[0].body and "P001" in written[0].body
    assert chain_faults(written) == ()
