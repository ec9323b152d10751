"""Which keys this installation has, what each is for, and how something is sealed, erased, signed.

Five purposes, five files, none derived from another, so that one leak or one loss stays one (RELIABILITY D4):

| file | purpose | when lost |
|---|---|---|
| `forms.key` | sessions and form tokens | people sign in again |
| `links.key` | marks in links that leave the house | links in sent messages stop working |
| `ledger.json` | signing the record (Ed25519) | sign with a new key; the old checkpoints still verify |
| `data.json` | wraps the keys of compartments | **compartments are gone for good** |
| `pepper.key` | under every receipt code, apart from the database | receipts no longer open anything |

A compartment's content is encrypted under the compartment's own random key; that key is wrapped under the
data key and kept by the caller. Erasing is the caller's act and needs nothing of this module: drop the
wrapped key and the ciphertexts. What stays in the record, a ciphertext's hash and a salted commitment, tells
nothing without them.

It refuses to know who may read what, when a compartment dies, and what the record says.
"""

import hmac
import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dutyroom.adapters.notes import NoteRefused, open_note, public_hex, sign_note, split_note
from dutyroom.core.ledger import (
    BadCheckpoint,
    Checkpoint,
    canonical,
    checkpoint_text,
    origin,
    parse_checkpoint,
)

_SEALED, _WRAPPED = b"DRS", b"DRW"
_VERSION = 1
_KEY, _KEY_ID, _NONCE, _SALT = 32, 8, 12, 32
_HEAD = len(_SEALED) + 1 + _KEY_ID


class VaultError(Exception):
    """A key or a sealed thing cannot be used. The message names no secret."""


class KeyMissing(VaultError):
    """A key file that was there at set-up is gone; making a new one in silence would hide the loss."""


class KeyExposed(VaultError):
    """A key file can be read by other users of this machine."""


class SealBroken(VaultError):
    """Sealed bytes, their place (compartment, name), key or commitment do not belong together."""


@dataclass(frozen=True, slots=True)
class CompartmentKey:
    """The opened key of one compartment. Never stored, never shown."""

    key_id: bytes
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is kept: the ciphertext in the compartment's store, the two hashes (hex) in the record."""

    ciphertext: bytes
    ciphertext_sha256: str
    commitment: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One signing key of the installation, past or present, as it may be published."""

    number: int
    key_id: str
    hex: str
    current: bool


def seal(key: CompartmentKey, compartment_id: str, name: str, plaintext: bytes) -> Sealed:
    """AES-256-GCM under the compartment's key, bound to the compartment, the name and the format's version.

    The commitment is SHA-256(salt || plaintext); the salt (256 bits) is inside the ciphertext, so that
    nobody without the key can try phone numbers against it, and nobody with the key can later show another
    plaintext.
    """
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    head = _SEALED + bytes([_VERSION]) + key.key_id
    body = AESGCM(key.secret).encrypt(nonce, salt + plaintext, _context(head, compartment_id, name))
    ciphertext = head + nonce + body
    commitment = sha256(salt + plaintext).hexdigest()
    return Sealed(ciphertext, sha256(ciphertext).hexdigest(), commitment)


def open_sealed(
    key: CompartmentKey, compartment_id: str, name: str, ciphertext: bytes, commitment: str | None = None
) -> bytes:
    """The plaintext. Raises SealBroken when anything differs, also from the commitment if it is given."""
    salted = _decrypt(_SEALED, key, ciphertext, compartment_id, name)
    if len(salted) < _SALT:
        raise SealBroken("too short")
    if commitment is not None and not hmac.compare_digest(sha256(salted).hexdigest(), commitment):
        raise SealBroken("not what was committed to on the record")
    return salted[_SALT:]


def new_token() -> tuple[str, str]:
    """A random handle of 192 bits for a link, and the SHA-256 in hex that is stored in its place."""
    token = urlsafe_b64encode(secrets.token_bytes(24)).decode()
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """What a presented handle is looked up by. A plain hash is enough: nobody tries 2**192 handles."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def verify_checkpoint(public_keys: str | Iterable[str], note: str) -> Checkpoint:
    """The checkpoint of a note signed by one of the keys (hex). Raises NoteRefused for anything else."""
    keys = [public_keys] if isinstance(public_keys, str) else list(public_keys)
    try:
        checkpoint = parse_checkpoint(split_note(note)[0])
    except BadCheckpoint as error:
        raise NoteRefused(str(error)) from None
    open_note(note, origin(checkpoint.site), keys)
    return checkpoint


class Vault:
    """The keys of one installation, loaded from its folder."""

    def __init__(self, folder: Path, forms: str, links: bytes, pepper: bytes, ledger: Any, data: Any) -> None:
        self._folder, self.forms_key, self.links_key, self.pepper = folder, forms, links, pepper
        self._ledger, self._data = ledger, data

    @classmethod
    def open(cls, folder: Path) -> "Vault":
        """The vault in `folder`, made at the first call. Two processes may make it at once: both get the
        same keys.

        Raises KeyMissing when a lasting key file is gone, KeyExposed when others can read one.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        set_up = (folder / "complete").exists()
        for name, make in _FILES.items():
            if not (folder / name).exists():
                if set_up and name in _LASTING:
                    raise KeyMissing(f"{name} is gone from the key folder; restore it from the key backup")
                _create(folder / name, make())
        _create(folder / "complete", "")
        texts = {name: _read(folder / name) for name in _FILES}
        return cls(
            folder,
            texts["forms.key"].strip(),
            bytes.fromhex(texts["links.key"]),
            bytes.fromhex(texts["pepper.key"]),
            json.loads(texts["ledger.json"]),
            json.loads(texts["data.json"]),
        )

    def roll_call_key(self) -> bytes:
        """What unannounced roll calls are drawn with: a key of its own, made of one that never leaves the vault."""
        return hmac.new(self.pepper, b"dutyroom roll calls", "sha256").digest()

    # --- compartments ---

    def new_compartment(self, compartment_id: str) -> tuple[bytes, CompartmentKey]:
        """A fresh key for one compartment: wrapped, to be kept by the caller, and opened, to be used now."""
        key = CompartmentKey(secrets.token_bytes(_KEY_ID), secrets.token_bytes(_KEY))
        return self._wrap(key, compartment_id), key

    def open_compartment(self, wrapped: bytes, compartment_id: str) -> CompartmentKey:
        """The key inside `wrapped`. Raises SealBroken when it is not this compartment's, or KeyMissing."""
        text = self._data["keys"].get(wrapped[_HEAD - _KEY_ID : _HEAD].hex())
        if text is None:
            raise KeyMissing("the data key that wraps this compartment is not in data.json")
        master = CompartmentKey(wrapped[_HEAD - _KEY_ID : _HEAD], bytes.fromhex(text))
        blob = _decrypt(_WRAPPED, master, wrapped, compartment_id, "")
        return CompartmentKey(blob[:_KEY_ID], blob[_KEY_ID:])

    def rewrap(self, wrapped: bytes, compartment_id: str) -> bytes:
        """The same compartment key under the current data key; its ciphertexts stay as they are."""
        return self._wrap(self.open_compartment(wrapped, compartment_id), compartment_id)

    def rotate_data_key(self) -> None:
        """New compartments are wrapped under a new key. Older keys stay until all is rewrapped."""
        key_id, keys = secrets.token_hex(_KEY_ID), dict(self._data["keys"])
        keys[key_id] = secrets.token_hex(_KEY)
        self._data = {"current": key_id, "keys": keys}
        _replace(self._folder / "data.json", json.dumps(self._data, indent=1))

    def _wrap(self, key: CompartmentKey, compartment_id: str) -> bytes:
        key_id = self._data["current"]
        head = _WRAPPED + bytes([_VERSION]) + bytes.fromhex(key_id)
        nonce = secrets.token_bytes(_NONCE)
        master = AESGCM(bytes.fromhex(self._data["keys"][key_id]))
        body = master.encrypt(nonce, key.key_id + key.secret, _context(head, compartment_id, ""))
        return head + nonce + body

    # --- signing ---

    @property
    def public_keys(self) -> tuple[PublicKey, ...]:
        """All signing keys there ever were here, oldest first; the last one signs."""
        rows = self._ledger["public"]
        return tuple(
            PublicKey(number, _key_id(row), row, number == len(rows)) for number, row in enumerate(rows, 1)
        )

    @property
    def public_key(self) -> str:
        """The public half (hex) of the key that signs now."""
        return self.public_keys[-1].hex

    def sign(self, name: str, text: str) -> str:
        """The text as a note signed under `name` (adapters.notes)."""
        return sign_note(self._signing_key(), name, text)

    def sign_checkpoint(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a signed note, to be printed, sent and kept by others."""
        return self.sign(origin(checkpoint.site), checkpoint_text(checkpoint))

    def rotate_ledger_key(self) -> PublicKey:
        """A new signing key from now on. The old private half is destroyed, its public half stays listed."""
        private = Ed25519PrivateKey.generate()
        public = [*self._ledger["public"], public_hex(private)]
        self._ledger = {"private": private.private_bytes_raw().hex(), "public": public}
        _replace(self._folder / "ledger.json", json.dumps(self._ledger, indent=1))
        return self.public_keys[-1]

    def _signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._ledger["private"]))


def _key_id(public: str) -> str:
    return sha256(bytes.fromhex(public)).hexdigest()[:16]


def _context(head: bytes, compartment_id: str, name: str) -> bytes:
    return head + canonical({"compartment": compartment_id, "name": name})


def _decrypt(kind: bytes, key: CompartmentKey, blob: bytes, compartment_id: str, name: str) -> bytes:
    head, nonce, body = blob[:_HEAD], blob[_HEAD : _HEAD + _NONCE], blob[_HEAD + _NONCE :]
    if head != kind + bytes([_VERSION]) + key.key_id or len(nonce) != _NONCE:
        raise SealBroken("another kind, version or key")
    try:
        return AESGCM(key.secret).decrypt(nonce, body, _context(head, compartment_id, name))
    except InvalidTag:
        raise SealBroken("changed, or moved from another place") from None


# --- files ---


def _new_ledger() -> str:
    private = Ed25519PrivateKey.generate()
    return json.dumps(
        {"private": private.private_bytes_raw().hex(), "public": [public_hex(private)]}, indent=1
    )


def _new_data() -> str:
    key_id = secrets.token_hex(_KEY_ID)
    return json.dumps({"current": key_id, "keys": {key_id: secrets.token_hex(_KEY)}}, indent=1)


_FILES = {
    "forms.key": lambda: secrets.token_urlsafe(48),
    "links.key": lambda: secrets.token_hex(_KEY),
    "pepper.key": lambda: secrets.token_hex(_KEY),
    "ledger.json": _new_ledger,
    "data.json": _new_data,
}
_LASTING = {"pepper.key", "ledger.json", "data.json"}


def _create(path: Path, text: str) -> None:
    """Write a file that nobody else has written: whoever links first wins; nobody reads half a file."""
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _replace(path: Path, text: str) -> None:
    os.replace(_draft(path, text), path)
    _flush_folder(path.parent)


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _flush_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def _read(path: Path) -> str:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyExposed(f"{path.name} can be read by others: chmod 600 it, and rotate if it was ever copied")
    return path.read_text(encoding="utf-8")
