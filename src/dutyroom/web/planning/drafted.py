"""The draft of a site's plan as the pages know it: whether it may be written or approved by who is asking."""

from dutyroom import wiring
from dutyroom.core.plan import Plan
from dutyroom.store.drafts import OpenDraft, open_draft
from dutyroom.store.models import Site
from dutyroom.web.access import class_of
from dutyroom.web.planning.judging import judge
from dutyroom.web.visit import Visit


def draft_of(site: Site) -> OpenDraft | None:
    """The open draft of a site that was found in the reader's scope."""
    return open_draft(wiring.pool(), str(site.pk))


def draft_plan(request: Visit, site: Site, *, sound: bool = False) -> Plan | None:
    """The plan that the open draft reads as, for those who may write; None where there is none that reads.

    A `sound` one has no errors either: the engine can play it.
    """
    if class_of(request, site.code) not in ("leader", "superior"):
        return None
    draft = draft_of(site)
    judged = judge(draft.text, "") if draft else None
    return None if judged is None or (sound and judged.errors) else judged.plan
