"""`hub demo --tour`: against the demo that runs in the folder, else against one of its own."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp

from hub.demo.citizens import Citizens
from hub.demo.folder import DemoFolder, DemoRunning
from hub.demo.outside import outside
from hub.demo.ports import free_port
from hub.demo.sample import load
from hub.runtime.clock import SystemClock
from hub.tour.child import Child
from hub.tour.journal import Journals
from hub.tour.play import Told, play
from hub.tour.report import Report
from hub.tour.scene import Scene, Server


@dataclass(frozen=True, slots=True)
class TourOptions:
    """store_url: for a demo of its own. crash: kill that demo on the way. seed: where to kill it."""

    folder: Path
    store_url: str = ""
    crash: bool = False
    seed: int = 0


async def run_tour(options: TourOptions, told: Told) -> Report:
    """Raises `DidNotStart`, and `DemoRunning` when a demo that others use would have to be killed."""
    folder = DemoFolder(options.folder)
    folder.path.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        child: Child | None = None
        if not folder.is_held():
            child = await _child(options, folder, stack)
            stack.push_async_callback(child.stop)
            server = Server(await child.start(), folder.secrets().token)
        elif options.crash:
            raise DemoRunning(
                f"{folder.path} 里有演示在运行，--crash 会把它杀掉，请先停止它或换一个 --dir。\n"
                f"--crash would kill the demo that runs in {folder.path}: stop it, or choose another --dir."
            )
        else:
            server = Server(folder.state(), folder.secrets().token)

        async def kill() -> None:
            if child is not None:
                server.kills += 1
                await child.kill()
                server.state = await child.start()

        citizens = Citizens(server.state["control"]["outside"], server.token, http)
        scene = Scene(load(), server, citizens, Journals(folder), http, SystemClock())
        return await play(scene, told, crash=kill if options.crash else None, seed=options.seed)


async def _child(options: TourOptions, folder: DemoFolder, stack: AsyncExitStack) -> Child:
    """A demo of our own. Where it is to be killed, the outside lives here and goes on."""
    arguments = ["--dir", str(options.folder), "--port", str(free_port()), "--undo-seconds", "1"]
    if options.store_url:
        arguments += ["--store", options.store_url]
    if options.crash:
        world = await stack.enter_async_context(outside(folder, folder.secrets(), SystemClock()))
        folder.write_outside(asdict(world))
        arguments.append("--outside-elsewhere")
    return Child(folder, arguments)
