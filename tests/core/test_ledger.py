"""The record's arithmetic against published vectors, a plain reading of the RFC, and mischief."""

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core import ledger
from dutyroom.core.ledger import BadCheckpoint, Checkpoint, Entry, Frontier, NotCanonical, Tree

# The eight leaves, roots and proofs that implementations of certificate transparency test with.
INPUTS = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [ledger.leaf_of(each) for each in INPUTS]


def hashes(*texts: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(each) for each in texts)


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    assert ledger.root(LEAVES[:size]).hex() == ROOTS[size]
    assert Frontier().extend(LEAVES[:size]).root().hex() == ROOTS[size]


def test_known_inclusion_proofs() -> None:
    assert ledger.inclusion_proof(LEAVES, 0) == hashes(
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    )
    assert ledger.inclusion_proof(LEAVES, 5) == hashes(
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    )
    assert ledger.inclusion_proof(LEAVES[:1], 0) == ()


def test_known_consistency_proofs() -> None:
    assert ledger.consistency_proof(LEAVES, 1) == hashes(
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    )
    assert ledger.consistency_proof(LEAVES, 6) == hashes(
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    )
    assert ledger.consistency_proof(LEAVES, 8) == ()


@pytest.mark.parametrize("size", [*range(1, 36), 63, 64, 65, 100])
def test_every_proof_of_every_small_tree(size: int) -> None:
    leaves = [ledger.leaf_of(bytes([i])) for i in range(size)]
    tree = Tree(leaves)
    assert tree.root() == plain_root(leaves) == Frontier().extend(leaves).root()
    for index in range(size):
        proof = tree.inclusion_proof(index)
        assert ledger.verify_inclusion(leaves[index], index, size, proof, tree.root())
        assert not any(
            ledger.verify_inclusion(leaves[index], other, size, proof, tree.root())
            for other in range(-1, size + 2)
            if other != index
        )
        assert not ledger.verify_inclusion(leaves[index], index, size, (*proof, leaves[0]), tree.root())
        assert not proof or not ledger.verify_inclusion(leaves[index], index, size, proof[:-1], tree.root())
    for old in range(1, size + 1):
        proof = tree.consistency_proof(old)
        old_root = plain_root(leaves[:old])
        assert ledger.verify_consistency(old, old_root, size, tree.root(), proof)
        assert not ledger.verify_consistency(old, old_root, size, tree.root(), (*proof, leaves[0]))
        assert not proof or not ledger.verify_consistency(old, old_root, size, tree.root(), proof[:-1])
        assert not ledger.verify_consistency(old, leaves[0][::-1], size, tree.root(), proof)
        assert not ledger.verify_consistency(old, old_root, size, leaves[0][::-1], proof)


@given(st.integers(1, 200), st.data())
def test_a_changed_hash_breaks_a_proof(size: int, data: st.DataObject) -> None:
    leaves = [ledger.leaf_of(i.to_bytes(2, "big")) for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(leaves)
    proof = list(tree.inclusion_proof(index))
    whole = [leaves[index], tree.root(), *proof]
    place = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = (int.from_bytes(whole[place], "big") ^ 1 << bit).to_bytes(32, "big")
    whole[place] = changed
    assert not ledger.verify_inclusion(whole[0], index, size, whole[2:], whole[1])


@pytest.mark.parametrize("old", [0, 9, -1])
def test_no_consistency_with_an_empty_or_larger_tree(old: int) -> None:
    with pytest.raises(IndexError):
        ledger.consistency_proof(LEAVES, old)
    assert not ledger.verify_consistency(old, LEAVES[0], 8, ledger.root(LEAVES), ())


def test_no_proof_for_a_leaf_that_is_not_there() -> None:
    for index in (-1, 8):
        with pytest.raises(IndexError):
            ledger.inclusion_proof(LEAVES, index)


# --- canonical bytes ------------------------------------------------------------------------------

_text = st.text(alphabet=st.characters(exclude_categories=["Cs"])).map(
    lambda text: ledger.normalize("NFC", text)
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(_text, _values, max_size=6))
def test_equal_to_rfc_8785(body: dict[str, object]) -> None:
    assert ledger.canonical(body) == rfc8785.dumps(body)  # type: ignore[arg-type]


def test_keys_are_ordered_by_utf_16() -> None:
    assert ledger.canonical({"\ue000": 1, "\U00010000": 2}).decode() == '{"\U00010000":2,"\ue000":1}'


def test_text_in_normal_form_c() -> None:
    assert ledger.canonical({"cafe\u0301": "e\u0301"}) == ledger.canonical({"caf\u00e9": "\u00e9"})


@given(st.text(), st.integers(0, 2**53 - 1), st.none() | st.text())
def test_a_line_is_the_canonical_form_of_its_fields(text: str, number: int, case: str | None) -> None:
    entry = Entry(text, "site", case, number, "Type", text[:3], "at", text, text, "")
    fields = {name: getattr(entry, name) for name in ledger._FIELDS}
    written = []
    for write in (lambda: ledger.line(entry), lambda: ledger.canonical(fields)):
        try:
            written.append(write())
        except NotCanonical:
            written.append(b"refused")
    assert written[0] == written[1]


@pytest.mark.parametrize(
    "body",
    [
        {"a": 1.0},
        {"a": [float("nan")]},
        {1: "a"},
        {"a": 2**53},
        {"a": -(2**53)},
        {"a": {1, 2}},
        {"a": b"x"},
        {"a": "\ud800"},
        {"\ud800": 1},
        {"e\u0301": 1, "\u00e9": 2},
    ],
)
def test_no_canonical_form(body: dict[str, object]) -> None:
    with pytest.raises(NotCanonical):
        ledger.canonical(body)


# --- entries and their chain ----------------------------------------------------------------------


def a_case(count: int) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(count):
        body = ledger.canonical({"what": f"第{number}件事", "count": number}).decode()
        previous = ledger.leaf(entries[-1]).hex() if entries else ""
        at = f"2026-11-23T10:{number:02d}:00.000Z"
        entries.append(Entry(f"e{number}", "s1", "c1", number + 1, "Noted", at, at, "p1", body, previous))
    return entries


def test_an_entry_is_its_line() -> None:
    entry = a_case(2)[1]
    assert ledger.read_line(ledger.line(entry)) == entry
    assert ledger.leaf(entry) == sha256(b"\x00" + ledger.line(entry)).digest()
    assert ledger.read_line(ledger.line(replace(entry, case=None))).case is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        ledger.line(a_case(1)[0]) + b" ",
        ledger.line(a_case(1)[0]).replace(b'"case_seq":1', b'"case_seq":true'),
        ledger.line(a_case(1)[0]).replace(b'"case_seq":1', b'"case_seq":"1"'),
        ledger.line(a_case(1)[0]).replace(b'"case":"c1"', b'"case":7'),
        ledger.line(a_case(1)[0]).replace(b'"actor":"p1"', b'"actor":null'),
        ledger.line(a_case(1)[0]).replace(b'"site":"s1"', b'"site":"s1","more":1'),
        ledger.line(a_case(1)[0]).replace(b'"site":"s1"', b'"site":"s1","site":"s1"'),
        ledger.line(a_case(1)[0]).replace("第".encode(), b"\\u7b2c"),
    ],
)
def test_a_line_in_any_other_form_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        ledger.read_line(data)


def test_a_whole_chain_has_no_faults() -> None:
    assert ledger.chain_faults(a_case(20)) == ()
    assert ledger.chain_faults([]) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda entries: entries[:3] + entries[4:], "ledger.sequence_broken"),
        (lambda entries: entries[:3] + entries[4:], "ledger.chain_broken"),
        (lambda entries: [*entries[:2], entries[3], entries[2], *entries[4:]], "ledger.chain_broken"),
        (lambda entries: [*entries[:2], entries[1], *entries[2:]], "ledger.repeated"),
        (lambda entries: [replace(entries[0], actor="p9"), *entries[1:]], "ledger.chain_broken"),
        (lambda entries: [replace(entries[0], previous="00"), *entries[1:]], "ledger.chain_broken"),
        (lambda entries: [*entries[:-1], replace(entries[-1], site="s2")], "ledger.other_case"),
        (lambda entries: [*entries[:-1], replace(entries[-1], case=None)], "ledger.other_case"),
        (lambda entries: [*entries[:-1], replace(entries[-1], body='{"a": 1}')], "ledger.body_not_canonical"),
        (lambda entries: [*entries[:-1], replace(entries[-1], body="[]")], "ledger.body_not_canonical"),
        (
            lambda entries: [*entries[:-1], replace(entries[-1], body='{"a":1.5}')],
            "ledger.body_not_canonical",
        ),
    ],
)
def test_every_break_of_a_chain_is_found(change, code: str) -> None:  # type: ignore[no-untyped-def]
    assert code in {finding.code for finding in ledger.chain_faults(change(a_case(6)))}


# --- checkpoints ----------------------------------------------------------------------------------


def test_a_checkpoint_reads_back() -> None:
    one = Checkpoint("site-1", 20, LEAVES[3], "2026-11-23")
    assert ledger.checkpoint_text(one).split("\n")[0] == "dutyroom/site-1"
    assert ledger.parse_checkpoint(ledger.checkpoint_text(one)) == one
    assert ledger.parse_checkpoint(ledger.checkpoint_text(replace(one, date=""))).date == ""


@pytest.mark.parametrize(
    "wrong",
    [
        Checkpoint("", 1, LEAVES[0]),
        Checkpoint("a b", 1, LEAVES[0]),
        Checkpoint("a+b", 1, LEAVES[0]),
        Checkpoint("a\nb", 1, LEAVES[0]),
        Checkpoint("a", -1, LEAVES[0]),
        Checkpoint("a", 1, LEAVES[0][:-1]),
        Checkpoint("a", 1, LEAVES[0], "today"),
        Checkpoint("a", 1, LEAVES[0], "2026-11-23\nmore"),
    ],
)
def test_no_checkpoint_of_such_values(wrong: Checkpoint) -> None:
    with pytest.raises(BadCheckpoint):
        ledger.checkpoint_text(wrong)


@given(st.integers(0, 10_000), st.characters())
def test_any_other_text_is_another_checkpoint_or_none(place: int, other: str) -> None:
    one = Checkpoint("site-1", 20, LEAVES[3], "2026-11-23")
    text = ledger.checkpoint_text(one)
    place %= len(text)
    changed = text[:place] + other + text[place + 1 :]
    if changed == text:
        return
    with suppress(BadCheckpoint):
        assert ledger.parse_checkpoint(changed) != one


@pytest.mark.parametrize(
    ("size", "text"),
    [("020", "20"), ("+20", "20"), ("２０", "20"), (" 20", "20"), ("9" * 5000, "20"), ("", "20")],
)
def test_one_way_to_write_a_size(size: str, text: str) -> None:
    whole = ledger.checkpoint_text(Checkpoint("s", 20, LEAVES[3]))
    with pytest.raises(BadCheckpoint):
        ledger.parse_checkpoint(whole.replace(f"\n{text}\n", f"\n{size}\n"))
