"""`hub department login`: the login with which a key's system connects to the listener, shown once."""

from __future__ import annotations

from pathlib import Path

from hub.actions.departments.listener.logins import IssueLogin
from hub.cli.run import CANNOT_RUN, run, settings_from
from hub.repositories.departments.records import department_records
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.runtime.errors import NotFound, Stale
from hub.wiring.store import open_store, open_vault

_SHELL = "shell"


def login(department: str, key: str, *, config: Path | None = None) -> int:
    """为部门密钥签发 SMPP、CMPP 账号，只显示一次；原有的账号作废。嵌入式数据库请先停止 hub。

    Issues the login of a department's key for SMPP and CMPP, shown once; the one it had ends.

    Parameters
    ----------
    department
        部门编号 · Id of the department.
    key
        密钥的前 8 个字符，见部门页面 · How the key begins, as the department's page shows it.
    config
        配置文件 · TOML file over the defaults.
    """
    return run(_login(config, department, key))


async def _login(config: Path | None, department: str, hint: str) -> int:
    settings, clock, screen = settings_from(config), SystemClock(), Screen()
    documents = await open_store(settings, clock)
    try:
        records = department_records(documents, await open_vault(settings, documents))
        keys = [one for one in await records.keys.of_department(department) if one.hint == hint]
        if len(keys) != 1:
            screen.say("没有这个密钥 · no such key")
            return CANNOT_RUN
        try:
            issued = await IssueLogin(documents, records, clock)(department, keys[0].id, by=_SHELL)
        except (NotFound, Stale):
            screen.say("密钥已停用，或刚刚签发过 · the key works no more, or was issued one just now")
            return CANNOT_RUN
    finally:
        await documents.close()
    screen.say(f"system_id, SP_Id      {issued.system_id}")
    screen.say(f"password (SMPP, GET)  {issued.password}\nsecret (CMPP)         {issued.secret}")
    screen.say("只显示这一次 · shown this once")
    return 0
