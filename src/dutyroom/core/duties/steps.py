"""The steps that a plan's posts and calendar make: `duty_steps(plan)`, in the one phase "duty".

They are steps like any other, with clocks, ladders and questions; the calendar opens them (`occurring`), the engine
runs them. What differs stands in `DutyStep`. Nothing here asks about persons: rounds look at conditions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from dutyroom.core.instants import DAY, HOUR, MINUTE, Milliseconds
from dutyroom.core.phases import DUTY
from dutyroom.core.plan import Clock, ClockKind, Condition, Field, FieldType, Owes, Plan, Step, Verb
from dutyroom.core.surroundings import CalendarDuty, Post
from dutyroom.core.words import Words
from dutyroom.core.yamltree import read_tree

HANDOVER, ROLL_CALL, SUMMARY, CALENDAR = "handover", "rollcall", "summary", "calendar"
YEAR = "upkeep.calendar_year"
LEAST = "least_now"  # in a handover's condition: how many the plan wants on post while the day's periods hold
RAISE, FIX, CHECK = "issue.raise", "issue.fix", "issue.check"

HANDOVER_WITHIN = 30 * MINUTE
REACHED_WITHIN = 15 * MINUTE
FIX_WITHIN = CHECK_WITHIN = 7 * DAY
# A missed report, roll call or handover is on record and was told upward; so long it is still asked for.
LAPSES_AFTER = 12 * HOUR


@dataclass(frozen=True, slots=True)
class DutyStep(Step):
    """A step of duty.

    `answered`: any answer of the person called is the act itself. `scribes` may take it down for who owes it, as the
    office does by telephone. `incoming`: only who comes on duty may do it. `lapses_after` the last deadline it is no
    longer asked for (0: never).
    """

    answered: bool = False
    scribes: tuple[str, ...] = ()
    incoming: bool = False
    lapses_after: Milliseconds = 0


def kind_of(step: str) -> str:
    """What a duty step is: handover, rollcall, summary, calendar, issue; the first part of its id."""
    return step.partition(".")[0]


def duty_steps(plan: Plan) -> tuple[Step, ...]:
    """Every step of duty of the plan, in the order of its posts and calendar."""
    return tuple(_made(plan))


def _made(plan: Plan) -> Iterator[Step]:
    handed: set[str] = set()
    for post in plan.posts.values():
        if post.role not in handed:
            handed.add(post.role)
            yield _handover(plan, post)
        if asks_roll_calls(post):
            yield _roll_call(plan, post)
    for duty in plan.calendar:
        yield _calendar(plan, duty)
        yield from (_summary(plan, duty, role) for role in told(plan, duty))
    if any(period.holidays for period in plan.periods.values()):
        yield _year(plan)
    rounds = [duty for duty in plan.calendar if duty.kind == "inspection"]
    if rounds:
        yield from _issues(plan, rounds)


def asks_roll_calls(post: Post) -> bool:
    """Whether the post is ever called to see that it answers."""
    return post.roll_calls is not None or any(one.roll_calls for one in post.in_period.values())


def told(plan: Plan, duty: CalendarDuty) -> tuple[str, ...]:
    """Who gets the summary of a daily report: those it is made to, and the last rung."""
    if duty.kind != "daily_report" or duty.report is None:
        return ()
    own = [role for to in duty.report.to for role in plan.members(to) if role in plan.roles]
    return tuple(dict.fromkeys([*own, plan.defaults.last_rung])) if own else ()


def _handover(plan: Plan, post: Post) -> DutyStep:
    given = post.handover_within
    return DutyStep(
        id=f"{HANDOVER}.{post.role}",
        title=_titled("handover", post.name),
        clauses=post.clauses,
        who=(post.role,),
        phases=(DUTY,),
        clocks={Verb.DONE: _clock(given, HANDOVER_WITHIN)},
        asks=(
            _field("taken_over", FieldType.BOOL),
            _field("on_post", FieldType.COUNT),
            _field("short", required=False),
        ),
        requires=(
            Condition(
                "taken",
                _words()["conditions"]["taken"],
                f"answers.taken_over && answers.on_post >= {LEAST} "
                "|| has(answers.short) && answers.short != ''",
            ),
        ),
        ladder=_ladder(plan, post.leader),
        waivable_by=_roles(post.leader),
        card=post.handover,
        incoming=True,
        lapses_after=LAPSES_AFTER,
    )


def _roll_call(plan: Plan, post: Post) -> DutyStep:
    return DutyStep(
        id=f"{ROLL_CALL}.{post.id}",
        title=_titled("roll_call", post.name),
        clauses=post.clauses,
        who=(post.role,),
        phases=(DUTY,),
        clocks={Verb.DONE: _clock(post.reached_within, REACHED_WITHIN)},
        asks=(_field("note", required=False),),
        ladder=_ladder(plan, post.leader),
        waivable_by=_roles(post.leader),
        answered=True,
        lapses_after=LAPSES_AFTER,
    )


def _calendar(plan: Plan, duty: CalendarDuty) -> DutyStep:
    daily = duty.every == "day"
    return DutyStep(
        id=f"{CALENDAR}.{duty.id}",
        title=duty.title,
        clauses=duty.clauses,
        who=(duty.who,),
        phases=(DUTY,),
        clocks={Verb.DONE: _clock(duty.within, plan.defaults.done)},
        # A group's calendar duty is each member's: no other reading leaves nobody out.
        each=duty.each or duty.who in plan.groups,
        asks=_asks(duty),
        requires=_said() if duty.kind == "daily_report" else (),
        ladder=duty.ladder,
        waivable_by=tuple(dict.fromkeys([*duty.ladder, plan.defaults.last_rung])),
        report=duty.report,
        see=duty.see,
        law=duty.law,
        line=duty.line,
        scribes=duty.ladder if duty.kind in ("daily_report", "inspection") else (),
        lapses_after=LAPSES_AFTER if daily else 0,
    )


def _asks(duty: CalendarDuty) -> tuple[Field, ...]:
    if duty.kind == "daily_report":
        nothing = _field("nothing", FieldType.BOOL, required=False)
        return (nothing, _field("what", required=False), _field("present", FieldType.COUNT, required=False))
    if duty.kind == "inspection":
        checks = (Field(item.id, item.text, FieldType.BOOL) for item in duty.checklist)
        return (*checks, _field("note", required=not duty.checklist))
    return (_field("done"),)


def _said() -> tuple[Condition, ...]:
    when = "has(answers.nothing) && answers.nothing || has(answers.what) && answers.what != ''"
    return (Condition("said", _words()["conditions"]["said"], when),)


def _summary(plan: Plan, duty: CalendarDuty, role: str) -> DutyStep:
    return DutyStep(
        id=f"{SUMMARY}.{duty.id}.{role}",
        title=_titled("summary", duty.title),
        clauses=duty.clauses,
        who=(role,),
        phases=(DUTY,),
        clocks={Verb.DONE: Clock(ClockKind.DEFAULT, plan.defaults.done)},
        asks=(_field("note", required=False),),
        waivable_by=(role,),
        answered=True,
        lapses_after=LAPSES_AFTER,
    )


def _year(plan: Plan) -> DutyStep:
    """A year without an official notice of holidays is an error, and somebody's to mend."""
    return DutyStep(
        id=YEAR,
        title=_words()["year"],
        clauses=tuple(clause for one in plan.periods.values() if one.holidays for clause in one.clauses),
        who=(plan.defaults.last_rung,),
        phases=(DUTY,),
        clocks={Verb.DONE: Clock(ClockKind.DEFAULT, FIX_WITHIN)},
        asks=(_field("note", required=False),),
    )


def _issues(plan: Plan, rounds: list[CalendarDuty]) -> Iterator[DutyStep]:
    """Whatever a round finds: noted with its owner and date, put right with proof, checked by somebody else."""
    lookers = tuple(dict.fromkeys(name for duty in rounds for name in (duty.who, *duty.ladder)))
    clauses = tuple(dict.fromkeys(clause for duty in rounds for clause in duty.clauses))
    above = tuple(
        dict.fromkeys([*(name for duty in rounds for name in duty.ladder), plan.defaults.last_rung])
    )
    common: dict[str, Any] = {"clauses": clauses, "phases": (DUTY,)}
    yield DutyStep(
        id=RAISE,
        title=_words()["issues"]["raise"],
        who=lookers,
        voluntary=True,
        asks=(
            Field("kind", _words()["fields"]["kind"], FieldType.CHOICE, options=issue_kinds()),
            _field("place"),
            _field("finding"),
            _field("owner", FieldType.ROLE),
            _field("due", FieldType.TIME),
        ),
        owes=(Owes(FIX, owner_field="owner", by_field="due", text_field="finding"),),
        **common,
    )
    yield DutyStep(
        id=FIX,
        title=_words()["issues"]["fix"],
        who=lookers[:1],
        clocks={Verb.DONE: Clock(ClockKind.DEFAULT, FIX_WITHIN)},
        asks=(_field("proof"),),
        ladder=above,
        owes=(Owes(CHECK, text_field="proof"),),
        **common,
    )
    yield DutyStep(
        id=CHECK,
        title=_words()["issues"]["check"],
        who=lookers[-1:],
        clocks={Verb.DONE: Clock(ClockKind.DEFAULT, CHECK_WITHIN)},
        asks=(
            _field("effective", FieldType.BOOL),
            _field("seen"),
            _field("owner", FieldType.ROLE, required=False),
            _field("due", FieldType.TIME, required=False),
        ),
        requires=(
            Condition(
                "again",
                _words()["conditions"]["again"],
                "answers.effective || has(answers.owner) && has(answers.due)",
            ),
        ),
        ladder=above,
        separate_from=(FIX,),
        owes=(Owes(FIX, "!answers.effective", owner_field="owner", by_field="due", text_field="seen"),),
        **common,
    )


def issue_kinds() -> Mapping[str, Words]:
    """The kinds of conditions that a round can find wanting."""
    kinds: Mapping[str, Words] = _words()["kinds"]
    return kinds


def _clock(given: Milliseconds, otherwise: Milliseconds) -> Clock:
    return Clock(ClockKind.HARD, given) if given else Clock(ClockKind.DEFAULT, otherwise)


def _ladder(plan: Plan, leader: str) -> tuple[str, ...]:
    return plan.members(leader) if leader else ()


def _roles(name: str) -> tuple[str, ...]:
    return (name,) if name else ()


def _field(name: str, type: FieldType = FieldType.TEXT, *, required: bool = True) -> Field:
    return Field(name, _words()["fields"][name], type, required)


def _titled(code: str, name: Words) -> Words:
    form: Words = _words()[code]
    return Words(form.zh.format(name=name.zh), form.en.format(name=name.en))


@cache
def _words() -> Mapping[str, Any]:
    """The file of words: texts by code, and by group and code. Raises ValueError if ours does not read."""
    tree, findings = read_tree(files(__package__).joinpath("words.yaml").read_text("utf-8"))
    if tree is None or findings:
        raise ValueError(f"words.yaml: {findings}")
    return {name: _worded(one) for name, one in tree.items()}


def _worded(one: Mapping[str, Any]) -> Any:
    if "zh" in one:
        return Words(str(one["zh"]), str(one["en"]))
    return {name: _worded(inner) for name, inner in one.items()}
