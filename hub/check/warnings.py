"""Whether warnings can be released at night, and exchanged: who is called, by what, and the folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from hub.runtime.finding import Finding, Level
from hub.settings.settings import Settings

_LABEL = "warnings"


def check_warnings(settings: Settings) -> Iterator[Finding]:
    """Of the table [warnings]; who has which right stands in the store and is asked at each step."""
    table = settings.warnings
    channel = settings.channels.get(table.text_channel)
    if not table.on_call:
        what = "应急时没有人可以呼叫 (nobody is called in an emergency)"
        yield Finding(Level.WARN, f"{_LABEL}.on_call", what, "填写值班负责人 (name who is on call)")
    elif channel is None or not channel.enabled:
        what = f"渠道 {table.text_channel} 没有启用，呼叫发不出去 (not enabled: no call can leave)"
        yield Finding(Level.FAIL, f"{_LABEL}.text_channel", what, "启用它或换一个渠道 (enable it)")
    else:
        what = f"应急时按顺序呼叫 {len(table.on_call)} 人 ({len(table.on_call)} are called in turn)"
        yield Finding(Level.OK, f"{_LABEL}.on_call", what)
    if table.out_folder and not any(unit.code for unit in table.units):
        what = "发布单位没有代码，写不出 12379 文件 (no unit has a code)"
        yield Finding(Level.FAIL, f"{_LABEL}.units", what, "填写平台分配的代码 (enter the issued code)")
    for name, folder in (("watch_folder", table.watch_folder), ("out_folder", table.out_folder)):
        if folder and not (Path(folder).is_dir() and os.access(folder, os.R_OK | os.W_OK)):
            what = f"{folder} 不能读写 (cannot be read and written)"
            yield Finding(Level.FAIL, f"{_LABEL}.{name}", what, f"mkdir/chown {folder}")
