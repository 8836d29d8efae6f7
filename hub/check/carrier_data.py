"""Whether the carrier's system answers what is agreed (docs/alarms.md); nobody's number is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from channels.http import HttpClient
from hub.model.alarms.carrier_data import Outcome
from hub.runtime.clock import Clock
from hub.runtime.finding import Finding, Level
from hub.settings.settings import Settings
from hub.wiring.alarms import carrier_of

_LABEL = "carrier data"
_FOUND: Mapping[Outcome, tuple[Level, str, str]] = {
    Outcome.UNKNOWN: (Level.OK, "可用 (answers)", ""),
    Outcome.REFUSED: (
        Level.FAIL,
        "拒绝了请求 (refuses the request)",
        "核对 carrier_data.secret (check the secret)",
    ),
    Outcome.TIMED_OUT: (
        Level.WARN,
        "没有在规定时间内回答 (no answer in time)",
        "请运营商检查 (ask the carrier)",
    ),
    Outcome.UNREACHABLE: (
        Level.WARN,
        "连不上 (cannot be reached)",
        "核对 carrier_data.url、证书和网络 (check the url)",
    ),
    Outcome.UNAVAILABLE: (Level.WARN, "暂时不能查询 (cannot answer now)", "请运营商检查 (ask the carrier)"),
}
_OTHER = (Level.FAIL, "回答不合约定 (not the agreed answer)", "核对接口 (docs/alarms.md)")


async def check_carrier_data(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """One finding when a carrier is configured, none without: it is no fault to have none."""
    async with HttpClient() as http:
        carrier = carrier_of(settings, http, clock)
        if carrier is not None:
            level, what, fix = _FOUND.get(await carrier.probe(), _OTHER)
            yield Finding(level, _LABEL, what, fix)
