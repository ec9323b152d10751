"""What a gateway reports about one delivery: believed only when it is signed, and then never more than it may say.

"delivered" goes on the courier log. "undelivered" does too, and the ladder goes on at once. "answered" (somebody
pressed a key on that call) marks the obligation as received by the person who was called. No page, no cookie.
"""

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dutyroom import wiring
from dutyroom.adapters.clock import SystemClock
from dutyroom.adapters.couriers.building import callback_secret
from dutyroom.adapters.couriers.callback import BODY_BYTES, Callback, Report, verify_callback
from dutyroom.adapters.couriers.config import GatewaySettings, SigningSettings
from dutyroom.core.commands import Act, NoteCallFailed, Times
from dutyroom.core.findings import Refusal
from dutyroom.core.plan import Verb
from dutyroom.store.reached import BY_CALLBACK, Told, latest_delivery, note_callback, was_noted
from dutyroom.web.visit import Visit
from dutyroom.wording import say

NOT_BELIEVED = {
    "courier.callback.signature": 403,
    "courier.callback.stale": 403,
    "courier.callback.too_long": 413,
}


@csrf_exempt  # no cookie is read; the signature is the key
@require_POST
def callback(request: Visit, channel: str) -> HttpResponse:
    """200 once noted (`new` false for a repeat); 403, 413 or 400 when not believed; 404 for what was never sent."""
    heard = _heard(request, channel)
    if isinstance(heard, Refusal):
        says = say(heard.code, request.language, **heard.fields)
        return JsonResponse({"code": heard.code, "says": says}, status=NOT_BELIEVED.get(heard.code, 400))
    told = latest_delivery(wiring.pool(), heard.delivery_id, channel)
    if told is None:
        raise Http404
    if was_noted(wiring.pool(), told, heard.fingerprint):
        return JsonResponse({"new": False})
    _follow(told, heard)
    # Noted last: if the process dies in between, the gateway asks again, and what followed is not done twice.
    now = wiring.clock().now()
    return JsonResponse(
        {"new": note_callback(wiring.pool(), told, heard.fingerprint, heard.report.value, now)}
    )


def _heard(request: Visit, channel: str) -> Callback | Refusal:
    """The statement, if the channel's gateway may send any and signed this one. Raises Http404 for other channels."""
    signing, secret = signing_of(channel), callback_secret(wiring.courier_settings(), channel)
    if signing is None or not secret:
        raise Http404
    if len(request.body) > BODY_BYTES:
        return Refusal("courier.callback.too_long", {"limit": BODY_BYTES})
    stamp, signature = (
        request.headers.get(signing.timestamp_header, ""),
        request.headers.get(signing.header, ""),
    )
    # The gateway's clock is held against the machine's: a demo's own may run faster.
    return verify_callback(secret, stamp, request.body, signature, SystemClock().now())


def signing_of(channel: str) -> SigningSettings | None:
    """How the channel's gateway signs what it sends here; None where it may send nothing."""
    settings = wiring.courier_settings().channels.get(channel)
    return settings.callback if isinstance(settings, GatewaySettings) else None


def _follow(told: Told, heard: Callback) -> None:
    """What follows for the case. A refusal (it is done already) leaves the case alone; the log has the statement."""
    now = wiring.clock().now()
    if heard.report is Report.UNDELIVERED:
        wiring.live().act(told.case, NoteCallFailed(told.key, told.person, told.channel, "undelivered"))
    elif heard.report is Report.ANSWERED:
        command = f"{BY_CALLBACK}{heard.fingerprint[:40]}"
        wiring.live().act(told.case, Act(command, told.person, told.key, Verb.RECEIVED, Times(now, now)))
