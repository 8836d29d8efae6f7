"""The real server on a free port of the loopback, over an embedded store in a temporary folder."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from hub.app import open_hub
from hub.clock import SystemClock
from hub.hub import Hub
from hub.model.notice import Notice, NoticeKind
from hub.passwords import Passwords
from hub.settings import build, shipped_text
from hub.web.site import build_site
from hub.web.staff import Staff


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
        Notice(id, kind, title, body, now - hours * 3_600_000, now - hours * 3_600_000)
        for id, kind, title, hours in texts
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
    hub = await open_hub(build(data), SystemClock())
    stores = hub.repositories
    staff = Staff.build(
        clock=hub.clock,
        agents=stores.agents,
        units=stores.units,
        logins=stores.sessions,
        setup=stores.setup,
        passwords=Passwords(),
    )
    await hub.documents.commit([stores.notices.insert(notice) for notice in _notices(hub.clock.now_ms())])
    runner = web.AppRunner(build_site(hub, staff), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    jobs = asyncio.create_task(hub.run_jobs(), name="jobs")
    try:
        yield RunningSite(f"http://{host}:{port}", hub)
    finally:
        jobs.cancel()
        await asyncio.wait([jobs])
        await runner.cleanup()
        await hub.close()
