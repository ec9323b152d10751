"""Real plan files with bytes changed at random: the checker must answer each within a second and 200 MB, never raise.

`python -m benchmarks.mutants 10000` prints one line: how many, the slowest (time on the processor; the wait beside it
grows with whatever else runs), the most memory. Each mutant is checked in this process under an alarm, so that one
which hangs is named and the run goes on.
"""

import json
import random
import resource
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from dutyroom.core.checks import examine
from dutyroom.core.findings import Finding
from dutyroom.wording.narrate import tell

ROOT = Path(__file__).resolve().parents[1]
SECONDS, MEGABYTES = 1.0, 200
_GIVE_UP = 20
_SPLICES = (
    *(sign.encode() for sign in "\t：{}[]'\"|>#\r\u2028"), b"\xff\xfe", b"\x00", b"\xc0\x80", b"&a [", b"*a", b"!!x",
    b"<<: ", b"---\n", b"...\n", b"? ", b"- " * 60, b"[" * 60, b"(" * 60, b"!" * 200, b"9" * 20, b"-1", b"1e999",
    b"null", b"true", b"0 d", b"9999999999 d", b"13800001234", "驱散".encode(), b"facts", b"1/0", b"size(open)",
    b"matches('(a+)+$')", b".map(x, x)", b".all(x, [1,2].all(y, true))",
)  # fmt: skip


class TooLong(Exception):
    """A mutant that was still being checked when its time was up."""


def mutant(source: bytes, chance: random.Random) -> bytes:
    """One to six changes: a bit, a byte, a piece cut, doubled, moved, or something odd put in."""
    data = bytearray(source)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 2, 8, 60, 600)))
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.randrange(256)
            case 2:
                del data[at:end]
            case 3:
                data[at:at] = data[at:end]
            case 4:
                piece = data[at:end]
                del data[at:end]
                to = chance.randrange(len(data) + 1)
                data[to:to] = piece
            case _:
                data[at:at] = chance.choice(_SPLICES)
    return bytes(data)


def judged(data: bytes) -> tuple[Finding, ...]:
    """Check it and put every finding into words, as a person would see it."""
    findings = examine(data).findings
    for one in findings:
        tell(one, "zh")
        tell(one, "en")
    return findings


def run(count: int, seed: int = 1) -> dict[str, Any]:
    """Check so many mutants; the worst of them, and every one that raised or took too long."""
    chance = random.Random(seed)
    sources = [file.read_bytes() for file in sorted((ROOT / "plans").glob("*/plan.yaml"))]
    sources.append((ROOT / "tests/core/checks/clean.yaml").read_bytes())
    judged(sources[0])
    before, slowest, longest, bad, silent = _memory(), 0.0, 0.0, [], 0
    signal.signal(signal.SIGALRM, _stop)
    for number in range(count):
        data = mutant(chance.choice(sources), chance)
        began, turned = time.perf_counter(), time.process_time()
        signal.alarm(_GIVE_UP)
        try:
            silent += not judged(data)
        except Exception as error:  # what it is does not matter here: the mutant is named
            bad.append({"number": number, "error": f"{type(error).__name__}: {error}"[:200]})
        finally:
            signal.alarm(0)
        took, waited = time.process_time() - turned, time.perf_counter() - began
        slowest, longest = max(slowest, took), max(longest, waited)
        if took > SECONDS:
            bad.append({"number": number, "seconds": round(took, 2)})
    return {
        "mutants": count,
        "seed": seed,
        "sources": len(sources),
        "without_finding": silent,
        "slowest_ms": round(slowest * 1000),
        "longest_wait_ms": round(longest * 1000),
        "memory_mb": round(_memory()),
        "grown_mb": round(_memory() - before),
        "bad": bad,
        "good": not bad and _memory() <= MEGABYTES,
    }


def _memory() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooLong(f"after {_GIVE_UP} s")


if __name__ == "__main__":
    found = run(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1
    )
    print(json.dumps(found))
    sys.exit(0 if found["good"] else 1)
