"""The settings of a hub under measurement: the shipped ones, in a fresh folder, on loopback."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import SecretStr

from hub.bench.texts import ACCOUNT_SID, AUTH_TOKEN, CHANNEL, PUBLIC_URL
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
    data = tomllib.loads(shipped_text())
    data["store"]["path"] = str(folder / "hub.db")
    if mongodb:
        database = f"hub_bench_{new_id(SystemClock().now_ms())}"
        data["store"] |= {"engine": "mongodb", "url": SecretStr(mongodb), "database": database}
    data["keys"]["file"] = str(folder / "keys.json")
    data["files"]["path"] = str(folder / "files")
    data["knowledge"]["encoder"] = encoder or data["knowledge"]["encoder"]
    data["web"] |= {"port": 0, "public_url": PUBLIC_URL, "insecure_cookies": True}
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
