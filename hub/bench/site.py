"""The settings of a hub under measurement: the shipped ones, in a fresh folder, on loopback."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from hub.bench.texts import ACCOUNT_SID, AUTH_TOKEN, CHANNEL, PUBLIC_URL, SP_ID
from hub.runtime.clock import SystemClock
from hub.runtime.ids import new_id
from hub.settings.read import build, shipped_text
from hub.settings.settings import Settings


def settings_in(
    folder: Path, *, api_base: str, encoder: str = "", mongodb: str = "", rate: float = 0
) -> Settings:
    """One text channel that acknowledges everything, one SQLite file, a free port.

    encoder: another than the shipped one. mongodb: URL of a server to use instead of the file, with a new
    database. rate: parts per second of the text channel; 0 = as shipped.
    """
    data = _in(folder)
    if mongodb:
        database = f"hub_bench_{new_id(SystemClock().now_ms())}"
        data["store"] |= {"engine": "mongodb", "url": SecretStr(mongodb), "database": database}
    data["knowledge"]["encoder"] = encoder or data["knowledge"]["encoder"]
    data["channels"][CHANNEL] = data["channels"].pop("sms-twilio") | {
        "enabled": True,
        "auto_reply": "all",
        "account_sid": ACCOUNT_SID,
        "auth_tokens": [SecretStr(AUTH_TOKEN)],
        "api_base": api_base,
    }
    if rate:
        data["channels"][CHANNEL]["rate_parts_per_second"] = rate
    return build(data)


def gateway_settings_in(folder: Path, port: int, answer_seconds: float) -> Settings:
    """The text channel over CMPP, at a played gateway on `port`; no meaning, only words."""
    data = _in(folder)
    data["knowledge"]["encoder"] = "none"
    data["channels"][CHANNEL] |= {
        "enabled": True,
        "auto_reply": "all",
        "host": "127.0.0.1",
        "port": port,
        "sp_id": SP_ID,
        "secret": SecretStr(AUTH_TOKEN),
        "answer_seconds": answer_seconds,
        "patience_seconds": answer_seconds / 2,
        "timeout_seconds": answer_seconds * 1.6,
        "rate_parts_per_second": 200.0,
    }
    return build(data)


def _in(folder: Path) -> dict[str, Any]:
    data = tomllib.loads(shipped_text())
    data["store"]["path"] = str(folder / "hub.db")
    data["keys"]["file"] = str(folder / "keys.json")
    data["files"]["path"] = str(folder / "files")
    data["web"] |= {"port": 0, "public_url": PUBLIC_URL, "insecure_cookies": True}
    return data
