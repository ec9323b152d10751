"""How the command line finds its commands, and how it speaks when it cannot."""

import subprocess
import sys

import pytest

from dutyroom import cli
from dutyroom.wording.spoken import Spoken


def test_every_command_has_its_name_and_help_in_both_languages() -> None:
    for name in cli.names():
        command = cli.load(name)
        assert name == command.NAME
        chinese, _, english = command.HELP.partition(" / ")
        assert chinese and english, name
        assert not chinese.isascii(), name
        assert english.isascii(), name


def test_an_unknown_command_is_the_users_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sevre"]) == cli.USER_FAULT
    out, err = capsys.readouterr()
    assert out == ""
    assert "没有“sevre”这个命令" in err
    assert "no command “sevre”" in err
    assert "serve" in err


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (cli.UserError("cli.unknown_command", command="x", known="y"), cli.USER_FAULT),
        (Spoken("cli.unknown_command", command="x", known="y"), cli.FAILED),
        (KeyboardInterrupt(), cli.INTERRUPTED),
    ],
)
def test_faults_that_are_not_ours_are_told_without_a_traceback(
    fault: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(arguments: list[str]) -> int:
        raise fault

    monkeypatch.setattr(cli, "dispatch", fail)
    assert cli.main([]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_bug_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "dispatch", lambda arguments: {}["missing"])
    with pytest.raises(KeyError):
        cli.main([])


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["plan", "--help"], ["archive", "--help"]])
def test_what_needs_no_database_loads_no_django(arguments: list[str]) -> None:
    program = (
        "import sys; from dutyroom.cli import main\n"
        "try: code = main(sys.argv[1:])\n"
        "except SystemExit as end: code = end.code\n"
        "sys.exit(3 if 'django' in sys.modules else code)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_what_follows_test_goes_to_pytest_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(pytest, "main", lambda arguments: seen.append(arguments) or 5)
    monkeypatch.chdir(".")
    assert cli.main(["test", "-k", "a b", "tests/x.py", "--help"]) == 5
    assert cli.main(["test", "-p", "no:xdist", "tests/x.py"]) == 5
    shared_out = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    assert seen == [
        ["-q", *shared_out, "-k", "a b", "tests/x.py", "--help"],
        ["-q", "-p", "no:xdist", "tests/x.py"],  # without the plugin its options would be unknown
    ]
