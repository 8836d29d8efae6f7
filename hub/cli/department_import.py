"""`hub import-department`: what a department hands over, without a browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

from campaigns.importing.columns import FileKind
from campaigns.importing.row import CONFLICTS, NOTED, REJECTED
from hub.app import open_hub
from hub.cli.run import CANNOT_RUN, print_json, run, settings_from
from hub.hub import Hub
from hub.model.recipients.contact_import import ContactImport, ImportState
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.runtime.errors import Invalid

NOT_WELL = 1
AT_THE_CONSOLE = "console"


def import_department(
    department: str,
    kind: FileKind,
    file: Path,
    *,
    apply: bool = False,
    desk: str = "",
    errors: Path | None = None,
    config: Path | None = None,
    json: bool = False,
) -> int:
    """检查并导入一个部门移交的文件（CSV 或 XLSX）。不加 --apply 只检查。嵌入式数据库请先停止 hub。

    Looks at a file that a department hands over, and with --apply takes it.

    Parameters
    ----------
    department
        登记的部门编号 · Id of a registered department.
    kind
        opt_outs 退订名单，people 订阅名单，templates 模板，routes 关键词，history 发送历史 · What it holds.
    file
        CSV 或 XLSX 文件，列按列名识别 · Its columns are known by their names.
    apply
        真正导入 · Take it.
    desk
        routes：文件里没有写处理单位的行归哪个单位（编号或名称） · Unit of rows that name none.
    errors
        把未采用的行写到这个文件 · Where to write the rows that are not taken.
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    if not file.is_file():
        Screen().complain([f"{file}: 没有这个文件 · no such file"])
        return CANNOT_RUN
    return run(_import(config, department, kind, file, apply=apply, desk=desk, errors=errors, as_json=json))


async def _import(
    config: Path | None,
    department: str,
    kind: FileKind,
    file: Path,
    *,
    apply: bool,
    desk: str,
    errors: Path | None,
    as_json: bool,
) -> int:
    hub = await open_hub(settings_from(config), SystemClock())
    try:
        registered = await hub.repositories.departments.registry.get(department)
        if registered is None:
            return _complain([f"{department}: 没有登记这个部门 · no department of this id"])
        imports = hub.actions.publicity.recipients.imports
        source = await asyncio.to_thread(file.open, "rb")
        with source:
            begun = await imports.begin(
                AT_THE_CONSOLE,
                file.name,
                registered.value.source,
                source,
                kind=kind,
                department=department,
            )
        await imports.check(begun.id, mapping=begun.mapping, heading=begun.heading, desk=desk)
        now = await _worked(hub, begun.id)
        if apply and now.state is ImportState.CHECKED:
            await imports.start(begun.id)
            now = await _worked(hub, begun.id)
        if errors is not None:
            pieces = [piece async for piece in imports.rejected_file(now)]
            await asyncio.to_thread(errors.write_bytes, b"".join(pieces))
        if now.state in (ImportState.CHECKED, ImportState.MAPPING):  # it was only looked at
            await imports.cancel(begun.id)
    except Invalid as refused:
        return _complain(list(refused.problems.values()))
    finally:
        await hub.close()
    _show(now, as_json=as_json)
    return 0 if now.state in (ImportState.CHECKED, ImportState.DONE) else NOT_WELL


async def _worked(hub: Hub, import_id: str) -> ContactImport:
    """The import once nothing is left to do about it."""
    imports = hub.actions.publicity.recipients.imports
    while (now := (await imports.read(import_id)).value).is_busy:
        await imports.step()
    return now


def _complain(lines: list[str]) -> int:
    Screen().complain(lines)
    return NOT_WELL


def _show(taking: ContactImport, *, as_json: bool) -> None:
    totals = taking.totals
    counts = {
        "rows": totals.rows,
        "new": totals.new,
        "merged": totals.merged,
        "unchanged": totals.unchanged,
        "repeated": totals.repeated,
        "counted": totals.counted,
        "conflicts": totals.conflicts,
        "rejected": totals.bad,
    }
    if as_json:
        reasons = {"rejected": dict(totals.rejected), "noted": dict(totals.noted)}
        print_json({"id": taking.id, "state": taking.state, **counts, "reasons": reasons})
        return
    screen = Screen()
    screen.say("  ".join(f"{name} {number:,}" for name, number in counts.items() if number or name == "rows"))
    for reason, number in {**totals.rejected, **totals.noted}.items():
        zh, en = REJECTED.get(reason) or NOTED[reason]
        screen.say(f"  {number:,}  {zh} · {en}")
    for one in taking.conflicts:
        zh, en = CONFLICTS[one.reason]
        screen.say(f"  {one.line}: {one.what}  {zh} · {en} {one.owner}")
    if taking.problem:
        screen.complain([taking.problem])
