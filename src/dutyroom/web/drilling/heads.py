"""A drill's report laid out: finished text under the heads of AQ/T 9009-2015, 7.4 (report) and 7.5 (actions).

Names posts, never people, except whose promise a corrective action is. Nothing here is a grade of a person; the grade
of the exercise is the evaluators' own choice among the standard's four.
"""

from collections.abc import Iterable, Iterator

from dutyroom.adapters.documents import Layout, Section
from dutyroom.core import events as e
from dutyroom.core.evolve import replay
from dutyroom.core.instants import Instant
from dutyroom.core.judging import Judgement
from dutyroom.core.measuring import measure, not_in_time
from dutyroom.core.plan import Verb
from dutyroom.core.review import Verdict
from dutyroom.core.state import Case
from dutyroom.store.instants import from_datetime
from dutyroom.store.models import Site
from dutyroom.web.drilling import desk
from dutyroom.web.drilling.desk import Watched
from dutyroom.web.drilling.figures import Figure, figures, plots
from dutyroom.web.showing import Shown
from dutyroom.wording.narrate import narrate, role_name, span, step_title
from dutyroom.wording.reviewing import draft_review

# What is asked of the evaluators. Those in NEEDED must be there before the report is signed.
TEXTS = ("purpose", "scope", "scene", "evaluation", "good", "problems", "advice", "actions", "conclusion")
NEEDED = ("purpose", "evaluation", "problems", "advice", "conclusion", "grade")
# The matters that annex A of the standard looks at in the carrying out of an exercise.
ITEMS = (
    "warning", "mobilising", "monitoring", "command", "handling", "resources", "communication", "information",
    "protection", "cordon", "medical", "recovery",
)  # fmt: skip
GRADES = ("excellent", "good", "fair", "poor")
MOST_LINES, MOST_LATE = 40, 30
_TOLD = (
    e.CaseOpened, e.LevelSet, e.PhaseMoved, e.DeadlineMissed, e.Waived, e.ActVolunteered, e.CommandHandedOver,
    e.CommandTakenBack,
)  # fmt: skip


def lay_out(site: Site, seen: Watched, before: Watched | None, shown: Shown) -> Layout:
    """The whole report in the reader's language; `before` is the last drill of the same kind."""
    events = _events(seen)
    now = figures(seen.plan, measure(seen.plan, _case(events), events), shown)
    row = seen.row
    heading = shown.say("drills.report.heading") if row.signed_at else shown.say("drills.report.draft")
    signature = shown.say("drills.report.signature")
    if row.signed_at and row.signed_by:
        at = shown.moment(from_datetime(row.signed_at))
        signature = shown.say("drills.report.signed_by", name=row.signed_by.name, at=at)
    return Layout(
        heading,
        row.title(shown.language),
        tuple(_facts(site, seen, events, shown)),
        (
            _basics(seen, shown),
            _process(seen, events, shown),
            Section(shown.say("drills.head.evaluation"), lines=_said(seen, shown, "evaluation", "how")),
            _measured(seen, now, shown),
            _deadlines(seen, events, shown),
            _items(seen, shown),
            _problems(seen, events, shown),
            Section(shown.say("drills.head.advice"), lines=_said(seen, shown, "advice")),
            _compared(now, before, shown),
            Section(shown.say("drills.head.conclusion"), lines=_conclusion(seen, shown)),
            _actions(site, seen, shown),
            *_drawn(seen, shown),
        ),
        signature,
        shown.say("drills.report.nothing"),
    )


def _events(seen: Watched) -> tuple[e.Event, ...]:
    """What the report is on: all of it, or what stood on record when it was signed."""
    signed = seen.row.signed_at
    return seen.until(from_datetime(signed)) if signed and seen.row.kind == desk.LIVE else seen.events


def _case(events: tuple[e.Event, ...]) -> Case:
    return replay(events)


def _facts(site: Site, seen: Watched, events: tuple[e.Event, ...], shown: Shown) -> Iterable[tuple[str, str]]:
    case = _case(events)
    levels = {level.id: level.name.in_language(shown.language) for level in seen.plan.levels}
    report = next((one for one in events if isinstance(one, e.ReportReceived)), None)
    yield shown.say("drills.fact.site"), site.name(shown.language)
    yield shown.say("drills.fact.form"), shown.say(f"drills.form.{seen.row.kind}")
    yield shown.say("drills.fact.began"), shown.moment(seen.starts)
    yield shown.say("drills.fact.lasted"), shown.span(events[-1].at - seen.starts)
    yield shown.say("drills.fact.place"), report.story.get("place", "—") if report else "—"
    yield shown.say("drills.fact.level"), levels.get(case.level, "—")
    yield (
        shown.say("drills.fact.edition"),
        f"{seen.plan.title.in_language(shown.language)} {seen.plan.version}",
    )
    yield shown.say("drills.fact.posts"), str(len(_posts(events)))


def _basics(seen: Watched, shown: Shown) -> Section:
    marks = seen.row.marks
    rows = [
        (shown.say(f"drills.mark.{name}"), marks.get(name) or "—") for name in ("purpose", "scope", "scene")
    ]
    report = next((one for one in seen.events if isinstance(one, e.ReportReceived)), None)
    rows.append((shown.say("drills.fact.reported"), report.story.get("what", "—") if report else "—"))
    names = (role_name(seen.plan, role, shown.language) for role in _posts(seen.events))
    rows.append((shown.say("drills.fact.who"), _comma(shown).join(names) or "—"))
    columns = (shown.say("drills.column.head"), shown.say("drills.column.text"))
    return Section(shown.say("drills.head.basics"), columns, (22, 78), tuple(rows))


def _posts(events: Iterable[e.Event]) -> tuple[str, ...]:
    """The posts that were called, in the order of their first call."""
    return tuple(dict.fromkeys(event.role for event in events if isinstance(event, e.PersonCalled)))


def _process(seen: Watched, events: tuple[e.Event, ...], shown: Shown) -> Section:
    def post(person: str) -> str:
        roles = [role for role in seen.plan.roles if person in seen.rules.roster.holders(role, seen.starts)]
        return role_name(seen.plan, roles[0], shown.language) if roles else shown.say("case.somebody")

    told = list(_telling(events))
    rows = tuple(
        (shown.moment(one.at)[5:16], narrate(seen.plan, one, shown.language, post, shown.time))
        for one in told
    )
    more = shown.say("drills.report.more", count=len(rows) - MOST_LINES) if len(rows) > MOST_LINES else ""
    columns = (shown.say("drills.at"), shown.say("drills.column.text"))
    return Section(shown.say("drills.head.process"), columns, (18, 82), rows[:MOST_LINES], note=more)


def _telling(events: tuple[e.Event, ...]) -> Iterator[e.Event]:
    """What tells how it went: acts that changed something; of what repeats itself only the first."""
    seen: set[tuple[str, str]] = set()
    for event in events:
        if isinstance(event, _TOLD) or (
            isinstance(event, e.ActMarked) and event.verb in (Verb.ON_SCENE, Verb.DONE)
        ):
            yield event
        elif isinstance(event, e.RoleEmpty | e.LadderExhausted):
            what = (type(event).__name__, f"{event.key} {getattr(event, 'role', '')}")
            if what not in seen:
                seen.add(what)
                yield event


def _measured(seen: Watched, now: tuple[Figure, ...], shown: Shown) -> Section:
    columns = (shown.say("drills.column.measure"), shown.say("drills.column.value"))
    rows = tuple((one.label, one.value) for one in now)
    note = "drills.report.measured.random" if seen.row.kind == desk.RANDOM else "drills.report.measured"
    return Section(shown.say("drills.head.measured"), columns, (60, 40), rows, note=shown.say(note))


def _deadlines(seen: Watched, events: tuple[e.Event, ...], shown: Shown) -> Section:
    found = not_in_time(seen.plan, _case(events))
    names = ("clause", "step", "role", "limit", "verdict")
    columns = tuple(shown.say(f"drills.column.{name}") for name in names)
    rows = tuple(_deadline(seen, one, shown) for one in found[:MOST_LATE])
    more = shown.say("drills.report.more", count=len(found) - MOST_LATE) if len(found) > MOST_LATE else ""
    return Section(shown.say("drills.head.deadlines"), columns, (10, 32, 18, 22, 18), rows, note=more)


def _deadline(seen: Watched, one: Judgement, shown: Shown) -> tuple[str, ...]:
    verb, clock = shown.say(f"verb.{one.due.verb}"), shown.say(f"clock.short.{one.due.kind}")
    late = (
        shown.say("drills.late_by", span=span(one.late, shown.language))
        if one.verdict is Verdict.LATE
        else ""
    )
    return (
        " ".join(one.clauses),
        f"{step_title(seen.plan, one.key, shown.language)} · {verb}",
        role_name(seen.plan, one.role, shown.language),
        f"{shown.moment(one.due.due_at)[5:16]} · {clock}",
        late or shown.say("drills.figure.missed"),
    )


def _items(seen: Watched, shown: Shown) -> Section:
    marks = seen.row.marks
    rows = tuple(
        (shown.say(f"drills.mark.item.{item}"), marks[f"item.{item}"])
        for item in ITEMS
        if marks.get(f"item.{item}")
    )
    columns = (shown.say("drills.column.item"), shown.say("drills.column.text"))
    return Section(shown.say("drills.head.items"), columns, (26, 74), rows, lines=_said(seen, shown, "good"))


def _problems(seen: Watched, events: tuple[e.Event, ...], shown: Shown) -> Section:
    """What the record itself shows to be wrong, then what the evaluators saw."""
    empty = dict.fromkeys(event.role for event in events if isinstance(event, e.RoleEmpty))
    vain = dict.fromkeys(event.key for event in events if isinstance(event, e.LadderExhausted))
    lines = [
        *(
            shown.say("drills.problem.empty", role=role_name(seen.plan, role, shown.language))
            for role in empty
        ),
        *(shown.say("drills.problem.vain", step=step_title(seen.plan, key, shown.language)) for key in vain),
        *_said(seen, shown, "problems"),
    ]
    return Section(shown.say("drills.head.problems"), lines=tuple(lines))


def _said(seen: Watched, shown: Shown, name: str, standing: str = "") -> tuple[str, ...]:
    """What the evaluators wrote under a head, a line each; before it a sentence that always stands there."""
    lines = [line.strip() for line in str(seen.row.marks.get(name, "")).splitlines() if line.strip()]
    return (*((shown.say(f"drills.report.{standing}"),) if standing else ()), *lines)


def _compared(now: tuple[Figure, ...], before: Watched | None, shown: Shown) -> Section:
    heading = shown.say("drills.head.compared")
    if before is None:
        return Section(heading, lines=(shown.say("drills.report.first"),))
    old = {
        one.id: one for one in figures(before.plan, measure(before.plan, before.case(), before.events), shown)
    }
    names = ("measure", "before", "now", "change")
    columns = tuple(shown.say(f"drills.column.{name}") for name in names)
    rows = tuple((one.label, old[one.id].value, one.value, change(old[one.id], one, shown)) for one in now)
    note = shown.say(
        "drills.report.before", at=shown.moment(before.starts)[:16], title=before.row.title(shown.language)
    )
    return Section(heading, columns, (40, 20, 20, 20), rows, note=note)


def change(old: Figure, new: Figure, shown: Shown) -> str:
    """Better, worse or the same, in words. What was not reached before and is now is better."""
    if old.number == new.number:
        return shown.say("drills.change.same")
    if old.number is None or new.number is None:
        return shown.say("drills.change.better" if old.number is None else "drills.change.worse")
    less = new.number < old.number
    return shown.say("drills.change.better" if less == new.less_is_better else "drills.change.worse")


def _conclusion(seen: Watched, shown: Shown) -> tuple[str, ...]:
    grade = seen.row.marks.get("grade", "")
    first = (shown.say(f"drills.grade.{grade}"),) if grade in GRADES else ()
    return (*first, *_said(seen, shown, "conclusion"))


def _actions(site: Site, seen: Watched, shown: Shown) -> Section:
    """An exercise's corrective actions are its case's own promises, tracked like after an incident."""
    heading = shown.say("drills.head.actions")
    if seen.row.kind != desk.LIVE:
        lines = _said(seen, shown, "actions", "untracked")
        return Section(heading, lines=lines)
    names = seen.names
    review = draft_review(
        seen.plan, seen.events, shown.language, lambda one: names.get(one, ""), site.name(shown.language)
    )
    rows = tuple(
        (one.what, f"{one.role} {one.name}".strip(), _day(one.due, shown), one.proof or "—",
         shown.say(f"review.state.{one.state}")) for one in review.actions
    )  # fmt: skip
    columns = tuple(shown.say(f"review.column.{name}") for name in ("what", "owner", "due", "proof", "state"))
    lines = _said(seen, shown, "actions")
    return Section(
        heading, columns, (32, 18, 16, 20, 14), rows, lines, note=shown.say("drills.report.tracked")
    )


def _drawn(seen: Watched, shown: Shown) -> Iterable[Section]:
    for plot in plots(seen.row, shown.language):
        yield Section(
            plot.title, plot.table.head, (1,) * len(plot.table.head), plot.table.rows, pictures=(plot.svg,)
        )


def _day(instant: Instant | None, shown: Shown) -> str:
    return shown.moment(instant)[:16] if instant is not None else "—"


def _comma(shown: Shown) -> str:
    return "、" if shown.language == "zh" else ", "
