"""`hub keys`: which keys seal what, a new one, which is current, sealing anew, and whether all of it opens.

Recordings of REPORT cases have a ring of their own; an id says in which ring a key is. A ring is written
whole under another name and put in its place, so that there is always one that can be read. A key is never
taken out here: whoever removes one by hand after `hub keys verify` knows what they do.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hub.actions.calls.seal_recordings import SealRecordings
from hub.cli.run import CANNOT_RUN, print_json, run, settings_from
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.settings.settings import Settings
from hub.store.crypto import KeyProblem, KeyRing, Vault, create_ring, load_ring, replace_ring
from hub.store.files import FileStore
from hub.store.pieces import KeptPieces
from hub.store.resealing import ResealedFiles, Round, Sealed, look, reseal
from hub.wiring.report_ring import report_ring
from hub.wiring.store import identity_vault, open_recordings, open_store, open_vault

_FOLDERS = ("attachments", "imports")


def list_keys(*, config: Path | None = None, json: bool = False) -> int:
    """列出密钥和各自封存的记录数、文件数。嵌入式数据库请先停止 hub。

    Lists the keys with how many rows and files each has sealed.

    Parameters
    ----------
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_list(config, as_json=json))


def verify(*, config: Path | None = None, json: bool = False) -> int:
    """逐条打开全部封存的记录和文件，打不开的列出位置。有问题时退出码 1。

    Opens everything that is sealed and names what does not open. Exit code 1 when something does not.

    Parameters
    ----------
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_verify(config, as_json=json))


def add(*, report: bool = False, config: Path | None = None) -> int:
    """新增一把密钥，先不使用：先备份密钥文件，再 hub keys use。

    Adds a key that nothing is sealed with yet: back the file up, then `hub keys use`.

    Parameters
    ----------
    report
        举报录音的密钥；密钥文件遗失时新建 · For REPORT recordings; makes their file where it is lost.
    config
        配置文件 · TOML file over the defaults.
    """
    settings = settings_from(config)
    path = settings.keys.reports if report else settings.keys.file
    if report and not _is_given(settings, report=True) and (made := create_ring(path)):
        Screen().say(f"{made.current}  {path} 已新建，请先备份 · made: back it up first")
        return 0
    ring = _ring(settings, report=report)
    if ring is None:
        return CANNOT_RUN
    more = ring.with_another()
    [name] = more.keys.keys() - ring.keys.keys()
    replace_ring(path, more)
    Screen().say(f"{name}  已新增，请先备份密钥文件 · added: back the file up first")
    return 0


def use(key: str, *, config: Path | None = None) -> int:
    """此后用这把密钥封存；旧密钥留在文件里。重启 hub 后生效，旧记录由 hub 在后台或 hub keys reseal 重新封存。

    Seals with this key from now on; old keys stay. In effect when the hub is started again.

    Parameters
    ----------
    key
        密钥编号 · Id of the key.
    config
        配置文件 · TOML file over the defaults.
    """
    settings = settings_from(config)
    reports = report_ring(settings)
    report = reports is not None and key in reports.keys
    ring = _ring(settings, report=report)
    if ring is None:
        return CANNOT_RUN
    if key not in ring.keys:
        known = "、".join(sorted({*ring.keys, *(reports.keys if reports else ())}))
        Screen().complain([f"没有密钥 {key}，有：{known} · no such key, there are: {known}"])
        return CANNOT_RUN
    path = settings.keys.reports if report else settings.keys.file
    replace_ring(path, KeyRing(key, ring.keys, ring.index))
    Screen().say(f"{key}  启用，重启 hub 后生效 · current when the hub is started again")
    return 0


def reseal_all(*, config: Path | None = None) -> int:
    """用当前密钥重新封存全部旧记录和文件；中断后可以再来。运行中的 hub 会在后台做，SQLite 用此命令要先停止。

    Seals everything anew that was sealed with an older key. Can be broken off and begun again.

    Parameters
    ----------
    config
        配置文件 · TOML file over the defaults.
    """
    return run(_reseal(config))


async def _list(config: Path | None, *, as_json: bool) -> int:
    settings = settings_from(config)
    found, rings = await _looked(settings)
    rows = [
        {
            "key": name,
            "current": name == ring.current,
            "reports": ring is rings[1],
            "rows": found.rows.get(name, 0),
            "files": found.files.get(name, 0),
        }
        for ring in rings
        for name in sorted(ring.keys)
    ]
    if as_json:
        print_json(rows)
    else:
        Screen().table(
            "密钥 keys",
            ("编号 key", "用于 for", "当前 current", "记录 rows", "文件 files"),
            [
                (
                    str(row["key"]),
                    "举报录音 REPORT" if row["reports"] else "其他 else",
                    "是 yes" if row["current"] else "",
                    str(row["rows"]),
                    str(row["files"]),
                )
                for row in rows
            ],
        )
        if clear := found.files.get("", 0):
            said = f"明文录音 {clear} 个，hub 运行时会在后台封存 · in the clear: sealed while the hub runs"
            Screen().say(said)
    return 0


async def _verify(config: Path | None, *, as_json: bool) -> int:
    found, _ = await _looked(settings_from(config))
    number = sum(found.rows.values()) + sum(found.files.values())
    if as_json:
        print_json({"sealed": number, "damaged": list(found.damaged)})
    else:
        Screen().complain(f"{place}：打不开 (does not open)" for place in found.damaged)
        Screen().say(f"封存 sealed {number}，打不开 damaged {len(found.damaged)}")
    return 1 if found.damaged else 0


async def _reseal(config: Path | None) -> int:
    settings = settings_from(config)
    documents = await open_store(settings, SystemClock())
    try:
        vault = await open_vault(settings, documents)
        done: Round = await reseal(documents, COLLECTIONS, _stores(settings, vault), vault)
        seal = SealRecordings(
            documents,
            repositories(documents, vault, cities={}),
            await open_recordings(settings, documents, vault),
            pause_seconds=0,
        )
        while await seal.step():
            pass
        resealed = await identity_vault(settings, documents).reseal()
    finally:
        await documents.close()
    Screen().say(f"重新封存 resealed {done.resealed + resealed}，未动 left {done.left}")
    return 1 if done.left else 0


async def _looked(settings: Settings) -> tuple[Sealed, tuple[KeyRing, KeyRing]]:
    """What is sealed with which keys; the ring of the store and that of REPORT recordings."""
    documents = await open_store(settings, SystemClock(), migrated=False)
    try:
        vault = await open_vault(settings, documents)
        recordings = await open_recordings(settings, documents, vault)
        stores = [*_stores(settings, vault), recordings]
        found = await look(documents, COLLECTIONS, stores, vault)
        sealed, damaged = await identity_vault(settings, documents).by_key()
        rows = Counter(found.rows) + sealed
        return Sealed(rows, found.files, [*found.damaged, *damaged]), _rings(settings)
    finally:
        await documents.close()


def _stores(settings: Settings, vault: Vault) -> list[ResealedFiles]:
    path = settings.files.path
    return [*(FileStore(path / name, vault) for name in _FOLDERS), KeptPieces(path / "contacts", vault)]


def _rings(settings: Settings) -> tuple[KeyRing, KeyRing]:
    given = settings.keys.ring.get_secret_value()
    ring, reports = (
        KeyRing.from_json(given) if given else load_ring(settings.keys.file),
        report_ring(settings),
    )
    if ring is None or reports is None:
        raise KeyProblem("密钥文件刚被删除。 / A key file has just been deleted.")
    return ring, reports


def _is_given(settings: Settings, *, report: bool) -> bool:
    return bool((settings.keys.report_ring if report else settings.keys.ring).get_secret_value())


def _ring(settings: Settings, *, report: bool) -> KeyRing | None:
    """The ring in its file; what cannot be written here is said."""
    if _is_given(settings, report=report):
        Screen().complain(
            ["密钥来自环境变量，请在那里修改 · the keys come from the environment: change them there"]
        )
        return None
    path = settings.keys.reports if report else settings.keys.file
    ring = load_ring(path)
    if ring is None:
        Screen().complain([f"没有密钥文件 {path} · there is no such file"])
    return ring
