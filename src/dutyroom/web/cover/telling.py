"""A proof of cover in words: the answer first, then each cause with its story, its dates and what would mend it.

Posts come first; a name stands beside a post only where a telephone must ring. Refuses to judge: the proof has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dutyroom.core.covering import Cause, causes
from dutyroom.core.instants import Instant
from dutyroom.core.plan import Plan
from dutyroom.core.proof import Hole, Moment, Proof, Question, Repair
from dutyroom.web.cover.drawing import Calendar, Drawing, calendar, drawing
from dutyroom.web.showing import Shown
from dutyroom.wording import codes
from dutyroom.wording.narrate import role_name, span

SHOWN_CAUSES, SHOWN_SPANS, SHOWN_REPAIRS, SHOWN_LINES = 12, 3, 4, 16
_UNHEARD = ("silent", "dead", "stale")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story. `what` picks its sign: call, silent, turn, missed, answered, idle."""

    since: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Mending:
    """One way to close the hole. `part` is the part of the plan's editor in which it is done, where it is there."""

    text: str
    part: str


@dataclass(frozen=True, slots=True)
class CauseView:
    """One cause as the page shows it."""

    key: str
    hole: str
    title: str
    lead: str
    end: str
    when: tuple[str, ...]
    more_when: int
    calendar: Calendar
    story: tuple[Line, ...]
    drawing: Drawing
    mendings: tuple[Mending, ...]
    others: tuple[str, ...]
    starts: str


@dataclass(frozen=True)
class Teller:
    """Tells one proof to one reader. `names` are holders of duty by staff number, `total` is the number of causes."""

    plan: Plan
    proof: Proof
    shown: Shown
    names: Mapping[str, str]
    total: int

    def answer(self) -> str:
        """The one sentence that the page is for."""
        proof, shown = self.proof, self.shown
        until = shown.time(proof.ends)
        if not proof.holes:
            return shown.say(f"cover.answer.{self._asked()}", until=until)
        code = "cover.answer.hole_now" if proof.covered_until <= shown.now else "cover.answer.hole"
        return shown.say(code, count=self.total, at=shown.time(proof.covered_until))

    def means(self) -> str:
        """What was asked, in a sentence."""
        return self.shown.say(f"cover.means.{self._asked()}", count=self.proof.missing)

    def causes(self) -> tuple[tuple[CauseView, ...], int]:
        """The causes, the first to open first, and how many more there are."""
        found = causes(self.proof)
        return tuple(self._cause(one) for one in found[:SHOWN_CAUSES]), max(0, self.total - SHOWN_CAUSES)

    # ---- a cause

    def _cause(self, cause: Cause) -> CauseView:
        hole, asked = cause.first, self._questions[cause.first.question]
        others = [self.step(self._questions[one]) for one in cause.steps if one != hole.question]
        return CauseView(
            cause.key,
            hole.id,
            self._title(cause),
            self.shown.say("cover.lead", step=self.step(asked), limit=self.span(asked.limit)),
            self._end(hole, asked),
            tuple(self._when(starts, ends) for starts, ends in cause.spans[:SHOWN_SPANS]),
            max(0, len(cause.spans) - SHOWN_SPANS),
            calendar(cause.spans, self.shown),
            self.story(hole, asked),
            drawing(hole, asked, self.shown, self.who),
            tuple(self._mending(one) for one in hole.repairs[:SHOWN_REPAIRS]),
            tuple(dict.fromkeys(others)),
            self.shown.time(hole.spans[0][0]),
        )

    def _title(self, cause: Cause) -> str:
        posts = [role_name(self.plan, one, self.shown.language) for one in cause.posts]
        if cause.down and posts:
            return self.shown.say(
                "cover.cause.both", posts=self._and(posts), channel=self.channel(cause.down)
            )
        if cause.down:
            return self.shown.say("cover.cause.down", channel=self.channel(cause.down))
        if posts:
            code = "cover.cause.idle" if self.proof.assumptions.idle else "cover.cause.silent"
            return self.shown.say(code, posts=self._and(posts))
        return self.shown.say(
            "cover.cause.nothing", post=role_name(self.plan, cause.role, self.shown.language)
        )

    def _end(self, hole: Hole, asked: Question) -> str:
        if hole.answered_after is None:
            return self.shown.say("cover.end.never")
        late = hole.answered_after - asked.limit
        return self.shown.say("cover.end.late", after=self.span(hole.answered_after), late=self.span(late))

    def _when(self, starts: Instant, ends: Instant) -> str:
        if starts <= self.shown.now:
            return self.shown.say("cover.when.now", until=self.shown.time(ends))
        return self.shown.say("cover.when", since=self.shown.time(starts), until=self.shown.time(ends))

    # ---- the story

    def story(self, hole: Hole, asked: Question) -> tuple[Line, ...]:
        """The course in words: first calls, turns, the limit, the answer; what only repeats itself is counted."""
        lines: list[Line] = []
        seen: dict[tuple[str, str, str], int] = {}
        told = False
        fates = {
            (one.offset, one.person, one.channel): one.what for one in hole.course if one.what in _UNHEARD
        }
        turned = {(one.offset, one.role) for one in hole.course if one.what == "escalated"}
        reached = {(one.offset, one.role) for one in hole.course if one.what in ("called", "empty")}
        for one in hole.course:
            if not told and (
                one.offset > asked.limit or (one.what == "missed" and one.offset == asked.limit)
            ):
                told = True
                lines.append(self._limit(asked))
            if _left_out(one, asked) or (one.what == "escalated" and (one.offset, one.role) in reached):
                continue
            name = (one.what, one.person or one.role, one.channel)
            seen[name] = seen.get(name, 0) + 1
            if seen[name] == 1:
                fate = fates.get((one.offset, one.person, one.channel), one.what)
                lines.append(self._line(one, fate, asked, (one.offset, one.role) in turned))
        again = sum(count - 1 for (what, _, _), count in seen.items() if what == "called")
        return self._shortened(lines if told else [*lines, self._limit(asked)], again)

    def _shortened(self, lines: Sequence[Line], again: int) -> tuple[Line, ...]:
        kept = list(lines[:SHOWN_LINES])
        if len(lines) > SHOWN_LINES:
            kept += [line for line in lines[SHOWN_LINES:] if line.what in ("missed", "answered")]
        if again:
            at = next((n for n, line in enumerate(kept) if line.what == "missed"), len(kept))
            kept.insert(at, Line("", "again", self.shown.say("cover.story.again", count=again)))
        return tuple(kept)

    def _line(self, one: Moment, what: str, asked: Question, turned: bool) -> Line:
        fields = {
            "who": self.who(one.person, one.role),
            "channel": self.channel(one.channel) if one.channel else "",
            "role": role_name(self.plan, one.role, self.shown.language),
            "late": self.span(max(0, one.offset - asked.limit)),
        }
        code = f"cover.story.{what}"
        if what == "answered" and one.offset > asked.limit:
            code = "cover.story.answered_late"
        if one.what in ("called", "empty") and turned:
            code += ".turned"
        return Line(self.since(one.offset), what, self.shown.say(code, **fields))

    def _limit(self, asked: Question) -> Line:
        return Line(
            self.since(asked.limit),
            "missed",
            self.shown.say("cover.story.missed", limit=self.span(asked.limit)),
        )

    # ---- repairs

    def _mending(self, repair: Repair) -> Mending:
        language = self.shown.language
        fields = {
            "who": self.who(repair.person, repair.role) if repair.person else "",
            "role": role_name(self.plan, repair.role, language),
            "deputy": role_name(self.plan, repair.detail, language),
            "channel": self.channel(repair.detail) if repair.what in ("channel", "renew") else "",
            "seconds": repair.detail,
        }
        code = f"cover.repair.{repair.what}{'.first' * repair.first}"
        part = {"deputy": f"roles.{repair.role}", "wait": "defaults"}.get(repair.what, "")
        return Mending(self.shown.say(code, **fields), part)

    # ---- words

    @property
    def _questions(self) -> Mapping[str, Question]:
        return {one.id: one for one in self.proof.questions}

    def _asked(self) -> str:
        kind = "idle" if self.proof.assumptions.idle else "silent"
        return f"{kind}.{'one' if self.proof.missing <= 1 else 'some'}" if kind == "silent" else kind

    def step(self, asked: Question) -> str:
        """The step's title; of a later round, that it is one."""
        step = self.plan.step.get(asked.step)
        title = step.title.in_language(self.shown.language) if step else asked.step
        if step is not None and step.each:
            title = self.shown.say(
                "cover.step.of", step=title, role=role_name(self.plan, asked.role, self.shown.language)
            )
        return self.shown.say("cover.step.again", step=title) if asked.again else title

    def who(self, person: str, role: str = "") -> str:
        """Post and name; the post alone of somebody not known."""
        name = self.names.get(person, "")
        post = role_name(self.plan, role or self._post(person), self.shown.language)
        return self.shown.say("cover.who", post=post, name=name) if name else post or person

    def _post(self, person: str) -> str:
        for hole in self.proof.holes:
            for one in hole.course:
                if one.person == person and one.role:
                    return one.role
        return ""

    def channel(self, kind: str) -> str:
        """The channel's name; what is named in the assumptions as it is."""
        return self.shown.say(f"channel.{kind}") if f"channel.{kind}" in codes() else kind

    def span(self, milliseconds: int) -> str:
        return span(milliseconds, self.shown.language)

    def since(self, offset: int) -> str:
        """How long after the step fell due."""
        return self.shown.say("cover.at_once") if offset == 0 else f"+{self.span(offset)}"

    def _and(self, names: Sequence[str]) -> str:
        counted = {name: names.count(name) for name in names}
        told = [
            self.shown.say("cover.posts", post=name, count=count) if count > 1 else name
            for name, count in counted.items()
        ]
        return self.shown.say("cover.and").join(told)


def _left_out(one: Moment, asked: Question) -> bool:
    """How a call went is told with the call; from the limit on only who answers, and who is called at that instant."""
    if one.what == "missed" or one.what in _UNHEARD:
        return True
    return one.offset > asked.limit and one.what not in ("answered", "idle")
