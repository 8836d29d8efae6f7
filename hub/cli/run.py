"""What every command shares: settings, the exit code of known problems, JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from hub.runtime.console import Screen
from hub.runtime.errors import HubError
from hub.settings.problems import SettingsProblem
from hub.settings.read import load
from hub.settings.settings import Settings
from hub.store.documents import Refused, StoreUnavailable

CANNOT_RUN = 2


def run(job: Coroutine[Any, Any, int]) -> int:
    """Runs a command to its exit code. A known problem is said in words, never as a traceback."""
    try:
        return asyncio.run(job)
    except SettingsProblem as problem:
        Screen().complain(["配置有误，没有启动 (the settings cannot be used):", *problem.problems])
    except (HubError, Refused, StoreUnavailable) as problem:
        Screen().complain(str(problem).splitlines())
    except KeyboardInterrupt:
        return 130
    return CANNOT_RUN


def settings_from(config: Path | None) -> Settings:
    """The settings of `--config`, else of `./hub.toml` where there is one. Raises `SettingsProblem`."""
    return load(config_path(config))


def config_path(config: Path | None) -> Path | None:
    """Which file is read over the shipped defaults."""
    usual = Path("hub.toml")
    return config or (usual if usual.is_file() else None)


def print_json(value: object) -> None:
    """One document on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
