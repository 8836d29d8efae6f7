"""`hub config show`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from hub.cli.run import print_json, run, settings_from
from hub.runtime.console import Screen


def show(*, config: Path | None = None, json: bool = False) -> int:
    """显示生效的配置：默认值、配置文件、环境变量合在一起。密钥不显示。

    The settings in effect: defaults, file and environment together. Secrets are not shown.

    Parameters
    ----------
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_show(config, as_json=json))


async def _show(config: Path | None, *, as_json: bool) -> int:
    values = settings_from(config).model_dump(mode="json")
    if as_json:
        print_json(values)
    else:
        screen = Screen()
        for path, value in _leaves(values, ""):
            screen.say(f"{path} = {value}")
    return 0


def _leaves(values: Mapping[str, object], above: str) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value
