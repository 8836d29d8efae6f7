"""Whether the other systems that know progress answer what is agreed (docs/progress_systems.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from channels.http import HttpClient, HttpError
from hub.actions.progress.progress_source import SourceDown
from hub.other_systems.http_source import HttpProgress
from hub.runtime.clock import Clock
from hub.runtime.finding import Finding, Level
from hub.settings.settings import Settings
from hub.wiring.dialogue import progress_systems


async def check_progress(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """One finding for each configured system; each is asked once, without a number."""
    async with HttpClient() as http:
        for system in progress_systems(settings):
            label = f"progress {system.name}"
            try:
                await HttpProgress(system, http, clock).probe()
            except HttpError:
                yield Finding(
                    Level.WARN,
                    label,
                    "连不上或超时 (cannot be reached)",
                    "核对 url、证书和网络 (check the url)",
                )
            except SourceDown as problem:
                yield Finding(
                    Level.FAIL,
                    label,
                    f"回答不合约定 (not the agreed answer)：{problem}",
                    "核对密钥和接口 (docs/progress_systems.md)",
                )
            else:
                yield Finding(Level.OK, label, "可用 (answers)")
