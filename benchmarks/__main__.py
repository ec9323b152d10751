"""Runs the scenarios asked for, or all, and prints one line of JSON each. See `./dutyroom bench --help`."""

import argparse
import json
import os
import platform
import sys
import time
from importlib import import_module
from typing import Any

from benchmarks import limit

SCENARIOS = (
    "limit", "django4", "intake", "quiet-day", "burst", "siren", "siren-kill", "first-page", "cold", "plan-check",
    "live-findings", "drills", "core-speed", "verify", "audits",
    "duty-rosters",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Exit code 0 unless a scenario failed."""
    if arguments[:1] == ["rosters"]:  # it reads files and needs no database
        return int(import_module("benchmarks.rosters").main(arguments[1:]))
    parser = argparse.ArgumentParser(prog="dutyroom bench")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"{', '.join(SCENARIOS)}; default: all. `rosters FOLDER` has options of its own",
    )
    parser.add_argument(
        "--small", action="store_true", help="small sizes: for counts and ratios, not for numbers"
    )
    given = parser.parse_args(arguments)
    unknown = set(given.names) - set(SCENARIOS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    for name in given.names or SCENARIOS:
        print(json.dumps(line(name, given.small), ensure_ascii=False), flush=True)
    return 0


def line(name: str, small: bool) -> dict[str, Any]:
    """One scenario's numbers, between two looks at the machine's limit; `sound` is false if they differ too much."""
    scenario = import_module(f"benchmarks.{name.replace('-', '_')}")
    before = _limit()
    began = time.perf_counter()
    found = scenario.run(small)
    took = time.perf_counter() - began
    after = _limit()
    spread = max(before, after) / max(1, min(before, after))
    return {
        "scenario": name,
        "small": small,
        "result": found,
        "seconds": round(took, 1),
        "limit_before": before,
        "limit_after": after,
        "sound": spread <= 2,
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
    }


def _limit() -> int:
    """One-row commits a second of eight clients: what a run is compared with."""
    return limit.alone(0.5)["8"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
