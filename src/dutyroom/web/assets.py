"""Style sheets and scripts, served by the program itself under names that carry their content's hash.

A changed file has another name, so browsers may keep what they have for ever. No build step, no other host.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from django.http import Http404, HttpResponse

from dutyroom.web.visit import Visit

PREFIX = "/static/"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
# htmx is served from the package that ships it, so its version is the lock file's.
_BORROWED = {"htmx.min.js": ("django_htmx", "static/django_htmx/htmx-2.min.js")}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file with the address it is served under."""

    url: str
    media_type: str
    body: bytes
    packed: bytes


@cache
def assets() -> dict[str, Asset]:
    """Every file by its plain name, read once a process."""
    own = {
        entry.name: entry.read_bytes()
        for entry in (files(__package__) / "static" / "web").iterdir()
        if entry.is_file()
    }
    borrowed = {name: (files(package) / path).read_bytes() for name, (package, path) in _BORROWED.items()}
    return {
        name: _asset(name, body)
        for name, body in {**own, **borrowed}.items()
        if name.rpartition(".")[2] in _TYPES
    }


def asset_url(name: str) -> str:
    """Where the file is served. Raises KeyError for a file that is not there."""
    return assets()[name].url


def answer(path: str, packed: bool) -> tuple[bytes, dict[str, str]] | None:
    """Body and headers for a request path under PREFIX; None if there is no such file."""
    found = _by_url().get(path)
    if found is None:
        return None
    body = found.packed if packed else found.body
    headers = {
        "Content-Type": found.media_type,
        "Content-Length": str(len(body)),
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    return body, headers | ({"Content-Encoding": "gzip"} if packed else {})


def serve(request: Visit, name: str) -> HttpResponse:
    """The file as a page of the product, where the front door of wsgi.py is not in use (tests)."""
    found = answer(PREFIX + name, "gzip" in request.headers.get("Accept-Encoding", ""))
    if found is None:
        raise Http404(name)
    return HttpResponse(found[0], headers=found[1])


@cache
def _by_url() -> dict[str, Asset]:
    return {asset.url: asset for asset in assets().values()}


def _asset(name: str, body: bytes) -> Asset:
    stem, _, ending = name.rpartition(".")
    url = f"{PREFIX}{stem}.{sha256(body).hexdigest()[:10]}.{ending}"
    return Asset(url, _TYPES[ending], body, gzip.compress(body, 9, mtime=0))
