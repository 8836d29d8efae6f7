"""Reads the settings: one TOML file, the environment over it, every problem reported at once.

The only reader of the environment. `config.toml` in the repository lists every key with its default
and meaning; the models beside this module check it.
"""

from __future__ import annotations

import logging
import os
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hub.settings.problems import SettingsProblem, contradictions, line_of
from hub.settings.retired import with_adapters, without_retired
from hub.settings.settings import Settings

log = logging.getLogger(__name__)


def shipped_text() -> str:
    """The text of the shipped `config.toml`: from the wheel, else from the checkout."""
    packaged = resources.files("hub") / "config.toml"
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parents[2] / "config.toml").read_text("utf-8")


def load(path: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """Shipped defaults, then the file at `path`, then the environment. Raises `SettingsProblem`."""
    over: dict[str, Any] = {}
    if path is not None:
        try:
            text = path.read_text("utf-8")
        except OSError as problem:
            raise SettingsProblem([f"{path}: 读不到配置文件 (cannot read it): {problem.strerror}"]) from None
        over = _parse(text, str(path))
    over, earlier = with_adapters(_with_environment(over, os.environ if environ is None else environ))
    for name in earlier:
        log.warning("settings.adapter_not_named", extra={"channel": name})
    return build(_merge(_under(over), over))


def build(data: Mapping[str, Any]) -> Settings:
    """Settings from nested plain data. Raises `SettingsProblem` with every problem at once."""
    data, retired = without_retired(data)
    for key in retired:
        log.warning("settings.retired_key", extra={"key": key})
    try:
        settings = Settings.model_validate(data).with_retired(retired)
    except ValidationError as problem:
        raise SettingsProblem([line_of(error) for error in problem.errors()]) from None
    problems = list(contradictions(settings))
    if problems:
        raise SettingsProblem(problems)
    return settings


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise SettingsProblem([f"{name}: 不是有效的 TOML (not valid TOML): {problem}"]) from None


def _under(over: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped tables. One of a channel that `over` gives another adapter is not among them: its keys are
    of the adapter it was shipped with, and the models have the defaults of the other."""
    shipped = _parse(shipped_text(), "config.toml")
    given = over.get("channels")
    for name, table in given.items() if isinstance(given, Mapping) else ():
        before = shipped["channels"].get(name)
        if (
            before
            and isinstance(table, Mapping)
            and table.get("adapter", before["adapter"]) != before["adapter"]
        ):
            del shipped["channels"][name]
    return shipped


def _merge(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _with_environment(data: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """`HUB_WEB__PORT=8080`; a list is written as in TOML, everything else is plain text."""
    for name, text in environ.items():
        if not name.startswith("HUB_") or "__" not in name:
            continue
        path = [
            part.lower().replace("_", "-") if level else part.lower()
            for level, part in enumerate(name.removeprefix("HUB_").split("__"))
        ]
        if path[0] != "channels":
            path = [part.replace("-", "_") for part in path]
        else:
            path = [*path[:2], *(part.replace("-", "_") for part in path[2:])]
        value: Any = text
        if text.startswith("["):
            value = _parse(f"value = {text}", name)["value"]
        nested: dict[str, Any] = {path[-1]: value}
        for part in reversed(path[:-1]):
            nested = {part: nested}
        data = _merge(data, nested)
    return data
