"""`hub faq import` and `hub faq export`: entries from and to a file, without a browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hub.actions.knowledge.import_entries import ImportMode, ImportPlan, Unfit
from hub.actions.knowledge.publish_entry import Refused
from hub.app import open_hub
from hub.cli.run import CANNOT_RUN, print_json, run, settings_from
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.runtime.errors import Invalid
from hub.web.i18n import Language, shipped_catalogues
from hub.web.pages.knowledge.objections import said
from knowledge_base.files.spreadsheet import TooLong, csv_file, workbook_file

NOT_WELL = 1
AT_THE_CONSOLE = "console"
"""Who imports without having signed in: whoever may read the keys of this hub."""


def import_entries(
    file: Path, *, apply: bool = False, publish: bool = False, config: Path | None = None, json: bool = False
) -> int:
    """检查并导入知识条目（CSV 或 XLSX）。不加 --apply 只检查。嵌入式数据库请先停止 hub。

    Looks at a file of entries, and with --apply takes it, all of it or nothing.

    Parameters
    ----------
    file
        CSV 或 XLSX 文件，列名与导出的文件相同 · Columns as in an exported file.
    apply
        真正导入，默认提交审核 · Take the entries; they wait for review.
    publish
        与 --apply 同用：通过发布前检查后立即生效 · With --apply: answer at once, once checked.
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    try:
        content = file.read_bytes()
    except OSError as problem:
        Screen().complain([f"{file}: {problem.strerror}"])
        return CANNOT_RUN
    return run(_import(config, file.name, content, apply=apply, publish=publish, as_json=json))


def export_entries(file: Path, *, topic: str = "", config: Path | None = None) -> int:
    """导出知识条目到 CSV 或 XLSX（按文件名后缀）。嵌入式数据库请先停止 hub。

    Writes entries to a file that a spreadsheet opens and `hub faq import` takes back.

    Parameters
    ----------
    file
        以 .csv 或 .xlsx 结尾 · Ends in .csv or .xlsx.
    topic
        只导出一个业务分类 · One topic only.
    config
        配置文件 · TOML file over the defaults.
    """
    if file.suffix.lower() not in (".csv", ".xlsx"):
        Screen().complain([f"{file}: 文件名应以 .csv 或 .xlsx 结尾 · must end in .csv or .xlsx"])
        return CANNOT_RUN
    return run(_export(config, file, topic))


async def _import(
    config: Path | None, name: str, content: bytes, *, apply: bool, publish: bool, as_json: bool
) -> int:
    hub = await open_hub(settings_from(config), SystemClock())
    mode = ImportMode.PUBLISH if publish else ImportMode.REVIEW
    try:
        action = hub.actions.import_entries
        if apply:
            plan = await action.apply(name, content, by=AT_THE_CONSOLE, mode=mode)
        else:
            plan = await action.plan(name, content)
            if plan.problems:
                raise Unfit(plan.problems)
    except Unfit as unfit:
        return _complain([f"{p.line}: {p.zh} / {p.en}" for p in unfit.problems])
    except Refused as refused:
        catalogues = shipped_catalogues()
        told = [said(refused.objections, catalogues.of(language)) for language in Language]
        return _complain([f"{zh.text} / {en.text}" for zh, en in zip(*told, strict=True)])
    except Invalid as refused:
        return _complain(list(refused.problems.values()))
    finally:
        await hub.close()
    _show(plan, applied=apply, as_json=as_json)
    return 0


async def _export(config: Path | None, file: Path, topic: str) -> int:
    hub = await open_hub(settings_from(config), SystemClock())
    try:
        contents = await hub.actions.read_entries.contents(topic=topic)
    finally:
        await hub.close()
    write = csv_file if file.suffix.lower() == ".csv" else workbook_file
    try:
        await asyncio.to_thread(file.write_bytes, write(contents))
    except (OSError, TooLong) as problem:
        return _complain([f"{file}: {problem}"])
    Screen().say(f"{file}: {len(contents)} 条 entries")
    return 0


def _complain(lines: list[str]) -> int:
    Screen().complain(lines)
    return NOT_WELL


def _show(plan: ImportPlan, *, applied: bool, as_json: bool) -> None:
    counts = {"added": len(plan.added), "changed": len(plan.changed), "unchanged": plan.unchanged}
    if as_json:
        print_json({**counts, "applied": applied})
        return
    words = {"added": "新增", "changed": "修改", "unchanged": "没有变化"}
    Screen().say(" · ".join(f"{words[name]} {name} {number}" for name, number in counts.items()))
    if not applied:
        Screen().say("只是检查，没有导入；加 --apply 导入 · a look only; --apply takes it")
