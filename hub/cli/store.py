"""`hub store digest`, `hub store copy` and `hub store recount`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from hub.cli.run import print_json, run, settings_from
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.store.copying import copy as copy_all
from hub.store.digest import digest as digest_of
from hub.wiring.store import open_store


def digest(*, config: Path | None = None, json: bool = False) -> int:
    """全部数据的一个摘要：两个库内容相同，摘要就相同。请先停止 hub。

    One digest of everything the store holds; equal digests, equal content. Stop the hub first.

    Parameters
    ----------
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_digest(config, as_json=json))


def copy(source: Path, target: Path, *, json: bool = False) -> int:
    """把一个库复制到另一个，通常是从 SQLite 到 MongoDB；中断后重做一次即可。请先停止 hub。

    Copies one store to another; repeat it if it was interrupted. Stop the hub first. Both sides need
    the same keys.

    Parameters
    ----------
    source
        来源库的配置文件 · Configuration file of the store to read.
    target
        目标库的配置文件 · Configuration file of the store to write.
    json
        输出 JSON · As JSON.
    """
    return run(_copy(source, target, as_json=json))


def recount(*, mend: bool = False, config: Path | None = None, json: bool = False) -> int:
    """核对各视图的件数：逐件重数，与随时维护的计数比较。使用 MongoDB 时请先停止 hub。

    Counts documents one by one and compares with the counts that are kept; 1 when some are wrong. On MongoDB
    stop the hub first.

    Parameters
    ----------
    mend
        改正不一致的计数 · Corrects what is wrong.
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_recount(config, mend=mend, as_json=json))


async def _recount(config: Path | None, *, mend: bool, as_json: bool) -> int:
    documents = await open_store(settings_from(config), SystemClock(), migrated=False)
    try:
        counted = [collection.name for collection in COLLECTIONS if collection.counted]
        wrong = {name: await documents.recount(name, mend=mend) for name in counted}
    finally:
        await documents.close()
    if as_json:
        print_json({"wrong": wrong, "mended": mend})
    else:
        screen = Screen()
        for name, number in wrong.items():
            said = f"{number} 组计数不一致 (groups counted wrong)" if number else "一致 (right)"
            screen.say(f"{name}: {said}")
    return 0 if mend or not any(wrong.values()) else 1


async def _digest(config: Path | None, *, as_json: bool) -> int:
    documents = await open_store(settings_from(config), SystemClock(), migrated=False)
    try:
        found = await digest_of(documents, COLLECTIONS)
    finally:
        await documents.close()
    if as_json:
        print_json({"digest": found})
    else:
        Screen().say(found)
    return 0


async def _copy(source: Path, target: Path, *, as_json: bool) -> int:
    clock = SystemClock()
    read = await open_store(settings_from(source), clock, migrated=False)
    try:
        write = await open_store(settings_from(target), clock, migrated=False)
        try:
            report = await copy_all(read, write, COLLECTIONS)
            same = await digest_of(read, COLLECTIONS) == await digest_of(write, COLLECTIONS)
        finally:
            await write.close()
    finally:
        await read.close()
    if as_json:
        print_json({"same": same, "collections": [asdict(line) for line in report]})
    else:
        screen = Screen()
        screen.table(
            "复制 copied",
            ("集合 collection", "新增 new", "已有 already there"),
            [(line.collection, str(line.copied), str(line.already_there)) for line in report],
        )
        screen.say("两边摘要相同 (equal digests)" if same else "两边摘要不同 (the digests differ)")
    return 0 if same else 1
