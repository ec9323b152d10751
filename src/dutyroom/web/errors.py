"""What a visitor is told when a page cannot be had: a sentence and a way on, never a traceback.

On the pages of a report the way on is the duty telephone, in both languages, also when the database is away: the
numbers of the sites seen by this process are remembered for that.
"""

from django.http import HttpResponse
from django.shortcuts import render

from dutyroom.web.visit import Visit

# Site code -> duty telephone, filled whenever a report page is shown. Public on those pages anyway; bounded.
_phones: dict[str, str] = {}
_MOST_PHONES = 10_000


def remember_phone(code: str, phone: str) -> None:
    """Keep a site's duty telephone for the moment when the database cannot be asked."""
    if code in _phones or len(_phones) < _MOST_PHONES:
        _phones[code] = phone


def known_phone(code: str) -> str:
    """The duty telephone of a site as last seen; empty if this process never saw the site."""
    return _phones.get(code, "")


def error_page(request: Visit, code: str, status: int) -> HttpResponse:
    """The sentence `code` with its way on."""
    phone = known_phone(_site_code(request))
    return render(
        request, "web/error.html", {"code": code, "status": status, "duty_phone": phone}, status=status
    )


def csrf(request: Visit, reason: str = "") -> HttpResponse:
    """The form was opened too long ago, or not from here."""
    return error_page(request, "error.stale_form", 403)


def bad_request(request: Visit, exception: Exception | None = None) -> HttpResponse:
    """What was sent cannot be read."""
    return error_page(request, "error.bad_request", 400)


def sign_in_needed(request: Visit) -> HttpResponse:
    """The page is for people who are signed in."""
    return error_page(request, "error.sign_in", 401)


def forbidden(request: Visit, exception: Exception | None = None) -> HttpResponse:
    """Signed in, and not allowed to do this."""
    device = getattr(request, "device", None)
    code = "error.needs_full" if device is not None and device.level == "duty" else "error.forbidden"
    return error_page(request, code, 403)


def not_found(request: Visit, exception: Exception | None = None) -> HttpResponse:
    """Nothing here, or nothing for this person: the two look the same."""
    return error_page(request, "error.not_found", 404)


def too_large(request: Visit) -> HttpResponse:
    """More was sent than is read."""
    return error_page(request, "error.too_large", 413)


def failed(request: Visit) -> HttpResponse:
    """Our own fault."""
    return error_page(request, "error.failed", 500)


def unavailable(request: Visit) -> HttpResponse:
    """The database does not answer: nothing was stored."""
    return error_page(request, "error.unavailable", 503)


def _site_code(request: Visit) -> str:
    parts = request.path.split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "r" else ""
