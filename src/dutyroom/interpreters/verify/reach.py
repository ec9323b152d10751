"""Which channels reach whom: as listed, or only where the person has answered lately; and how long that lasts.

Configured is not reachable. With evidence, a call on a channel without a fresh answer is made and goes unheard. Proofs
take what is fresh at their beginning to be renewed in time; `expiring` asks what if it is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dutyroom.core.instants import Instant
from dutyroom.core.proof import Assumptions
from dutyroom.core.roster import END, Responder
from dutyroom.interpreters.verify.course import Reaches, always
from dutyroom.interpreters.verify.memo import Watched


@dataclass
class Reach:
    """What a run may know of people's channels under the assumptions. `sure` pairs count in any case."""

    people: Mapping[str, Responder]
    assumptions: Assumptions
    starts: Instant
    expiring: bool = False
    sure: frozenset[tuple[str, str]] = frozenset()

    def sees(self, person: str) -> Any:
        """Everything about the person that a run can see, but not who it is."""
        responder = self.people.get(person)
        if responder is None:
            return None
        if self.assumptions.evidence is None or self.expiring:
            return tuple((one.kind, one.wait) for one in responder.channels)
        return tuple((one.kind, one.wait, self.fresh(person, one.kind)) for one in responder.channels)

    def lasts(self, person: str, channel: str) -> Instant:
        """The instant from which on the channel no longer counts."""
        if self.assumptions.evidence is None or (person, channel) in self.sure:
            return END
        answered_at = self.assumptions.evidence.get((person, channel))
        return -END if answered_at is None else answered_at + self.assumptions.evidence_life

    def fresh(self, person: str, channel: str) -> bool:
        """Whether the channel counts when the proof begins."""
        return self.starts < self.lasts(person, channel)

    def reaches(self, person: str, channel: str, at: Instant) -> bool:
        """Whether a call at the instant reaches the person."""
        if self.expiring:
            return at < self.lasts(person, channel)
        return self.assumptions.evidence is None or self.fresh(person, channel)

    def watched(self, roster: Watched) -> Reaches:
        """The same for a run whose look-ups are noted: what can change while the proof lasts is noted too."""
        if self.assumptions.evidence is None:
            return always
        if not self.expiring:
            return self.reaches

        def reaches(person: str, channel: str, at: Instant) -> bool:
            roster.reaches(person, channel, at)
            return at < self.lasts(person, channel)

        return reaches
