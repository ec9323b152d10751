"""`dutyroom plan …`: check, format, compare, print a plan, or draft one from paper; one module a subcommand.

A subcommand's module exposes NAME, HELP, `configure(parser)` and `run(args)`; only the one asked for does any work.
"""

import argparse
import pkgutil
from importlib import import_module
from typing import Any

NAME = "plan"
HELP = (
    "检查、整理、比较、打印预案，或从文稿起草 / check, format, compare, print a plan, or draft one from paper"
)


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar=" | ".join(subcommands()))
    for name in subcommands():
        module = _load(name)
        module.configure(commands.add_parser(name, help=module.HELP, description=module.HELP))


def run(args: argparse.Namespace) -> int:
    """Hand over to the subcommand."""
    code: int = _load(args.command).run(args)
    return code


def subcommands() -> tuple[str, ...]:
    """The subcommands there are, in alphabetical order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def _load(name: str) -> Any:
    return import_module(f"{__name__}.{name}")
