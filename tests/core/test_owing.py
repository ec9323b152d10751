"""What grows with a case stays a value: whatever is made from it, it reads as a plain mapping or tuple would."""

import pickle
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dutyroom.core.asked import Commands
from dutyroom.core.events import Due
from dutyroom.core.owing import Account, Obligation, Obligations, Timer
from dutyroom.core.plan import ClockKind, Verb
from dutyroom.core.state import Mark

STATUSES = ("open", "open", "open", "done", "waived", "withdrawn", "lapsed")

obligation = st.builds(
    lambda step, number, role, status, due_at, call_at, marked: Obligation(
        f"{step}#{number}",
        step,
        number,
        role,
        0,
        (Due(Verb.DONE, due_at, ClockKind.HARD), Due(Verb.RECEIVED, due_at // 2, ClockKind.HARD)),
        call_at,
        status=status,
        marks={Verb.RECEIVED: Mark("P1", 1, 1)} if marked else {},
    ),
    st.sampled_from("ab"),
    st.integers(1, 4),
    st.sampled_from(("r", "s")),
    st.sampled_from(STATUSES),
    st.integers(0, 9),
    st.none() | st.integers(0, 9),
    st.booleans(),
)


@given(st.lists(st.tuples(st.integers(0, 30), obligation), max_size=30))
def test_obligations_read_as_a_mapping_whatever_is_made_from_them(
    puts: list[tuple[int, Obligation]],
) -> None:
    """Each is put into any of the values made so far; then every one of them is still what it was."""
    made: list[tuple[Obligations, dict[str, Obligation]]] = [(Obligations(), {})]
    for which, owed in puts:
        value, plain = made[which % len(made)]
        made.append((value.with_one(owed), {**plain, owed.key: owed}))
    for value, plain in made:
        reads_as(value, plain)
        reads_as(Obligations.of(plain.values()), plain)
        reads_as(pickle.loads(pickle.dumps(value)), plain)


def reads_as(value: Obligations, plain: Mapping[str, Obligation]) -> None:
    assert list(value.items()) == list(plain.items())
    assert list(value.values()) == list(plain.values())
    assert value == plain and len(value) == len(plain)
    assert all(key in value for key in plain) and "c#1" not in value
    still_open = {key: owed for key, owed in plain.items() if owed.is_open}
    assert list(value.open.items()) == list(still_open.items())
    assert value.accounts == {step: account(plain, step) for step in {owed.step for owed in plain.values()}}
    assert value.deadlines == {key: first for key, owed in still_open.items() if (first := deadline(owed))}
    assert value.calls == {
        key: (owed.next_call_at, 9, key, "call")
        for key, owed in still_open.items()
        if owed.next_call_at is not None
    }
    for step in "ab":
        of_step = [owed for owed in plain.values() if owed.step == step]
        assert value.of_step(step) == tuple(of_step)
        for role in "rs":
            assert value.newest(step, role) == next((o for o in reversed(of_step) if o.role == role), None)


def account(plain: Mapping[str, Obligation], step: str) -> Account:
    owed = [one for one in plain.values() if one.step == step]
    return Account(
        owed[-1].key,
        max(one.occurrence for one in owed),
        sum(one.is_open for one in owed),
        sum(one.status == "waived" for one in owed),
        sum(one.status != "withdrawn" for one in owed),
    )


def deadline(owed: Obligation) -> Timer | None:
    running = [(at, order, owed.key, name) for at, order, name in owed.timers() if name != "call"]
    return min(running, default=None)


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abcdef")), max_size=30))
def test_commands_read_as_a_tuple_whatever_is_made_from_them(notes: list[tuple[int, str]]) -> None:
    made: list[tuple[Commands, tuple[str, ...]]] = [(Commands(), ())]
    for which, name in notes:
        value, plain = made[which % len(made)]
        made.append((value.with_one(name), (*plain, name)))
    for value, plain in made:
        assert tuple(value) == plain and len(value) == len(plain)
        assert value == Commands(plain) and (not plain or value != Commands(plain[1:]))
        assert [name in value for name in "abcdefg"] == [name in plain for name in "abcdefg"]
        assert tuple(value[1:]) == plain[1:] and tuple(value[-2:]) == plain[-2:]
        assert [value[place] for place in range(-len(plain), len(plain))] == [*plain, *plain]


def test_a_closed_obligation_that_a_record_changes_is_believed() -> None:
    first = Obligation("a#1", "a", 1, "r", 0, (), None)
    second = replace(first, key="a#2", occurrence=2)
    value = Obligations.of([first, second]).with_one(replace(first, status="done"))
    again = value.with_one(first)
    assert list(again) == ["a#1", "a#2"]
    assert list(again.open) == ["a#1", "a#2"], "in the order in which they were opened"
    assert value["a#1"].status == "done"
