"""A draft's roster.yaml: who holds which post where the paper names both, else a comment that says why not."""

from collections.abc import Iterator

from dutyroom.adapters.drafts.people import listed
from dutyroom.adapters.drafts.planfile import flow
from dutyroom.core.drafting.proposal import ROLE, Draft
from dutyroom.wording import LANGUAGES, say


def roster_text(draft: Draft, id: str, zone: str = "Asia/Shanghai") -> str:
    """The whole file. It holds staff numbers only; posts nobody was named for are listed as open."""
    return "\n".join(_lines(draft, id, zone)) + "\n"


def _lines(draft: Draft, id: str, zone: str) -> Iterator[str]:
    holders: dict[str, list[str]] = {}
    for person in listed(draft):
        for role in person.roles:
            holders.setdefault(role, []).append(person.number)
    roles = [one.id for one in draft.proposals if one.part == ROLE]
    yield from _comment("draft.roster.head")
    yield ""
    yield f"roster: {{plan: {flow(id)}, zone: {zone}}}"
    yield ""
    if not holders:
        yield from _comment("draft.roster.nobody")
        yield "posts: {}"
    else:
        yield "posts:"
        for role, numbers in holders.items():
            yield f"  {role}: [{', '.join(numbers)}]"
    for role in roles:
        if role not in holders:
            yield f"  # {role}: " + " / ".join(say("draft.roster.open", lang) for lang in LANGUAGES)


def _comment(code: str) -> Iterator[str]:
    for lang in LANGUAGES:
        for line in say(code, lang).splitlines():
            yield f"# {line}"
