"""`hub check`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from hub.check.check import check as look
from hub.cli.run import config_path, print_json, run
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.runtime.finding import Finding, Level, exit_code
from hub.settings.problems import SettingsProblem
from hub.settings.read import load


def check(*, config: Path | None = None, json: bool = False) -> int:
    """检查配置、密钥、数据、渠道、磁盘和时钟，说明怎样改正。退出码：0 正常，1 有警告，2 有错误。

    Says what is wrong and how to mend it. Exit code: 0 fine, 1 warnings, 2 failures.

    Parameters
    ----------
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_check(config, as_json=json))


async def _check(config: Path | None, *, as_json: bool) -> int:
    path = config_path(config)
    try:
        settings = load(path)
    except SettingsProblem as problem:
        findings = [
            Finding(Level.FAIL, "config", line, "改正后再检查 (mend it, then check again)")
            for line in problem.problems
        ]
    else:
        findings = [Finding(Level.OK, "config", f"{path or 'config.toml (默认 defaults)'}")]
        findings += await look(settings, SystemClock())
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        Screen().findings((f.level.value, f.name, f.detail, f.fix) for f in findings)
    return exit_code(findings)
