"""The Guard before every page: size, language, device and person, tenant; and the headers behind it.

It refuses to know what a person may do: that is the Gate's (access.py).
"""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from psycopg import InterfaceError as RecordClosed
from psycopg import OperationalError as RecordFailed
from psycopg_pool import PoolTimeout

from dutyroom.adapters.clock import SystemClock
from dutyroom.store.instants import to_datetime
from dutyroom.web import scope
from dutyroom.web.errors import too_large, unavailable
from dutyroom.web.visit import Visit

DEVICE_COOKIE, LANGUAGE_COOKIE = "device", "lang"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; media-src 'self'; manifest-src 'self'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers then send `Origin: null` with our own forms, and the form check refuses them.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cache-Control": "no-store",
}
# Three photos and a voice note of the largest allowed size, and room for a fourth file that is then refused by name.
LARGEST_REQUEST = 48_000_000
_LOG = logging.getLogger(__name__)
_BROKEN = (OperationalError, InterfaceError, RecordFailed, RecordClosed, PoolTimeout)


class Guard:
    """See the module."""

    def __init__(self, get_response: Callable[[Visit], HttpResponse]) -> None:
        self._next = get_response
        self._gzip = GZipMiddleware(lambda request: HttpResponse())

    def __call__(self, request: Visit) -> HttpResponse:
        request.language = language_of(request)
        request.device = request.person = None
        response = self._answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Language", "zh-CN" if request.language == "zh" else "en")
        self._gzip.process_response(request, response)
        return response

    def process_exception(self, request: Visit, error: Exception) -> HttpResponse | None:
        """A database that does not answer is told as such: nothing was stored, here is the telephone."""
        if not isinstance(error, _BROKEN):
            return None
        _LOG.error("no answer from the database: %r", error)
        return unavailable(request)

    def _answer(self, request: Visit) -> HttpResponse:
        if _length(request) > LARGEST_REQUEST:
            return too_large(request)
        try:
            _identify(request)
            return self._next(request)
        except _BROKEN as error:
            _LOG.error("no answer from the database: %r", error)
            return unavailable(request)
        finally:
            _leave()


def language_of(request: Visit) -> str:
    """The visitor's choice, else the browser's first known language, else Chinese."""
    chosen = request.COOKIES.get(LANGUAGE_COOKIE)
    if chosen in ("zh", "en"):
        return chosen
    for part in request.headers.get("Accept-Language", "").split(","):
        if part.strip()[:2].lower() in ("zh", "en"):
            return part.strip()[:2].lower()
    return "zh"


def _identify(request: Visit) -> None:
    secret = request.COOKIES.get(DEVICE_COOKIE, "")
    # Sign-ins age by the machine's clock: a demo's fast clock would end them within minutes.
    device = scope.device_of_secret(secret, to_datetime(SystemClock().now())) if secret else None
    if device is not None:
        request.device, request.person = device, device.person
        scope.enter(device.tenant)


def _length(request: Visit) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _leave() -> None:
    try:
        scope.leave()
    except _BROKEN:
        # A connection that cannot be cleaned is not used again.
        connection.close()


def secure_cookies() -> bool:
    """Cookies travel over TLS only, wherever links do."""
    return str(settings.BASE_URL).startswith("https:")
