"""The door for feeds of outside warnings: POST with the feed's secret, a warning as the body; the answer says what came
of it. No cookie is read; what has no secret that is known learns nothing.
"""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dutyroom import wiring
from dutyroom.adapters.alerts import LARGEST
from dutyroom.adapters.vault import token_hash
from dutyroom.core.findings import Finding
from dutyroom.store.alerts import feed_by_token
from dutyroom.web.visit import Visit
from dutyroom.wiring.heeding import receive
from dutyroom.wording import say


@csrf_exempt  # no cookie is read
@require_POST
def receive_warning(request: Visit) -> HttpResponse:
    """201 with the warning's parts, 200 for a repeat, 400 with every finding, 403 without a known secret, 413."""
    language = request.language
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    known = scheme.lower() == "bearer" and 0 < len(token) < 200
    feed = feed_by_token(wiring.pool(), token_hash(token.strip())) if known else None
    if feed is None:
        return JsonResponse({"error": say("warnings.no_feed", language)}, status=403)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        found = Finding("alert.too_large", "error", "", {"limit": LARGEST // 1000})
        return JsonResponse({"findings": _findings((found,), language)}, status=413)
    try:
        answer = receive(feed.site, request.body, "feed", feed)
    except LookupError:  # the site has no plan any more
        return JsonResponse({"error": say("error.not_found", language)}, status=404)
    if isinstance(answer, tuple):
        return JsonResponse({"findings": _findings(answer, language)}, status=400)
    parts = [
        {
            "warning": one.id,
            "hazard": one.hazard,
            "colour": one.colour,
            "state": one.state,
            "case": one.case_code,
        }
        for one in answer.kept
    ]
    told = {
        "identifier": answer.alert.identifier,
        "again": answer.again,
        "warnings": parts,
        "findings": _findings(answer.findings, language),
    }
    return JsonResponse(told, status=200 if answer.again else 201)


def _findings(findings: tuple[Finding, ...], language: str) -> list[dict[str, str]]:
    return [
        {
            "code": one.code,
            "severity": one.severity,
            "place": one.place,
            "says": say(one.code, language, **one.fields),
        }
        for one in findings
    ]
