"""`dutyroom test`: the whole suite by pytest; refuses to judge the outcome itself.

Everything after the command goes to pytest as it stands, paths counted from the checkout. pytest's own
closing line stays the last line printed. Several processes share the tests, as many as `tests/workers.py` says;
`-n 0` runs all of them in one, `-p no:xdist` without the plugin.
"""

import argparse
import os
from pathlib import Path

NAME = "test"
SHARED_OUT = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
HELP = "运行全部测试,其余参数交给 pytest / run the tests; further arguments go to pytest"

CHECKOUT = Path(__file__).resolve().parents[3]


def configure(parser: argparse.ArgumentParser) -> None:
    """Take every argument as pytest's."""
    parser.set_defaults(passes_on=True)


def run(args: argparse.Namespace) -> int:
    """Exit as pytest exits."""
    import pytest

    os.chdir(CHECKOUT)
    shared_out = () if "no:xdist" in args.rest else SHARED_OUT
    return int(pytest.main(["-q", *shared_out, *args.rest]))
