"""systemd hears that the hub is ready and alive."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from hub.runtime.service_manager import ServiceManager


async def test_it_tells_that_it_is_ready_and_gives_signs_of_life_twice_in_the_time_of_the_watchdog(
    tmp_path: Path,
) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(address)
        heard.setblocking(False)
        manager = ServiceManager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "40000"})
        manager.tell("READY=1")
        assert heard.recv(100) == b"READY=1"
        living = asyncio.create_task(manager.live())
        for _ in range(3):
            assert await asyncio.get_running_loop().sock_recv(heard, 100) == b"WATCHDOG=1"
        living.cancel()


async def test_where_nobody_listens_nothing_is_said_and_nothing_breaks(tmp_path: Path) -> None:
    ServiceManager({}).tell("READY=1")
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell("READY=1")
    async with asyncio.timeout(5):
        await ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).live()
