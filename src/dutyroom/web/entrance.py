"""Doors: the start page, signing in by a link with a button, signing out, choosing the language.

There are no passwords yet: a link's random token is the key, and the server keeps only hashes. Opening a link does
nothing, so that previews and scanners change nothing; pressing the button signs the browser in. Sign-ins age by the
machine's clock, also where a demo's clock runs faster.
"""

import secrets
from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dutyroom import wiring
from dutyroom.adapters.clock import SystemClock
from dutyroom.core.instants import DAY, HOUR, SECOND
from dutyroom.core.state import INCIDENT
from dutyroom.store.instants import to_datetime
from dutyroom.store.models import Device, Link, Person
from dutyroom.web import scope
from dutyroom.web.dutyday.leading import address_of
from dutyroom.web.middleware import DEVICE_COOKIE, LANGUAGE_COOKIE, secure_cookies
from dutyroom.web.visit import Visit

# A call's link opens what one person is asked, for a turn of duty; an invitation opens everything, for a working day.
SIGNED_IN_FOR = {"duty": 12 * HOUR, "full": 8 * HOUR}
_YEAR = 365 * DAY // SECOND


@require_safe
def home(request: Visit) -> HttpResponse:
    """The own duty for who is signed in; for others what this is, without naming any site."""
    if request.person is not None:
        return redirect("/duty")
    return render(request, "web/home.html")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Visit, token: str) -> HttpResponse:
    """GET and HEAD show a button and change nothing; POST signs in and leads on to what the link is for."""
    at = _machine_time()
    link = scope.link_of_token(token)
    if link is None:
        raise Http404
    if request.person == link.person and request.device.level in (link.level, "full"):
        return redirect(_target(link))
    if not scope.is_usable(link, at):
        return render(request, "web/link_over.html", status=410)
    if request.method != "POST":
        return render(request, "web/sign_in.html", {"link": link, "hours": SIGNED_IN_FOR[link.level] // HOUR})
    scope.enter(link.tenant)
    if not _use(link, at):
        return render(request, "web/link_over.html", status=410)
    return _signed_in(link, at)


@require_POST
def sign_out(request: Visit) -> HttpResponse:
    """End this browser's sign-in on the server, not only its cookie."""
    if request.device is not None:
        Device.objects.filter(pk=request.device.pk).update(ended_at=_machine_time())
    response = redirect("home")
    response.delete_cookie(DEVICE_COOKIE, samesite="Lax")
    return response


@csrf_exempt  # sets a language, nothing else; public pages need no form token because of it
@require_POST
def language(request: Visit) -> HttpResponse:
    """Remember the language for this browser and go back."""
    chosen = "en" if request.POST.get("lang") == "en" else "zh"
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        LANGUAGE_COOKIE, chosen, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure_cookies()
    )
    return response


def _machine_time() -> datetime:
    return to_datetime(SystemClock().now())


def _use(link: Link, at: datetime) -> bool:
    """Note the first use; False if somebody else's press was first."""
    if link.reusable:
        Link.objects.filter(pk=link.pk, used_at=None).update(used_at=at)
        return True
    return Link.objects.filter(pk=link.pk, used_at=None, recalled_at=None).update(used_at=at) == 1


def _signed_in(link: Link, at: datetime) -> HttpResponse:
    secret = secrets.token_urlsafe(32)
    lasts = SIGNED_IN_FOR[link.level]
    Device.objects.create(
        id=wiring.new_id(),
        tenant=link.tenant,
        person=link.person,
        secret_hash=scope.hashed(secret),
        level=link.level,
        signed_in_at=at,
        expires_at=to_datetime(SystemClock().now() + lasts),
    )
    response = HttpResponseRedirect(_target(link))
    response.status_code = 303
    response.set_cookie(
        DEVICE_COOKIE, secret, max_age=lasts // SECOND, httponly=True, samesite="Lax", secure=secure_cookies()
    )
    response.set_cookie(
        LANGUAGE_COOKIE,
        _language(link.person),
        max_age=_YEAR,
        samesite="Lax",
        httponly=True,
        secure=secure_cookies(),
    )
    return response


def _language(person: Person) -> str:
    return "en" if person.language == "en" else "zh"


def _target(link: Link) -> str:
    if link.purpose != "call" or link.case is None:
        return "/duty"
    if link.case.kind == INCIDENT:
        return f"/c/{link.case_id}"
    return address_of(wiring.case_rules(link.case).plan, link.case, link.key)
