"""The sheet on the wall: the code that opens the report page, the duty telephone, in Chinese and English; printable."""

import io

import segno
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dutyroom.store.sites import SiteCard
from dutyroom.web.errors import remember_phone
from dutyroom.web.reporting import sites
from dutyroom.web.visit import Visit


@require_safe
def poster(request: Visit, code: str) -> HttpResponse:
    """The poster as a page; printing it is the browser's."""
    site = site_or_404(code)
    return render(request, "web/poster.html", {"site": site, "address": report_address(code)})


@require_safe
def qr(request: Visit, code: str) -> HttpResponse:
    """The code's picture, with generous error correction: posters get dirty."""
    site_or_404(code)
    return HttpResponse(_svg(report_address(code)), content_type="image/svg+xml")


def report_address(code: str) -> str:
    """The address people open to report."""
    return settings.BASE_URL + reverse("report", args=[code])


def qr_data_url(text: str) -> str:
    """The text as a QR picture that a page can hold in itself, for what must not be fetched a second time."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=6, border=2))


def site_or_404(code: str) -> SiteCard:
    """The site of a public code; its telephone is remembered for the moment the database is away."""
    site = sites().of_code(code) if "\x00" not in code else None
    if site is None:
        raise Http404
    remember_phone(code, site.duty_phone)
    return site


def _svg(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", scale=10, border=2, xmldecl=True)
    return out.getvalue()
