"""Cases lived by chance, for what no script asks: people who do what they may, what they may not, and the same twice.

A life is a list of commands at their instants, drawn once from a number: the same number is the same life. What is
offered is answered validly more often than not; the rest is tried by anybody, on anything, with any answers.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dutyroom.core.commands import (
    Act,
    Answer,
    Command,
    Justify,
    NoteCallFailed,
    OpenCase,
    Times,
    Volunteer,
    Waive,
)
from dutyroom.core.decide.acting import Offer, offers, waivable
from dutyroom.core.instants import HOUR, MINUTE, SECOND, Instant
from dutyroom.core.phases import CLOSED
from dutyroom.core.plan import Field, FieldType, Step, Verb
from dutyroom.core.roster import PlanInForce
from dutyroom.core.settle import Outage
from tests.interpreters.playing import Listed, Piece, listed

PAUSES = (SECOND, MINUTE, MINUTE, 3 * MINUTE, 10 * MINUTE, 40 * MINUTE)


def life(
    name: str, rules: PlanInForce, starts: Instant, seed: int, length: int, outages: Sequence[Outage] = ()
) -> Piece:
    """The life that the seed gives, `length` commands long at the most; what comes in an outage waits for its end."""
    made = _Life(rules, starts, random.Random(seed))
    while len(made.asked) < length and made.play.case.phase != CLOSED:
        made.go_on()
    return listed(name, rules, made.asked, made.now + HOUR, outages)


@dataclass
class _Life:
    rules: PlanInForce
    now: Instant
    chance: random.Random
    asked: list[tuple[Instant, Command]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.play = Listed(self.rules, ())
        plan = self.rules.plan
        facts: dict[str, Answer] = {
            "kind": self.chance.choice(sorted(plan.kinds)),
            "affected": 12,
            "strange": 1,
        }
        happened, known = self.now - 9 * MINUTE, self.now - 4 * MINUTE
        times = Times(
            self.now, self.now - MINUTE, *self.chance.choice(((happened, known), (None, known), ()))
        )
        self.ask(OpenCase(self.name(), "life", "site", times, facts, {"what": "x"}, exercise=True))

    def go_on(self) -> None:
        """One more command of some kind, after some time."""
        self.pass_time(self.now + self.chance.choice(PAUSES))
        kinds = (self.offered, self.offered, self.offered, self.anything, self.volunteering, self.odd)
        command = self.chance.choice(kinds)()
        if command is not None:
            self.ask(command)

    def pass_time(self, until: Instant) -> None:
        self.play.run(self.now, until)
        self.now = until

    def ask(self, command: Command) -> None:
        self.asked.append((self.now, command))
        self.play.ask(command, self.now)

    def name(self) -> str:
        return f"life-{len(self.asked)}"

    def times(self) -> Times:
        return Times(
            self.now, self.now - self.chance.choice((0, 0, 20 * MINUTE)) + self.chance.choice((0, SECOND))
        )

    # ---- what is asked

    def offered(self) -> Command | None:
        """What somebody may do, preferring what is done and what nothing stands against."""
        case, people = self.play.case, sorted(self.rules.people)
        found = [(one, offer) for one in people for offer in offers(self.rules, case, one, self.now)]
        best = [pair for pair in found if pair[1].verb in (Verb.DONE, Verb.ON_SCENE) and not pair[1].unmet]
        person, offer = self.chance.choice(best or found or [("", None)])
        return self.take_up(person, offer) if offer else None

    def take_up(self, person: str, offer: Offer) -> Command:
        step = self.rules.plan.step[offer.step]
        answers = self.answers(step) if offer.verb is Verb.DONE else {}
        if not offer.key:
            return Volunteer(self.name(), person, offer.step, self.times(), answers)
        if offer.waivable and self.chance.random() < 0.2:
            return Waive(self.name(), person, offer.key, "reason", self.times())
        return Act(self.name(), person, offer.key, offer.verb, self.times(), answers)

    def anything(self) -> Command:
        """Any verb by anybody on any obligation there ever was."""
        known = self.play.case.obligations
        key = self.chance.choice(
            [*known, *(one.key for one in self.play.case.open_obligations()), "strange#1"]
        )
        asked = known[key].asked if key in known and self.chance.random() < 0.6 else ()
        person = self.chance.choice(asked) if asked else self.anybody()
        step = self.rules.plan.step.get(key.split("#")[0])
        if self.chance.random() < 0.3:
            return Waive(self.name(), person, key, self.chance.choice(("", "reason")), self.times())
        return Act(
            self.name(),
            person,
            key,
            self.chance.choice(tuple(Verb)),
            self.times(),
            self.answers(step) if step else {},
        )

    def volunteering(self) -> Command:
        """Any step of the plan, by anybody: those that are only allowed more often."""
        free = [step for step in self.rules.plan.steps if step.voluntary]
        step = self.chance.choice([*free * 3, *self.rules.plan.steps])
        if self.chance.random() < 0.05:
            return Volunteer(self.name(), self.anybody(), "strange", self.times())
        return Volunteer(self.name(), self.anybody(), step.id, self.times(), self.answers(step))

    def odd(self) -> Command | None:
        """The same again, a call that failed, a word on a deviation, or a release without a reason."""
        which = self.chance.randrange(4)
        if which == 0:
            return next((one for _, one in reversed(self.asked) if not isinstance(one, OpenCase)), None)
        if which == 1:
            called = [
                (owed.key, *owed.called[-1]) for owed in self.play.case.obligations.values() if owed.called
            ]
            return NoteCallFailed(*self.chance.choice(called), "refused") if called else None
        if which == 2:
            words, change = ("", "road closed"), self.chance.random() < 0.5
            deviation, reason = self.chance.choice(("", "d-1")), self.chance.choice(words)
            return Justify(self.name(), self.anybody(), deviation, reason, change, self.times())
        return self.unreasoned()

    def unreasoned(self) -> Command | None:
        """Somebody who may release an obligation does so without a word."""
        case = self.play.case
        found = [
            (one, key)
            for one in sorted(self.rules.people)
            for key in waivable(self.rules, case, one, self.now)
        ]
        by, key = self.chance.choice(found or [("", "")])
        return Waive(self.name(), by, key, " ", self.times()) if by else None

    def anybody(self) -> str:
        return self.chance.choice(sorted(self.rules.people))

    def answers(self, step: Step) -> dict[str, Answer]:
        """An answer to every question; now and then one is left out, does not fit, or was not asked for."""
        given = {asked.id: self.answer(asked) for asked in step.asks}
        if given and self.chance.random() < 0.15:
            spoiled = self.chance.choice(sorted(given))
            given[spoiled] = self.chance.choice(("", "spoiled", -1, True, self.now - HOUR))
        if self.chance.random() < 0.05:
            given["strange"] = "x"
        if step.repeat and step.repeat.nothing_new and self.chance.random() < 0.3:
            given = {"nothing_new": True}
        return given

    def answer(self, asked: Field) -> Answer:
        plan, pick = self.rules.plan, self.chance.choice
        match asked.type:
            case FieldType.COUNT:
                return self.chance.randrange(60)
            case FieldType.BOOL:
                return self.chance.random() < 0.7
            case FieldType.TIME:
                return self.now + self.chance.randrange(1, 300) * MINUTE
            case FieldType.ROLE:
                return pick(sorted(plan.roles))
            case FieldType.LEVEL:
                return pick(plan.levels).id
            case FieldType.KIND:
                return pick(sorted(plan.kinds))
            case FieldType.CHOICE:
                return pick(sorted(asked.options))
            case FieldType.WARNING:
                return pick(tuple(self.warnings()) or ("strange",))
        return "words"

    def warnings(self) -> Iterator[str]:
        known = self.rules.plan.warnings
        for name, hazard in known.hazards.items():
            for colour in (*hazard.colours, "none"):
                yield f"{name}:{next(iter(known.areas), 'all')}:{colour}"
