"""`hub evidence verify`: every sealed recording, every case's history and the rows of who read reports are
read again and compared."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from hub.actions.evidence.verify_evidence import verify_evidence
from hub.cli.run import print_json, run, settings_from
from hub.repositories.repositories import repositories
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.runtime.errors import HubError
from hub.wiring.store import reading_recordings, reading_store


def verify(*, head: list[str] | None = None, config: Path | None = None, json: bool = False) -> int:
    """重新计算每段录音的哈希，核对证据链、每件工单的历史和链头。有问题时退出码 1。hub 运行时也可执行。

    Hashes every recording again, checks the chains and the history of every case. Exit code 1 when
    something is wrong. Cases behind the wall are counted, not named. It may run beside the hub.

    Parameters
    ----------
    head
        别处保存的链头，写作 编号:标记 · A head that was kept elsewhere, NUMBER:MARK. May be repeated.
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_verify(config, head or [], as_json=json))


async def _verify(config: Path | None, heads: list[str], *, as_json: bool) -> int:
    kept = dict(map(_numbered, heads))
    settings = settings_from(config)
    async with reading_store(settings, SystemClock()) as (documents, vault):
        stores = repositories(documents, vault, cities={})
        audio = await reading_recordings(settings, documents, vault)
        found = await verify_evidence(stores, settings.files.path, audio, kept=kept)
    if as_json:
        print_json(asdict(found))
    else:
        screen = Screen()
        screen.say(f"录音 recordings {found.recordings}，链首 head {found.head or '-'}")
        if found.locked:
            screen.say(f"其中 {found.locked} 段的密钥不在这里，只核对了密文 (of these only the sealed bytes)")
        screen.say(f"工单历史 case histories {found.cases}")
        screen.say(f"查阅记录 audit rows {found.audit}")
        screen.say(f"证据链头 heads {found.heads}，最新 newest {found.heads_mark or '-'}")
        screen.complain(list(found.problems))
        screen.say("完好 whole" if not found.problems else f"问题 problems {len(found.problems)}")
    return 1 if found.problems else 0


def _numbered(head: str) -> tuple[int, str]:
    number, _, mark = head.partition(":")
    if not number.isdecimal() or not mark:
        raise HubError(f"--head {head}：应写作 编号:标记 (NUMBER:MARK)")
    return int(number), mark
