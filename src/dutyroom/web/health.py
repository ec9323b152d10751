"""One number for whoever watches the watchers: how long the oldest due timer or delivery has gone unserved."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe
from psycopg import Error as RecordFailed
from psycopg_pool import PoolTimeout

from dutyroom import wiring
from dutyroom.store.instants import from_datetime, to_datetime
from dutyroom.web.visit import Visit

# A worker serves what is due within a second or two; a minute means that none does.
UNHEALTHY_SECONDS = 60.0
_OLDEST = (
    "SELECT least((SELECT min(timer_at) FROM store_obligation WHERE timer_at <= %(now)s), "
    "(SELECT min(next_try_at) FROM store_delivery WHERE state = 'queued' AND next_try_at <= %(now)s)) AS oldest"
)


@require_safe
def health(request: Visit) -> HttpResponse:
    """The number of real seconds as plain text; 503 when it is too large, or nobody can say."""
    try:
        seconds = oldest_unserved_seconds()
    except (RecordFailed, PoolTimeout):
        return HttpResponse("unknown\n", content_type="text/plain", status=503)
    status = 200 if seconds < UNHEALTHY_SECONDS else 503
    return HttpResponse(f"{seconds:.1f}\n", content_type="text/plain", status=status)


def oldest_unserved_seconds() -> float:
    """Age of the oldest due and unserved timer or delivery, in real seconds; 0 when nothing waits."""
    clock = wiring.clock()
    now = clock.now()
    with wiring.pool().connection(timeout=2) as connection:
        row = connection.execute(_OLDEST, {"now": to_datetime(now)}).fetchone()
    oldest = row["oldest"] if row else None
    return clock.real_seconds(now - from_datetime(oldest)) if oldest else 0.0
