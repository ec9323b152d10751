"""Who holds a role: spans found once say the same as going through all periods at every instant."""

import pickle
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.roster import BEGINNING, END, DutyPeriod, Roster

ROLES = ("officer", "leader", "nobody")
LATEST = 24

periods = st.builds(
    DutyPeriod,
    st.sampled_from(ROLES[:2]),
    st.sampled_from("PQR"),
    st.integers(0, 16),
    st.integers(-1, LATEST),
    st.integers(0, 2),
)
rosters = st.builds(
    Roster,
    st.dictionaries(st.sampled_from(ROLES[:2]), st.lists(st.sampled_from("PQX"), max_size=3).map(tuple)),
    st.lists(periods, max_size=7).map(tuple),
)


def by_going_through(roster: Roster, role: str, at: int) -> tuple[str, ...]:
    on_duty = sorted(
        (one.place, one.person)
        for one in roster.periods
        if one.role == role and one.starts_at <= at < one.ends_at
    )
    return tuple(dict.fromkeys([*(person for _, person in on_duty), *roster.standing.get(role, ())]))


@given(rosters, st.sampled_from(ROLES))
def test_holders_changes_and_spans_agree(roster: Roster, role: str) -> None:
    instants = range(-2, LATEST + 2)
    held = [by_going_through(roster, role, at) for at in instants]
    assert [roster.holders(role, at) for at in instants] == held
    changed = [at for at, before, now in zip(instants[1:], held, held[1:], strict=False) if before != now]
    assert roster.changes(role) == tuple(changed)
    edges = (BEGINNING, *changed, END)
    for at, holders in zip(instants, held, strict=True):
        span = next((since, until) for since, until in pairwise(edges) if since <= at < until)
        assert roster.holders_span(role, at) == (holders, *span)


@given(rosters)
def test_what_a_roster_has_found_out_is_no_part_of_it(roster: Roster) -> None:
    fresh = replace(roster)
    roster.holders("officer", 3)
    assert roster == fresh
    assert pickle.loads(pickle.dumps(roster)) == fresh
