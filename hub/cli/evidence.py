"""`hub evidence verify`: every sealed recording is read again and compared with the chain."""

from __future__ import annotations

from pathlib import Path

from hub.app import open_store, open_vault
from hub.cli.run import print_json, run, settings_from
from hub.clock import SystemClock
from hub.console import Screen
from hub.settings import Settings
from hub.store.repositories import repositories
from ivr.chain import Link, breaks
from ivr.recordings import matches, relative_path

_PAGE = 1000


def verify(*, config: Path | None = None, json: bool = False) -> int:
    """重新计算每段录音的哈希，核对证据链。有问题时退出码 1。请先停止 hub（MongoDB 不用）。

    Hashes every recording again and checks the chain. Exit code 1 when something is wrong.

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
    links = await _links(settings)
    folder = settings.files.path / "recordings"
    problems = [
        *breaks(links),
        *(
            f"link {link.seq}: the file is missing or was changed"
            for link in links
            if not matches(folder / relative_path(link.sha256), link.sha256)
        ),
    ]
    head = links[-1].hash if links else ""
    if as_json:
        print_json({"recordings": len(links), "head": head, "problems": problems})
    else:
        screen = Screen()
        screen.say(f"录音 recordings {len(links)}，链首 head {head or '-'}")
        screen.complain(problems)
        screen.say("完好 whole" if not problems else f"问题 problems {len(problems)}")
    return 1 if problems else 0


async def _links(settings: Settings) -> list[Link]:
    documents = await open_store(settings, SystemClock(), migrated=False)
    try:
        recordings = repositories(documents, open_vault(settings), cities={}).recordings
        links: list[Link] = []
        while page := await recordings.links(after=links[-1].seq if links else 0, limit=_PAGE):
            links += page
        return links
    finally:
        await documents.close()
