"""A hub with all its jobs that takes files in, and beside it a caller who stores one small document after
another: whether what is imported holds up what citizens send.

    python -m hub.bench.import_worker FOLDER

Commands: `begin` a file of a `kind`, `check` and `start` and `cancel` it, `state` of it.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from campaigns.importing.columns import FileKind
from hub.app import open_hub
from hub.bench.child import commands, tell
from hub.bench.site import settings_in
from hub.hub import Hub
from hub.model.departments.registered import RegisteredDepartment
from hub.runtime.clock import SystemClock
from hub.runtime.errors import Invalid
from hub.runtime.ids import new_id
from hub.store.documents import Insert

DEPARTMENT = RegisteredDepartment("traffic", "交警支队", 0, "bench")
_NOWHERE = "http://127.0.0.1:9"
_PAUSE_SECONDS = 0.05


async def main() -> None:
    """Answers commands until the pipe closes."""
    hub = await open_hub(settings_in(Path(sys.argv[1]), api_base=_NOWHERE, encoder="none"), SystemClock())
    jobs = asyncio.create_task(hub.run_jobs())
    waits: list[float] = []
    caller = asyncio.create_task(_stores(hub, waits))
    try:
        if await hub.repositories.departments.registry.get(DEPARTMENT.id) is None:
            await hub.documents.commit([hub.repositories.departments.registry.insert(DEPARTMENT)])
        tell(ready=True)
        async for command in commands():
            tell(**await _do(hub, waits, **command))
    finally:
        caller.cancel()
        jobs.cancel()
        await asyncio.gather(caller, jobs, return_exceptions=True)
        await hub.close()


async def _do(
    hub: Hub, waits: list[float], *, do: str, id: str = "", kind: str = "", path: str = ""
) -> dict[str, object]:
    imports = hub.actions.publicity.recipients.imports
    if do == "begin":
        file = await asyncio.to_thread(Path(path).open, "rb")
        with file:
            begun = await imports.begin(
                "bench", Path(path).name, DEPARTMENT.name, file, kind=FileKind(kind), department=DEPARTMENT.id
            )
        return {"id": begun.id}
    if do == "check":
        begun = (await imports.read(id)).value
        await imports.check(id, mapping=begun.mapping, heading=begun.heading)
    elif do == "start":
        await imports.start(id)
    elif do == "cancel":
        with suppress(Invalid):  # a small one may have come to its end meanwhile
            await imports.cancel(id)
    now = (await imports.read(id)).value
    slow = sorted(waits[-2000:])
    return {
        "state": now.state,
        "checked": now.checked.rows,
        "bad": now.checked.bad,
        "repeated": now.checked.repeated,
        "done": now.done.rows,
        "waits_p99": quantiles(slow, n=100)[98] if len(slow) > 100 else 0.0,
    }


async def _stores(hub: Hub, waits: list[float]) -> None:
    """A mark each 50 ms; how long each took."""
    for place in count():
        began = perf_counter()
        await hub.documents.commit([Insert("marks", f"bench:{new_id(hub.clock.now_ms())}:{place}", {})])
        waits.append(perf_counter() - began)
        await asyncio.sleep(_PAUSE_SECONDS)


if __name__ == "__main__":
    asyncio.run(main())
