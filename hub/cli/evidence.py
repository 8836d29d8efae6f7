"""`hub evidence verify`: every sealed recording, every case's history and the rows of who read reports are
read again and compared."""

from __future__ import annotations

from pathlib import Path

from hub.actions.cases.verify_histories import Histories, verify_histories
from hub.cli.run import print_json, run, settings_from
from hub.repositories.repositories import repositories
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.settings.settings import Settings
from hub.wiring.store import open_store, open_vault
from ivr.evidence.chain import Link, breaks
from ivr.evidence.recordings import matches, relative_path

_PAGE = 1000


def verify(*, config: Path | None = None, json: bool = False) -> int:
    """重新计算每段录音的哈希，核对证据链和每件工单的历史。有问题时退出码 1。请先停止 hub（MongoDB 不用）。

    Hashes every recording again, checks the chain and the history of every case. Exit code 1 when
    something is wrong. Cases behind the wall are counted, not named.

    Parameters
    ----------
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_verify(config, as_json=json))


async def _verify(config: Path | None, *, as_json: bool) -> int:
    settings = settings_from(config)
    links, histories, (rows, wrong_rows) = await _read(settings)
    folder = settings.files.path / "recordings"
    problems = [
        *breaks(links),
        *(
            f"link {link.seq}: the file is missing or was changed"
            for link in links
            if not matches(folder / relative_path(link.sha256), link.sha256)
        ),
        *(
            f"工单 {reference}：历史从第 {seq} 条起不完整 (case history is wrong from entry {seq})"
            for reference, seq in histories.broken
        ),
    ]
    problems += wrong_rows
    if histories.hidden:
        problems.append(f"保密工单：{histories.hidden} 件历史不完整 (cases behind the wall, not named)")
    head = links[-1].hash if links else ""
    if as_json:
        print_json(
            {
                "recordings": len(links),
                "head": head,
                "cases": histories.cases,
                "audit": rows,
                "problems": problems,
            }
        )
    else:
        screen = Screen()
        screen.say(f"录音 recordings {len(links)}，链首 head {head or '-'}")
        screen.say(f"工单历史 case histories {histories.cases}")
        screen.say(f"查阅记录 audit rows {rows}")
        screen.complain(problems)
        screen.say("完好 whole" if not problems else f"问题 problems {len(problems)}")
    return 1 if problems else 0


async def _read(settings: Settings) -> tuple[list[Link], Histories, tuple[int, tuple[str, ...]]]:
    documents = await open_store(settings, SystemClock(), migrated=False)
    try:
        stores = repositories(documents, await open_vault(settings, documents), cities={})
        links: list[Link] = []
        while page := await stores.recordings.links(after=links[-1].seq if links else 0, limit=_PAGE):
            links += page
        return links, await verify_histories(stores.cases), await stores.audit.verify()
    finally:
        await documents.close()
