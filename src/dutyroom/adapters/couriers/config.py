"""The organisation's `couriers.toml`: which channels there are and how each reaches its gateway.

One table a channel, `[channels.NAME]`, with a `kind`. Reading never raises for what is in the file: it
gives frozen settings, or findings, all at once. No finding, repr or log line shows a secret. A secret
stands in the file as it is or as `file:NAME`, a file beside this one. It does not know who may be reached
by which channel.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from dutyroom.adapters.couriers.exchange import is_loopback
from dutyroom.adapters.couriers.findings import from_validation
from dutyroom.adapters.couriers.plain import one_line
from dutyroom.adapters.couriers.smtp import mail_address
from dutyroom.adapters.couriers.template import AS_JSON, NAMES, unknown_names
from dutyroom.core.findings import Finding

CHANNEL_NAME = re.compile(r"[a-z][a-z0-9_-]{0,29}")
RESERVED_NAMES = frozenset({"inbox"})  # the list inside the product, which needs no gateway
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
SECRET_BYTES = 8_192

# --- single values --------------------------------------------------------------------------------------


def _fault(code: str, **fields: str | int) -> PydanticCustomError:
    return PydanticCustomError(f"courier.{code}", "see the code", fields)


def _secret(value: object, info: ValidationInfo) -> object:
    """The secret itself; `file:NAME` is read from beside the configuration, without its last line break."""
    if not isinstance(value, str) or not value.startswith("file:"):
        return value
    name = value.removeprefix("file:").strip()
    try:
        raw = (info.context or {}).get("folder", Path()).joinpath(name).read_bytes()[: SECRET_BYTES + 1]
        text = raw.decode("utf-8").strip()
    except (OSError, ValueError):
        raise _fault("secret_file", file=name) from None
    if not text or len(raw) > SECRET_BYTES:
        raise _fault("secret_file", file=name)
    return text


def _one_line_secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text or text != one_line(text):
        raise _fault("secret_lines")
    return value


def _url(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or "{" in text.split("://", 1)[-1].split("/", 1)[0] or re.search(r"\s", text):
        raise _fault("bad_url")
    return value


def _placeholders(value: Any) -> Any:
    shape = value.get_secret_value() if isinstance(value, SecretStr) else value
    unknown = unknown_names(shape)
    if unknown:
        raise _fault("unknown_placeholder", name=unknown[0], known=", ".join(sorted(NAMES)))
    return value


def _sender(value: str) -> str:
    name, address = parseaddr(value)
    if mail_address(address) is None or name != one_line(name):
        raise _fault("bad_sender")
    return value


def _header_name(value: str) -> str:
    if not HEADER_NAME.fullmatch(value):
        raise _fault("bad_header", name=one_line(value)[:40])
    return value


Secret = Annotated[SecretStr, BeforeValidator(_secret), AfterValidator(_one_line_secret)]
SecretUrl = Annotated[Secret, AfterValidator(_url)]
TemplateUrl = Annotated[SecretUrl, AfterValidator(_placeholders)]
TemplateHeader = Annotated[Secret, AfterValidator(_placeholders)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
Slots = Annotated[int, Field(ge=1, le=64)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


# --- one model a kind of channel ------------------------------------------------------------------------


class SmtpSettings(_Settings):
    """E-mail."""

    kind: Literal["smtp"]
    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65_535)
    security: Literal["starttls", "ssl", "none"] = "starttls"
    sender: Annotated[str, AfterValidator(_sender)]
    username: str | None = None
    password: Secret | None = None
    slots: Slots = 4

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> "SmtpSettings":
        if self.security == "none" and self.password is not None and not is_loopback(f"smtp://{self.host}"):
            raise _fault("password_in_the_clear")
        return self

    def sender_address(self) -> Address:
        """The sender, with the name that people see."""
        name, address = parseaddr(self.sender)
        return Address(display_name=name, addr_spec=mail_address(address) or address)


class _OverHttp(_Settings):
    plain_http: bool = False  # true allows http:// to another machine, for a gateway inside the house
    slots: Slots = 8


class SuccessSettings(_Settings):
    """How an answer shows that the gateway took the message."""

    status: list[Annotated[int, Field(ge=200, le=299)]] = Field(default=[200], min_length=1)
    path: str | None = Field(default=None, min_length=1)
    equals: str | int | bool | None = None
    refused: list[str | int] = []
    reference: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _path_and_value_go_together(self) -> "SuccessSettings":
        if (self.path is None) != (self.equals is None) or (self.refused and self.path is None):
            raise _fault("path_without_value")
        return self


class SigningSettings(_Settings):
    """A signature over each request, or over each callback."""

    secret: Secret
    header: HeaderName = "X-Dutyroom-Signature"
    timestamp_header: HeaderName = "X-Dutyroom-Timestamp"


class GatewaySettings(_OverHttp):
    """Text messages or voice calls over any HTTP gateway."""

    kind: Literal["gateway"]
    url: TemplateUrl
    method: Literal["POST", "PUT", "GET"] = "POST"
    encoding: Literal["json", "form"] = "json"
    headers: dict[HeaderName, TemplateHeader] = {}
    body: Annotated[dict[str, JsonValue], AfterValidator(_placeholders)] | None = None
    success: SuccessSettings = SuccessSettings()
    signing: SigningSettings | None = None
    callback: SigningSettings | None = None

    @model_validator(mode="after")
    def _carries_the_message(self) -> "GatewaySettings":
        if self.body is not None and (self.method == "GET" or AS_JSON in self.body):
            raise _fault("body_not_possible")
        written = f"{self.url.get_secret_value()} {self.body}"
        for needed in ("{address}", "{text}"):
            if needed not in written:
                raise _fault("placeholder_missing", name=needed.strip("{}"))
        return self


class RobotSettings(_Settings):
    """One robot of one group."""

    url: SecretUrl
    secret: Secret | None = None


class WebhookSettings(_OverHttp):
    """Group robots of one chat product; people's addresses are the robots' names."""

    kind: Literal["wecom", "dingtalk", "feishu"]
    robots: dict[Annotated[str, Field(min_length=1, max_length=60)], RobotSettings] = Field(min_length=1)


class AppriseSettings(_Settings):
    """Any service that Apprise knows; sent, never confirmed."""

    kind: Literal["apprise"]
    url: Secret
    slots: Slots = 4


ChannelSettings = Annotated[
    SmtpSettings | GatewaySettings | WebhookSettings | AppriseSettings, Field(discriminator="kind")
]


def _channel_name(value: str) -> str:
    if not CHANNEL_NAME.fullmatch(value) or value in RESERVED_NAMES:
        raise _fault("bad_channel_name", name=one_line(value)[:40])
    return value


class NetworkSettings(_Settings):
    """The way out of the house for all channels; this machine itself is never reached by a proxy."""

    proxy: SecretUrl | None = None
    ca_file: str | None = None


class Couriers(_Settings):
    """The whole file."""

    network: NetworkSettings = NetworkSettings()
    channels: dict[Annotated[str, AfterValidator(_channel_name)], ChannelSettings] = {}


# --- reading --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """The settings, unless a finding is an error; warnings come beside settings that can be used."""

    couriers: Couriers | None
    findings: tuple[Finding, ...]


def read_file(path: Path) -> Reading:
    """Read `couriers.toml`; secrets named `file:...` are looked up in its folder."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        return Reading(None, (Finding("courier.file_unreadable", "error", path.name, {"file": path.name}),))
    return read_text(text, path.parent)


def read_text(text: str, folder: Path) -> Reading:
    """Read the text of `couriers.toml`, with `folder` as the place of its secrets."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        fields = {"line": int(line.group(1)) if line else text.count("\n") + 1}
        return Reading(None, (Finding("courier.not_toml", "error", "couriers.toml", fields),))
    try:
        couriers = Couriers.model_validate(tables, context={"folder": folder})
    except ValidationError as error:
        return Reading(None, from_validation(error))
    findings = tuple(_judged(couriers))
    broken = any(finding.severity == "error" for finding in findings)
    return Reading(None if broken else couriers, findings)


def _judged(couriers: Couriers) -> Iterator[Finding]:
    """What is well formed and still wrong or weak."""
    for name, channel in couriers.channels.items():
        for place, url in _addresses(f"channels.{name}", channel):
            yield from _judged_url(place, url, allowed=getattr(channel, "plain_http", False))
        if isinstance(channel, GatewaySettings) and channel.success.path is None:
            yield Finding(
                "courier.weak_success_test", "warning", f"channels.{name}.success", {"channel": name}
            )
    kinds = {channel.kind for channel in couriers.channels.values()}
    if kinds == {"apprise"}:
        yield Finding("courier.only_unconfirmed", "warning", "channels")


def _judged_url(place: str, url: str, allowed: bool) -> Iterator[Finding]:
    if url.startswith("https://") or is_loopback(url):
        return
    yield Finding("courier.plain_http", "warning" if allowed else "error", place)


def _addresses(place: str, channel: object) -> Iterator[tuple[str, str]]:
    if isinstance(channel, GatewaySettings):
        yield f"{place}.url", channel.url.get_secret_value()
    elif isinstance(channel, WebhookSettings):
        for name, robot in channel.robots.items():
            yield f"{place}.robots.{name}.url", robot.url.get_secret_value()
