"""The how-to on channels: what it tells people to write can be read, and it tells everything there is."""

import re
from pathlib import Path

import pytest

from dutyroom.adapters.couriers.building import build
from dutyroom.adapters.couriers.config import (
    Couriers,
    GatewaySettings,
    NetworkSettings,
    RobotSettings,
    SigningSettings,
    SmtpSettings,
    SuccessSettings,
    WebhookSettings,
    read_text,
)
from dutyroom.adapters.couriers.template import NAMES

HOWTO = (Path(__file__).parents[3] / "docs" / "howto" / "channels.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", HOWTO, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_good_file(example: str, tmp_path: Path) -> None:
    for name in re.findall(r'"file:([^"]+)"', example):
        secret = tmp_path / name
        secret.parent.mkdir(exist_ok=True)
        secret.write_text(
            "https://robot.example.cn/send" if name.endswith("url") else "a-secret", encoding="utf-8"
        )
    reading = read_text(example, tmp_path)
    assert [each for each in reading.findings if each.code != "courier.only_unconfirmed"] == []
    assert reading.couriers is not None
    build(reading.couriers, lambda: 0)


def test_every_kind_has_an_example() -> None:
    kinds = set(re.findall(r'kind = "([a-z]+)"', "".join(EXAMPLES)))
    assert kinds == {"smtp", "gateway", "wecom", "dingtalk", "feishu", "apprise"}


def test_every_placeholder_and_setting_is_told() -> None:
    for name in NAMES:
        assert f"`{{{name}}}`" in HOWTO
    models = (Couriers, NetworkSettings, SmtpSettings, GatewaySettings, SuccessSettings, SigningSettings)
    for model in (*models, WebhookSettings, RobotSettings):
        for name in model.model_fields:
            assert re.search(rf"\b{name}\b", HOWTO), name
