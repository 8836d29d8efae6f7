"""A demo of the tour's own: started, killed without warning, started again."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any

from hub.demo.folder import DemoFolder
from hub.runtime.errors import HubError
from hub.tour.browser import PATIENCE_SECONDS

_STOP_SECONDS = 5.0


class DidNotStart(HubError):
    """The demo ended before it was ready; the message holds the end of what it said."""


class Child:
    """`hub demo` as a process. `arguments`: what stands behind `hub demo --json`."""

    def __init__(self, folder: DemoFolder, arguments: list[str]) -> None:
        self._log = folder.path / "demo.log"
        self._arguments = arguments
        self._process: Process | None = None

    async def start(self) -> dict[str, Any]:
        """What it says once it is ready. Raises `DidNotStart`."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "hub", "demo", "--json", *self._arguments, stdout=PIPE, stderr=log
            )
        stdout = self._process.stdout
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                line = await stdout.readline() if stdout else b""
        except TimeoutError:
            line = b""
        if not line:
            await self.kill()
            said = self._log.read_text("utf-8", "replace")[-2000:]
            raise DidNotStart(f"演示没有启动 (the demo did not start)：\n{said}")
        state: dict[str, Any] = json.loads(line)
        return state

    async def kill(self) -> None:
        """`kill -9`: no warning, no goodbye."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        """Ends it in order, and by force when that takes too long."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            await self.kill()
