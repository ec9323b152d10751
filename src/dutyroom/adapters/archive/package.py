"""What a case's archive is made of, as a plain value (`contents.py` says which file each part becomes).

Everything is given by the caller; there is no clock, no database and no rendering here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dutyroom.adapters.archive.duty import Duty
from dutyroom.core.ledger import Entry
from dutyroom.core.review import Review


class Photo(NamedTuple):
    """A picture: its file name in the archive, its bytes, and the SHA-256 in hex that the record knows it by."""

    name: str
    data: bytes
    sha256: str


class Earlier(NamedTuple):
    """An earlier checkpoint, as it was signed then, and the proof that the archive's tree begins with its
    tree.

    With these, somebody who kept the checkpoint of a past day can hold it against the archive.
    """

    checkpoint: str
    proof: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Package:
    """One case, whole.

    `entries` is every entry of the case in order; `leaf_indexes` and `proofs` say where each stands in the
    site's tree of `tree_size` leaves with `root`, which `checkpoint` (a signed note) and `public_key` (hex)
    vouch for. `people_in_role` names holders of duty roles only, `duty` says who was on duty around the case, by
    identifiers and kinds of channels. `bagging_date` is a date as text: nothing here reads a clock.
    """

    case_id: str
    site_id: str
    site_name: str
    entries: Sequence[Entry]
    leaf_indexes: Sequence[int]
    tree_size: int
    root: bytes
    proofs: Sequence[Sequence[bytes]]
    checkpoint: str
    public_key: str
    plan_text: str
    plan_sha256: str
    roster_text: str
    people_in_role: Sequence[Mapping[str, str]]
    photos: Sequence[Photo]
    deliveries: Sequence[Mapping[str, str | int | None]]
    review: Review
    bagging_date: str
    earlier: Sequence[Earlier] = ()
    language: str = "zh"
    duty: Duty | None = None
