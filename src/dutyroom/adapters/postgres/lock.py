"""One caller at a time, among threads and processes alike; the system drops the lock with its holder.

Not `fcntl.lockf`: that kind does not hold off the threads of one process, and closing any handle of the file
gives it up.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def only_one(path: Path, seconds: float) -> Iterator[bool]:
    """Hold the lock file for as long as the block runs; False if it was not to be had within so many seconds."""
    deadline = time.monotonic() + seconds
    with path.open("a+b") as handle:
        while not (held := _try(handle)) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield held


def _try(handle: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
