"""A HiGHS instance that says nothing.

HiGHS greets on standard output as soon as an instance exists, before any option can be set, and our commands print
JSON there. The greeting goes to nowhere, once a process; C buffers its output, so it is flushed before the way back.
"""

import contextlib
import ctypes
import os
import threading
from typing import Any

import highspy

_lock = threading.Lock()
_greeted: list[bool] = []


def highs() -> Any:
    """A fresh instance, on one thread, without presolve: it is solved again and again after small changes."""
    with _lock:
        instance = _unheard() if not _greeted else highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
        instance.setOptionValue(name, value)
    return instance


def _unheard() -> Any:
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        instance = highspy.Highs()  # type: ignore[no-untyped-call]
        with contextlib.suppress(
            OSError, TypeError, AttributeError
        ):  # not every system lends its C library so
            ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
    _greeted.append(True)
    return instance
