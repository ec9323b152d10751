"""The command line: finds the one module of this package that answers to the command, and runs it.

Each module here exposes NAME, HELP, `configure(parser)` and `run(args) -> exit code`. Only the module of the
command that was asked for is imported, so checking a plan never loads Django. A fault of the user's is a
`UserError`, told in both languages with exit code 2; a traceback is always a bug of ours.
"""

import argparse
import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from dutyroom import __version__
from dutyroom.cli._database import run_again_with_database
from dutyroom.wording.spoken import Spoken

FAILED, USER_FAULT, INTERRUPTED = 1, 2, 130


class UserError(Spoken):
    """What the user asked for cannot be done as asked; the sentence says what to do instead."""


class Command(Protocol):
    """What a module of this package exposes; with NEEDS_DATABASE, also that it must be run beside a database."""

    NAME: str
    HELP: str

    def configure(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, args: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the answer is the process's exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    speak_utf8()
    try:
        return dispatch(arguments)
    except UserError as error:
        print(error, file=sys.stderr)
        return USER_FAULT
    except Spoken as error:
        print(error, file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # whoever read our output has seen enough (`| head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        print(Spoken("cli.interrupted"), file=sys.stderr)
        return INTERRUPTED


def dispatch(arguments: list[str]) -> int:
    """Choose the command by its first word and hand it the rest."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    if arguments[0] in ("-V", "--version", "version"):
        print(f"dutyroom {__version__}")
        return 0
    name, rest = arguments[0], arguments[1:]
    if name not in names():
        raise UserError("cli.unknown_command", command=name, known=", ".join(names()))
    command = load(name)
    parser = argparse.ArgumentParser(prog=f"dutyroom {name}", description=command.HELP, allow_abbrev=False)
    command.configure(parser)
    if parser.get_default("passes_on"):  # another program's arguments: handed on untouched, in their order
        return command.run(argparse.Namespace(rest=rest))
    args = parser.parse_args(rest)
    if getattr(command, "NEEDS_DATABASE", False):
        code = run_again_with_database(arguments)
        if code is not None:
            return code
    return command.run(args)


def names() -> tuple[str, ...]:
    """The commands there are, without importing any of them."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name.replace("_", "-") for name in found if not name.startswith("_")))


def load(name: str) -> Command:
    """The module that answers to `name`."""
    return cast(Command, import_module(f"{__name__}.{name.replace('-', '_')}"))


def overview() -> str:
    """One line a command, as `--help` prints it."""
    lines = [f"dutyroom {__version__}  值班室: 会运行的应急预案 / an emergency plan that runs", ""]
    lines += [f"  {name:<12} {load(name).HELP}" for name in names()]
    lines += ["", "dutyroom COMMAND --help: 查看命令的选项 / the options of a command"]
    return "\n".join(lines)


def speak_utf8() -> None:
    """Where the terminal cannot show a character, show its code rather than fail on it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
