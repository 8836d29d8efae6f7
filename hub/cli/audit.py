"""`hub audit verify`: whether the rows of who read reports are whole."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from hub.actions.evidence.verify_evidence import verify_audit
from hub.cli.run import print_json, run, settings_from
from hub.repositories.repositories import repositories
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.wiring.store import reading_store


def verify(
    *,
    first: Annotated[int, Parameter(name="--from")] = 1,
    config: Path | None = None,
    json: bool = False,
) -> int:
    """逐条核对谁查看过举报的审计记录，并与证据链头和写出的文件对照。有问题时退出码 1。hub 运行时也可执行。

    Checks every row of who read reports, with the chain of heads and what was written out of it. Exit code 1
    when something is wrong. It may run beside the hub.

    Parameters
    ----------
    first
        从第几条开始 · Number of the row to begin with.
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_verify(config, first, as_json=json))


async def _verify(config: Path | None, first: int, *, as_json: bool) -> int:
    settings = settings_from(config)
    async with reading_store(settings, SystemClock()) as (documents, vault):
        stores = repositories(documents, vault, cities={})
        found = await verify_audit(stores, settings.files.path, first=max(1, first))
    if as_json:
        print_json(asdict(found))
    else:
        screen = Screen()
        screen.say(f"审计记录 audit rows {found.rows}，证据链头 heads {found.heads}")
        screen.complain(list(found.problems))
        screen.say("完好 whole" if not found.problems else f"问题 problems {len(found.problems)}")
    return 1 if found.problems else 0
