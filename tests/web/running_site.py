"""The real server on a free port of the loopback, over an embedded store in a temporary folder."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.actions.staff.passwords import Passwords
from hub.hub import Hub
from hub.model.notice import Notice, NoticeKind
from hub.runtime.clock import SystemClock
from hub.serve import running
from hub.settings.read import build, shipped_text
from tests.first_start import started_before


@dataclass(frozen=True, slots=True)
class RunningSite:
    """Where it listens and what runs behind it."""

    url: str
    hub: Hub


def _notices(now: int) -> list[Notice]:
    texts = (
        ("notice-warning", NoticeKind.WARNING, "警惕冒充公检法的电话诈骗", 3),
        ("notice-education", NoticeKind.EDUCATION, "电话卡、银行卡不能借给别人", 30),
        ("notice-plain", NoticeKind.NOTICE, "节假日出入境窗口开放安排", 90),
    )
    body = "接到可疑电话请先挂断，再拨打 96110 核实。\n公安机关没有“安全账户”。"
    return [
        Notice(id, kind, title, body, at, at, topic="fraud" if kind is NoticeKind.EDUCATION else "")
        for id, kind, title, at in ((*text[:3], now - text[3] * 3_600_000) for text in texts)
    ]


@asynccontextmanager
async def running_site(folder: Path) -> AsyncIterator[RunningSite]:
    """Starts the hub with its jobs; ends both."""
    data = tomllib.loads(shipped_text())
    data["organisation"] |= {
        "name": "榕城公安公众服务中心",
        "publisher": "榕城公安局",
        "site_code": "0000000000",
        "icp": "ICP备00000000号",
    }
    data["regions"] = [
        {"code": "350100", "name": "福州", "area_code": "591"},
        {"code": "350200", "name": "厦门", "area_code": "592"},
    ]
    data["store"]["path"] = str(folder / "hub.db")
    data["keys"]["file"] = str(folder / "keys.json")
    data["files"]["path"] = str(folder / "files")
    data["cases"]["undo_seconds"] = 0  # a reply leaves at once
    data["web"]["port"] = 0
    cheap = Passwords(time_cost=1, memory_kib=64)
    settings = await started_before(build(data))
    async with running(settings, SystemClock(), passwords=cheap) as started:
        hub = started.hub
        published = [hub.repositories.notices.insert(item) for item in _notices(hub.clock.now_ms())]
        await hub.documents.commit(published)
        yield RunningSite(started.url, hub)
