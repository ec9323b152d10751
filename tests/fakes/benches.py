"""Each courier on its bench: the courier as `couriers.toml` makes it, beside a receiver of its kind.

The contract suite knows benches only: it sets a mood, sends, and asks what arrived.
"""

import base64
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import parse_qs

from dutyroom.adapters.couriers.apprise import AppriseCourier
from dutyroom.adapters.couriers.building import build
from dutyroom.adapters.couriers.config import read_text
from dutyroom.ports import Courier
from tests.fakes.courier import FakeCourier
from tests.fakes.mail_server import MailServer
from tests.fakes.receivers import HttpSink, Mood, Received

NOW_MS = 1_790_000_000_000
SECRET = "s3cr3t-of-the-gateway"


class Bench(ABC):
    """One courier and its receiver. `confirms` tells whether the gateway's word reaches us at all."""

    confirms = True
    reads_answers = True
    address = "13800000001"
    bad_address = "138\n0000"
    courier: Courier

    @abstractmethod
    def set_mood(self, mood: Mood) -> None: ...

    @abstractmethod
    def identities(self) -> list[str]:
        """The identity that each arrival carried, in order."""

    @abstractmethod
    def texts(self) -> list[str]:
        """What a person would read of each arrival, in order."""

    @abstractmethod
    def raw(self) -> list[bytes]:
        """Everything of each arrival that is not transport, in order."""

    def stop(self) -> None:  # noqa: B027  a fake has nothing to release
        """Release the receiver."""


def couriers_of(text: str) -> dict[str, Courier]:
    reading = read_text(text, Path())
    assert reading.couriers is not None, reading.findings
    return build(reading.couriers, lambda: NOW_MS)


class FakeBench(Bench):
    def __init__(self) -> None:
        self.courier = self.fake = FakeCourier()

    def set_mood(self, mood: Mood) -> None:
        self.fake.mood = mood

    def identities(self) -> list[str]:
        return [each.delivery_id for each in self.fake.received]

    def texts(self) -> list[str]:
        return [f"{each.subject}\n{each.text}\n{each.link}" for each in self.fake.received]

    def raw(self) -> list[bytes]:
        return [f"{each}".encode() for each in self.fake.received]


class HttpBench(Bench):
    settings = ""
    answers: Mapping[Mood, object] = MappingProxyType({})

    def __init__(self) -> None:
        self.sink = HttpSink(self.answers)
        text = self.settings.replace("URL", self.sink.url("/send")).replace("SECRET", SECRET)
        (self.courier,) = couriers_of(text.replace("PORT", str(self.sink.port))).values()

    def set_mood(self, mood: Mood) -> None:
        self.sink.mood = mood

    def identities(self) -> list[str]:
        return [each.headers["idempotency-key"] for each in self.sink.received]

    def texts(self) -> list[str]:
        return [self.text_of(each) for each in self.sink.received]

    def raw(self) -> list[bytes]:
        return [each.body for each in self.sink.received]

    def text_of(self, received: Received) -> str:
        raise NotImplementedError

    def stop(self) -> None:
        self.sink.stop()


class JsonGateway(HttpBench):
    settings = """
        [channels.sms]
        kind = "gateway"
        url = "URL?to={address}"
        headers = { Authorization = "Bearer SECRET" }
        [channels.sms.body]
        phone = "{address}"
        out_id = "{delivery_id}"
        content = ["{subject}", "{text} {link}"]
        params = { "$json" = { call = "{text}" } }
        [channels.sms.success]
        path = "status"
        equals = "OK"
        refused = ["BAD_NUMBER"]
        reference = "data.0.id"
    """
    answers = MappingProxyType(
        {
            Mood.OK: {"status": "OK", "data": [{"id": "B-77"}]},
            Mood.REFUSE: {"status": "BAD_NUMBER", "message": "13800000001 does not exist"},
            Mood.LIMIT: {"status": "LIMIT_CONTROL"},
        }
    )

    def text_of(self, received: Received) -> str:
        fields = received.fields()
        # The text stands twice, once within a string of JSON: both must hold the same.
        assert json.loads(fields["params"])["call"] in fields["content"][1]
        return "\n".join(fields["content"])


class FormGateway(HttpBench):
    settings = """
        [channels.voice]
        kind = "gateway"
        url = "URL"
        encoding = "form"
        body = { to = "{address}", say = "{text}", id = "{delivery_id}", more = "{subject} {link}" }
        success = { path = "code", equals = 0, refused = [41] }
        signing = { secret = "SECRET" }
    """
    answers = MappingProxyType({Mood.OK: {"code": 0}, Mood.REFUSE: {"code": 41}, Mood.LIMIT: {"code": 42}})

    def text_of(self, received: Received) -> str:
        form = parse_qs(received.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
        assert set(form) == {"to", "say", "id", "more"}
        assert all(len(values) == 1 for values in form.values())
        return f"{form['more'][0]}\n{form['say'][0]}"


class RobotBench(HttpBench):
    address = "duty-group"
    bad_address = "a group without a robot"


class WecomBench(RobotBench):
    settings = """
        [channels.wecom]
        kind = "wecom"
        robots = { duty-group = { url = "URL?key=SECRET" } }
    """
    answers = MappingProxyType(
        {
            Mood.OK: {"errcode": 0, "errmsg": "ok"},
            Mood.REFUSE: {"errcode": 93000, "errmsg": "invalid webhook url"},
            Mood.LIMIT: {"errcode": 45009, "errmsg": "api freq out of limit"},
        }
    )

    def text_of(self, received: Received) -> str:
        fields = received.fields()
        assert fields["msgtype"] == "text"
        return str(fields["text"]["content"])


class DingtalkBench(RobotBench):
    settings = """
        [channels.dingtalk]
        kind = "dingtalk"
        robots = { duty-group = { url = "URL?access_token=SECRET", secret = "SECRET" } }
    """
    answers = MappingProxyType(
        {
            Mood.OK: {"errcode": 0, "errmsg": "ok"},
            Mood.REFUSE: {"errcode": 310000, "errmsg": "sign not match"},
            Mood.LIMIT: {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"},
        }
    )
    text_of = WecomBench.text_of


class FeishuBench(RobotBench):
    settings = """
        [channels.feishu]
        kind = "feishu"
        robots = { duty-group = { url = "URL/SECRET", secret = "SECRET" } }
    """
    answers = MappingProxyType(
        {
            Mood.OK: {"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"},
            Mood.REFUSE: {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"},
            Mood.LIMIT: {"code": 11232, "msg": "frequency limited"},
        }
    )

    def text_of(self, received: Received) -> str:
        (post,) = received.fields()["content"]["post"].values()
        lines = ["".join(part["text"] for part in paragraph) for paragraph in post["content"]]
        return "\n".join([post["title"], *lines])


class AppriseBench(HttpBench):
    confirms = False
    reads_answers = False
    settings = """
        [channels.extra]
        kind = "apprise"
        url = "json://user:SECRET@127.0.0.1:PORT/{address}"
    """
    answers = MappingProxyType({Mood.REFUSE: {"errcode": 93000}})

    def text_of(self, received: Received) -> str:
        fields = received.fields()
        return f"{fields['title']}\n{fields['message']}"

    def stop(self) -> None:
        super().stop()
        assert isinstance(self.courier, AppriseCourier)
        self.courier.close()

    def identities(self) -> list[str]:
        # Apprise has no field for it: the tag in the text is all there is, with the try behind the slash.
        return [text.rsplit("\n#", 1)[1].split("/")[0] for text in self.texts()]


class MailBench(Bench):
    address = "duty.officer@example.cn"
    bad_address = "duty.officer@example.cn\nBcc: everyone@example.cn"

    def __init__(self) -> None:
        self.server = MailServer(login=("dutyroom", SECRET))
        text = f"""
            [channels.email]
            kind = "smtp"
            host = "127.0.0.1"
            port = {self.server.port}
            security = "none"
            sender = "值班室 <duty@example.cn>"
            username = "dutyroom"
            password = "{SECRET}"
        """
        (self.courier,) = couriers_of(text).values()

    def set_mood(self, mood: Mood) -> None:
        self.server.mood = mood

    def identities(self) -> list[str]:
        return [str(each["Message-ID"]) for each in self.server.letters]

    def texts(self) -> list[str]:
        return [f"{each['Subject']}\n{each.get_content()}" for each in self.server.letters]

    def raw(self) -> list[bytes]:
        return [base64.b64decode(each.get_payload(decode=False)) for each in self.server.letters]

    def stop(self) -> None:
        self.server.stop()


BENCHES: dict[str, Callable[[], Bench]] = {
    "fake": FakeBench,
    "smtp": MailBench,
    "gateway-json": JsonGateway,
    "gateway-form": FormGateway,
    "wecom": WecomBench,
    "dingtalk": DingtalkBench,
    "feishu": FeishuBench,
    "apprise": AppriseBench,
}
