"""What every table of the settings is: frozen, no unknown keys; a secret is a reference.

`env:NAME` or `file:PATH`, resolved here; a secret never stands in the file. An address of another system is a
whole one that nobody on the way can read.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr


class SecretFile(SecretStr):
    """A secret in a file, which may be written anew while the hub runs."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        super().__init__(path.read_text().strip())
        self._path = path

    def now(self) -> str:
        """As the file has it; while it cannot be read or is empty, as it was first read."""
        try:
            return self._path.read_text().strip() or self.get_secret_value()
        except (OSError, UnicodeDecodeError):
            return self.get_secret_value()


def secret_now(secret: SecretStr) -> str:
    """A secret for a new login: of a file, what stands there by then."""
    return secret.now() if isinstance(secret, SecretFile) else secret.get_secret_value()


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
                return SecretFile(Path(name))
            except OSError:
                raise ValueError(f"读不到文件 {name} (cannot read {name})") from None
    raise ValueError('密钥要写成 "env:名称" 或 "file:路径" (write a secret as "env:NAME" or "file:PATH")')


Secret = Annotated[SecretStr, BeforeValidator(_resolve_secret)]


def _is_safe(text: str) -> str:
    parts = urlsplit(text)
    if parts.username or parts.fragment or not parts.hostname:
        raise ValueError("应为完整网址，不含账号 (a whole address without an account)")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("应为 https，本机除外 (must be https, except on this machine)")
    return text


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


SafeUrl = Annotated[str, AfterValidator(_is_safe)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
