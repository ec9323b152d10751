"""The plan in force as a file to print: PDF, Word, or a public PDF without names and phone numbers.

The paper is made by `adapters.documents` from the edition's own text, its roster, and the people who hold duty now.
"""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from dutyroom.adapters.documents.plan import print_plan
from dutyroom.adapters.planfolder import PLAN, ROSTER, LoadedPlan
from dutyroom.adapters.staff import Holder
from dutyroom.core.roster import Channel, Responder
from dutyroom.store.models import Edition, Person, Site
from dutyroom.store.scope import people_for
from dutyroom.web.planning import found
from dutyroom.web.planning.judging import judge, roster_of
from dutyroom.web.visit import Visit

_FORMS = {
    "pdf": ("application/pdf", "pdf"),
    "public": ("application/pdf", "pdf"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
}


@require_safe
def file(request: Visit, code: str, form: str) -> HttpResponse:
    """The file, to be kept under the plan's number and version."""
    site = found.site_of(request, code)
    if form not in _FORMS:
        raise Http404
    edition = found.edition_in_force(site)
    holders = () if form == "public" else _holders(request.person, site, edition)
    printed = print_plan(_loaded(edition, holders), request.language, form == "public")
    media_type, ending = _FORMS[form]
    response = HttpResponse(printed.docx if ending == "docx" else printed.pdf, content_type=media_type)
    name = f"plan-{site.code}-{edition.sha256[:8]}{'-public' if form == 'public' else ''}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _loaded(edition: Edition, holders: tuple[Holder, ...]) -> LoadedPlan:
    """The edition as if it were read from its folder."""
    judged = judge(edition.text, edition.roster_text)
    roster = roster_of(edition.roster_text) if edition.roster_text else None
    people = {
        one.number: Responder(one.number, one.language, tuple(Channel(kind) for kind, _ in one.channels))
        for one in holders
    }
    names = {one.number: one.name for one in holders}
    texts = {PLAN: edition.text, ROSTER: edition.roster_text}
    return LoadedPlan(found.plan_of(edition), roster, people, names, texts, judged.findings, holders)


def _holders(reader: Person, site: Site, edition: Edition) -> tuple[Holder, ...]:
    """Who holds a post of the edition's roster, with the channels known of them now."""
    posts: dict[str, list[str]] = {}
    roster = roster_of(edition.roster_text) if edition.roster_text else None
    if roster is not None:
        pairs = [(person, role) for role, people in roster.standing.items() for person in people]
        for person, role in [*pairs, *((one.person, one.role) for one in roster.periods)]:
            if role not in posts.setdefault(person, []):
                posts[person].append(role)
    found_people = people_for(reader).filter(tenant=site.tenant, number__in=posts, ends_at=None)
    return tuple(
        Holder(
            one.number,
            one.name,
            tuple(posts[one.number]),
            one.language,
            tuple((channel.kind, channel.address) for channel in one.channels.all()),
            "",
        )
        for one in found_people.order_by("number").prefetch_related("channels")
    )
