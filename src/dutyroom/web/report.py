"""The report page: what a worker sees who wants to say that something happened, and the receipt.

Without an account, without JavaScript, in one small request. The receipt stands only after the commit; if storing
fails, the page says so, shows the duty telephone, and keeps what was typed.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopFutureHandlers
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe
from psycopg import Error as RecordFailed
from psycopg_pool import PoolTimeout

from dutyroom import wiring
from dutyroom.adapters.photos import MOST_VOICE_BYTES
from dutyroom.core.plan import Plan
from dutyroom.store.instants import to_datetime
from dutyroom.store.scope import sites_for
from dutyroom.store.sites import SiteCard
from dutyroom.web import assets
from dutyroom.web.forms_input import Fault, Typed
from dutyroom.web.poster import site_or_404
from dutyroom.web.reporting import Accepted, Upload, accept, first_call, zone_time
from dutyroom.web.visit import Visit
from dutyroom.wording import say
from dutyroom.wording.narrate import role_name, span

MOST_PHOTO_BYTES = 8 * 2**20
FORM_METHODS = ["GET", "HEAD", "POST"]
_FAILED = (RecordFailed, PoolTimeout)
_WHOLE = "arrived_whole"
# The last kinds read of each site, for a form that must open while the database is away.
_plans: dict[str, Plan] = {}


class KeepsNoMoreThan(MemoryFileUploadHandler):
    """Keeps a file in memory up to the cap; of a larger one, reads on and keeps nothing, so the text still arrives."""

    def handle_raw_input(self, *given: Any, **more: Any) -> None:
        self.activated = True

    def new_file(self, *given: Any, **more: Any) -> None:
        self._seen = 0
        with suppress(StopFutureHandlers):
            super().new_file(*given, **more)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._seen += len(raw_data)
        if self._seen <= MOST_PHOTO_BYTES:
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        file = super().file_complete(file_size)
        if file is not None:
            setattr(file, _WHOLE, self._seen <= MOST_PHOTO_BYTES)
        return file


@csrf_exempt  # no cookie is read: whoever knows the address may report
@require_http_methods(FORM_METHODS)
def report(request: Visit, code: str) -> HttpResponse:
    """GET: the form. POST: the receipt, or the form again with what is wrong."""
    request.upload_handlers = [KeepsNoMoreThan(request)]
    return _page(request, site_or_404(code), by_phone=False)


@csrf_exempt  # so that the upload handler can be set; the view beneath is protected
@require_http_methods(FORM_METHODS)
def by_phone(request: Visit, code: str) -> HttpResponse:
    """A report taken by telephone, entered by the person who took it."""
    request.upload_handlers = [KeepsNoMoreThan(request)]
    return _by_phone(request, code)


@csrf_protect
def _by_phone(request: Visit, code: str) -> HttpResponse:
    if not sites_for(request.person).filter(code=code).exists():
        raise Http404
    return _page(request, site_or_404(code), by_phone=True)


@require_safe
def service_worker(request: Visit) -> HttpResponse:
    """The script that keeps the report page, served from the root so that it may."""
    body = assets.assets()["sw.js"].body
    return HttpResponse(body, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _page(request: Visit, site: SiteCard, *, by_phone: bool) -> HttpResponse:
    if _plan_of(site) is None and not site.stale:  # a company above the projects: nobody is called from there
        raise Http404
    if request.method != "POST":
        return _form(request, site, Typed({}), by_phone=by_phone)
    typed = Typed(request.POST)
    by = str(request.person.pk) if by_phone else ""
    if site.stale:  # the database did not answer a moment ago: say so at once instead of waiting for it again
        return _not_stored(request, site, typed, by_phone=by_phone)
    try:
        done = accept(site, typed, _uploads(request), "phone" if by_phone else "page", by, request.language)
    except _FAILED:
        return _not_stored(request, site, typed, by_phone=by_phone)
    if done is None:
        return _faults(request, site, typed, by_phone=by_phone)
    return _receipt(request, site, done, by_phone=by_phone)


def _form(
    request: Visit,
    site: SiteCard,
    typed: Typed,
    *,
    by_phone: bool,
    status: int = 200,
    failed: bool = False,
) -> HttpResponse:
    language, plan = request.language, _plan_of(site)
    names = _NAMES if by_phone else _NAMES[:-1]
    shown = {
        "site": site,
        "site_name": site.name(language),
        "by_phone": by_phone,
        "given": {name: typed.raw(name) for name in names},
        "command": typed.raw("command") or wiring.new_id(),
        "faults": {fault.field: sentence(fault, language) for fault in typed.faults},
        "kinds": [(kind, words.in_language(language)) for kind, words in plan.kinds.items()] if plan else [],
        "now_local": to_datetime(wiring.clock().now())
        .astimezone(ZoneInfo(site.zone))
        .strftime("%Y-%m-%dT%H:%M"),
        "failed": failed,
        "stale": site.stale,
    }
    return render(request, "web/report.html", shown, status=status)


def _receipt(request: Visit, site: SiteCard, done: Accepted, *, by_phone: bool) -> HttpResponse:
    language = request.language
    refused = [say(finding.code, language, **finding.fields) for finding in done.refused]
    status = 200 if done.receipt.again else 201
    if _wants_json(request):
        answer = {
            "receipt": done.receipt.code,
            "at": zone_time(done.received_at, site.zone),
            "refused": refused,
        }
        return JsonResponse(answer | {"again": done.receipt.again}, status=status)
    shown = {
        "site": site,
        "site_name": site.name(language),
        "code": done.receipt.code,
        "at": zone_time(done.received_at, site.zone),
        "again": done.receipt.again,
        "refused": refused,
        "next": _next(site, language),
        "by_phone": by_phone,
        "case": done.receipt.case if by_phone else "",
    }
    return render(request, "web/receipt.html", shown, status=status)


def _faults(request: Visit, site: SiteCard, typed: Typed, *, by_phone: bool) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"faults": faults_json(typed.faults, request.language)}, status=400)
    return _form(request, site, typed, by_phone=by_phone, status=400)


def _not_stored(request: Visit, site: SiteCard, typed: Typed, *, by_phone: bool) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": say("report.not_stored", request.language)}, status=503)
    return _form(request, site, typed, by_phone=by_phone, status=503, failed=True)


def faults_json(faults: Sequence[Fault], language: str) -> list[dict[str, str]]:
    """Every fault with its field, code and sentence."""
    return [{"field": one.field, "code": one.code, "says": sentence(one, language)} for one in faults]


def sentence(fault: Fault, language: str) -> str:
    """The fault in words."""
    return say(fault.code, language, **fault.fields)


def _uploads(request: Visit) -> list[Upload]:
    photos = [("photo", file) for file in request.FILES.getlist("photos")]
    voices = [("voice", file) for file in request.FILES.getlist("voice")]
    return [_upload(kind, file) for kind, file in (*photos, *voices[:1]) if file.size]


def _upload(kind: str, file: UploadedFile) -> Upload:
    whole = getattr(file, _WHOLE, True) and (kind == "photo" or (file.size or 0) <= MOST_VOICE_BYTES)
    return Upload(kind, file.read() if whole else None)


def _wants_json(request: Visit) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _plan_of(site: SiteCard) -> Plan | None:
    """The plan in force; the last one seen while the database is away."""
    if not site.stale:
        with suppress(LookupError, *_FAILED):
            _plans[site.id] = wiring.record().rules(site.id).plan
    return _plans.get(site.id)


def _next(site: SiteCard, language: str) -> str:
    plan = _plan_of(site)
    call = first_call(plan) if plan else None
    if plan is None or call is None:
        return say("receipt.next", language)
    role, within = call
    return say(
        "receipt.next_role", language, role=role_name(plan, role, language), within=span(within, language)
    )


_NAMES = (
    "when", "when_time", "where", "affected", "harm", "injured", "harm_note", "what", "kind", "danger_now",
    "signs_only", "phone", "reported_local",
)  # fmt: skip
