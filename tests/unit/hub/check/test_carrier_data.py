"""`[carrier_data]`: what cannot be used is refused when it is read; the check asks for nobody's number."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from hub.check.carrier_data import check_carrier_data
from hub.model.alarms.carrier_data import Datum, Position
from hub.runtime.clock import FakeClock
from hub.runtime.finding import Level
from hub.settings.problems import SettingsProblem
from hub.settings.read import build, shipped_text
from hub.settings.settings import Settings
from hub.web.pages.aid.aid import AidWords
from tests.subscriber_system import played_subscribers

NOW = 1_796_097_600_000
URL, SECRET = "https://carrier.example/look", "env:HUB_TEST_CARRIER_SECRET"


def settings(**given: Any) -> Settings:
    data = tomllib.loads(shipped_text())
    data["carrier_data"].update(given)
    return build(data)


@pytest.mark.parametrize(
    "given",
    [
        {"url": "http://carrier.example/look"},  # in the clear
        {"url": "https://u:p@carrier.example/look"},
        {"url": URL, "secret": ""},
        {"url": URL, "secret": "in-the-file-itself"},
        {"map_link": "https://map.example/"},
        {"map_link": "javascript:alert({latitude},{longitude})"},
        {"map_datum": "BD-09"},
        {"keep_days": 0},
        {"timeout_seconds": 60},
    ],
)
def test_what_cannot_be_used_is_refused(given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TEST_CARRIER_SECRET", "short" if given.get("secret") is None else "s" * 16)
    with pytest.raises(SettingsProblem) as problem:
        settings(**{"secret": SECRET, **given})
    assert "carrier_data" in str(problem.value)


async def findings(given: dict[str, Any]) -> list[tuple[Level, str]]:
    checked = check_carrier_data(settings(**given), FakeClock(NOW))
    return [(one.level, one.detail) async for one in checked]


async def test_the_check_says_what_the_carrier_answers_and_names_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await findings({}) == []  # none is no fault
    monkeypatch.setenv("HUB_TEST_CARRIER_SECRET", "another-secret-altogether")
    async with played_subscribers() as played:
        [(level, said)] = await findings({"url": played.url, "secret": SECRET})
        assert (level, "拒绝" in said, played.forged) == (Level.FAIL, True, 1)
        assert await findings(played.settings()) == [(Level.OK, "可用 (answers)")]
        assert played.asked == []
    [(level, said)] = await findings({**played.settings(), "timeout_seconds": 0.5})
    assert (level, "连不上" in said) == (Level.WARN, True)


def test_a_map_is_linked_for_its_own_coordinate_system_only() -> None:
    where = Position(26.08021, 119.29647, 150, NOW, Datum.GCJ_02)
    link = "https://map.example/?at={latitude},{longitude}"
    own = AidWords(settings(map_link=link, map_datum="GCJ-02").carrier_data, NOW)
    other = AidWords(settings(map_link=link, map_datum="WGS-84").carrier_data, NOW)
    assert own.map_of(where) == "https://map.example/?at=26.080210,119.296470"
    assert (other.map_of(where), other.has_map) == ("", True)
    assert AidWords(settings(map_datum="GCJ-02").carrier_data, NOW).map_of(where) == ""
