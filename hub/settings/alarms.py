"""Who is told of an emergency nobody confirms, and how long it may wait."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from hub.settings.table import SafeUrl, Secret, Table

_LEAST_SECRET = 16
CENTRE = "centre"
"""What the 110 centre itself is called in the address that its system calls."""


class CommandDesk(Table):
    """The command desk of a city or county."""

    name: str = Field(min_length=1, max_length=40)
    region: str = Field(default="", pattern=r"^(\d{6})?$")
    webhook_url: Annotated[SafeUrl, Field(max_length=500)] | Literal[""] = ""
    webhook_secret: Secret = SecretStr("")
    callback_secret: Secret = SecretStr("")
    text_numbers: list[str] = Field(default=[], max_length=5)
    unit: str = Field(default="", max_length=60)
    telephone: str = Field(default="", max_length=40)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _check_secrets(self)
        return self


class Alarms(Table):
    confirm_seconds: int = Field(default=60, ge=5, le=600)
    stream_seconds: int = Field(default=10, ge=5, le=60)
    sound_hours: int = Field(default=8, ge=1, le=24)
    webhook_url: Annotated[SafeUrl, Field(max_length=500)] | Literal[""] = ""
    webhook_secret: Secret = SecretStr("")
    webhook_timeout_seconds: float = Field(default=5.0, gt=0, le=30)
    text_channel: str = "sms-12110"
    text_numbers: list[str] = Field(default=[], max_length=5)
    telephone: str = Field(default="110", max_length=40)
    operator_channel: str = ""
    operator_address: str = ""
    callback_secret: Secret = SecretStr("")
    unit: str = Field(default="", max_length=60)
    takeover_seconds: int = Field(default=60, ge=10, le=3600)
    dispatch_seconds: int = Field(default=180, ge=10, le=86_400)
    arrive_seconds: int = Field(default=900, ge=60, le=86_400)
    feedback_seconds: int = Field(default=7_200, ge=60, le=604_800)
    desks: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")], CommandDesk] = {}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _check_secrets(self)
        if CENTRE in self.desks:
            raise ValueError(f"[alarms.desks] 的名称不能是 {CENTRE} (not a name for a desk)")
        if bool(self.operator_channel) != bool(self.operator_address):
            raise ValueError("operator_channel 和 operator_address 要一起填写 (both or none)")
        return self


def _check_secrets(table: Alarms | CommandDesk) -> None:
    told = table.callback_secret.get_secret_value()
    short = [("webhook_secret", bool(table.webhook_url), table.webhook_secret.get_secret_value())]
    short.append(("callback_secret", bool(told), told))
    for name, is_needed, secret in short:
        if is_needed and len(secret) < _LEAST_SECRET:
            raise ValueError(f"{name} 至少 {_LEAST_SECRET} 个字符 (at least {_LEAST_SECRET} characters)")
