"""What one entry of the record is in bytes, how entries hang together, and what proves one is in the tree.

Three structures over the same entries, each for another question:

* the chain of a case: each entry names the hash of the case's previous entry, so an order cannot be changed;
* the tree of a site: the Merkle tree of RFC 9162 section 2.1 over all sealed entries of a site, so that one
  32-byte root stands for all of them and a short proof shows one entry in it without showing the others;
* the checkpoint: size and root as text (C2SP tlog-checkpoint), which is signed, printed and sent to others.

An entry's hash is SHA-256(0x00 || canonical entry), a node SHA-256(0x01 || left || right): the prefixes keep a leaf
from ever passing as a node. This module refuses to know keys, files, clocks and databases.
"""

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any
from unicodedata import normalize

from dutyroom.core.findings import Finding

HASH_BYTES = 32
GREATEST_INTEGER = 2**53 - 1  # RFC 8785 section 3.2.2.3: what every JSON reader holds exactly


class NotCanonical(ValueError):
    """The value has no canonical form: a float, a key not text, too great an integer, half a character."""


class BadCheckpoint(ValueError):
    """The text is not a checkpoint exactly as `checkpoint_text` writes it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record.

    Times are ISO 8601 in UTC, `body` is canonical JSON, `previous` the hash of the case's previous entry in hex (""
    for its first). Entries of no case (`case` is None) form a chain of their own.
    """

    entry_id: str
    site: str
    case: str | None
    case_seq: int
    type: str
    at: str
    recorded_at: str
    actor: str
    body: str
    previous: str


_FIELDS = tuple(field.name for field in fields(Entry))

# --- bytes ----------------------------------------------------------------------------------------


def canonical(body: Mapping[str, object]) -> bytes:
    """The one way to write `body` in bytes: RFC 8785, with all text in Unicode normal form C.

    Raises NotCanonical for what has no such form. Written in one walk, several times as fast as `rfc8785`; a test
    holds the two equal. Floats are refused, so that the one hard part of RFC 8785, how a number is written, does not
    arise.
    """
    return _encoded(_mapping_text(body))


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical(f"half a character: {error.reason}") from None


def _quoted(text: str) -> str:
    """A JSON text, in normal form C. Texts of ASCII alone, nearly all, are in it already."""
    return encode_basestring(text if text.isascii() else normalize("NFC", text))


def _value_text(value: object) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > GREATEST_INTEGER:
            raise NotCanonical(f"integer beyond 2**53 - 1: {value}")
        return int.__repr__(value)
    if isinstance(value, Mapping):
        return _mapping_text(value)
    if isinstance(value, list | tuple):
        return f"[{','.join([_value_text(each) for each in value])}]"
    raise NotCanonical(f"no canonical form for {type(value).__name__}")


def _mapping_text(value: Mapping[Any, object]) -> str:
    written: dict[str, str] = {}
    for key, each in value.items():
        if not isinstance(key, str):
            raise NotCanonical(f"a key must be text, not {type(key).__name__}")
        written[key if key.isascii() else normalize("NFC", key)] = _value_text(each)
    if len(written) != len(value):
        raise NotCanonical("two keys are the same text in normal form C")
    # RFC 8785 section 3.2.3 orders by UTF-16 code units, which differs from code points beyond U+FFFF.
    order = sorted(written) if "".join(written).isascii() else sorted(written, key=_utf16)
    return "{" + ",".join([f"{encode_basestring(key)}:{written[key]}" for key in order]) + "}"


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def line(entry: Entry) -> bytes:
    """The entry in an archive and under its hash: canonical JSON of all its fields, without a line end.

    The fields are few, known and flat, so they are put in their order here; a test holds it to `canonical`.
    """
    return _encoded(
        f'{{"actor":{_quoted(entry.actor)},"at":{_quoted(entry.at)},"body":{_quoted(entry.body)},'
        f'"case":{_value_text(entry.case)},"case_seq":{_value_text(entry.case_seq)},'
        f'"entry_id":{_quoted(entry.entry_id)},"previous":{_quoted(entry.previous)},'
        f'"recorded_at":{_quoted(entry.recorded_at)},"site":{_quoted(entry.site)},"type":{_quoted(entry.type)}}}'
    )


def read_line(data: bytes) -> Entry:
    """The entry of one archive line. Raises NotCanonical unless `data` is exactly what `line` writes."""
    try:
        values = json.loads(data)
        entry = Entry(**values)
        kinds = {name: type(value) for name, value in values.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise NotCanonical("not an entry") from None
    if any(kinds[name] is not (int if name == "case_seq" else str) for name in _FIELDS if name != "case"):
        raise NotCanonical("a field has another type")
    if kinds["case"] not in (str, type(None)) or line(entry) != data:
        raise NotCanonical("not in canonical form")
    return entry


def leaf(entry: Entry) -> bytes:
    """The entry's hash, 32 bytes: its leaf in the site's tree; in hex what the case's next entry names."""
    return leaf_of(line(entry))


def leaf_of(data: bytes) -> bytes:
    """RFC 9162 section 2.1.1: the hash of a leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


# --- the chain of a case --------------------------------------------------------------------------


def chain_faults(entries: Sequence[Entry]) -> tuple[Finding, ...]:
    """What is wrong with one case's entries, given whole and in order; nothing when the chain holds.

    Cutting off the end leaves a sound chain: only a tree's proof or a later checkpoint shows what is missing.
    """
    found: list[Finding] = []
    previous, seen = "", set[str]()
    for position, entry in enumerate(entries):
        found += [
            Finding(code, "error", entry.entry_id, {"position": position + 1})
            for code, wrong in (
                ("ledger.other_case", (entry.site, entry.case) != (entries[0].site, entries[0].case)),
                ("ledger.sequence_broken", entry.case_seq != entries[0].case_seq + position),
                ("ledger.chain_broken", entry.previous != previous),
                ("ledger.repeated", entry.entry_id in seen),
                ("ledger.body_not_canonical", not _is_canonical(entry.body)),
            )
            if wrong
        ]
        previous = leaf(entry).hex()
        seen.add(entry.entry_id)
    return tuple(found)


def _is_canonical(body: str) -> bool:
    try:
        value = json.loads(body)
        return isinstance(value, dict) and canonical(value) == body.encode("utf-8")
    except (ValueError, RecursionError):
        return False


# --- the tree of a site ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree as far as appending needs it: its size and the roots of its complete subtrees, largest first.

    Appending and the root take O(log n), so the live record never reads old leaves.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def append(self, leaf_hash: bytes) -> "Frontier":
        """The frontier with one more leaf."""
        nodes, rest = list(self.nodes), self.size
        node = leaf_hash
        while rest & 1:
            node = _node(nodes.pop(), node)
            rest >>= 1
        return Frontier(self.size + 1, (*nodes, node))

    def extend(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """The frontier with more leaves, in their order."""
        grown = self
        for leaf_hash in leaf_hashes:
            grown = grown.append(leaf_hash)
        return grown

    def root(self) -> bytes:
        """The tree's root; SHA-256 of nothing when it is empty."""
        if not self.nodes:
            return sha256(b"").digest()
        result = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            result = _node(node, result)
        return result


class Tree:
    """A whole tree in memory, for proofs. Building hashes each node once; a proof is then only look-ups."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        # A node without a right sibling moves up unchanged, which gives the same tree as RFC 9162's split at
        # the largest power of two: level k, place i covers the leaves from i * 2**k to the next place's.
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            level = [_node(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
            self._levels.append(level + below[len(level) * 2 :])

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return len(self._levels[0])

    def root(self) -> bytes:
        """The tree's root; SHA-256 of nothing when it is empty."""
        return self._levels[-1][0] if self.size else sha256(b"").digest()

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """RFC 9162 section 2.1.3.1: the siblings from leaf `index` (from 0) up. Raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        path = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        return tuple(path)

    def consistency_proof(self, old_size: int) -> tuple[bytes, ...]:
        """RFC 9162 section 2.1.4.1: the first `old_size` leaves (at least 1) were kept. Raises IndexError."""
        if not 0 < old_size <= self.size:
            raise IndexError(old_size)
        return tuple(self._subproof(old_size, 0, self.size, True))

    def _subproof(self, old: int, start: int, end: int, whole: bool) -> list[bytes]:
        if old == end - start:
            return [] if whole else [self._covering(start, end)]
        split = start + (1 << (end - start - 1).bit_length() - 1)
        if old <= split - start:
            return [*self._subproof(old, start, split, whole), self._covering(split, end)]
        return [*self._subproof(old - (split - start), split, end, False), self._covering(start, split)]

    def _covering(self, start: int, end: int) -> bytes:
        level = (end - start - 1).bit_length()
        return self._levels[level][start >> level]


def root(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162 section 2.1.1: the root over leaf hashes."""
    return Tree(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """One proof from leaf hashes; for many proofs of one tree build a `Tree`."""
    return Tree(leaves).inclusion_proof(index)


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """One proof from leaf hashes; for many proofs of one tree build a `Tree`."""
    return Tree(leaves).consistency_proof(old_size)


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes
) -> bool:
    """RFC 9162 section 2.1.3.2: whether `proof` leads from leaf `index` of a tree of `size` to the root."""
    if not 0 <= index < size:
        return False
    place, last, result = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            result = _node(sibling, result)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            result = _node(result, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and result == tree_root


def verify_consistency(
    old_size: int, old_root: bytes, size: int, tree_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162 section 2.1.4.2: whether the tree begins with the whole old tree (one leaf or more)."""
    if old_size == size:
        return not proof and old_root == tree_root
    if not 0 < old_size < size:
        return False
    nodes = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not nodes:
        return False
    old_result = new_result = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_result, new_result = _node(node, old_result), _node(node, new_result)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new_result = _node(new_result, node)
        place, last = place >> 1, last >> 1
    return last == 0 and old_result == old_root and new_result == tree_root


# --- the checkpoint -------------------------------------------------------------------------------

_ORIGIN, _DATE = "dutyroom/", "date "
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_DATE_LINE = re.compile(r"date [0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree at one size. `date` is the local day it stands for (`2026-11-23`), or ""."""

    site: str
    size: int
    root: bytes
    date: str = ""


def origin(site: str) -> str:
    """The line that names a site's tree, and the name its key signs under."""
    return _ORIGIN + site


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """C2SP tlog-checkpoint: origin, size, root, and the day as extension line. Raises BadCheckpoint."""
    date = [_DATE + checkpoint.date] if checkpoint.date else []
    lines = [origin(checkpoint.site), str(checkpoint.size), b64encode(checkpoint.root).decode(), *date]
    text = "".join(f"{each}\n" for each in lines)
    if parse_checkpoint(text) != checkpoint:
        raise BadCheckpoint("a checkpoint that could not be read back")
    return text


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a text without signatures. Raises BadCheckpoint: there is one way to write one."""
    lines = text.split("\n")
    if len(lines) not in (4, 5) or lines.pop() or not lines[0].startswith(_ORIGIN):
        raise BadCheckpoint("not the lines of a checkpoint")
    site = lines[0].removeprefix(_ORIGIN)
    date = lines[3].removeprefix(_DATE) if len(lines) == 4 else ""
    # Spaces and plus signs have a meaning in a note's key name (C2SP signed-note).
    if not site or any(each.isspace() or each == "+" for each in site):
        raise BadCheckpoint("not a site id")
    if len(lines) == 4 and not _DATE_LINE.fullmatch(lines[3]):
        raise BadCheckpoint("not a date line")
    if not _SIZE.fullmatch(lines[1]):
        raise BadCheckpoint("not a size")
    return Checkpoint(site, int(lines[1]), _root_of(lines[2]), date)


def _root_of(text: str) -> bytes:
    try:
        value = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise BadCheckpoint("not a root") from None
    if len(value) != HASH_BYTES or b64encode(value).decode() != text:
        raise BadCheckpoint("not a root")
    return value
