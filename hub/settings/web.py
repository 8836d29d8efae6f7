"""The server of the pages and how much one address may ask."""

from __future__ import annotations

from pydantic import Field

from hub.settings.table import Table


class Web(Table):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = Field(default="", pattern=r"^(https?://[^/\s]+)?$")
    trusted_proxies: list[str] = []
    insecure_cookies: bool = False
    form_bytes: int = Field(default=262_144, ge=1024)
    webhook_bytes: int = Field(default=65_536, ge=1024)
    connections_per_address: int = Field(default=200, ge=1)
    header_seconds: float = Field(default=10, gt=0)
    body_bytes_per_second: int = Field(default=1000, ge=0)
    body_seconds: float = Field(default=60, gt=0)
    read_seconds: float = Field(default=60, gt=0)
    streams_per_address: int = Field(default=6, ge=1)
    streams_of_strangers: int = Field(default=2000, ge=1)
    streams_per_session: int = Field(default=20, ge=1)


class Limits(Table):
    ask_per_minute: int = Field(default=120, ge=0)
    chat_per_minute: int = Field(default=120, ge=0)
    petition_per_minute: int = Field(default=60, ge=0)
    feedback_per_minute: int = Field(default=60, ge=0)
    policy_per_minute: int = Field(default=30, ge=0)

    def per_minute(self) -> dict[str, int]:
        """By the kind of form, as `hub/web/guard/rate_limit.py` counts them."""
        return {
            "ask": self.ask_per_minute,
            "chat": self.chat_per_minute,
            "petition": self.petition_per_minute,
            "feedback": self.feedback_per_minute,
            "policy": self.policy_per_minute,
        }
