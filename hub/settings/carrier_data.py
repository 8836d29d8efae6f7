"""The carrier's system that knows the 三字段 and the position of a telephone; off without an address."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from hub.settings.table import SafeUrl, Secret, Table

_LEAST_SECRET = 16


class CarrierData(Table):
    url: Annotated[SafeUrl, Field(max_length=500)] | Literal[""] = ""
    secret: Secret = SecretStr("")
    timeout_seconds: float = Field(default=5.0, gt=0, le=15)
    keep_days: int = Field(default=30, ge=1, le=1_095)
    map_link: str = Field(default="", max_length=500)
    map_datum: Literal["WGS-84", "GCJ-02"] = "WGS-84"

    @field_validator("map_link")
    @classmethod
    def _has_places(cls, text: str) -> str:
        if not text:
            return text
        parts = urlsplit(text)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
            raise ValueError("应为完整网址，不含账号 (a whole address without an account)")
        if text.count("{latitude}") != 1 or text.count("{longitude}") != 1:
            raise ValueError("要含 {latitude} 和 {longitude} (must hold {latitude} and {longitude})")
        return text

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.url and len(self.secret.get_secret_value()) < _LEAST_SECRET:
            raise ValueError(f"secret 至少 {_LEAST_SECRET} 个字符 (at least {_LEAST_SECRET} characters)")
        return self
