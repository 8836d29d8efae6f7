"""The hub of the letters bench, a process of its own: all its jobs, and a clock beside them in its loop."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from hub.bench.child import commands, tell
from hub.bench.letters.probe import Probe
from hub.bench.site import settings_in
from hub.hub import Hub
from hub.runtime.clock import SystemClock
from hub.runtime.gc_tuning import spare_the_collector
from hub.serve import running
from hub.settings.settings import Settings

MAILBOX = "service@hub.test"
GOOD = "好信"


async def main(folder: Path, mail_port: int, smtp_port: int) -> None:
    """Answers `{"step": "begin"}` when the watch begins, `{"step": "left"}` with how many letters wait, and
    `{"step": "end"}` with everything that was seen."""
    async with running(_settings(folder, mail_port, smtp_port), SystemClock()) as site:
        spare_the_collector()  # as `hub serve` does
        tell(port=site.port)
        probe = Probe()
        watching: asyncio.Task[None] | None = None
        async for command in commands():
            if command["step"] == "begin":
                watching = asyncio.create_task(probe.watch())
                tell()
            elif command["step"] == "left":
                tell(left=await _waiting(site.hub))
            else:
                watched = {"delay_ms": probe.delay_ms, "held_ms": probe.held_ms}  # not of the looking itself
                tell(**await _seen(site.hub), **watched)
        if watching is not None:
            watching.cancel()


def _settings(folder: Path, mail_port: int, smtp_port: int) -> Settings:
    settings = settings_in(folder, api_base="http://127.0.0.1:9", encoder="none")
    mail = settings.channels["mail"].model_copy(
        update={
            "enabled": True,
            "address": MAILBOX,
            "listen_port": mail_port,
            "smtp_port": smtp_port,
            "rate_parts_per_second": 1000.0,
        }
    )
    return settings.model_copy(update={"channels": {**settings.channels, "mail": mail}})


async def _waiting(hub: Hub) -> int:
    return sum((await hub.documents.count("letters", {"state": "waiting"})).values())


async def _seen(hub: Hub) -> Mapping[str, int]:
    """good: different good letters that are cases. kept: letters of which the message is there."""
    titles: set[str] = set()
    cases = 0
    async for row in hub.documents.scan("cases"):
        cases += 1
        found = await hub.repositories.cases.get(row.id)
        if found is not None and found.value.title.startswith(GOOD):
            titles.add(found.value.title)
    kept = unreadable = 0
    async for row in hub.documents.scan("letters"):
        message = await hub.documents.get("messages", str(row.body.get("message_id", "")))
        kept += message is not None
        unreadable += row.body["state"] == "unreadable"
    return {"good": len(titles), "cases": cases, "kept": kept, "unreadable": unreadable}


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
