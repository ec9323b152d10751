"""Group robots: signatures against values computed by another program, forms, and codes."""

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from dutyroom.adapters.couriers import dingtalk, feishu, wecom
from dutyroom.adapters.couriers.plain import mark
from dutyroom.adapters.couriers.robots import Robot
from dutyroom.ports import Message, Outcome, Verdict
from tests.fakes.benches import BENCHES, NOW_MS, SECRET, HttpBench
from tests.fakes.receivers import Mood

AMPLE = 20.0
LINK = "https://duty.example.cn/d/Zx8"
CALL = Message("d-1", 1, "duty-group", "zh", "alarm", "【紧急】示例路站", "请应答。", LINK, exercise=False)

# printf '1577262236757\nthis is secret' | openssl dgst -sha256 -hmac 'this is secret' -binary | base64
DINGTALK_SIGN = "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
# printf '' | openssl dgst -sha256 -mac HMAC -macopt hexkey:HEX -binary | base64
# HEX is "1599360473", a line feed and "demo", in hexadecimal.
FEISHU_SIGN = "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="


def test_dingtalk_signs_as_another_program_does() -> None:
    assert dingtalk.signature("this is secret", 1_577_262_236_757) == DINGTALK_SIGN


def test_feishu_signs_as_another_program_does() -> None:
    assert feishu.signature("demo", 1_599_360_473) == FEISHU_SIGN


def test_dingtalk_puts_time_and_signature_into_the_address_encoded_once() -> None:
    url, _ = dingtalk.compose(
        Robot("https://o.example/send?access_token=t", "this is secret"), CALL, 1_577_262_236_757
    )
    query = parse_qs(urlsplit(url).query)
    assert query == {"access_token": ["t"], "timestamp": ["1577262236757"], "sign": [DINGTALK_SIGN]}


def test_a_robot_without_a_secret_is_not_signed() -> None:
    assert dingtalk.compose(Robot("https://o.example/send"), CALL, 1)[0] == "https://o.example/send"
    assert "sign" not in json.loads(feishu.compose(Robot("https://o.example/send"), CALL, 1)[1])


def test_feishu_puts_time_in_seconds_and_signature_into_the_body() -> None:
    fields = json.loads(feishu.compose(Robot("https://f.example/hook/1", "demo"), CALL, 1_599_360_473_999)[1])
    assert (fields["timestamp"], fields["sign"]) == ("1599360473", FEISHU_SIGN)


def test_feishu_makes_the_link_something_to_tap() -> None:
    message = Message("d-1", 1, "g", "en", "alarm", "S", f"before {LINK} after", LINK, exercise=False)
    post = json.loads(feishu.compose(Robot("https://f.example"), message, 0)[1])["content"]["post"]
    link = {"tag": "a", "text": LINK, "href": LINK}
    assert post["en_us"]["content"] == [
        [{"tag": "text", "text": "before "}, link, {"tag": "text", "text": " after"}]
    ]


@pytest.mark.parametrize("name", ["wecom", "dingtalk", "feishu"])
class TestEach:
    @pytest.fixture
    def bench(self, name: str) -> HttpBench:
        made = BENCHES[name]()
        assert isinstance(made, HttpBench)
        return made

    def answer(self, bench: HttpBench, fields: object) -> Outcome:
        bench.sink.answers[Mood.OK] = fields
        try:
            return bench.courier.send(CALL, AMPLE)
        finally:
            bench.stop()

    def test_a_code_nobody_listed_may_be_tried_again(self, bench: HttpBench, name: str) -> None:
        field = "code" if name == "feishu" else "errcode"
        assert self.answer(bench, {field: 987654}) == Outcome(Verdict.FAILED, "code 987654")

    def test_no_code_is_no_success(self, bench: HttpBench) -> None:
        assert self.answer(bench, {"errmsg": "ok"}) == Outcome(Verdict.FAILED, "answer")

    def test_a_list_is_no_success(self, bench: HttpBench) -> None:
        assert self.answer(bench, [0]) == Outcome(Verdict.FAILED, "answer")

    def test_the_page_of_a_log_in_is_no_success(self, bench: HttpBench) -> None:
        bench.set_mood(Mood.NONSENSE)
        assert self.answer(bench, {}) == Outcome(Verdict.FAILED, "answer")

    def test_a_fault_of_the_server_outweighs_its_code(self, bench: HttpBench) -> None:
        bench.set_mood(Mood.ERROR)
        assert self.answer(bench, {}) == Outcome(Verdict.FAILED, "http 500")

    def test_the_tag_shows_a_second_try_of_the_same_call(self, bench: HttpBench) -> None:
        self.answer(bench, {})
        (text,) = bench.texts()
        assert text.endswith(mark(CALL))

    def test_no_text_can_call_for_everybody(self, bench: HttpBench) -> None:
        bench.courier.send(replace(CALL, text='<at user_id="all"></at><@all>', subject="<at>"), AMPLE)
        bench.stop()
        (raw,) = bench.raw()
        assert not {ord("<"), ord(">")} & set(raw)
        assert b'"at"' not in raw

    def test_the_secret_goes_nowhere_but_into_the_address(self, bench: HttpBench) -> None:
        self.answer(bench, {})
        assert SECRET.encode() not in bench.raw()[0]


def test_feishus_older_answer_is_read_too() -> None:
    assert feishu.code_of({"StatusCode": 0, "StatusMessage": "success"}) == 0
    assert feishu.code_of({"StatusCode": 19001}) == 19001
    assert feishu.code_of({"code": True}) is None
    assert wecom.code_of({"errcode": "45009"}) == 45009


def test_time_outward_is_the_given_time() -> None:
    bench = BENCHES["dingtalk"]()
    assert isinstance(bench, HttpBench)
    bench.courier.send(CALL, AMPLE)
    bench.stop()
    assert parse_qs(urlsplit(bench.sink.received[0].target).query)["timestamp"] == [str(NOW_MS)]


def test_wecoms_limit_of_bytes_is_kept() -> None:
    bench = BENCHES["wecom"]()
    bench.courier.send(
        Message("d", 3, "duty-group", "zh", "alarm", "S", "值班" * 3_000, LINK, exercise=False), AMPLE
    )
    bench.stop()
    (text,) = bench.texts()
    assert len(text.encode()) <= 2_048
    assert LINK in text
    assert text.endswith("/3")
