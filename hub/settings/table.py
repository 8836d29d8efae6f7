"""What every table of the settings is: frozen, no unknown keys; a secret is a reference.

`env:NAME` or `file:PATH`, resolved here; a secret never stands in the file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr


def _resolve_secret(value: object) -> object:
    if isinstance(value, SecretStr) or value == "":
        return value
    if isinstance(value, str):
        kind, _, name = value.partition(":")
        if kind == "env":
            if name not in os.environ:
                raise ValueError(f"环境变量 {name} 没有设置 (environment variable {name} is not set)")
            return os.environ[name]
        if kind == "file":
            try:
                return Path(name).read_text().strip()
            except OSError:
                raise ValueError(f"读不到文件 {name} (cannot read {name})") from None
    raise ValueError('密钥要写成 "env:名称" 或 "file:路径" (write a secret as "env:NAME" or "file:PATH")')


Secret = Annotated[SecretStr, BeforeValidator(_resolve_secret)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
