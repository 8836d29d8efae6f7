"""Other systems that are asked for progress, and the brake on wrong query codes."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from hub.settings.table import SafeUrl, Secret, Table


class ProgressSystem(Table):
    name: str = Field(min_length=1, max_length=40)
    pattern: str = Field(min_length=1, max_length=100)
    url: SafeUrl
    secret: Secret
    timeout_seconds: float = Field(default=5.0, gt=0, le=10)
    states: dict[str, Literal["registered", "handling", "replied", "closed"]] = {}

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, text: str) -> str:
        try:
            matches_nothing = re.compile(text).fullmatch("") is not None
        except re.error:
            raise ValueError("不是有效的正则表达式 (not a regular expression)") from None
        if matches_nothing:
            raise ValueError("不能匹配空编号 (must not match an empty number)")
        return text

    @field_validator("secret")
    @classmethod
    def _is_long(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < 16:
            raise ValueError("密钥至少 16 个字符 (at least 16 characters)")
        return secret


class Tracking(Table):
    wrong_codes_a_day: int = Field(default=20, ge=1)
    lock_seconds: int = Field(default=900, ge=1)
