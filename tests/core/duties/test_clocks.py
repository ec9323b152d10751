"""Time for duty: a server killed around the handover, clocks that jump. Nothing is lost, nothing comes too early."""

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from dutyroom.core import events as e
from dutyroom.core.duties.steps import LAPSES_AFTER
from dutyroom.core.instants import DAY, HOUR, MINUTE, SECOND
from tests.core.duties.clocks import Lived, Made, at, day_case, end_of, ending, lived, misses

DAYS = {"2027-02-06": ("major_holidays",), "2027-07-01": ("special_period",), "2027-03-03": ()}
CASES = {day: day_case(day, periods) for day, periods in DAYS.items()}
# A whole day is lived through for each example: shrinking one would take minutes and say little more.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
days = st.sampled_from(sorted(DAYS))


def acts_of(day: str) -> st.SearchStrategy[list[Made]]:
    """Each obligation is done at some time of the afternoon or evening, or by nobody; some twice, some too early.

    Nobody does what is no longer asked for: whether it still was, a server that was down could not say.
    """
    items = sorted(CASES[day].items, key=lambda one: (one.call_at, one.due_at, one.step, one.role))
    count = len(items)
    times = st.integers(at(day, "16:00") // MINUTE, at(day, "23:30") // MINUTE).map(
        lambda minute: minute * MINUTE
    )
    made = st.builds(Made, times, st.integers(0, count - 1))
    return st.lists(made.filter(lambda one: one.at < items[one.item].due_at + LAPSES_AFTER), max_size=count)


@st.composite
def outages(draw: st.DrawFn, day: str) -> tuple[int, int]:
    """Down for minutes to hours; not so long that what was missed is no longer asked for when it is over."""
    starts = at(day, "00:00") + draw(st.integers(1, 23 * 60)) * MINUTE
    return starts, starts + draw(st.integers(1, 11 * 60)) * MINUTE


@st.composite
def killed_days(draw: st.DrawFn) -> tuple[str, list[Made], tuple[int, int]]:
    day = draw(days)
    return day, draw(acts_of(day)), draw(outages(day))


def killed_at_handover(day: str, *acts: tuple[str, int]) -> tuple[str, list[Made], tuple[int, int]]:
    made = [Made(at(day, time), item) for time, item in acts]
    return day, made, (at(day, "17:50"), at(day, "18:40"))


@settings(max_examples=40, deadline=None, phases=PHASES)
@given(killed_days())
@example(killed_at_handover("2027-02-06"))
@example(killed_at_handover("2027-02-06", *((f"18:{10 + 5 * item}", item) for item in range(9))))
@example(killed_at_handover("2027-03-03", ("17:55", 0)))
@example(killed_at_handover("2027-07-01", ("18:39", 1), ("18:40", 2), ("18:41", 3), ("19:30", 4)))
def test_a_server_that_was_killed_leaves_the_same_record_only_delayed(
    killed: tuple[str, list[Made], tuple[int, int]],
) -> None:
    day, acts, down = killed
    unbroken = lived(CASES[day], acts, end_of(day))
    broken = lived(CASES[day], acts, end_of(day), [down])
    assert list(broken.case.obligations) == list(unbroken.case.obligations), "the same obligations"
    assert ending(broken) == ending(unbroken), "done by the same at the same time, or by nobody"
    assert misses(broken) == misses(unbroken), "the same deadlines were missed"
    assert broken.case.phase == unbroken.case.phase
    for one in broken.of(e.DeadlineMissed):
        assert one.while_down == (down[0] <= one.due_at < down[1]), "what nobody saw pass says so"
        assert one.at == (down[1] if one.while_down else one.due_at), "it was noticed as soon as it could be"
    assert not [one for one in broken.events if down[0] <= one.at < down[1] and one.at != at(day, "00:00")]


def test_a_build_that_forgets_its_timers_would_be_seen() -> None:
    """The control: as if timers were in memory only, what fell due while the server was down is never noticed."""
    day, _, down = killed_at_handover("2027-02-06")
    unbroken = lived(CASES[day], [], end_of(day))
    forgetful = Lived(CASES[day], [down])
    forgetful.open(at(day, "00:00"))
    forgetful.settle(down[0] - 1)
    late = {
        key
        for key, owed in forgetful.case.obligations.items()
        if any(down[0] <= d.due_at < down[1] for d in owed.dues)
    }
    assert late
    assert misses(forgetful) != misses(unbroken)


# ---- a clock that jumps

JUMPS = [sign * size for size in (SECOND, HOUR, DAY, 365 * DAY) for sign in (1, -1)]


@st.composite
def jumping(draw: st.DrawFn) -> tuple[str, list[Made], list[tuple[int, int]]]:
    """A day, acts, and jumps: from a true time on the clock shows so much more or less, until the next one."""
    day = draw(days)
    moments = st.integers(at(day, "00:00") // MINUTE, at(day, "23:59") // MINUTE)
    jumps = draw(
        st.lists(st.tuples(moments.map(lambda one: one * MINUTE), st.sampled_from(JUMPS)), max_size=4)
    )
    return day, draw(acts_of(day)), sorted(jumps)


def shown(true: int, jumps: list[tuple[int, int]]) -> int:
    """What the clock shows at a true time: each jump holds until somebody mends the clock, an hour later."""
    return true + sum(size for since, size in jumps if since <= true < since + HOUR)


@settings(max_examples=25, deadline=None, phases=PHASES)
@given(jumping())
@example(("2027-07-01", [], [(at("2027-07-01", "17:59"), 365 * DAY)]))
@example(("2027-07-01", [], [(at("2027-07-01", "17:59"), -365 * DAY)]))
@example(("2027-02-06", [], [(at("2027-02-06", "18:30"), -HOUR), (at("2027-02-06", "19:00"), DAY)]))
def test_a_clock_that_jumps_loses_nothing_and_calls_nobody_too_early(
    given_day: tuple[str, list[Made], list[tuple[int, int]]],
) -> None:
    name, acts, jumps = given_day
    day = Lived(CASES[name])
    waiting = sorted(acts, key=lambda one: (one.at, one.item))
    latest, opened = 0, at(name, "00:00")
    step = 5 * MINUTE  # how often anybody looks at the clock
    for true in range(opened, end_of(name) + HOUR, step):
        now = shown(true, jumps)
        latest = max(latest, now)
        if not day.case.case:
            day.open(now)
        while waiting and waiting[0].at <= true:
            day.act(waiting.pop(0), now)
        before = len(day.events)
        day.settle(now)
        for event in day.events[before:]:
            assert event.at <= latest, "nothing carries a time that no clock has shown"
            _not_too_early(day, event, latest)
    missed = [(one.key, one.due_at) for one in day.of(e.DeadlineMissed)]
    assert len(missed) == len(set(missed)), "nothing is missed twice"
    assert len(day.case.obligations) == len(CASES[name].items), "none was lost, none came twice"
    for owed in day.case.obligations.values():
        assert owed.status in ("done", "lapsed") or list(owed.timers()), owed.key
        lapsed_late = owed.status == "lapsed" and (owed.key, owed.dues[0].due_at) in set(missed)
        assert owed.status == "done" or lapsed_late or owed.is_open, owed.key
    assert not list(day.case.open_obligations()), "and all of it came to its end"


def _not_too_early(day: Lived, event: e.Event, latest: int) -> None:
    """By the clock as it was shown, nothing happened before its time."""
    if isinstance(event, e.DeadlineMissed):
        assert event.due_at <= latest and event.at >= event.due_at
    elif isinstance(event, e.PersonCalled):
        owed = day.case.obligations[event.key]
        begins = owed.begins_at if owed.begins_at is not None else owed.opened_at
        assert event.at >= begins, "called before its time"
    elif isinstance(event, e.Lapsed):
        owed = day.case.obligations[event.key]
        assert event.at >= max(due.due_at for due in owed.dues) + LAPSES_AFTER


@pytest.mark.parametrize("size", JUMPS)
def test_after_one_jump_and_back_the_evening_still_ends(size: int) -> None:
    name = "2027-07-01"
    day = Lived(CASES[name])
    day.open(at(name, "00:00"))
    day.settle(at(name, "18:10"))
    day.settle(at(name, "18:10") + size)
    for minute in range(0, 30 * 60, 5):
        day.settle(at(name, "18:11") + minute * MINUTE)
    assert day.case.phase == "closed"
    assert {owed.status for owed in day.case.obligations.values()} == {"lapsed"}
    assert {one.key for one in day.of(e.DeadlineMissed)} == set(day.case.obligations)
