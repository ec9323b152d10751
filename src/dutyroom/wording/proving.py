"""A proof of cover in words: the answer first, then each hole as a short story, then what was assumed.

Knows the plan's titles and the proof's values; persons stay staff numbers. Judges nothing.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dutyroom.core.instants import SECOND, Instant, Milliseconds
from dutyroom.core.plan import Plan
from dutyroom.core.proof import Hole, Moment, Proof, Question, Repair
from dutyroom.wording import codes, say
from dutyroom.wording.narrate import role_name, span, step_title

NameOf = Callable[[str], str]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPANS = 3  # spans written out; the rest is counted
_LINES = 16  # lines of a course
_WAY = 8  # steps of a way to a fault


def tell_proof(plan: Plan, proof: Proof, lang: str, zone: str, name_of: NameOf = str) -> str:
    """The whole proof as text; times are those of `zone`."""
    return "\n".join(_Teller(plan, proof, lang, zone, name_of).lines())


def tell_answer(plan: Plan, proof: Proof, lang: str, zone: str) -> str:
    """The answer in one sentence."""
    return _Teller(plan, proof, lang, zone, str).answer()


def tell_hole(plan: Plan, proof: Proof, hole: Hole, lang: str, zone: str, name_of: NameOf = str) -> str:
    """One hole in one sentence: who does not answer, what nobody takes, within what time."""
    return _Teller(plan, proof, lang, zone, name_of).sentence(hole)


def tell_moment(plan: Plan, moment: Moment, lang: str, name_of: NameOf = str) -> str:
    """One line of a course, without its time."""
    channel = channel_name(moment.channel, lang)
    role = role_name(plan, moment.role, lang)
    return say(
        f"verify.moment.{moment.what}", lang, person=name_of(moment.person), role=role, channel=channel
    )


def tell_repair(plan: Plan, repair: Repair, lang: str, name_of: NameOf = str) -> str:
    """What to change."""
    code = f"verify.repair.{repair.what}" + (".first" if repair.first else "")
    return say(
        code,
        lang,
        person=name_of(repair.person),
        role=role_name(plan, repair.role, lang),
        deputy=role_name(plan, repair.detail, lang),
        channel=channel_name(repair.detail, lang),
        seconds=repair.detail,
    )


def channel_name(kind: str, lang: str) -> str:
    """The channel's word, or its own name where it is the deployer's."""
    code = f"channel.{kind}"
    return say(code, lang) if code in codes() else kind


class _Teller:
    def __init__(self, plan: Plan, proof: Proof, lang: str, zone: str, name_of: NameOf) -> None:
        self.plan, self.proof, self.lang, self.name_of = plan, proof, lang, name_of
        self.zone = ZoneInfo(zone)
        self.asked = {question.id: question for question in proof.questions}

    def say(self, code: str, **fields: object) -> str:
        return say(code, self.lang, **fields)

    def lines(self) -> Iterator[str]:
        yield self.answer()
        for role, since in self.proof.empty_from.items():
            yield self.say("verify.empty_from", role=role_name(self.plan, role, self.lang), at=self.at(since))
        for number, hole in enumerate(self.proof.holes, 1):
            yield ""
            yield f"{number}. {self.sentence(hole)}"
            yield from (f"   {line}" for line in self.story(hole))
        yield from self.flow()
        yield ""
        yield from self.assumed()

    def answer(self) -> str:
        proof = self.proof
        fields = {
            "plan": self.plan.title.in_language(self.lang),
            "first": self.at(proof.starts),
            "last": self.at(proof.ends),
            "missing": proof.missing,
            "holes": len(proof.holes),
            "until": self.at(proof.covered_until),
        }
        what = "idle" if proof.assumptions.idle else "silent"
        if not proof.holds and not proof.holes and proof.flow is not None:
            return self.say("verify.covered.but", faults=len(proof.flow.faults), **fields)
        if not proof.holes:
            return self.say("verify.covered" if proof.missing else "verify.covered.all", **fields) + (
                self.say(f"verify.meant.{what}") if proof.missing else ""
            )
        begins = proof.covered_until <= proof.starts
        return self.say("verify.holes.now" if begins else "verify.holes", **fields)

    def sentence(self, hole: Hole) -> str:
        question = self.asked[hole.question]
        fields = {
            "step": self.title(question),
            "role": role_name(self.plan, question.role, self.lang),
            "limit": span(question.limit, self.lang),
            "who": self.joined([self.name_of(one) for one in hole.silent]),
            "down": channel_name(hole.down, self.lang),
        }
        what = "idle" if self.proof.assumptions.idle else "silent"
        code = "nobody"
        if hole.silent:
            code = f"{what}.down" if hole.down else what
        elif hole.down:
            code = "down"
        return self.say(f"verify.hole.{code}", **fields)

    def title(self, question: Question) -> str:
        key = f"{question.step}#1" + (f"@{question.role}" if "@" in question.id else "")
        title = step_title(self.plan, key, self.lang)
        if question.again:
            title = self.say("verify.again", title=title)
        more = len(question.steps) - 1
        return self.say("verify.and_more", title=title, more=more) if more else title

    def story(self, hole: Hole) -> Iterator[str]:
        yield self.say("verify.when", spans=self.spans(hole))
        for moment in self.course(hole):
            yield f"  +{self.clock(moment.offset)}  {tell_moment(self.plan, moment, self.lang, self.name_of)}"
        if hole.answered_after is None:
            yield self.say("verify.never")
        else:
            yield self.say("verify.at_last", after=span(hole.answered_after, self.lang))
        if hole.repairs:
            first, *others = [tell_repair(self.plan, one, self.lang, self.name_of) for one in hole.repairs]
            yield self.say("verify.repair", what=first)
            if others:
                yield self.say("verify.repair.or", what=self.joined(others))
        else:
            yield self.say("verify.no_repair")

    def course(self, hole: Hole) -> list[Moment]:
        """Why nobody answers is said of the call itself; the long ringing after the limit is left out."""
        limit = self.asked[hole.question].limit
        shown = [one for one in hole.course if one.offset <= limit or one.what == "answered"]
        kept: list[Moment] = []
        for one in shown:
            if one.what in ("silent", "dead", "stale") and kept and kept[-1].what == "called":
                kept.pop()
            kept.append(one)
        return kept if len(kept) <= _LINES else [*kept[: _LINES - 2], *kept[-2:]]

    def spans(self, hole: Hole) -> str:
        shown = self.joined(
            [self.say("verify.span", first=self.at(a), last=self.at(b)) for a, b in hole.spans[:_SPANS]]
        )
        whole = sum(ends - starts for starts, ends in hole.spans)
        code = "verify.spans" if len(hole.spans) > _SPANS else "verify.spans.few"
        return self.say(code, shown=shown, count=len(hole.spans), whole=span(whole, self.lang))

    def flow(self) -> Iterator[str]:
        flow = self.proof.flow
        if flow is None:
            return
        for fault in flow.faults:
            step = self.plan.step.get(fault.step)
            yield ""
            yield self.say(
                f"verify.flow.{fault.what}",
                step=step.title.in_language(self.lang) if step else fault.step,
                phase=self.say(f"phase.{fault.phase}") if fault.phase else "",
                path=" → ".join(self.path(fault.steps)),
            )

    def path(self, steps: tuple[str, ...]) -> list[str]:
        """The titles of the way there; of a long one the end."""
        titles = [step_title(self.plan, one, self.lang) for one in steps]
        return titles if len(titles) <= _WAY else ["…", *titles[-_WAY:]]

    def assumed(self) -> Iterator[str]:
        proof, assumed = self.proof, self.proof.assumptions
        yield self.say("verify.assumed")
        yield "- " + self.say("verify.assumed.answer", after=span(assumed.answer_after, self.lang))
        yield "- " + self.say("verify.assumed.together" if assumed.together else "verify.assumed.apart")
        if assumed.evidence is None:
            yield "- " + self.say("verify.assumed.listed")
        else:
            yield "- " + self.say("verify.assumed.evidence", life=span(assumed.evidence_life, self.lang))
            if proof.evidence_until is not None and proof.without_renewal is not None:
                yield "- " + self.say(
                    "verify.assumed.renewal",
                    runs_out=self.at(proof.evidence_until),
                    until=self.at(proof.without_renewal),
                )
        yield "- " + self.say("verify.assumed.again")
        if proof.flow is not None:
            code = "verify.assumed.flow" if proof.flow.whole else "verify.assumed.flow.cut"
            yield "- " + self.say(code, states=proof.flow.states)
        yield "- " + self.say(
            "verify.assumed.counted",
            questions=len(proof.questions),
            moments=proof.moments,
            runs=proof.runs,
            roster=proof.roster[:12],
            edition=proof.edition[:12],
        )

    def at(self, instant: Instant) -> str:
        return f"{(_EPOCH + timedelta(milliseconds=instant)).astimezone(self.zone):%Y-%m-%d %H:%M}"

    def clock(self, offset: Milliseconds) -> str:
        hours, rest = divmod(offset // SECOND, 3600)
        return f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"

    def joined(self, parts: list[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(parts)
