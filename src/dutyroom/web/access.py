"""Who may open what: the Gate enforces the table `access.toml`, and denies whatever the table does not name.

The table says which class of visitor may use a route at all; whose rows the route then finds is a matter of
`store/scope.py`, and what is not one's own is not found. It refuses to know what the plan lets a person do.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from dutyroom import wiring
from dutyroom.core.plan import Plan
from dutyroom.store.scope import sites_for
from dutyroom.web.errors import forbidden, sign_in_needed
from dutyroom.web.visit import Visit

CLASSES = ("anonymous", "duty_device", "holder", "leader", "superior")
LEADING_GROUP = "leading_group"


@cache
def table() -> dict[str, frozenset[str]]:
    """Route name -> classes that may use it. Raises ImproperlyConfigured for a class that does not exist."""
    rows = tomllib.loads((files(__package__) / "access.toml").read_text(encoding="utf-8"))
    for route, row in rows.items():
        if set(row["allow"]) - set(CLASSES) or not row.get("why"):
            raise ImproperlyConfigured(f"access.toml: {route}: unknown class, or no reason given")
    return {route: frozenset(row["allow"]) for route, row in rows.items()}


def routes() -> Iterator[str]:
    """The names of all routes of the product."""
    yield from _names(get_resolver().url_patterns)


def require_complete() -> None:
    """Raise ImproperlyConfigured unless table and routes name the same; called before the first request."""
    names = set(routes())
    if names != set(table()):
        missing, idle = sorted(names - set(table())), sorted(set(table()) - names)
        raise ImproperlyConfigured(
            f"access.toml: routes without a row {missing}, rows without a route {idle}"
        )


class Gate:
    """Middleware: one look at the table before the view runs."""

    def __init__(self, get_response: Callable[[Visit], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        return self._next(request)

    def process_view(
        self, request: Visit, view: object, args: object, named: Mapping[str, object]
    ) -> HttpResponse | None:
        """None lets the request pass; else the page that says why not."""
        match = request.resolver_match
        allowed = table().get((match.url_name if match else None) or "", frozenset())
        if "anonymous" in allowed:
            return None
        if request.person is None:
            return sign_in_needed(request)
        if request.device.level != "full":
            return None if "duty_device" in allowed else forbidden(request)
        if {"holder", "leader", "superior"} <= allowed:
            return None
        return None if class_of(request, str(named.get("code", ""))) in allowed else forbidden(request)


def class_of(request: Visit, code: str = "") -> str:
    """The class of who is asking, by device and by the posts held now, at the own site or at the one of the code.

    Posts at the own site count for the sites below it. Elsewhere (sites at which one merely holds a duty) only the
    posts held there do: who leads one project leads no other by standing on its roster.
    """
    if getattr(request, "person", None) is None:
        return "anonymous"
    if request.device.level != "full":
        return "duty_device"
    person = request.person
    other = sites_for(person).filter(code=code).first() if code else None
    beside = other is not None and not f"{other.path}/".startswith(f"{person.site.path.rstrip('/')}/")
    return _class_of_posts(str(other.pk if other and beside else person.site_id), str(person.pk))


def _class_of_posts(site: str, person: str) -> str:
    try:
        rules = wiring.record().rules(site)
    except LookupError:  # a site without a plan of its own: nobody leads there
        return "holder"
    now = wiring.clock().now()
    if rules.holds(person, _leading(rules.plan), now):
        return "leader"
    return "superior" if rules.holds(person, (rules.plan.defaults.last_rung,), now) else "holder"


def _leading(plan: Plan) -> tuple[str, ...]:
    return plan.members(LEADING_GROUP) if LEADING_GROUP in plan.groups else ()


def _names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        else:
            yield pattern.name or str(pattern.pattern)
