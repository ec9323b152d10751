"""`dutyroom test`: the whole suite by pytest; refuses to judge the outcome itself.

Everything after the command goes to pytest as it stands, paths counted from the checkout. pytest's own
closing line stays the last line printed.
"""

import argparse
import os
from pathlib import Path

NAME = "test"
HELP = "运行全部测试,其余参数交给 pytest / run the tests; further arguments go to pytest"

CHECKOUT = Path(__file__).resolve().parents[3]


def configure(parser: argparse.ArgumentParser) -> None:
    """Take every argument as pytest's."""
    parser.set_defaults(passes_on=True)


def run(args: argparse.Namespace) -> int:
    """Exit as pytest exits."""
    import pytest

    os.chdir(CHECKOUT)
    return int(pytest.main(["-q", *args.rest]))
