"""Signed notes (C2SP signed-note): a short text to read and print, with Ed25519 signatures under it.

A note is text, an empty line, then one line a signature: an em dash, the name the key signs under, and
base64 of four bytes that tell the key apart and the signature. It refuses to know what the text says; a name
is what keeps one kind of text from passing as another.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"  # signature type in the key hash, C2SP signed-note "Signature types"
_SIGNATURE = re.compile("— ([^ +\n]+) ([A-Za-z0-9+/=]+)")
_MOST_SIGNATURES = 16


class NoteRefused(ValueError):
    """The note is not in the exact form, or none of the known keys has signed it under this name."""


def public_hex(private: Ed25519PrivateKey) -> str:
    """The public key in hex, as it is printed and handed out."""
    return private.public_key().public_bytes_raw().hex()


def sign_note(private: Ed25519PrivateKey, name: str, text: str) -> str:
    """The text as a note signed under `name`. Raises NoteRefused for what a note cannot hold."""
    _check_text(text)
    mark = _key_hash(name, private.public_key().public_bytes_raw())
    line = f"— {name} {b64encode(mark + private.sign(text.encode())).decode()}"
    if not _SIGNATURE.fullmatch(line):
        raise NoteRefused("a name has no spaces and no plus signs")
    return f"{text}\n{line}\n"


def open_note(note: str, name: str, public_keys: Iterable[str]) -> str:
    """The text of a note that one of the keys (hex) has signed under `name`. Raises NoteRefused otherwise.

    Lines of other keys and names, such as a witness's, may stand beside it. A wrong signature by a known key
    is refused even beside a right one.
    """
    text, signatures = split_note(note)
    known = {_key_hash(name, _raw(key)): _raw(key) for key in public_keys}
    good = 0
    for signer, blob in signatures:
        key = known.get(blob[:4])
        if signer == name and key is not None:
            _check_signature(key, blob[4:], text)
            good += 1
    if not good:
        raise NoteRefused("no signature of a known key under this name")
    return text


def split_note(note: str) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """The text, and name and bytes of each signature, none of them checked yet. Raises NoteRefused on
    another form.
    """
    text, blank, tail = note.rpartition("\n\n")
    text += "\n"
    lines = tail.split("\n")
    if not blank or lines.pop() or not 1 <= len(lines) <= _MOST_SIGNATURES:
        raise NoteRefused("not a text, an empty line and signatures")
    _check_text(text)
    return text, tuple(_signature(line) for line in lines)


def _signature(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE.fullmatch(line)
    try:
        blob = b64decode(match[2], validate=True) if match else b""
    except ValueError:
        blob = b""
    # Base64 has spare bits at its end: only one spelling is taken, so that no two notes differ in nothing.
    if not match or len(blob) < 5 or b64encode(blob).decode() != match[2]:
        raise NoteRefused("not a signature line")
    return match[1], blob


def _check_signature(key: bytes, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except InvalidSignature:
        raise NoteRefused("the signature is not over this text") from None


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(ord(each) < 0x20 and each != "\n" for each in text):
        raise NoteRefused("a note's text ends with a line end and has no control characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteRefused("a note's text is Unicode") from None


def _key_hash(name: str, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + key).digest()[:4]


def _raw(key: str) -> bytes:
    try:
        raw = bytes.fromhex(key)
    except ValueError:
        raw = b""
    if len(raw) != 32 or raw.hex() != key:
        raise NoteRefused("a public key is 64 lower-case hex digits")
    return raw
