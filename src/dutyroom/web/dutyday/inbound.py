"""The door for text messages that people send back: signed by the gateway, bounded a sender, answered in a few words.

What the answer says goes back to the sender by the same gateway. It is the same for a stranger as for somebody of whom
nothing is wanted.
"""

from collections import OrderedDict, deque
from hashlib import sha256
from threading import Lock

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dutyroom import wiring
from dutyroom.adapters.clock import SystemClock
from dutyroom.adapters.couriers.building import callback_secret
from dutyroom.adapters.couriers.inbound import Inbound, verify_inbound
from dutyroom.core.findings import Refusal
from dutyroom.core.instants import MINUTE
from dutyroom.web.callback import NOT_BELIEVED, signing_of
from dutyroom.web.visit import Visit
from dutyroom.wiring import replying
from dutyroom.wording import say

MOST_MESSAGES, WITHIN, MOST_SENDERS = 20, 10 * MINUTE, 10_000


class Bound:
    """How many messages of a sender are taken within ten minutes, by this process. Keeps no address, only hashes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken: OrderedDict[str, deque[int]] = OrderedDict()

    def take(self, sender: str, now: int) -> bool:
        """Whether one more is taken."""
        name = sha256(sender.encode()).hexdigest()
        with self._lock:
            times = self._taken.setdefault(name, deque())
            self._taken.move_to_end(name)
            while times and times[0] <= now - WITHIN:
                times.popleft()
            if len(times) >= MOST_MESSAGES:
                return False
            times.append(now)
            while len(self._taken) > MOST_SENDERS:
                self._taken.popitem(last=False)
        return True


BOUND = Bound()


@csrf_exempt  # no cookie is read; the signature is the key
@require_POST
def receive(request: Visit, channel: str) -> HttpResponse:
    """200 with the words for the sender; 403, 413, 400 when not believed; 429 for too many; 404 for others."""
    heard = _heard(request, channel)
    if isinstance(heard, Refusal):
        says = say(heard.code, request.language, **heard.fields)
        return JsonResponse({"code": heard.code, "says": says}, status=NOT_BELIEVED.get(heard.code, 400))
    if not BOUND.take(f"{channel}/{heard.sender}", SystemClock().now()):
        return JsonResponse(
            {"code": "inbound.too_many", "says": say("inbound.too_many", request.language)}, status=429
        )
    return JsonResponse({"reply": replying.take(channel, heard)})


def _heard(request: Visit, channel: str) -> Inbound | Refusal:
    signing, secret = signing_of(channel), callback_secret(wiring.courier_settings(), channel)
    if signing is None or not secret:
        raise Http404
    stamp = request.headers.get(signing.timestamp_header, "")
    signature = request.headers.get(signing.header, "")
    # The gateway's clock is held against the machine's: a demo's own may run faster.
    return verify_inbound(secret, stamp, request.body, signature, SystemClock().now())
