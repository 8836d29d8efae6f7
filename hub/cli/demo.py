"""`hub demo` and `hub demo --tour`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from hub.cli.run import CANNOT_RUN, print_json, run
from hub.demo.run import DemoOptions, run_demo
from hub.runtime import logs
from hub.runtime.console import Screen
from hub.tour.report import StepResult
from hub.tour.run import TourOptions, run_tour


def demo(
    *,
    port: int = 8080,
    dir: Path = Path("var/demo"),
    store: str = "",
    tour: bool = False,
    crash: bool = False,
    seed: int = 0,
    json: bool = False,
    outside_elsewhere: Annotated[bool, Parameter(show=False)] = False,
    undo_seconds: Annotated[int, Parameter(show=False)] = 15,
) -> int:
    """启动演示：短信、电话、邮件都由本机模拟，人物和事情都是虚构的。

    Everything on this machine: a played carrier and mail server, a sample organisation, staff
    accounts with new passwords.

    Parameters
    ----------
    port
        网页端口，0 为任选 · Web port, 0 picks a free one.
    dir
        演示数据的目录 · Folder of the demo's data.
    store
        改用 MongoDB，例如 mongodb://… · MongoDB instead of the embedded store.
    tour
        逐个渠道演一遍并核对 · Play one story per channel and check every step.
    crash
        演示途中 kill -9 服务器 · Kill the server on the way (with --tour).
    seed
        在哪里中断 · Decides where it is killed.
    json
        输出一个 JSON 文档 · One JSON document on stdout.
    """
    if crash and not tour:
        Screen().complain(["--crash 要与 --tour 一起使用 (needs --tour)"])
        return CANNOT_RUN
    logs.configure(level="warning")
    if tour:
        return run(_tour(TourOptions(dir, store, crash, seed), as_json=json))
    options = DemoOptions(dir, port, store, elsewhere=outside_elsewhere, undo_seconds=undo_seconds)
    return run(_demo(options, print_json if json else Screen().demo))


async def _demo(options: DemoOptions, announce: Callable[[Mapping[str, Any]], None]) -> int:
    await run_demo(options, announce)
    return 0


async def _tour(options: TourOptions, *, as_json: bool) -> int:
    screen, story = Screen(), ""

    def told(step: StepResult) -> None:
        nonlocal story
        if not as_json:
            title, story = ("" if step.story == story else step.story), step.story
            screen.tour_step(ok=step.ok, story=title, text=step.text, detail=step.detail, killed=step.killed)

    report = await run_tour(options, told)
    if as_json:
        print_json(report.as_json())
    else:
        screen.tour_end(report.as_json())
    return 0 if report.ok else 1
