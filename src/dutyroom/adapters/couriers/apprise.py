"""Apprise: a hundred further services, as an extra channel of which nobody confirms anything.

Apprise reports success when a service answers HTTP 200, also where that answer is a refusal. So a success
here is never more than UNCONFIRMED, and a plan must not rest on this channel alone.

Apprise opens its own connections, takes answers of any size and reads the environment. So it runs in a child
process that is kept between sendings, gets a clean environment, and is killed when a deadline passes: nothing
that a service does can hold up or exhaust the process that calls people on other channels.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote

from dutyroom.adapters.couriers.deadline import Line, Slots, within
from dutyroom.adapters.couriers.plain import cleaned, is_address, mark, with_link
from dutyroom.ports import Message, Outcome, Verdict

CHILD = "dutyroom.adapters.couriers.apprise_child"
OUTCOMES = {
    "sent": Outcome(Verdict.UNCONFIRMED, "sent"),
    "failed": Outcome(Verdict.FAILED, "connection"),
    "address": Outcome(Verdict.REFUSED, "address"),
}
_KIND = {"alarm": "failure", "urgent": "warning", "notice": "info"}


@dataclass(frozen=True, slots=True)
class Service:
    """One Apprise address, in which `{address}` stands for the person's."""

    url: str = field(repr=False)
    proxy: str | None = field(repr=False, default=None)


class AppriseCourier:
    """Sends through one Apprise service."""

    def __init__(self, channel: str, service: Service, slots: int) -> None:
        self.channel = channel
        self._service = service
        self._slots = Slots(slots)
        self._idle: list[_Child] = []
        self._lock = threading.Lock()

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """Try once; see the Courier port. The first sending also waits for the child to start."""
        if not is_address(message.address):
            return Outcome(Verdict.REFUSED, "address")
        order = _order(self._service.url, cleaned(message))
        return within(deadline_seconds, self._slots, partial(self._work, order))

    def close(self) -> None:
        """End the children that are idle; a later sending starts anew."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.kill()

    def _work(self, order: Mapping[str, str], line: Line) -> Outcome:
        with self._lock:
            child = self._idle.pop() if self._idle else None
        child = child or _Child(self._service.proxy)
        try:
            line.watch(child.kill)
            answer = child.ask(order)
        except OSError:  # it was killed, here or by the system
            answer = None
        if answer not in OUTCOMES:
            child.kill()
            return OUTCOMES["failed"]
        with self._lock:
            self._idle.append(child)
        return OUTCOMES[answer]


def _order(url: str, message: Message) -> dict[str, str]:
    return {
        "url": url.replace("{address}", quote(message.address, safe="")),
        "title": message.subject,
        "body": f"{with_link(message)}\n{mark(message)}",
        "kind": _KIND.get(message.severity, "info"),
    }


class _Child:
    """A process that takes orders line by line. It ends by itself when this one does: its input ends."""

    def __init__(self, proxy: str | None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # Apprise may tell an address there, and an address is a password
            env=_environment(proxy),
        )

    def ask(self, order: Mapping[str, str]) -> str:
        """What became of the order; empty when the child ended. Raises OSError when it ended before."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().decode("ascii", "replace").strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # bytes that it never took
                if pipe:
                    pipe.close()


def _environment(proxy: str | None) -> dict[str, str]:
    """Only what the child needs: where modules are, and the way out of the house."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "NO_PROXY": "localhost,127.0.0.1,::1"}
    if proxy:
        environment |= {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy}
    if os.name == "nt":
        environment["SYSTEMROOT"] = "C:\\Windows"  # without it Windows opens no socket
    return environment
