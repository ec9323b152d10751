"""One HTTP request and its answer, by a total deadline, over connections that are kept.

A session serves one sending at a time: idle ones wait on a shelf, and one whose line was cut is thrown
away. No redirect is followed (it would carry credentials and telephone numbers to a host that nobody
chose), nothing is read from the environment (no proxy, no .netrc), and an answer is read up to a size
that any gateway's fits. It stands on urllib3 itself: `requests` above it costs more than all the rest of a
sending, and when a siren sounds there are thousands.

It knows nothing of messages: couriers say what to send and what an answer means.
"""

import http.client
import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from dutyroom.adapters.couriers.deadline import Handle, Line, Scissors, Slots, within
from dutyroom.ports import Outcome, Verdict

ANSWER_BYTES = 65_536
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Statuses of the 4xx class that speak of the moment, not of the request.
PASSING_STATUS = frozenset({408, 409, 423, 425, 429})

# This logger writes whole addresses of requests, and a chat robot's address is its password.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. `url` may hold credentials and is not shown."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `body` is complete, and at most ANSWER_BYTES long."""

    status: int
    body: bytes

    def fields(self) -> Any:
        """The body as JSON, or None when it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    try:
        return urlsplit(url).hostname in LOOPBACK
    except ValueError:
        return False


def by_status(status: int) -> Outcome:
    """What a status that is no success means when the gateway says no more."""
    refused = 400 <= status < 500 and status not in PASSING_STATUS
    return Outcome(Verdict.REFUSED if refused else Verdict.FAILED, f"http {status}")


class Exchange:
    """Sends requests for one channel, from several threads."""

    def __init__(self, slots: int, proxy: str | None = None, ca_file: str | None = None) -> None:
        self._slots = Slots(slots)
        self._kept = slots
        self._proxy = proxy
        self._ca_file = ca_file or certifi.where()
        self._shelf: list[_Session] = []
        self._lock = threading.Lock()

    def send(self, request: Request, deadline_seconds: float, read: Callable[[Answer], Outcome]) -> Outcome:
        """What `read` makes of the answer, or a failure when none came in time."""
        work = partial(self._work, request=request, seconds=deadline_seconds, read=read)
        return within(deadline_seconds, self._slots, work)

    def _work(
        self, line: Line, request: Request, seconds: float, read: Callable[[Answer], Outcome]
    ) -> Outcome:
        session = self._take()
        session.line = line
        answer = _ask(session, request, seconds)
        if isinstance(answer, Outcome):
            session.close()
            return answer
        self._put_back(session)
        return read(answer)

    def _take(self) -> "_Session":
        with self._lock:
            if self._shelf:
                return self._shelf.pop()
        return _Session(self._proxy, self._ca_file)

    def _put_back(self, session: "_Session") -> None:
        session.line = Line()
        with self._lock:
            if len(self._shelf) < self._kept:
                self._shelf.append(session)
                return
        session.close()


def _ask(session: "_Session", request: Request, seconds: float) -> Answer | Outcome:
    try:
        response = session.urlopen(request, seconds)
        try:
            return _read(response)
        finally:
            response.release_conn()
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, UnicodeError) as error:
        return _failure(error)


def _failure(error: Exception) -> Outcome:
    """What an error on the way means; a proxy's wraps the real one. First match wins."""
    cause = getattr(error, "original_error", error)
    match cause:
        case urllib3.exceptions.NewConnectionError():  # which urllib3 takes for a time-out
            return Outcome(Verdict.FAILED, "connection")
        case urllib3.exceptions.TimeoutError() | TimeoutError():
            return Outcome(Verdict.FAILED, "timeout")
        case urllib3.exceptions.SSLError() | ssl.SSLError():
            return Outcome(Verdict.FAILED, "tls")
        case urllib3.exceptions.LocationValueError() | UnicodeError():  # no address, or of an unknown scheme
            return Outcome(Verdict.REFUSED, "address")
    return Outcome(Verdict.FAILED, "connection")


def _read(response: urllib3.BaseHTTPResponse) -> Answer | Outcome:
    body = bytearray()
    for chunk in response.stream(8_192):
        body += chunk
        if len(body) > ANSWER_BYTES:
            response.close()  # what is still to come is nobody's business; this connection is not kept
            return Outcome(Verdict.FAILED, "answer")
    return Answer(response.status, bytes(body))


# --- connections that can be cut ------------------------------------------------------------------------


class _Session:
    """The connections of one sending at a time; they tell its line how to cut them."""

    def __init__(self, proxy: str | None, ca_file: str) -> None:
        self.line = Line()
        self._direct = self._cuttable(urllib3.PoolManager(num_pools=4, ca_certs=ca_file))
        self._proxied = self._direct
        if proxy:
            login = urlsplit(proxy)
            name = (
                f"{unquote(login.username or '')}:{unquote(login.password or '')}" if login.username else None
            )
            headers = urllib3.make_headers(proxy_basic_auth=name) if name else {}
            self._proxied = self._cuttable(
                urllib3.ProxyManager(proxy, num_pools=4, ca_certs=ca_file, proxy_headers=headers)
            )

    def urlopen(self, request: Request, seconds: float) -> urllib3.BaseHTTPResponse:
        """The answer's head; its body is still to be read. Raises what urllib3 raises."""
        manager = self._direct if is_loopback(request.url) else self._proxied
        return manager.urlopen(
            request.method,
            request.url,
            headers={"User-Agent": "Dutyroom", **request.headers},
            body=request.body,
            timeout=seconds,
            retries=False,
            redirect=False,
            preload_content=False,
        )

    def close(self) -> None:
        """Close every connection."""
        self._direct.clear()
        self._proxied.clear()

    def _watch(self, scissors: Scissors) -> None:
        self.line.watch(scissors)

    def _cuttable(self, manager: Any) -> urllib3.PoolManager:
        manager.pool_classes_by_scheme = {
            "http": partial(_pool, HTTPConnectionPool, _Plain, self._watch),
            "https": partial(_pool, HTTPSConnectionPool, _Secure, self._watch),
        }
        cuttable: urllib3.PoolManager = manager
        return cuttable


Watch = Callable[[Scissors], None]


def _pool(kind: Any, connection: Any, watch: Watch, *args: Any, **kwargs: Any) -> Any:
    pool = kind(*args, **kwargs)
    pool.ConnectionCls = partial(connection, watch=watch)
    return pool


class _Cuttable(HTTPConnection):
    """Keeps a second handle on its socket, and shows it to the line whenever it is put to use."""

    def __init__(self, *args: Any, watch: Watch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watch = watch
        self._handle: Handle | None = None
        self._gathered: list[bytes] | None = None

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        self._handle = Handle(connected)
        try:
            self._show()
        except TimeoutError:
            connected.close()
            raise
        return connected

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._show()  # a kept connection is not opened anew, so this is its only word
        self._gathered = []
        try:
            super().request(*args, **kwargs)
            whole = b"".join(self._gathered)
        finally:
            self._gathered = None
        self.send(whole)

    def send(self, data: Any) -> None:
        """Head and body leave together: one packet, one turn of the processor."""
        if self._gathered is None:
            super().send(data)
        else:
            self._gathered.append(data)

    def close(self) -> None:
        super().close()
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()

    def _show(self) -> None:
        if self._handle is not None:
            self._watch(self._handle.cut)


class _Plain(_Cuttable):
    pass


class _Secure(_Cuttable, HTTPSConnection):
    pass
