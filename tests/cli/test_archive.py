"""`dutyroom archive verify` as a reader uses it: with the archive alone, on a machine without database or
Django.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dutyroom.adapters.archive.writer import write
from dutyroom.adapters.vault import Vault
from dutyroom.cli import main
from tests.adapters.sample_case import a_package


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault.open(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def bag(vault: Vault, tmp_path: Path) -> Path:
    return write(a_package(vault), tmp_path / "档案 out", vault.sign)


def test_a_good_archive(bag: Path, vault: Vault, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(a_package(vault).checkpoint, encoding="utf-8")
    arguments = ["--public-key", vault.public_key, "--checkpoint", str(kept)]
    for path in (bag, bag.with_name(bag.name + ".zip")):
        assert main(["archive", "verify", str(path), *arguments]) == 0
        assert (
            capsys.readouterr().out
            == "完好：逐字节核对，没有发现改动。\nGood: every byte checked, no change found.\n"
        )


def test_one_changed_byte(bag: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = bag / "data" / "record.jsonl"
    record.write_bytes(record.read_bytes().replace("第 3 件".encode(), "第 4 件".encode()))
    assert main(["archive", "verify", str(bag), "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert "error data/record.jsonl: The file was changed" in out
    assert out.splitlines()[-1].startswith("Not to be trusted")


def test_a_checkpoint_of_another_history(
    bag: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "paper.txt"
    kept.write_text("dutyroom/site-1\n53\n" + "A" * 43 + "=\n", encoding="utf-8")
    assert main(["archive", "verify", str(bag), "--checkpoint", str(kept), "--lang", "zh"]) == 1
    assert "两套历史" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        lambda bag: [str(bag / "nothing-here")],
        lambda bag: [str(bag), "--checkpoint", str(bag / "nothing-here")],
        lambda bag: [str(bag), "--public-key", "abc"],
        lambda bag: [str(bag), "--public-key", "AB" * 32],
    ],
)
def test_user_errors(
    bag: Path, capsys: pytest.CaptureFixture[str], arguments: Callable[[Path], list[str]]
) -> None:
    assert main(["archive", "verify", *arguments(bag)]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and len(shown.err.splitlines()) == 2


def test_it_works_without_django_database_or_the_writers_libraries(bag: Path, vault: Vault) -> None:
    script = (
        "import sys\n"
        "for name in ('django', 'psycopg', 'typst', 'docx', 'bagit', 'pydantic', 'socket'): sys.modules[name] = None\n"
        "from dutyroom.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    source = Path(sys.modules["dutyroom.cli"].__file__ or "").parents[2]
    command = [sys.executable, "-c", script, "archive", "verify", str(bag), "--public-key", vault.public_key]
    done = subprocess.run(
        command, capture_output=True, check=False, env={"PYTHONPATH": str(source), "PYTHONUTF8": "1"}
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert "Good" in done.stdout.decode()
