"""`hub migrate`."""

from __future__ import annotations

from pathlib import Path

from hub.check.check import check_migrations
from hub.cli.run import print_json, run, settings_from
from hub.runtime.clock import Clock, SystemClock
from hub.runtime.console import Screen
from hub.runtime.finding import Level
from hub.settings.settings import Settings
from hub.store.documents import Documents
from hub.store.migrations import migrate as migrate_store
from hub.wiring.migrations import migrations_of
from hub.wiring.store import open_store, open_vault


def migrate(*, config: Path | None = None, check: bool = False, json: bool = False) -> int:
    """把数据升级到本程序的版本；--check 只看不做。

    Brings the store up to date; `hub serve` does so by itself.

    Parameters
    ----------
    config
        配置文件 · TOML file over the defaults.
    check
        只看有没有要做的，有则退出码 1 · Only look; exit code 1 when something is pending.
    json
        输出 JSON · As JSON.
    """
    return run(_migrate(config, only_look=check, as_json=json))


async def _migrate(config: Path | None, *, only_look: bool, as_json: bool) -> int:
    clock = SystemClock()
    settings = settings_from(config)
    documents = await open_store(settings, clock, migrated=False)
    try:
        ran = [] if only_look else await _bring_up_to_date(documents, settings, clock)
        finding = await check_migrations(documents, migrations_of(settings, clock))
    finally:
        await documents.close()
    if as_json:
        print_json({"ran": ran, "state": finding.level.value, "detail": finding.detail})
    else:
        Screen().say(f"{finding.detail}" + (f"，本次 {len(ran)} 项 (now)" if ran else ""))
    return 0 if finding.level is Level.OK else 1


async def _bring_up_to_date(documents: Documents, settings: Settings, clock: Clock) -> list[int]:
    """With a bar while cases are taken over; stopped and started again, it goes on."""
    vault = await open_vault(settings, documents)
    with Screen().progress("工单纳入时限 cases") as told:
        return await migrate_store(documents, vault, migrations_of(settings, clock, told), clock=clock)
