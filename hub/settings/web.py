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


class Limits(Table):
    ask_per_minute: int = Field(default=120, ge=0)
    chat_per_minute: int = Field(default=120, ge=0)
    petition_per_minute: int = Field(default=60, ge=0)
    feedback_per_minute: int = Field(default=60, ge=0)

    def per_minute(self) -> dict[str, int]:
        """By the kind of form, as `hub/web/guard/rate_limit.py` counts them."""
        return {
            "ask": self.ask_per_minute,
            "chat": self.chat_per_minute,
            "petition": self.petition_per_minute,
            "feedback": self.feedback_per_minute,
        }
