"""couriers.toml: a good one has no findings; every other test breaks one thing and names the finding."""

import re
from pathlib import Path

import pytest

import dutyroom.adapters.couriers as package
from dutyroom.adapters.couriers.building import build, callback_secret
from dutyroom.adapters.couriers.config import Reading, read_file, read_text
from dutyroom.core.findings import Finding
from dutyroom.wording import LANGUAGES, codes, say

GOOD = """
[network]
proxy = "http://proxy.example:3128"

[channels.email]
kind = "smtp"
host = "mail.example.cn"
port = 587
sender = "值班室 <duty@example.cn>"
username = "duty"
password = "file:secrets/mail"

[channels.sms]
kind = "gateway"
url = "https://sms.example.cn/v1/send"
headers = { Authorization = "Bearer topsecret-1" }
body = { phone = "{address}", text = "{text} {link}", id = "{delivery_id}" }
success = { path = "code", equals = 0, refused = [41, "BAD"], reference = "id" }
signing = { secret = "topsecret-2" }
callback = { secret = "topsecret-3" }

[channels.wecom]
kind = "wecom"
robots = { office = { url = "https://qy.example.cn/send?key=topsecret-4" } }

[channels.dingtalk]
kind = "dingtalk"
[channels.dingtalk.robots.office]
url = "https://oapi.example.cn/send?access_token=topsecret-5"
secret = "topsecret-6"

[channels.feishu]
kind = "feishu"
robots = { office = { url = "https://open.example.cn/hook/topsecret-7" } }

[channels.extra]
kind = "apprise"
url = "json://topsecret-8@example.cn/{address}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "mail").write_text("topsecret-0\n", encoding="utf-8")
    return tmp_path


def broken(folder: Path, old: str, new: str) -> Reading:
    assert old in GOOD
    return read_text(GOOD.replace(old, new), folder)


def test_a_good_file_makes_its_couriers_and_shows_no_secret(folder: Path) -> None:
    (folder / "couriers.toml").write_text(GOOD, encoding="utf-8")
    reading = read_file(folder / "couriers.toml")
    assert reading.findings == ()
    assert reading.couriers is not None
    assert "topsecret" not in repr(reading)
    couriers = build(reading.couriers, lambda: 0)
    assert {name: each.channel for name, each in couriers.items()} == {name: name for name in couriers}
    assert list(couriers) == ["email", "sms", "wecom", "dingtalk", "feishu", "extra"]
    assert couriers["email"]._server.password == "topsecret-0"  # type: ignore[attr-defined]


def test_who_may_report_back(folder: Path) -> None:
    couriers = read_text(GOOD, folder).couriers
    assert couriers is not None
    assert callback_secret(couriers, "sms") == "topsecret-3"
    assert callback_secret(couriers, "wecom") is None
    assert callback_secret(couriers, "nobody") is None


def test_an_empty_file_is_a_house_without_couriers(folder: Path) -> None:
    couriers = read_text("", folder).couriers
    assert couriers is not None
    assert build(couriers, lambda: 0) == {}


SMS = "channels.sms"
BREAKS = [
    ("port = 587", "", "courier.missing", "channels.email.port", {"field": "port"}),
    ("port = 587", "port = 99999", "courier.out_of_range", "channels.email.port", {"limit": 65535}),
    ("port = 587", 'port = "smtp"', "courier.wrong_type", "channels.email.port", {"wanted": "number"}),
    ("port = 587", "prot = 1\nport = 587", "courier.unknown_key", "channels.email.prot", {"field": "prot"}),
    ("port = 587", "port = 587\nsecurity = 'tls'", "courier.not_one_of", "channels.email.security", None),
    ("port = 587", "port = 587\nsecurity = 'none'", "courier.password_in_the_clear", "channels.email", {}),
    ("值班室 <duty@example.cn>", "值班室", "courier.bad_sender", "channels.email.sender", {}),
    ('"mail.example.cn"', '""', "courier.empty", "channels.email.host", {}),
    ("file:secrets/mail", "file:secrets/none", "courier.secret_file", "channels.email.password", None),
    ('kind = "smtp"', "", "courier.missing", "channels.email.kind", {"field": "kind"}),
    ('kind = "smtp"', 'kind = "fax"', "courier.not_one_of", "channels.email", None),
    ("https://sms.", "ftp://sms.", "courier.bad_url", f"{SMS}.url", {}),
    ("https://sms.", "https://{address}.", "courier.bad_url", f"{SMS}.url", {}),
    ("https://sms.", "http://sms.", "courier.plain_http", f"{SMS}.url", {}),
    ("https://qy.", "http://qy.", "courier.plain_http", "channels.wecom.robots.office.url", {}),
    ("{delivery_id}", "{case}", "courier.unknown_placeholder", f"{SMS}.body", None),
    ("{address}", "13800000001", "courier.placeholder_missing", SMS, {"name": "address"}),
    ("{text} {link}", "{link}", "courier.placeholder_missing", SMS, {"name": "text"}),
    ("body = {", 'method = "GET"\nbody = {', "courier.body_not_possible", SMS, {}),
    ("Authorization =", '"Author ization" =', "courier.bad_header", None, {"name": "Author ization"}),
    ("Bearer topsecret-1", "Bearer a\\r\\nb", "courier.secret_lines", f"{SMS}.headers.Authorization", {}),
    ('path = "code", ', "", "courier.path_without_value", f"{SMS}.success", {}),
    ("robots = { office = { url = \"https://qy.example.cn/send?key=topsecret-4\" } }", "robots = {}",
     "courier.empty", "channels.wecom.robots", {}),
    ("[channels.extra]", "[channels.inbox]", "courier.bad_channel_name", None, {"name": "inbox"}),
    ("[channels.extra]", '[channels."Mail 2"]', "courier.bad_channel_name", None, {"name": "Mail 2"}),
    ("[network]", "[network", "courier.not_toml", "couriers.toml", {"line": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "place", "fields"), BREAKS)
def test_one_break_gives_one_finding(
    folder: Path, old: str, new: str, code: str, place: str | None, fields: dict[str, object] | None
) -> None:
    reading = broken(folder, old, new)
    assert reading.couriers is None
    assert [each.code for each in reading.findings] == [code]
    (finding,) = reading.findings
    assert finding.severity == "error"
    assert place is None or finding.place == place
    assert fields is None or finding.fields == fields
    assert "topsecret" not in repr(reading)
    for language in LANGUAGES:
        say(finding.code, language, **finding.fields)


def test_all_breaks_are_told_at_once(folder: Path) -> None:
    text = GOOD.replace("port = 587", "").replace("https://sms.", "ftp://sms.").replace('"feishu"', '"fax"')
    assert {each.code for each in read_text(text, folder).findings} == {
        "courier.missing",
        "courier.bad_url",
        "courier.not_one_of",
    }


def test_a_gateway_judged_by_its_status_alone_is_a_warning(folder: Path) -> None:
    reading = broken(
        folder, 'success = { path = "code", equals = 0, refused = [41, "BAD"], reference = "id" }', ""
    )
    assert reading.couriers is not None
    assert reading.findings == (
        Finding("courier.weak_success_test", "warning", "channels.sms.success", {"channel": "sms"}),
    )


def test_plain_http_within_the_house_is_a_warning_when_asked_for(folder: Path) -> None:
    reading = broken(folder, 'url = "https://sms.', 'plain_http = true\nurl = "http://sms.')
    assert reading.couriers is not None
    assert reading.findings == (Finding("courier.plain_http", "warning", "channels.sms.url"),)


def test_a_house_that_nobody_confirms_anything_to_is_warned(folder: Path) -> None:
    reading = read_text('[channels.extra]\nkind = "apprise"\nurl = "json://example.cn"', folder)
    assert reading.findings == (Finding("courier.only_unconfirmed", "warning", "channels"),)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    reading = read_file(tmp_path / "couriers.toml")
    assert [each.code for each in reading.findings] == ["courier.file_unreadable"]


@pytest.mark.parametrize("content", [b"", b"a\nb", b"\xff", b"x" * 9_000])
def test_a_secret_file_holds_one_line_of_text(folder: Path, content: bytes) -> None:
    (folder / "secrets" / "mail").write_bytes(content)
    (finding,) = read_text(GOOD, folder).findings
    assert finding.code in ("courier.secret_file", "courier.secret_lines")


def test_every_code_that_the_couriers_give_has_its_sentence() -> None:
    sources = [each.read_text(encoding="utf-8") for each in Path(package.__path__[0]).glob("*.py")]
    text = "\n".join(sources)
    given = set(re.findall(r'"(courier\.[a-z_.]+)"', text)) - {"courier."}
    given |= {f"courier.{name}" for name in re.findall(r'_fault\(\s*"([a-z_]+)"', text)}
    details = re.findall(r'Outcome\(\s*Verdict\.[A-Z]+[^,]*,\s*f?"([a-z]+)', text)
    given |= {f"courier.detail.{word}" for word in details}
    given.add("courier.detail.undelivered")  # a gateway says so afterwards: web.callback
    given.add("courier.detail.exercise")  # an exercise carries nothing outside: wiring.telling
    assert len(details) > 10
    assert given <= codes()
    # A sentence that nothing says is a leftover.
    assert {code for code in codes() if code.startswith("courier.")} == given
