"""`dutyroom bench`: how fast it is on this machine; refuses to know the scenarios, which are `benchmarks/`.

Run from the checkout. Everything after the command goes to the runner as it stands.
"""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

NAME = "bench"
HELP = "性能测试:每个场景一行 JSON / benchmarks, one line of JSON each"

CHECKOUT = Path(__file__).resolve().parents[3]


def configure(parser: argparse.ArgumentParser) -> None:
    """Take every argument as the runner's."""
    parser.set_defaults(passes_on=True)


def run(args: argparse.Namespace) -> int:
    """Exit as the runner exits."""
    os.chdir(CHECKOUT)
    sys.path.insert(0, str(CHECKOUT))
    exit_code: int = import_module("benchmarks.__main__").main(args.rest)
    return exit_code
