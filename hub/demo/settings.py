"""The shipped settings with every channel on and pointed at the loopback."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from hub.demo.folder import DemoFolder, DemoSecrets
from hub.demo.sample import Sample
from hub.settings.read import build, shipped_text
from hub.settings.settings import Settings

HOST = "127.0.0.1"
MAIL_DOMAIN = "hub.example.com"
SP_ID = "901234"
"""Of the hub at the played gateway; its secret is the folder's token of the carrier."""
MAILBOX = f"service@{MAIL_DOMAIN}"
_PARTS_PER_SECOND = 500.0
_TIMEOUT_SECONDS = 6.0  # a carrier on the same machine; a killed demo goes on the sooner


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens or is reached. text: the played gateway. carrier_url: the played telephone
    company."""

    web: int
    mail_in: int
    smtp: int
    text: int
    carrier_url: str


def demo_settings(
    sample: Sample,
    folder: DemoFolder,
    secrets: DemoSecrets,
    ports: Ports,
    store_url: str = "",
    *,
    undo_seconds: int = 15,
) -> Settings:
    """`config.toml` with the sample organisation over it.

    store_url: MongoDB instead of the file. undo_seconds: how long a reply can be taken back.
    """
    data: dict[str, Any] = tomllib.loads(shipped_text())
    data["organisation"].update(sample.organisation)
    data["regions"] = [dict(region) for region in sample.regions]
    data["web"].update(host=HOST, port=ports.web)
    data["store"].update(path=str(folder.store))
    if store_url:
        data["store"].update(engine="mongodb", url=folder.keep("store-url", store_url), database="hub_demo")
    data["cases"]["undo_seconds"] = undo_seconds
    data["sending_hours"]["warning"] = "00:00-24:00"  # a demo shows its broadcast at any hour
    data["keys"]["file"] = str(folder.keys)
    data["files"]["path"] = str(folder.files)
    token = folder.keep("carrier-token", secrets.auth_token)
    data["channels"]["sms-12110"].update(
        enabled=True,
        host=HOST,
        port=ports.text,
        sp_id=SP_ID,
        secret=token,
        auto_reply="all",
        rate_parts_per_second=_PARTS_PER_SECOND,
        answer_seconds=_TIMEOUT_SECONDS / 2,
        patience_seconds=_TIMEOUT_SECONDS / 3,
        timeout_seconds=_TIMEOUT_SECONDS,
    )
    data["channels"]["voice-12389"].update(
        enabled=True,
        account_sid=secrets.account_sid,
        auth_tokens=[token],
        api_base=ports.carrier_url,
        speech=True,
    )
    data["channels"]["mail"].update(
        enabled=True,
        address=MAILBOX,
        smtp_host=HOST,
        smtp_port=ports.smtp,
        listen_host=HOST,
        listen_port=ports.mail_in,
        rate_parts_per_second=_PARTS_PER_SECOND,
    )
    return build(data)
