"""A people list taken in: upload, preview, confirm; and given out again.

The upload is read and let go. What travels to the confirmation is what was read of holders of duty, signed by us; of
everybody else only how many they are. The confirmation holds the list against what is known by then once more.
"""

from typing import Any

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import TypeAdapter, ValidationError

from dutyroom.core.findings import Finding, Refusal
from dutyroom.core.instants import HOUR, SECOND
from dutyroom.core.roster import INBOX
from dutyroom.store.listing import Changed, Changes, Given
from dutyroom.store.models import Site
from dutyroom.store.people import Listed
from dutyroom.web.people.scoped import led_site, post_name, told
from dutyroom.web.visit import Visit
from dutyroom.wiring import staffing
from dutyroom.wiring.staffing import Looked
from dutyroom.wording import say
from dutyroom.wording.narrate import tell

LARGEST = 10_000_000
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SALT = "dutyroom.people.list"
_GOOD_FOR = HOUR // SECOND
_GIVEN = TypeAdapter(Given)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Visit, code: str) -> HttpResponse:
    """GET: choose a file. POST: what it would change; nothing is written."""
    site = led_site(request, code)
    if request.method != "POST":
        return _page(request, site)
    files = request.FILES.getlist("list")
    if not files:
        return _page(request, site, refusal=Refusal("people.page.no_file"))
    if (files[0].size or 0) > LARGEST:
        too_large = Finding("staff.file.too_large", "error", "workbook", {"megabytes": LARGEST // 1_000_000})
        return _page(request, site, Looked((too_large,)))
    try:
        return _page(request, site, staffing.look(files[0].read(), str(site.pk)))
    except LookupError:
        return _page(request, site, refusal=Refusal("people.page.no_plan"))


@require_POST
def confirm(request: Visit, code: str) -> HttpResponse:
    """Do what was previewed, all of it, or show what would change now if something is different meanwhile."""
    site = led_site(request, code)
    state = _opened(str(request.POST.get("state", "")), site)
    if state is None:
        return _page(request, site, refusal=Refusal("people.page.stale"))
    given, expected = state
    done = staffing.carry_out(given, str(site.pk), expected, str(request.person.pk))
    if isinstance(done, Refusal):
        return _page(request, site, staffing.look_again(given, str(site.pk)), done)
    if not done.possible:
        return _page(request, site, staffing.look_again(given, str(site.pk)))
    address = reverse("people_import", args=[site.code])
    return HttpResponseRedirect(f"{address}?done=1", status=303)


@require_safe
def export(request: Visit, code: str) -> HttpResponse:
    """The list as a workbook, to be changed and taken in again."""
    site = led_site(request, code)
    try:
        data = staffing.export(str(site.pk))
    except LookupError:
        return _page(request, site, refusal=Refusal("people.page.no_plan"))
    answer = HttpResponse(data, content_type=SHEET_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="people-{site.code}.xlsx"'
    return answer


def _sealed(site: Site, looked: Looked) -> str:
    if looked.given is None or looked.changes is None:
        return ""
    held = {
        "site": str(site.pk),
        "known": looked.changes.known,
        "given": _GIVEN.dump_python(looked.given, mode="json"),
    }
    return signing.dumps(held, salt=_SALT, compress=True)


def _opened(state: str, site: Site) -> tuple[Given, str] | None:
    """What was previewed of this site within the hour; None for anything else."""
    try:
        held = signing.loads(state, salt=_SALT, max_age=_GOOD_FOR)
        if held["site"] != str(site.pk):
            return None
        return _GIVEN.validate_python(held["given"]), str(held["known"])
    except (signing.BadSignature, ValidationError, KeyError, TypeError):
        return None


def _page(
    request: Visit, site: Site, looked: Looked | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    language = request.language
    given: dict[str, Any] = {
        "site": site,
        "site_name": site.name(language),
        "refused": told(request, refusal),
        "done": request.method == "GET" and request.GET.get("done") == "1",
    }
    if looked is not None:
        given |= {
            "looked": looked,
            "possible": looked.possible,
            "faults": _told(looked.findings, ("error",), language),
            "remarks": _told(looked.findings, ("warning", "note"), language),
            "changes": looked.changes,
            "joining": len(looked.changes.joins) + len(looked.changes.returns) if looked.changes else 0,
            "changed": _changed(site, looked.changes, language),
            "counts": _counts(looked.changes),
            "state": _sealed(site, looked) if looked.possible else "",
        }
    failed = refusal is not None or (looked is not None and not looked.possible)
    return render(request, "web/people_import.html", given, status=400 if failed else 200)


def _told(
    findings: tuple[Finding, ...], severities: tuple[str, ...], language: str
) -> list[tuple[str, str, str]]:
    """Place, sentence, severity."""
    return [
        ("" if one.place == "workbook" else one.place, tell(one, language), one.severity)
        for one in findings
        if one.severity in severities
    ]


def _changed(
    site: Site, changes: Changes | None, language: str
) -> list[tuple[Listed, list[tuple[str, str, str]]]]:
    """Each changed person with (field, before, after)."""
    return [
        (
            one.after,
            [
                (say(f"people.field.{name}", language), *_both(site, one, name, language))
                for name in one.fields
            ],
        )
        for one in (changes.changed if changes else ())
    ]


def _both(site: Site, one: Changed, name: str, language: str) -> tuple[str, str]:
    """Before and after; of several addresses only those that differ, unless their order is all that does."""
    if name == "channels":
        before, after = _addresses(one.before), _addresses(one.after)
        if set(before) != set(after):
            gone, new = (
                (each for each in before if each not in after),
                (each for each in after if each not in before),
            )
            return "、".join(gone), "、".join(new)
    return _value(site, one.before, name, language), _value(site, one.after, name, language)


def _addresses(one: Listed) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for kind, address in one.channels if kind != INBOX))


def _value(site: Site, one: Listed, name: str, language: str) -> str:
    value = getattr(one, name)
    if name == "posts":
        return "、".join(post_name(str(site.pk), role, language) for role in value)
    if name == "channels":
        return "、".join(_addresses(one))
    if name == "qualifications":
        return "、".join(f"{kind}（{until}）" if until else kind for kind, until in value)
    if name == "deputies":
        return "、".join(value)
    if name in ("language", "second_language"):
        return say(f"people.language.{value}", language) if value else ""
    return str(value or "")


def _counts(changes: Changes | None) -> list[tuple[str, int, int]]:
    """Unit, how many without a duty post it has by the list, and how many it had."""
    if changes is None:
        return []
    after, before = changes.headcounts or {}, changes.counts_before or {}
    return [(unit, after.get(unit, 0), before.get(unit, 0)) for unit in dict.fromkeys([*after, *before])]
