"""What is sealed opens again, only once per case, and not after erasing."""

import uuid

import pytest

from dutyroom import wiring
from dutyroom.adapters.vault import SealBroken, Vault, open_sealed, seal
from dutyroom.core.instants import DAY
from dutyroom.store.erasing import erase_due
from dutyroom.store.organise import SiteText, add_site
from dutyroom.store.sealing import KEPT_FOR, Place, Safe, Secret

pytestmark = pytest.mark.usefixtures("django_db_setup")
NOW = 1_795_000_000_000
READERS = {
    "contact": ("duty_officer",),
    "photos": ("duty_officer", "safety_officer"),
    "story": (),
    "voice": (),
}


class VaultCrypto:
    """The real vault as the store's crypto."""

    def __init__(self, vault: Vault) -> None:
        self.new_compartment, self.open_compartment = vault.new_compartment, vault.open_compartment
        self.seal, self.open_sealed = seal, open_sealed


@pytest.fixture
def safe(tmp_path_factory: pytest.TempPathFactory) -> Safe:
    return Safe(wiring.pool(), VaultCrypto(Vault.open(tmp_path_factory.mktemp("keys") / "keys")))


@pytest.fixture
def place() -> Place:
    code = uuid.uuid4().hex[:12]
    site = add_site(
        wiring.pool(), SiteText(code, "project", "场所", "Site", "010-5550-0000"), str(uuid.uuid4())
    )
    return Place(site, site, str(uuid.uuid4()), READERS)


def secrets() -> list[Secret]:
    return [
        Secret("contact", "phone", "text/plain", b"13800000001"),
        Secret("photos", "photo-1", "image/jpeg", b"one"),
        Secret("photos", "photo-2", "image/jpeg", b"two"),
    ]


def test_what_is_sealed_opens_again(safe: Safe, place: Place) -> None:
    kept = safe.put(place, secrets(), NOW)
    assert [safe.open(each.split(":")[0]) for each in kept] == [b"13800000001", b"one", b"two"]


def test_the_same_case_is_sealed_once(safe: Safe, place: Place) -> None:
    first = safe.put(place, secrets(), NOW)
    again = safe.put(place, [*secrets(), Secret("photos", "photo-3", "image/jpeg", b"three")], NOW)
    assert again == first


def test_nothing_of_it_stands_in_clear(safe: Safe, place: Place) -> None:
    safe.put(place, secrets(), NOW)
    with wiring.pool().connection() as connection:
        rows = connection.execute(
            "SELECT b.*, c.* FROM store_blob b JOIN store_compartment c ON c.id = b.compartment_id WHERE c.case = %s",
            [place.case],
        ).fetchall()
    assert len(rows) == 3
    assert b"13800000001" not in b"".join(bytes(row["ciphertext"]) for row in rows)
    assert "13800000001" not in str([{k: v for k, v in row.items() if k != "ciphertext"} for row in rows])
    assert {tuple(row["readers"]) for row in rows if row["kind"] == "contact"} == {("duty_officer",)}


def test_after_its_time_it_is_gone(safe: Safe, place: Place) -> None:
    kept = safe.put(place, secrets(), NOW)
    erase_due(wiring.pool(), NOW + KEPT_FOR["photos"] - DAY)
    assert safe.open(kept[1].split(":")[0]) == b"one"
    erase_due(wiring.pool(), NOW + KEPT_FOR["photos"])
    with pytest.raises(LookupError):
        safe.open(kept[1].split(":")[0])


def test_one_changed_bit_is_found(safe: Safe, place: Place) -> None:
    kept = safe.put(place, secrets(), NOW)
    with wiring.pool().connection() as connection:
        connection.execute(
            "UPDATE store_blob SET ciphertext = set_byte(ciphertext, 30, get_byte(ciphertext, 30) # 1) WHERE id = %s",
            [kept[0].split(":")[0]],
        )
    with pytest.raises(SealBroken):
        safe.open(kept[0].split(":")[0])
