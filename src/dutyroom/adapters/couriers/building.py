"""From settings to couriers: the only place that knows which module serves which kind."""

from collections.abc import Callable

from pydantic import SecretStr

from dutyroom.adapters.couriers.apprise import AppriseCourier, Service
from dutyroom.adapters.couriers.config import (
    AppriseSettings,
    Couriers,
    GatewaySettings,
    NetworkSettings,
    SigningSettings,
    SmtpSettings,
    WebhookSettings,
)
from dutyroom.adapters.couriers.dingtalk import DINGTALK
from dutyroom.adapters.couriers.exchange import Exchange
from dutyroom.adapters.couriers.feishu import FEISHU
from dutyroom.adapters.couriers.gateway import Gateway, GatewayCourier, Signing, SuccessTest
from dutyroom.adapters.couriers.robots import Robot, RobotCourier
from dutyroom.adapters.couriers.smtp import MailServer, SmtpCourier
from dutyroom.adapters.couriers.wecom import WECOM
from dutyroom.ports import Courier

Clock = Callable[[], int]

_DIALECTS = {"wecom": WECOM, "dingtalk": DINGTALK, "feishu": FEISHU}


def build(couriers: Couriers, now_ms: Clock) -> dict[str, Courier]:
    """One courier a channel, by the channel's name. Opens no connection.

    `now_ms` gives the world's time, milliseconds since 1970, UTC, not the product's clock: a demonstration
    may run sixty times as fast, and a gateway checks the time of a signature against its own.
    """
    return {
        name: _courier(name, channel, couriers.network, now_ms) for name, channel in couriers.channels.items()
    }


def callback_secret(couriers: Couriers, channel: str) -> str | None:
    """The secret under which this channel's gateway signs its callbacks; None when it may send none."""
    settings = couriers.channels.get(channel)
    callback = settings.callback if isinstance(settings, GatewaySettings) else None
    return _shown(callback.secret) if callback else None


def _courier(name: str, channel: object, network: NetworkSettings, now_ms: Clock) -> Courier:
    match channel:
        case SmtpSettings():
            return SmtpCourier(name, _mail_server(channel, network), channel.slots, now_ms)
        case GatewaySettings():
            return GatewayCourier(name, _gateway(channel), _exchange(channel.slots, network), now_ms)
        case WebhookSettings():
            robots = {
                each: Robot(robot.url.get_secret_value(), _shown(robot.secret))
                for each, robot in channel.robots.items()
            }
            return RobotCourier(
                name, _DIALECTS[channel.kind], robots, _exchange(channel.slots, network), now_ms
            )
        case AppriseSettings():
            return AppriseCourier(name, _service(channel, network), channel.slots)
    raise TypeError(f"no courier for {type(channel).__name__}")


def _exchange(slots: int, network: NetworkSettings) -> Exchange:
    return Exchange(slots, _shown(network.proxy), network.ca_file)


def _service(channel: AppriseSettings, network: NetworkSettings) -> Service:
    return Service(channel.url.get_secret_value(), _shown(network.proxy))


def _mail_server(channel: SmtpSettings, network: NetworkSettings) -> MailServer:
    return MailServer(
        host=channel.host,
        port=channel.port,
        security=channel.security,
        sender=channel.sender_address(),
        username=channel.username,
        password=_shown(channel.password),
        ca_file=network.ca_file,
    )


def _gateway(channel: GatewaySettings) -> Gateway:
    test = channel.success
    return Gateway(
        method=channel.method,
        url=channel.url.get_secret_value(),
        headers={name: text.get_secret_value() for name, text in channel.headers.items()},
        encoding=channel.encoding,
        body=channel.body,
        success=SuccessTest(
            status=frozenset(test.status),
            path=test.path,
            equals=None if test.equals is None else _plain(test.equals),
            refused=frozenset(_plain(each) for each in test.refused),
            reference=test.reference,
        ),
        signing=_signing(channel.signing),
    )


def _signing(settings: SigningSettings | None) -> Signing | None:
    if settings is None:
        return None
    return Signing(settings.secret.get_secret_value(), settings.header, settings.timestamp_header)


def _plain(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
