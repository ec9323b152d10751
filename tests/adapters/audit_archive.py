"""Archives of played cases, written by the real writer; only the printed review is left to a word of its own."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from dutyroom.adapters.archive import contents
from dutyroom.adapters.archive.duty import Duty
from dutyroom.adapters.archive.package import Package
from dutyroom.adapters.archive.writer import write
from dutyroom.adapters.vault import Vault
from dutyroom.core import ledger
from dutyroom.core.codec import dump_event, event_type
from dutyroom.core.events import Event
from dutyroom.core.instants import iso
from dutyroom.core.ledger import Checkpoint, Entry, Tree
from dutyroom.core.roster import PlanInForce
from tests.adapters.sample_case import a_review


def entries_of(events: Sequence[Event], case: str) -> list[Entry]:
    """The events as the store would have written them, chained."""
    entries: list[Entry] = []
    for number, event in enumerate(events, 1):
        body = ledger.canonical(dump_event(event)).decode()
        previous = ledger.leaf(entries[-1]).hex() if entries else ""
        actor = str(getattr(event, "by", ""))
        entries.append(
            Entry(f"{case}-{number:04d}", "site", case, number, event_type(event), iso(event.at), iso(event.at), actor,
                  body, previous)
        )  # fmt: skip
    return entries


def archive(
    folder: Path,
    vault: Vault,
    rules: PlanInForce,
    events: Sequence[Event],
    plan_text: str,
    *,
    duty: Duty | None,
    case: str = "5f2c1d7a90b34e55",
) -> Path:
    """The zip of the case."""
    entries = entries_of(events, case)
    tree = Tree([ledger.leaf(entry) for entry in entries])
    package = Package(
        case_id=case,
        site_id="site",
        site_name="项目部",
        entries=entries,
        leaf_indexes=list(range(len(entries))),
        tree_size=tree.size,
        root=tree.root(),
        proofs=[tree.inclusion_proof(index) for index in range(len(entries))],
        checkpoint=vault.sign_checkpoint(Checkpoint("site", tree.size, tree.root(), "2026-12-01")),
        public_key=vault.public_key,
        plan_text=plan_text,
        plan_sha256=sha256(plan_text.encode()).hexdigest(),
        roster_text="",
        people_in_role=list(_people(rules, events)),
        photos=[],
        deliveries=[],
        review=a_review(),
        bagging_date="2026-12-01",
        duty=duty,
    )
    bag = write(package, folder, vault.sign, reviewed=True, renderers=_WORDS)
    return bag.with_name(bag.name + ".zip")


_WORDS = {
    contents.REVIEW_PDF: lambda review, lang: b"review",
    contents.REVIEW_DOCX: lambda review, lang: b"review",
}


def _people(rules: PlanInForce, events: Sequence[Event]) -> list[Mapping[str, str]]:
    instants = sorted({one.at for one in events})
    involved = {str(getattr(one, "by", "") or getattr(one, "person", "")) for one in events} - {""}
    posts = {
        person: " ".join(
            sorted(
                role for role in rules.plan.roles if any(rules.holds(person, (role,), at) for at in instants)
            )
        )
        for person in sorted(involved)
    }
    return [
        {"person": one, "number": one, "name": f"holder of {role}", "role": role}
        for one, role in posts.items()
    ]
