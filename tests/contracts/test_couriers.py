"""What every courier promises, run on each adapter against a real receiver on loopback, and on the fake.

Hanging receivers wait until they are stopped, which is after the test: that a test ends at all is the proof
that the deadline holds. Nothing here looks at a clock.
"""

import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dutyroom.ports import Message, Verdict
from tests.fakes.benches import BENCHES, SECRET, Bench
from tests.fakes.receivers import Mood

AMPLE = 20.0
SHORT = 0.4

CALL = Message(
    delivery_id="case-7.taken.officer-2",
    attempt=1,
    address="",
    language="zh",
    severity="alarm",
    subject="【紧急】示例路站：请应答",
    text="【紧急】示例路站：核实现场情况。请在 18:05 前打开链接应答。",
    link="https://duty.example.cn/d/Zx8-kq_2",
    exercise=False,
)


@pytest.fixture(params=list(BENCHES))
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = BENCHES[request.param]()
    yield made
    made.stop()


def call(bench: Bench, **changes: object) -> Message:
    return replace(CALL, **{"address": bench.address, **changes})  # type: ignore[arg-type]


def test_a_taken_message_is_accepted_and_arrives_whole(bench: Bench) -> None:
    outcome = bench.courier.send(call(bench), AMPLE)
    assert outcome.verdict is (Verdict.ACCEPTED if bench.confirms else Verdict.UNCONFIRMED)
    (text,) = bench.texts()
    assert CALL.text in text
    assert CALL.link in text


def test_a_slow_gateway_is_waited_for_within_the_deadline(bench: Bench) -> None:
    bench.set_mood(Mood.SLOW)
    expected = Verdict.ACCEPTED if bench.confirms else Verdict.UNCONFIRMED
    assert bench.courier.send(call(bench), AMPLE).verdict is expected


def test_a_refusal_is_read_from_the_answer(bench: Bench) -> None:
    bench.set_mood(Mood.REFUSE)
    # Who cannot read answers must not call this a success either.
    expected = Verdict.REFUSED if bench.reads_answers else Verdict.UNCONFIRMED
    assert bench.courier.send(call(bench), AMPLE).verdict is expected


def test_a_rate_limit_may_be_tried_again(bench: Bench) -> None:
    bench.set_mood(Mood.LIMIT)
    expected = Verdict.FAILED if bench.reads_answers else Verdict.UNCONFIRMED
    assert bench.courier.send(call(bench), AMPLE).verdict is expected


@pytest.mark.parametrize("mood", [Mood.ERROR, Mood.GARBAGE, Mood.RESET, Mood.SWALLOW])
def test_a_fault_of_the_gateway_may_be_tried_again(bench: Bench, mood: Mood) -> None:
    bench.set_mood(mood)
    outcome = bench.courier.send(call(bench), AMPLE)
    assert outcome.verdict is Verdict.FAILED
    assert outcome.reference is None


@pytest.mark.parametrize("mood", [Mood.HANG, Mood.DRIP])
def test_the_deadline_is_total(bench: Bench, mood: Mood) -> None:
    bench.courier.send(call(bench), AMPLE)  # so that the line that is cut later may be a kept one
    bench.set_mood(mood)
    outcome = bench.courier.send(call(bench), SHORT)
    assert (outcome.verdict, outcome.detail) == (Verdict.FAILED, "timeout")


def test_an_endless_answer_ends(bench: Bench) -> None:
    bench.set_mood(Mood.ENDLESS)
    verdict = bench.courier.send(call(bench), SHORT).verdict
    assert verdict is Verdict.FAILED


def test_after_a_bad_day_the_courier_works_again(bench: Bench) -> None:
    for mood in (Mood.HANG, Mood.RESET, Mood.SWALLOW, Mood.GARBAGE):
        bench.set_mood(mood)
        bench.courier.send(call(bench), SHORT)
    bench.set_mood(Mood.OK)
    expected = Verdict.ACCEPTED if bench.confirms else Verdict.UNCONFIRMED
    assert bench.courier.send(call(bench), AMPLE).verdict is expected


def test_when_the_answer_is_swallowed_the_retry_has_the_same_identity(bench: Bench) -> None:
    bench.set_mood(Mood.SWALLOW)
    assert bench.courier.send(call(bench), AMPLE).verdict is Verdict.FAILED
    bench.set_mood(Mood.OK)
    bench.courier.send(call(bench, attempt=2), AMPLE)
    bench.courier.send(call(bench, delivery_id="case-7.taken.officer-3"), AMPLE)
    first, again, other = bench.identities()
    assert first == again
    assert other != first


def test_an_address_that_cannot_be_one_is_refused_and_nothing_leaves(bench: Bench) -> None:
    for address in (bench.bad_address, "", " ", "\x00", "a\r\nb"):
        outcome = bench.courier.send(call(bench, address=address), AMPLE)
        assert (outcome.verdict, outcome.detail) == (Verdict.REFUSED, "address")
    assert bench.raw() == []


UGLY = (
    "扩展字 𠮷 喆龑 👩‍🚒🔥\x00\x07\x1b[31m"
    "\r\nBcc: all@example.cn\r\n.\r\nRCPT TO:<x>\u202egnikcatta\ud800 end"
)


def test_ugly_text_arrives_as_text(bench: Bench) -> None:
    outcome = bench.courier.send(call(bench, text=UGLY, subject=UGLY), AMPLE)
    assert outcome.verdict in (Verdict.ACCEPTED, Verdict.UNCONFIRMED)
    (text,) = bench.texts()
    assert "扩展字 𠮷 喆龑 👩‍🚒🔥" in text
    assert "end" in text
    assert not set("\x00\x07\x1b\u202e\ud800") & set(text)


INJECTIONS = (
    '"}, "phone": "13800000009", "x": {"',
    "{address}{delivery_id}{0.__class__}%s%(address)s",
    "&to=13800000009&say=x%0d%0aX: y",
    '<at user_id="all">所有人</at><@all> [text](https://elsewhere.example)',
    "\\u0022 \\n \\ ' ; -- $(id) `id`",
)


def test_words_cannot_become_structure(bench: Bench) -> None:
    for words in INJECTIONS:
        bench.courier.send(call(bench, text=words, subject=words), AMPLE)
    for words, text in zip(INJECTIONS, bench.texts(), strict=True):
        # Robots' own brackets are made harmless; everything else arrives letter by letter.
        assert words.replace("<", "＜").replace(">", "＞") in text.replace("<", "＜").replace(">", "＞")


def test_an_identity_of_any_letters_is_carried_safely(bench: Bench) -> None:
    odd = "案件 7\r\nX-Evil: 1"
    bench.courier.send(call(bench, delivery_id=odd), AMPLE)
    bench.courier.send(call(bench, delivery_id=odd, attempt=2), AMPLE)
    first, again = bench.identities()
    assert first == again
    assert "\n" not in first


def test_a_link_that_is_none_is_left_out(bench: Bench) -> None:
    bench.courier.send(call(bench, link="https://ok.example/\r\nX: y javascript:alert(1)"), AMPLE)
    (text,) = bench.texts()
    assert "javascript" not in text


def test_a_huge_text_is_shortened_and_keeps_its_link(bench: Bench) -> None:
    bench.courier.send(call(bench, text="长" * 1_000_000), AMPLE)
    (text,) = bench.texts()
    assert len(text) < 10_000
    assert CALL.link in text


def test_nothing_is_told_about_person_or_secret(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for mood in Mood:
            bench.set_mood(mood)
            outcome = bench.courier.send(call(bench), SHORT)
            assert bench.address not in f"{outcome}"
            assert re.fullmatch(r"[a-z]+( [A-Za-z0-9._-]{1,40})?", outcome.detail)
    if bench.courier.channel != "fake":  # the fake keeps what it got, to be looked at
        assert SECRET not in f"{bench.courier!r} {vars(bench.courier)}"
    # The receiver of mail writes a log of its own, under "mail".
    told = [each.getMessage() for each in caplog.records if not each.name.startswith("mail")]
    for private in (SECRET, CALL.text, bench.address):
        assert not [each for each in told if private in each]


def test_only_what_the_message_holds_leaves_the_house(bench: Bench) -> None:
    """Whatever stands in what is sent is of the message, the settings, or the channel's own form."""
    bench.courier.send(replace(call(bench), subject="S", text="T", link=""), AMPLE)
    (raw,) = bench.raw()
    assert not any("\u4e00" <= each <= "\u9fff" for each in raw.decode("utf-8"))


def test_many_threads_may_send_at_once(bench: Bench) -> None:
    verdicts: list[Verdict] = []

    def send(number: int) -> None:
        verdicts.append(bench.courier.send(call(bench, delivery_id=f"d-{number}"), AMPLE).verdict)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(verdicts) == {Verdict.ACCEPTED if bench.confirms else Verdict.UNCONFIRMED}
    assert len(set(bench.identities())) == 12
