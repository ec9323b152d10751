"""What must hold after the storm, judged from outside: the clients' receipts, the receiver's log, and plain arithmetic.

The database is asked for its rows; no function of the store judges them. Only the core's published hash arithmetic
(RFC 9162) is shared with the product, and that is tested against vectors.
"""

import json
from dataclasses import dataclass
from typing import Any

from benchmarks.room import House
from benchmarks.told import Account, account
from dutyroom.core.ledger import Entry, chain_faults, leaf

_ENTRIES = """
SELECT e.entry_id::text, e.site_id::text, e.case_id::text, e.case_seq, e.type, e.at, e.recorded_at, e.actor, e.body,
  e.previous, e.leaf, s.position FROM store_entry e LEFT JOIN store_seal s ON s.entry_id = e.id
ORDER BY e.case_id, e.case_seq
"""


@dataclass(frozen=True)
class Verdict:
    """Everything that was counted."""

    told: Account
    broken_chains: int
    wrong_leaves: int
    unsealed: int
    holes_in_tree: int
    acts_lost: int

    def __str__(self) -> str:
        told = self.told
        return (
            f"{told.acknowledged} receipts, {told.missing_reports} reports lost, {told.lost} pages missed, "
            f"{told.doubled} repeats under the same identity, {told.strangers} under another, "
            f"{self.acts_lost} acts lost, {self.broken_chains} chains broken, {self.wrong_leaves} wrong hashes, "
            f"{self.unsealed} entries unsealed, {self.holes_in_tree} holes in the tree"
        )


def judge(made: House, receipts: list[list[Any]], acts: list[str]) -> Verdict:
    """`acts` are the command identifiers of answers that were confirmed to a person."""
    rows = made.ask(_ENTRIES)
    chains: dict[str, list[Entry]] = {}
    for row in rows:
        chains.setdefault(row[2], []).append(Entry(*row[:10]))
    positions = sorted(row[11] for row in rows if row[11] is not None)
    marked = {json.loads(row[8])["command"] for row in rows if row[4] == "ActMarked"}
    return Verdict(
        told=account(made, receipts),
        broken_chains=sum(bool(chain_faults(chain)) for chain in chains.values()),
        wrong_leaves=sum(leaf(Entry(*row[:10])).hex() != row[10] for row in rows),
        unsealed=sum(row[11] is None for row in rows),
        holes_in_tree=sum(place != number for number, place in enumerate(positions)),
        acts_lost=len(set(acts) - marked),
    )
