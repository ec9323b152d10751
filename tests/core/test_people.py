"""What leave does to a roster: at every instant those hold a post who are there, in the order of asking."""

from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.people import Held, Qualification, roster_of
from dutyroom.core.roster import END

FIRST, LAST = 20, 80


def span(standing: bool) -> st.SearchStrategy[Held]:
    return st.builds(
        lambda person, place, starts, lasts: Held(
            "post", person, place, standing, starts, END if lasts > 90 else starts + lasts
        ),
        st.sampled_from("ABCD"),
        st.integers(0, 3),
        st.integers(0, 99),
        st.integers(1, 99),
    )


SPANS = st.lists(st.one_of(span(True), span(False)), max_size=8)


def there(spans: list[Held], at: int) -> tuple[str, ...]:
    """Turns of duty in their order, then standing posts in theirs; each person once."""
    now = [one for one in spans if one.starts_at <= at < one.ends_at]
    ordered = sorted(now, key=lambda one: (one.standing, one.place, one.person))
    return tuple(dict.fromkeys(one.person for one in ordered))


@given(SPANS, st.integers(FIRST, LAST))
def test_whoever_is_there_is_asked_in_order_at_every_instant(spans: list[Held], at: int) -> None:
    given = sorted(spans, key=lambda one: (one.place, one.person))  # as the database gives them
    assert roster_of(given, FIRST, LAST).holders("post", at) == there(spans, at)


@given(SPANS)
def test_a_post_is_standing_only_where_all_of_its_holders_stay(spans: list[Held]) -> None:
    roster = roster_of(spans, FIRST, LAST)
    counted = [one for one in spans if one.standing and one.ends_at > FIRST]
    whole = all(one.starts_at <= FIRST and one.ends_at > LAST for one in counted)
    assert bool(roster.standing) == (bool(counted) and whole)


def test_a_certificate_counts_until_its_last_instant() -> None:
    assert Qualification("急救证").counts_at(END - 1)
    assert Qualification("急救证", 100).counts_at(99)
    assert not Qualification("急救证", 100).counts_at(100)
