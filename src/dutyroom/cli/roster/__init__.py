"""`dutyroom roster …`: make a year's roster, mend one, say why there is none, show who stands how often.

A subcommand's module exposes NAME, HELP, `configure(parser)` and `run(args)`; only the one asked for does any work.
"""

import argparse
import pkgutil
from importlib import import_module
from typing import Any

NAME = "roster"
HELP = "排班、调整、说明排不出的原因 / make a roster, mend one, say why there is none"


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
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def _load(name: str) -> Any:
    return import_module(f"{__name__}.{name}")
