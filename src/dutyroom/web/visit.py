"""A request as every page finds it, once the Guard has looked at it: in a language, from a device, by a person."""

from typing import Any

from django.http import HttpRequest


class Visit(HttpRequest):
    """What the Guard adds. `device` and `person` are None where nobody is signed in; the Gate keeps such visitors
    out of every page that is not open to all, so that pages behind it need not ask again.
    """

    language: str
    device: Any  # store.models.Device, or None
    person: Any  # store.models.Person, or None
