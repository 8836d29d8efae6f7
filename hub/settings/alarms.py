"""Who is told of an emergency nobody confirms, and how long it may wait."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from hub.settings.table import SafeUrl, Secret, Table

_LEAST_SECRET = 16


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

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.webhook_url and len(self.webhook_secret.get_secret_value()) < _LEAST_SECRET:
            raise ValueError(
                f"webhook_secret 至少 {_LEAST_SECRET} 个字符 (at least {_LEAST_SECRET} characters)"
            )
        if bool(self.operator_channel) != bool(self.operator_address):
            raise ValueError("operator_channel 和 operator_address 要一起填写 (both or none)")
        return self
