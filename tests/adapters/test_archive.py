"""The archive of a case: honest ones verify everywhere, and no byte of one can change unseen (RELIABILITY
T26, T29).
"""

import random
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import bagit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyroom import wording
from dutyroom.adapters.archive import bag, contents, verifier, writer
from dutyroom.adapters.archive.package import Earlier, Package, Photo
from dutyroom.adapters.archive.verifier import check, read_folder, verify, verify_zip
from dutyroom.adapters.archive.writer import ArchiveRefused
from dutyroom.adapters.vault import Vault
from dutyroom.core import ledger
from dutyroom.core.ledger import Checkpoint, Tree
from tests.adapters.sample_case import PHOTO, a_package, a_review, entries_of

STUBS = {contents.REVIEW_PDF: lambda *_: b"%PDF-", contents.REVIEW_DOCX: lambda *_: b"PK"}
CASE = "8f2c1d7a90b34e55"
TOP = contents.bag_name(CASE)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault.open(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def written(vault: Vault, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real archive with rendered documents, in a folder with a space and Chinese characters."""
    return writer.write(a_package(vault), tmp_path_factory.mktemp("档案 out"), vault.sign)


@pytest.fixture
def files(vault: Vault) -> dict[str, bytes]:
    """A small archive in memory, its documents stubs."""
    return dict(_small(vault))


@cache
def _small(vault: Vault) -> Mapping[str, bytes]:
    return writer.make(a_package(vault, others=12), vault.sign, STUBS)


def codes(files: bag.Files, key: str, kept: str | None = None) -> set[str]:
    """The codes found; each finding must have its sentences."""
    found = list(check(files, kept, key))
    for finding in found:
        for language in wording.LANGUAGES:
            assert wording.say(finding.code, language, **finding.fields)
    return {finding.code for finding in found if finding.severity == "error"}


def resealed(files: Mapping[str, bytes], vault: Vault, named: str = CASE) -> dict[str, bytes]:
    """What somebody with a signing key can do to contents: make every cover again."""
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    made = bag.bagged(payload, {"External-Identifier": named})
    made[bag.SEAL] = vault.sign(bag.seal_name("site-1"), bag.seal_text("site-1", CASE, made)).encode()
    return made


# --- honest archives ------------------------------------------------------------------------------


def test_a_written_archive_is_good_as_folder_zip_and_unpacked(
    written: Path, vault: Vault, tmp_path: Path
) -> None:
    packed = written.with_name(written.name + ".zip")
    assert verify(written, public_key=vault.public_key) == ()
    assert verify(packed, public_key=vault.public_key) == ()
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
    assert verify(tmp_path / TOP, public_key=vault.public_key) == ()


def test_bagit_alone_accepts_it(written: Path) -> None:
    assert bagit.Bag(str(written)).validate()


@pytest.mark.skipif(shutil.which("unzip") is None, reason="no unzip on this machine")
def test_another_unzip_tool(written: Path, vault: Vault, tmp_path: Path) -> None:
    packed = written.with_name(written.name + ".zip")
    subprocess.run(["unzip", "-q", packed, "-d", tmp_path], check=True, env={"LC_ALL": "C.UTF-8"})
    assert verify(tmp_path / TOP, public_key=vault.public_key) == ()
    assert bagit.Bag(str(tmp_path / TOP)).validate()


def test_without_a_key_only_a_warning(written: Path, vault: Vault) -> None:
    (finding,) = verify(written)
    assert (finding.code, finding.severity) == ("archive.key_not_given", "warning")
    assert finding.fields["key"] == vault.public_key


def test_it_holds_all_that_was_given(written: Path, vault: Vault) -> None:
    package = a_package(vault)
    lines = (written / "data/record.jsonl").read_bytes().splitlines()
    assert [ledger.read_line(each) for each in lines] == package.entries
    assert (written / "data/plan.yaml").read_text(encoding="utf-8") == package.plan_text
    assert (written / "data/photos/现场 01.jpg").read_bytes() == PHOTO
    assert (written / "data/review.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert zipfile.ZipFile(written / "data/review.docx").testzip() is None
    readme = (written / "data/README.txt").read_text(encoding="utf-8")
    assert vault.public_key in readme and "怎样核验" in readme and "How to verify" in readme


_name = (
    st.text(st.sampled_from("现场照片龘喆abcXYZ0189 -_.（）、é"), min_size=1, max_size=12)
    .map(lambda text: ledger.normalize("NFC", text))
    .filter(bag.is_safe_name)
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(1, 25),
    others=st.integers(0, 40),
    names=st.lists(_name, max_size=4, unique_by=lambda name: ledger.normalize("NFKC", name).casefold()),
    site_name=st.text(max_size=20).filter(lambda text: "\ud800" not in text),
    data=st.binary(max_size=50),
)
def test_no_false_alarm(
    vault: Vault, count: int, others: int, names: list[str], site_name: str, data: bytes
) -> None:
    photos = [Photo(name, data, sha256(data).hexdigest()) for name in names]
    site_name = site_name.encode("utf-8", "ignore").decode()
    package = a_package(vault, count, max(others, 8 - count), photos=photos, site_name=site_name)
    made = writer.make(package, vault.sign, STUBS)
    assert codes(made, vault.public_key) == set()
    assert verify_zip(bag.zipped(TOP, made), public_key=vault.public_key) == ()


def test_an_archive_of_an_old_key_verifies_after_rotations(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    old = vault.public_key
    made = writer.make(a_package(vault), vault.sign, STUBS)
    for _ in range(20):
        vault.rotate_ledger_key()
    assert codes(made, old) == set()
    assert codes(made, vault.public_key) >= {"archive.other_key", "archive.seal_broken"}


# --- changed bytes --------------------------------------------------------------------------------


def first_error(files: bag.Files, key: str) -> bool:
    return any(finding.severity == "error" for finding in check(files, public_key=key))


@pytest.mark.slow
def test_every_bit_of_every_file(vault: Vault) -> None:
    """Twenty entries, sealed as ever, with a short readme and review to keep the number of bits down.

    Control: the unchanged archive has no error, so it is the one bit that is found.
    """
    key = vault.public_key
    review = a_review(timeline=(), obligations=(), worked=(), actions=(), facts=())
    made = writer.make(a_package(vault, others=0, review=review), vault.sign, STUBS)
    files = resealed({**made, contents.README: b"readme\n"}, vault)
    assert not first_error(files, key)
    unseen, flipped = [], 0
    for name, whole in files.items():
        changed = bytearray(whole)
        for bit in range(len(whole) * 8):
            changed[bit // 8] ^= 1 << bit % 8
            if not first_error({**files, name: bytes(changed)}, key):
                unseen.append((name, bit))
            changed[bit // 8] ^= 1 << bit % 8
            flipped += 1
    assert unseen == [] and flipped > 100_000


def test_random_bits_of_a_whole_archive_and_its_zip(written: Path, vault: Vault) -> None:
    """2,000 in the folder with its real documents, 2,000 in the zip; the seed is printed when one is missed."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    whole, _ = read_folder(written)
    packed = written.with_name(written.name + ".zip").read_bytes()
    for _ in range(2000):
        name = chance.choice(list(whole))
        changed = flip(whole[name], chance.randrange(len(whole[name]) * 8))
        assert first_error({**whole, name: changed}, vault.public_key), (seed, name)
        data = flip(packed, chance.randrange(len(packed) * 8))
        assert any(each.severity == "error" for each in verify_zip(data, public_key=vault.public_key)), seed


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_byte_outside_the_contents_of_a_zip(files: dict[str, bytes]) -> None:
    """Headers, names, dates, sizes, the directory and its end: all that a zip adds to the files."""
    packed = bag.zipped(TOP, files)
    inside = {
        place
        for data in files.values()
        for place in range(packed.index(data), packed.index(data) + len(data))
    }
    outside = [place for place in range(len(packed)) if place not in inside]
    assert len(outside) > 2000
    assert verifier._container(packed)[2] == ()
    for place in outside:
        for bit in (place % 8, (place + 3) % 8):
            assert verifier._container(flip(packed, place * 8 + bit))[2], (place, bit)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data + b"\n",
        lambda data: data + b"\0",
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data + data,
        lambda data: data[::-1],
        lambda data: b"\n".join(reversed(data.split(b"\n"))),
    ],
)
def test_cut_lengthened_doubled_reordered(
    vault: Vault, files: dict[str, bytes], change: Callable[[bytes], bytes]
) -> None:
    for name, data in files.items():
        if change(data) != data:
            assert codes({**files, name: change(data)}, vault.public_key), name


def test_deleted_swapped_renamed_added(vault: Vault, files: dict[str, bytes]) -> None:
    for name in files:
        rest = {other: data for other, data in files.items() if other != name}
        assert "archive.missing_file" in codes(rest, vault.public_key), name
        assert codes({**rest, f"{name}.bak": files[name]}, vault.public_key), name
        assert codes({**rest, name.swapcase(): files[name]}, vault.public_key), name
        for other in files:
            if files[other] != files[name]:
                swapped = {**files, name: files[other], other: files[name]}
                assert codes(swapped, vault.public_key), (name, other)
    for extra in (
        "data/extra.txt",
        "extra.txt",
        "data/photos/.hidden",
        "tagmanifest-md5.txt",
        "manifest-md5.txt",
        "fetch.txt",
    ):
        assert "archive.extra_file" in codes({**files, extra: b""}, vault.public_key), extra


# --- somebody who makes the covers again ----------------------------------------------------------


def test_new_manifests_do_not_fit_the_seal(vault: Vault, files: dict[str, bytes]) -> None:
    for name in bag.payload_names(files):
        changed = {**files, name: files[name] + b"\n"}
        again = resealed(changed, vault) | {bag.SEAL: files[bag.SEAL]}
        assert "archive.seal_broken" in codes(again, vault.public_key), name


def test_a_stranger_who_makes_all_of_it_again_has_another_key(vault: Vault, tmp_path: Path) -> None:
    stranger = Vault.open(tmp_path)
    made = writer.make(a_package(stranger), stranger.sign, STUBS)
    assert "archive.other_key" in codes(made, vault.public_key)
    # Without a key from elsewhere nobody can tell, and the verifier says so.
    assert [each.code for each in check(made)] == ["archive.key_not_given"]


def test_the_seal_of_another_archive_or_a_checkpoint_is_no_seal(
    vault: Vault, files: dict[str, bytes]
) -> None:
    other = writer.make(a_package(vault, count=3), vault.sign, STUBS)
    assert "archive.seal_broken" in codes({**files, bag.SEAL: other[bag.SEAL]}, vault.public_key)
    assert "archive.seal_broken" in codes({**files, bag.SEAL: files[contents.CHECKPOINT]}, vault.public_key)
    twice = files[bag.SEAL] + files[bag.SEAL].split(b"\n\n")[1]
    assert "archive.seal_broken" in codes({**files, bag.SEAL: twice}, vault.public_key)


def rechained(package: Package, position: int, body: str) -> list[ledger.Entry]:
    """The entries with one body changed and every later link made anew."""
    entries = list(package.entries)
    for number in range(position, len(entries)):
        previous = ledger.leaf(entries[number - 1]).hex() if number else ""
        entries[number] = replace(entries[number], previous=previous)
        if number == position:
            entries[number] = replace(entries[number], body=body)
    return entries


@pytest.mark.parametrize("position", [0, 7, 19])
def test_the_holder_of_the_key_cannot_change_an_entry_under_a_checkpoint(vault: Vault, position: int) -> None:
    package = a_package(vault)
    body = '{"what":"从未发生"}'
    entries = rechained(package, position, body)
    assert ledger.chain_faults(entries) == ()
    made = writer.make(replace(package, entries=entries), vault.sign, STUBS)
    found = list(check(made, public_key=vault.public_key))
    assert {each.place for each in found if each.code == "archive.proof_broken"} == {
        entry.entry_id for entry in entries[position:]
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda package: {"leaf_indexes": [*package.leaf_indexes[:-1], package.leaf_indexes[-1] - 1]},
            "archive.proof_broken",
        ),
        (lambda package: {"proofs": [*package.proofs[:-1], package.proofs[-1][:-1]]}, "archive.proof_broken"),
        (lambda package: {"tree_size": package.tree_size + 1}, "archive.other_checkpoint"),
        (lambda package: {"root": bytes(32)}, "archive.other_checkpoint"),
        (lambda package: {"plan_sha256": "0" * 64}, "archive.other_plan"),
        (lambda package: {"plan_text": "title: 另一份\n"}, "archive.other_plan"),
        (lambda package: {"checkpoint": package.earlier[0].checkpoint}, "archive.other_checkpoint"),
        (lambda package: {"checkpoint": "nothing"}, "archive.checkpoint_broken"),
        (lambda package: {"earlier": [Earlier(package.earlier[0].checkpoint, ())]}, "archive.earlier_broken"),
        (lambda package: {"earlier": [Earlier("nothing", ())]}, "archive.earlier_broken"),
        (lambda package: {"site_id": "site-2"}, "archive.other_case"),
    ],
)
def test_the_writer_does_not_write_what_would_not_verify(
    vault: Vault, tmp_path: Path, change: Callable[[Package], dict[str, object]], code: str
) -> None:
    package = a_package(vault)
    with pytest.raises(ArchiveRefused) as refused:
        writer.write(replace(package, **change(package)), tmp_path / "out", vault.sign)  # type: ignore[arg-type]
    assert code in {finding.code for finding in refused.value.findings}
    assert not (tmp_path / "out").exists()


def test_another_plan_with_its_own_hash_is_not_on_the_record(vault: Vault) -> None:
    text = "title: 另一份\n"
    package = replace(a_package(vault), plan_text=text, plan_sha256=sha256(text.encode()).hexdigest())
    assert codes(writer.make(package, vault.sign, STUBS), vault.public_key) == {"archive.other_plan"}


def proven(vault: Vault, entries: list[ledger.Entry], order: list[int] | None = None) -> Package:
    """A package of just these entries, truly in the signed tree, which holds them in `order`."""
    order = order or list(range(len(entries)))
    tree = Tree([ledger.leaf(entries[place]) for place in order])
    indexes = [order.index(place) for place in range(len(entries))]
    return replace(
        a_package(vault),
        entries=entries,
        leaf_indexes=indexes,
        proofs=[tree.inclusion_proof(index) for index in indexes],
        tree_size=tree.size,
        root=tree.root(),
        checkpoint=vault.sign_checkpoint(Checkpoint("site-1", tree.size, tree.root())),
        earlier=(),
    )


def test_a_record_without_a_plan_hash_is_noted(vault: Vault) -> None:
    made = writer.make(proven(vault, entries_of(CASE, 3)), vault.sign, STUBS)
    (note,) = check(made, public_key=vault.public_key)
    assert (note.code, note.severity) == ("archive.plan_not_on_record", "note")


def test_a_tree_does_not_make_up_for_a_broken_chain(vault: Vault) -> None:
    entries = entries_of(CASE, 5)
    entries[2] = replace(entries[2], body='{"what":"改过"}')
    assert codes(writer.make(proven(vault, entries), vault.sign, STUBS), vault.public_key) == {
        "ledger.chain_broken"
    }


def test_the_tree_must_hold_the_entries_in_their_order(vault: Vault) -> None:
    made = writer.make(proven(vault, entries_of(CASE, 5), [0, 2, 1, 3, 4]), vault.sign, STUBS)
    assert codes(made, vault.public_key) == {"archive.proof_broken"}


def test_labels_must_agree_with_what_they_label(vault: Vault, files: dict[str, bytes]) -> None:
    """Nothing is proven by a label, but a reader looks at it first."""
    relabelled = files[contents.PROOFS].replace(f"{CASE}-0003".encode(), f"{CASE}-0033".encode())
    assert relabelled != files[contents.PROOFS]
    found = codes(resealed({**files, contents.PROOFS: relabelled}, vault), vault.public_key)
    assert found == {"archive.proof_broken"}
    assert codes(resealed(files, vault, named="another-case"), vault.public_key) == {"archive.changed"}
    moved = files[contents.PROOFS].replace(b"dutyroom/site-1\\n7", b"dutyroom/site-2\\n7")
    assert moved != files[contents.PROOFS]
    found = codes(resealed({**files, contents.PROOFS: moved}, vault), vault.public_key)
    assert found == {"archive.earlier_broken"}


def test_fewer_entries_than_stated(vault: Vault, files: dict[str, bytes]) -> None:
    shorter = files[contents.RECORD].rsplit(b"\n", 2)[0] + b"\n"
    found = codes(resealed({**files, contents.RECORD: shorter}, vault), vault.public_key)
    assert found == {"archive.entries_missing", "archive.proof_missing"}


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        (contents.ABOUT, b"{}", "archive.unknown_format"),
        (contents.ABOUT, b"[" * 10**5, "archive.unknown_format"),
        (contents.ABOUT, b"\xff", "archive.unknown_format"),
        (contents.PROOFS, b"[]", "archive.proof_missing"),
        (contents.PROOFS, b'{"entries":[1,2],"earlier":5}', "archive.proof_missing"),
        (
            contents.PROOFS,
            b'{"entries":[{"index":true,"proof":["zz"]}],"earlier":[{"checkpoint":1}]}',
            "archive.proof_broken",
        ),
        (contents.RECORD, b"", "archive.line_unreadable"),
        (contents.RECORD, b"{}\n", "archive.line_unreadable"),
        (contents.RECORD, b"\xff\n", "archive.line_unreadable"),
        (contents.CHECKPOINT, b"\xff", "archive.checkpoint_broken"),
        (contents.PUBLIC_KEY, b"\xff", "archive.other_key"),
    ],
)
def test_contents_in_another_form_are_findings_not_crashes(
    vault: Vault, files: dict[str, bytes], name: str, data: bytes, code: str
) -> None:
    assert code in codes(resealed({**files, name: data}, vault), vault.public_key)
    assert any(finding.severity == "error" for finding in check(resealed({**files, name: data}, vault)))


@given(
    st.dictionaries(
        st.sampled_from([*bag.TAG_FILES, *contents.REQUIRED, "data/x", "../x"]), st.binary(max_size=80)
    )
)
def test_any_mapping_is_judged(made: dict[str, bytes]) -> None:
    assert any(finding.severity == "error" for finding in check(made))
    assert any(finding.severity == "error" for finding in verify_zip(bag.zipped("x", made)))


@given(st.binary(max_size=300))
def test_any_bytes_are_judged_as_a_zip(data: bytes) -> None:
    assert any(finding.severity == "error" for finding in verify_zip(data))


# --- a checkpoint the reader kept (P6) ------------------------------------------------------------


def test_kept_checkpoints_that_fit(vault: Vault, files: dict[str, bytes]) -> None:
    package = a_package(vault, others=12)
    for kept in (package.checkpoint, package.earlier[0].checkpoint):
        assert codes(files, vault.public_key, kept) == set()
        unsigned = kept.split("\n\n")[0] + "\n"  # what a printed one has
        assert codes(files, vault.public_key, unsigned) == set()


def test_a_rewritten_history_is_found_with_a_kept_checkpoint_only(vault: Vault) -> None:
    """The administrator changes an early entry, rebuilds chain and tree and signs all of it with the real
    key.
    """
    true = a_package(vault)
    entries = rechained(true, 1, '{"what":"从未发生"}')
    strangers = entries_of("0000000000000001", 33)
    mixed = sorted((*entries, *strangers), key=lambda entry: (entry.case_seq, entry.case or ""))
    leaves = [ledger.leaf(entry) for entry in mixed]
    tree, old = Tree(leaves), Tree(leaves[:7])
    indexes = [mixed.index(entry) for entry in entries]
    forged = replace(
        true,
        entries=entries,
        leaf_indexes=indexes,
        proofs=[tree.inclusion_proof(index) for index in indexes],
        root=tree.root(),
        checkpoint=vault.sign_checkpoint(Checkpoint("site-1", tree.size, tree.root(), "2026-12-01")),
        earlier=[
            Earlier(vault.sign_checkpoint(Checkpoint("site-1", 7, old.root())), tree.consistency_proof(7))
        ],
    )
    made = writer.make(forged, vault.sign, STUBS)
    assert codes(made, vault.public_key) == set()  # nobody can know without a witness
    assert codes(made, vault.public_key, true.checkpoint) == {"archive.second_history"}
    assert codes(made, vault.public_key, true.earlier[0].checkpoint) == {"archive.second_history"}
    hidden = writer.make(replace(forged, earlier=true.earlier), vault.sign, STUBS)
    assert codes(hidden, vault.public_key) == {"archive.earlier_broken"}


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        ("nothing", "archive.kept_unreadable"),
        ("", "archive.kept_unreadable"),
        (ledger.checkpoint_text(Checkpoint("site-2", 32, bytes(32))), "archive.kept_other_site"),
        (ledger.checkpoint_text(Checkpoint("site-1", 31, bytes(32))), "archive.kept_not_comparable"),
        (ledger.checkpoint_text(Checkpoint("site-1", 999, bytes(32))), "archive.kept_not_comparable"),
        (ledger.checkpoint_text(Checkpoint("site-1", 32, bytes(32))), "archive.second_history"),
        (ledger.checkpoint_text(Checkpoint("site-1", 7, bytes(32))), "archive.second_history"),
    ],
)
def test_kept_checkpoints_that_do_not_fit(
    vault: Vault, files: dict[str, bytes], kept: str, code: str
) -> None:
    assert codes(files, vault.public_key, kept) == {code}


def test_a_kept_checkpoint_by_another_key_is_compared_and_noted(
    vault: Vault, files: dict[str, bytes], tmp_path: Path
) -> None:
    """After a rotation, or from paper: its figures still decide, and the reader is told about the signature."""
    mine = a_package(vault, others=12).checkpoint
    figures = ledger.parse_checkpoint(mine.split("\n\n")[0] + "\n")
    other = Vault.open(tmp_path).sign_checkpoint(figures)
    for kept, noted in ((mine, False), (other, True), (ledger.checkpoint_text(figures), True)):
        found = [finding.code for finding in check(files, kept, vault.public_key)]
        assert found == (["archive.kept_signature_unknown"] if noted else [])


# --- folders and zips -----------------------------------------------------------------------------


def test_folder_tricks(written: Path, vault: Vault, tmp_path: Path) -> None:
    def found(change: Callable[[Path], object]) -> set[str]:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(written, copy)
        change(copy)
        return {each.code for each in verify(copy, public_key=vault.public_key)}

    assert found(lambda path: None) == set()
    assert "archive.extra_file" in found(lambda path: (path / ".DS_Store").write_bytes(b""))
    assert "archive.extra_file" in found(lambda path: (path / "data" / "Thumbs.db").write_bytes(b""))
    assert "archive.not_a_file" in found(lambda path: (path / "data" / "link").symlink_to("/"))
    assert "archive.not_a_file" in found(lambda path: (path / "link").symlink_to(path / "seal.txt"))

    def linked(path: Path) -> None:
        (path / "data" / "plan.yaml").unlink()
        (path / "data" / "plan.yaml").symlink_to(written / "data" / "plan.yaml")

    assert "archive.not_a_file" in found(linked)


def zip_of(entries: Iterator[tuple[str | zipfile.ZipInfo, bytes]], **options: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", **options) as archive:  # type: ignore[arg-type]
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def test_zip_tricks(vault: Vault, files: dict[str, bytes]) -> None:
    good = bag.zipped(TOP, files)
    base = [(f"{TOP}/{name}", data) for name, data in sorted(files.items())]

    def found(data: bytes) -> set[str]:
        return {
            each.code for each in verify_zip(data, public_key=vault.public_key) if each.severity == "error"
        }

    def commented() -> bytes:
        out = BytesIO(good)
        with zipfile.ZipFile(out, "a") as archive:
            archive.comment = b"hello"
        return out.getvalue()

    def packed_nothing() -> bytes:
        return zip_of(iter([]))

    assert found(good) == set()
    assert found(good + b"\0") and found(b"MZ" + good) and found(commented()) and found(good + good)
    assert found(zip_of(iter(base))) == {"archive.zip_changed"}  # packed anew: other dates
    assert "archive.zip_changed" in found(zip_of(iter(base), compression=zipfile.ZIP_DEFLATED))
    with pytest.warns(UserWarning, match="Duplicate"):
        doubled = zip_of(iter([*base, base[3]]))
    assert "archive.twin_name" in found(doubled)
    for name in (
        "/etc/passwd",
        f"{TOP}/../x",
        f"{TOP}/data/../seal.txt",
        f"{TOP}\\x",
        f"{TOP}/data/",
        "other/data/x",
        "x",
        f"{TOP}/data/a\x01",
    ):
        assert "archive.unsafe_name" in found(zip_of(iter([*base, (name, b"")]))), name
    assert "archive.twin_name" in found(zip_of(iter([*base, (f"{TOP}/data/PLAN.yaml", b"")])))
    renamed = bag.zipped("dutyroom-other", files)
    assert found(renamed) == {"archive.other_folder"}
    bomb = zip_of(iter([*base, (f"{TOP}/data/zeros", bytes(10**7))]), compression=zipfile.ZIP_DEFLATED)
    assert "archive.zip_changed" in found(bomb)
    assert found(b"") == found(packed_nothing()) == {"archive.zip_unreadable"}


@pytest.mark.parametrize("name", ["a.jpg", "现场 01.jpg", "a b.jpg", "x" * 100, "（一）.jpg"])
def test_safe_names(name: str) -> None:
    assert bag.is_safe_name(name) and bag.is_safe_name(f"data/photos/{name}")


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "a/../b", "/a", "a//b", "a/", ".hidden", "a.", "a ", " a", "~a", "a\\b", "C:a", "a*", "a?",
        'a"', "a<b", "a|b", "a%0A", "con", "NUL.txt", "com1.jpg", "a\nb", "a\0", "a\u202eb", "a\ufeffb", "e\u0301",
        "\ud800", "x" * 201, "龘" * 67,
    ],
)  # fmt: skip
def test_unsafe_names(name: str) -> None:
    assert not bag.is_safe_name(name) and not bag.is_safe_name(f"data/{name}")


# --- writing --------------------------------------------------------------------------------------


def test_the_same_package_gives_the_same_bytes(written: Path, vault: Vault, tmp_path: Path) -> None:
    again = writer.write(a_package(vault), tmp_path, vault.sign)
    packed, other = written.with_name(TOP + ".zip"), again.with_name(TOP + ".zip")
    assert packed.read_bytes() == other.read_bytes()


def test_writing_again_changes_nothing_and_another_is_refused(vault: Vault, tmp_path: Path) -> None:
    package = a_package(vault)
    target = writer.write(package, tmp_path, vault.sign)
    target.with_name(TOP + ".zip").unlink()
    assert writer.write(package, tmp_path, vault.sign) == target  # finishes what was cut off
    assert target.with_name(TOP + ".zip").exists()
    before = read_folder(target)
    with pytest.raises(ArchiveRefused, match=r"archive\.exists"):
        writer.write(replace(package, bagging_date="2026-12-02"), tmp_path, vault.sign)
    assert read_folder(target) == before


def test_a_failure_at_any_file_leaves_nothing_behind(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, real = a_package(vault), writer._write_through
    count = len(writer.make(package, vault.sign, STUBS)) + 1  # each file, and the zip
    for failing in range(count):
        left = iter(range(count))

        def fail(path: Path, data: bytes, left: Iterator[int] = left, failing: int = failing) -> None:
            real(path, data)
            if next(left) == failing:
                raise OSError("no space left")

        monkeypatch.setattr(writer, "_write_through", fail)
        folder = tmp_path / str(failing)
        with pytest.raises(OSError, match="no space"):
            writer.write(package, folder, vault.sign, renderers=STUBS)
        assert [path.name for path in folder.iterdir()] == ([TOP] if failing == count - 1 else [])
        monkeypatch.setattr(writer, "_write_through", real)
        assert (
            verify(writer.write(package, folder, vault.sign, renderers=STUBS), public_key=vault.public_key)
            == ()
        )


def test_personal_data_needs_a_person_to_look(vault: Vault, tmp_path: Path) -> None:
    review = a_review(open_points=("伤者电话 13800000001，车牌粤B12345",))
    package = a_package(vault, review=review, roster_text="a: 13800000002\nb: 13800000003\n")
    found = {
        (each.place, each.fields["kind"], each.fields["count"]) for each in writer.personal_findings(package)
    }
    assert found == {
        (contents.REVIEW_DATA, "phone", 1),
        (contents.REVIEW_DATA, "plate", 1),
        (contents.ROSTER, "phone", 2),
    }
    with pytest.raises(ArchiveRefused, match=r"archive\.personal_data"):
        writer.write(package, tmp_path, vault.sign)
    assert list(tmp_path.iterdir()) == []
    assert writer.write(package, tmp_path, vault.sign, reviewed=True).is_dir()


def test_the_sample_case_has_no_personal_data_outside_roles(vault: Vault) -> None:
    assert writer.personal_findings(a_package(vault)) == ()


@pytest.mark.parametrize(
    ("photos", "code"),
    [
        ([Photo("a.jpg", b"x", "0" * 64)], "archive.photo_changed"),
        ([Photo("../a.jpg", b"", sha256(b"").hexdigest())], "archive.unsafe_name"),
        ([Photo("b/a.jpg", b"", sha256(b"").hexdigest())], "archive.unsafe_name"),
        ([Photo("a.jpg", b"", sha256(b"").hexdigest())] * 2, "archive.twin_name"),
        ([Photo(name, b"", sha256(b"").hexdigest()) for name in ("a.jpg", "A.JPG")], "archive.twin_name"),
    ],
)
def test_photos_that_are_not_taken(vault: Vault, tmp_path: Path, photos: list[Photo], code: str) -> None:
    with pytest.raises(ArchiveRefused, match=re.escape(code)):
        writer.write(a_package(vault, photos=photos), tmp_path, vault.sign)


def test_entries_and_proofs_must_be_as_many(vault: Vault, tmp_path: Path) -> None:
    package = a_package(vault)
    with pytest.raises(ArchiveRefused, match=r"archive\.proof_missing"):
        writer.write(replace(package, proofs=package.proofs[:-1]), tmp_path, vault.sign)
    with pytest.raises(ArchiveRefused, match=r"archive\.unsafe_name"):
        writer.write(replace(package, case_id="../x"), tmp_path, vault.sign)


# --- words and documents --------------------------------------------------------------------------


def test_every_code_is_worded_and_documented() -> None:
    sources = [Path(module.__file__ or "") for module in (verifier, writer, ledger)]
    used = {
        code
        for source in sources
        for code in re.findall(r'"((?:archive|ledger)\.\w+)"', source.read_text("utf-8"))
    }
    page = (Path(__file__).parents[2] / "docs/reference/archive-format.md").read_text("utf-8")
    assert len(used) > 30
    assert used <= wording.codes()
    assert [code for code in sorted(used - {"archive.readme"}) if f"`{code}`" not in page] == []
