"""Gateways on loopback, with moods: what a real gateway does on a bad day, over real sockets.

`HttpSink` keeps every request it read, whatever it then does with the connection. Waiting moods wait for the
sink to stop, so that a test which does not hang proves that the sender ended by itself.
"""

import json
import socket
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

DRIP_SECONDS = 0.05


class Mood(StrEnum):
    """What the gateway does once it has read a request."""

    OK = "ok"
    SLOW = "slow"  # answers, but later than the rest
    DRIP = "drip"  # a byte now and then, each sooner than any time-out on a single read
    HANG = "hang"
    ERROR = "error 500"
    GARBAGE = "garbage"  # bytes that are no HTTP
    NONSENSE = "nonsense"  # HTTP 200 with a page where JSON should be
    RESET = "reset"
    SWALLOW = "swallow"  # takes the request, closes without a word
    REFUSE = "refuse"  # HTTP 200 with the gateway's code for "this can never work"
    LIMIT = "limit"  # HTTP 200 with the gateway's code for "too many just now"
    REDIRECT = "redirect"
    ENDLESS = "endless"  # an answer that never ends


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def fields(self) -> Any:
        return json.loads(self.body)


class HttpSink:
    """An HTTP gateway of our own; `answers` gives the JSON for the moods that answer with some."""

    def __init__(self, answers: Mapping[Mood, object] | None = None) -> None:
        self.mood = Mood.OK
        self.answers = dict(answers or {})
        self.received: list[Received] = []
        self.connections = 0
        self.redirect_to = "http://127.0.0.1:9/"
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def stop(self) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> "HttpSink":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, ValueError):  # ValueError: what came is no HTTP
            reader = connection.makefile("rb")
            while (request := _read_request(reader)) is not None:
                self.received.append(request)
                if not self._answer(connection):
                    return

    def _answer(self, connection: socket.socket) -> bool:
        """Act on the mood; True when the connection stays open for the next request."""
        match self.mood:
            case Mood.OK | Mood.REFUSE | Mood.LIMIT:
                connection.sendall(self._json())
                return True
            case Mood.SLOW:
                self._stopping.wait(0.2)
                connection.sendall(self._json())
                return True
            case Mood.DRIP:
                for byte in self._json():
                    connection.sendall(bytes([byte]))
                    if self._stopping.wait(DRIP_SECONDS):
                        break
            case Mood.HANG:
                self._stopping.wait()
            case Mood.ERROR:
                connection.sendall(_response(500, b'{"errcode": 0, "code": 0, "status": "OK"}'))
                return True
            case Mood.GARBAGE:
                connection.sendall(b"\x00\xff\xfe220 \xe5\x80\xbc garbage\r\n\r\n" * 20)
            case Mood.NONSENSE:
                connection.sendall(_response(200, "<html>请登录</html>".encode(), "text/html"))
                return True
            case Mood.RESET:
                # Lingering for zero seconds makes the kernel send a reset in place of an end.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case Mood.REDIRECT:
                connection.sendall(_response(302, b"", extra=f"Location: {self.redirect_to}\r\n"))
                return True
            case Mood.ENDLESS:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                while not self._stopping.is_set():
                    connection.sendall(b'{"x": 1}' * 1000)
            case Mood.SWALLOW:
                pass
        return False

    def _json(self) -> bytes:
        mood = self.mood if self.mood in (Mood.REFUSE, Mood.LIMIT) else Mood.OK
        # Blanks at the end are valid JSON, and make a dripped answer long.
        return _response(200, json.dumps(self.answers.get(mood, {})).encode() + b" " * 400)


def _response(status: int, body: bytes, kind: str = "application/json", extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


def _read_request(reader: Any) -> Received | None:
    first = reader.readline()
    if not first:
        return None
    method, target, _ = first.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while (line := reader.readline().decode("latin-1").rstrip("\r\n")) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body)
