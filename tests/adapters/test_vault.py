"""Keys that survive, seals that cannot be moved or changed, signatures that outlive twenty rotations."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from dutyroom.adapters import vault as vaults
from dutyroom.adapters.notes import NoteRefused, open_note, split_note
from dutyroom.adapters.vault import KeyExposed, KeyMissing, SealBroken, Vault, verify_checkpoint
from dutyroom.core.ledger import Checkpoint

ROOT = sha256(b"root").digest()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(tmp_path / "值班 keys")


def test_the_same_keys_at_every_start(tmp_path: Path) -> None:
    first, second = Vault.open(tmp_path / "k"), Vault.open(tmp_path / "k")
    assert first.public_key == second.public_key
    assert (first.forms_key, first.links_key, first.pepper) == (
        second.forms_key,
        second.links_key,
        second.pepper,
    )
    wrapped, key = first.new_compartment("c1")
    assert second.open_compartment(wrapped, "c1") == key


def test_two_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: Vault.open(tmp_path / "k"), range(16)))
    assert len({(each.public_key, each.pepper, each.forms_key) for each in opened}) == 1
    assert sorted(each.name for each in (tmp_path / "k").iterdir()) == [
        "complete", "data.json", "forms.key", "ledger.json", "links.key", "pepper.key",
    ]  # fmt: skip


def test_no_two_purposes_share_a_key(vault: Vault, tmp_path: Path) -> None:
    texts = [file.read_text() for file in (tmp_path / "值班 keys").iterdir() if file.name != "complete"]
    assert len(set(texts)) == 5
    assert vault.links_key != vault.pepper and len(vault.links_key) == len(vault.pepper) == 32


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_only_the_owner_can_read_a_key(tmp_path: Path) -> None:
    Vault.open(tmp_path / "k")
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "k").iterdir()} == {0o600}
    (tmp_path / "k" / "data.json").chmod(0o640)
    with pytest.raises(KeyExposed, match=r"data\.json"):
        Vault.open(tmp_path / "k")


@pytest.mark.parametrize("name", ["ledger.json", "data.json", "pepper.key"])
def test_a_lost_key_is_said_and_not_made_anew(tmp_path: Path, name: str) -> None:
    Vault.open(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(KeyMissing, match=name):
        Vault.open(tmp_path)
    assert not (tmp_path / name).exists()


def test_an_unfinished_set_up_goes_on(tmp_path: Path) -> None:
    first = Vault.open(tmp_path)
    (tmp_path / "complete").unlink()
    (tmp_path / "data.json").unlink()
    assert Vault.open(tmp_path).public_key == first.public_key


def test_forms_key_may_be_lost(tmp_path: Path) -> None:
    before = Vault.open(tmp_path).forms_key
    (tmp_path / "forms.key").unlink()
    assert Vault.open(tmp_path).forms_key != before


# --- compartments ---


def test_what_is_sealed_opens(vault: Vault) -> None:
    wrapped, key = vault.new_compartment("c1")
    sealed = vaults.seal(key, "c1", "injured", "王某 13800000001".encode())
    again = vault.open_compartment(wrapped, "c1")
    plaintext = vaults.open_sealed(again, "c1", "injured", sealed.ciphertext, sealed.commitment)
    assert plaintext.decode() == "王某 13800000001"
    assert sealed.ciphertext_sha256 == sha256(sealed.ciphertext).hexdigest()
    assert vaults.open_sealed(again, "c1", "e", vaults.seal(key, "c1", "e", b"").ciphertext) == b""


def test_equal_plaintexts_look_unlike(vault: Vault) -> None:
    _, key = vault.new_compartment("c1")
    one, two = vaults.seal(key, "c1", "n", b"same"), vaults.seal(key, "c1", "n", b"same")
    assert one.commitment != two.commitment and one.ciphertext[30:] != two.ciphertext[30:]
    assert one.commitment != sha256(b"same").hexdigest()


def test_every_bit_of_a_sealed_thing_counts(vault: Vault) -> None:
    wrapped, key = vault.new_compartment("c1")
    sealed = vaults.seal(key, "c1", "n", b"text")
    for place in range(len(sealed.ciphertext) * 8):
        with pytest.raises(SealBroken):
            vaults.open_sealed(key, "c1", "n", flip(sealed.ciphertext, place))
    for place in range(len(wrapped) * 8):
        with pytest.raises((SealBroken, KeyMissing)):
            vault.open_compartment(flip(wrapped, place), "c1")


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_nothing_sealed_can_be_moved(vault: Vault) -> None:
    wrapped, key = vault.new_compartment("c1")
    _, other = vault.new_compartment("c2")
    sealed = vaults.seal(key, "c1", "n", b"text")
    for opener, compartment, name in ((key, "c2", "n"), (key, "c1", "m"), (other, "c1", "n")):
        with pytest.raises(SealBroken):
            vaults.open_sealed(opener, compartment, name, sealed.ciphertext)
    with pytest.raises(SealBroken):
        vault.open_compartment(wrapped, "c2")
    for short in (b"", sealed.ciphertext[:5], sealed.ciphertext[:23], wrapped):
        with pytest.raises(SealBroken):
            vaults.open_sealed(key, "c1", "n", short)


def test_another_plaintext_cannot_be_shown_for_a_commitment(vault: Vault) -> None:
    _, key = vault.new_compartment("c1")
    on_record, shown = vaults.seal(key, "c1", "n", b"he was late"), vaults.seal(key, "c1", "n", b"on time")
    with pytest.raises(SealBroken, match="committed"):
        vaults.open_sealed(key, "c1", "n", shown.ciphertext, on_record.commitment)


def test_compartments_outlive_rotation_of_the_data_key(vault: Vault, tmp_path: Path) -> None:
    wrapped, key = vault.new_compartment("c1")
    for _ in range(20):
        vault.rotate_data_key()
    assert vault.open_compartment(wrapped, "c1") == key
    moved = vault.rewrap(wrapped, "c1")
    assert moved[:12] != wrapped[:12]
    assert Vault.open(tmp_path / "值班 keys").open_compartment(moved, "c1") == key


def test_a_compartment_whose_data_key_is_lost_says_so(vault: Vault, tmp_path: Path) -> None:
    wrapped, _ = vault.new_compartment("c1")
    with pytest.raises(KeyMissing):
        Vault.open(tmp_path / "other").open_compartment(wrapped, "c1")


def test_no_secret_in_a_representation(vault: Vault) -> None:
    _, key = vault.new_compartment("c1")
    assert key.secret.hex() not in repr(key) and repr(key.secret) not in repr(key)


def test_tokens() -> None:
    made = {vaults.new_token() for _ in range(1000)}
    assert len(made) == 1000
    for token, stored in made:
        assert len(token) == 32 and vaults.token_hash(token) == stored == sha256(token.encode()).hexdigest()
    assert len(vaults.token_hash("\ud800")) == 64


# --- signing ---


def test_a_checkpoint_is_signed_and_read(vault: Vault) -> None:
    one = Checkpoint("site-1", 20, ROOT, "2026-11-23")
    note = vault.sign_checkpoint(one)
    assert verify_checkpoint(vault.public_key, note) == one
    assert note.startswith("dutyroom/site-1\n20\n") and "\n\n— dutyroom/site-1 " in note


def test_every_bit_of_a_note_counts(vault: Vault) -> None:
    note = vault.sign_checkpoint(Checkpoint("s", 20, ROOT, "2026-11-23")).encode()
    for place in range(len(note) * 8):
        with pytest.raises((NoteRefused, UnicodeDecodeError)):
            verify_checkpoint(vault.public_key, flip(note, place).decode())


def test_a_signature_has_one_spelling(vault: Vault) -> None:
    """The last base64 digit has two spare bits; with another value there it would decode to the same
    signature.
    """
    note = vault.sign_checkpoint(Checkpoint("s", 20, ROOT))
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert note.endswith("=\n") and digits.index(note[-3]) % 4 == 0
    for spare in (1, 2, 3):
        with pytest.raises(NoteRefused):
            verify_checkpoint(vault.public_key, note[:-3] + digits[digits.index(note[-3]) + spare] + "=\n")


def test_signatures_outlive_twenty_rotations(vault: Vault, tmp_path: Path) -> None:
    notes = []
    for size in range(21):
        notes.append((size, vault.public_key, vault.sign_checkpoint(Checkpoint("s", size, ROOT))))
        vault.rotate_ledger_key()
    reopened = Vault.open(tmp_path / "值班 keys")
    everything = [key.hex for key in reopened.public_keys]
    assert len(everything) == 22 and len({key.key_id for key in reopened.public_keys}) == 22
    assert [key.current for key in reopened.public_keys] == [False] * 21 + [True]
    for size, key, note in notes:
        assert verify_checkpoint(everything, note).size == size
        assert verify_checkpoint(key, note).size == size
        with pytest.raises(NoteRefused):
            verify_checkpoint([other for other in everything if other != key], note)


def test_an_old_private_key_is_gone_after_rotation(vault: Vault, tmp_path: Path) -> None:
    before = (tmp_path / "值班 keys" / "ledger.json").read_text()
    vault.rotate_ledger_key()
    private = before.split('"private": "')[1][:64]
    assert not any(private in file.read_text() for file in (tmp_path / "值班 keys").iterdir())


def test_a_witness_may_sign_beside(vault: Vault, tmp_path: Path) -> None:
    witness = Vault.open(tmp_path / "witness")
    note = vault.sign_checkpoint(Checkpoint("s", 20, ROOT))
    text, _ = split_note(note)
    both = note + witness.sign("witness.example/w1", text).split("\n\n")[1]
    assert verify_checkpoint(vault.public_key, both).size == 20
    assert open_note(both, "witness.example/w1", [witness.public_key]) == text
    with pytest.raises(NoteRefused):
        verify_checkpoint(witness.public_key, both)


def test_a_wrong_signature_is_refused_beside_a_right_one(vault: Vault) -> None:
    note = vault.sign_checkpoint(Checkpoint("s", 20, ROOT))
    other = vault.sign_checkpoint(Checkpoint("s", 21, ROOT))
    with pytest.raises(NoteRefused):
        verify_checkpoint(vault.public_key, note + other.split("\n\n")[1])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        "a\n",
        "a\n\n",
        "a\n\n— n AAAA\n",
        "a\r\n\n— n AAAAAAAAAA==\n",
        "a\n\n- n AAAAAAAA\n",
        "a\n\n" + "— n AAAAAAAA\n" * 17,
    ],
)
def test_other_forms_are_refused(note: str) -> None:
    with pytest.raises(NoteRefused):
        split_note(note)


@pytest.mark.parametrize("key", ["", "00", "zz" * 32, "AB" * 32, " " + "ab" * 32])
def test_a_key_in_another_form_is_refused(vault: Vault, key: str) -> None:
    with pytest.raises(NoteRefused):
        verify_checkpoint(key, vault.sign_checkpoint(Checkpoint("s", 1, ROOT)))


@pytest.mark.parametrize(
    ("name", "text"), [("a b", "x\n"), ("a+b", "x\n"), ("a", "x"), ("a", "x\t\n"), ("a", "\ud800\n")]
)
def test_what_a_note_cannot_hold(vault: Vault, name: str, text: str) -> None:
    with pytest.raises(NoteRefused):
        vault.sign(name, text)


# --- erasure (RELIABILITY T30) ---


def test_a_thousand_erasures_leave_a_record_that_verifies(vault: Vault) -> None:
    """The record keeps only hashes: with keys and blobs dropped it still verifies, and tells nothing."""
    from dutyroom.core import ledger

    wraps: dict[str, bytes] = {}
    blobs: dict[str, bytes] = {}
    entries: list[ledger.Entry] = []

    def write(kind: str, body: dict[str, object]) -> None:
        previous = ledger.leaf(entries[-1]).hex() if entries else ""
        at = "2026-11-23T10:00:00.000Z"
        text = ledger.canonical(body).decode()
        entries.append(
            ledger.Entry(secrets.token_hex(8), "s", "c", len(entries), kind, at, at, "p", text, previous)
        )

    for number in range(1000):
        name = f"k{number}"
        wraps[name], key = vault.new_compartment(name)
        sealed = vaults.seal(key, name, "phone", f"1380000{number:04d}".encode())
        blobs[name] = sealed.ciphertext
        write(
            "Sealed",
            {"compartment": name, "sha256": sealed.ciphertext_sha256, "commitment": sealed.commitment},
        )
    before = [ledger.leaf(entry) for entry in entries]
    for name in list(wraps):
        del wraps[name], blobs[name]
        write("CompartmentErased", {"compartment": name, "rule": "r1", "by": "p1", "second": "p2"})
    after = [ledger.leaf(entry) for entry in entries]
    assert ledger.chain_faults(entries) == ()
    proof = ledger.consistency_proof(after, len(before))
    assert ledger.verify_consistency(len(before), ledger.root(before), len(after), ledger.root(after), proof)
    on_record = "".join(entry.body for entry in entries)
    # Guessing the whole phone space against what stays finds nothing, because the salts went with the blobs.
    guesses = {sha256(f"1380000{number:04d}".encode()).hexdigest() for number in range(10_000)}
    assert not any(guess in on_record for guess in guesses)
