"""The front door: static files and reports by API are answered here, everything else by Django.

Files hold no secret and need no database. A report by API reads no cookie and needs none of Django's machinery, which
would cost more than the report itself when everybody reports at once.
"""

import json
import logging
import os
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dutyroom.settings")

from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()

from dutyroom.web import access, assets  # noqa: E402 - they need Django's settings
from dutyroom.web.api import LARGEST_BODY, report_json  # noqa: E402
from dutyroom.web.middleware import HEADERS  # noqa: E402

_LOG = logging.getLogger(__name__)

access.require_complete()


def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """The WSGI application."""
    path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
    if path.startswith(assets.PREFIX) and method in ("GET", "HEAD"):
        found = assets.answer(path, "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""))
        if found is not None:
            start("200 OK", list(found[1].items()))
            return [found[0] if method == "GET" else b""]
    if path == "/api/reports" and method == "POST" and "json" in environ.get("CONTENT_TYPE", ""):
        length = _length(environ)
        if 0 < length <= LARGEST_BODY:
            return _report(environ, start, length)
    answer: Iterable[bytes] = _django(environ, start)
    return answer


def _report(environ: dict[str, Any], start: Any, length: int) -> Iterable[bytes]:
    language = "en" if environ.get("HTTP_ACCEPT_LANGUAGE", "")[:2].lower() == "en" else "zh"
    try:
        status, answer = report_json(environ["wsgi.input"].read(length), language)
    except Exception:  # whatever broke: the client must learn that it holds no receipt
        _LOG.exception("report by API")
        status, answer = 500, {"error": "failed"}
    body = json.dumps(answer, ensure_ascii=False).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *HEADERS.items()]
    start(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]


def _length(environ: dict[str, Any]) -> int:
    try:
        return int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
