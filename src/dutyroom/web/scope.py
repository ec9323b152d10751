"""Whose rows this request may see: sets the tenant on Django's connection, and finds the tenant of a request.

The database shows a session only the rows of the tenant in `app.tenant` (see the migration of safeguards). Only the few
look-ups here see all tenants, because what is presented (a site's code, a link, a device) says which tenant it is of.
It refuses to know what the found person may do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from threading import local
from uuid import UUID

from django.db import connection

from dutyroom.store.models import Device, Link, Site

# Django keeps a connection a thread.
_here = local()


def enter(tenant: UUID | str) -> None:
    """From here on this request sees the rows of the tenant only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant', %s, false)", [str(tenant)])
    _here.tenant = str(tenant)


def leave() -> None:
    """Nobody's rows any more: a connection that is used again starts blind."""
    if _tenant():
        _here.tenant = ""
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('app.tenant', '', false)")


@contextmanager
def of_tenant(tenant: UUID | str) -> Iterator[None]:
    """Inside the block: the rows of the tenant (`*`: all); afterwards whatever held before."""
    before = _tenant()
    enter(tenant)
    try:
        yield
    finally:
        enter(before)


def _tenant() -> str:
    """What this thread's connection was last told."""
    return str(getattr(_here, "tenant", ""))


def hashed(secret: str) -> str:
    """What a presented secret is looked up by; the same as `adapters.vault.token_hash`."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def site_of_code(code: str) -> Site | None:
    """The site of a public code; its tenant becomes the request's."""
    with of_tenant("*"):
        site = Site.objects.filter(code=code).first()
    if site is not None:
        enter(site.tenant)
    return site


def device_of_secret(secret: str, at: datetime) -> Device | None:
    """The signed-in device a cookie belongs to, if it and its person are still good at `at`."""
    with of_tenant("*"):
        device = (
            Device.objects.select_related("person", "person__site")
            .filter(secret_hash=hashed(secret), ended_at=None, expires_at__gt=at)
            .first()
        )
    if device is None or (device.person.ends_at and device.person.ends_at <= at):
        return None
    return device


def link_of_token(token: str) -> Link | None:
    """The link a token stands for, whether or not it may still be used."""
    with of_tenant("*"):
        return Link.objects.select_related("person", "case").filter(token_hash=hashed(token)).first()


def is_usable(link: Link, at: datetime) -> bool:
    """Not expired, not recalled, not used up, its person still here."""
    gone = link.person.ends_at is not None and link.person.ends_at <= at
    used_up = link.used_at is not None and not link.reusable
    return link.expires_at > at and link.recalled_at is None and not used_up and not gone
