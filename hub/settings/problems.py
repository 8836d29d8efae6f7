"""What is wrong with settings, in words an operator can act on."""

from __future__ import annotations

import difflib
from typing import Any

from pydantic import BaseModel, SecretStr

from hub.runtime.errors import HubError
from hub.settings.channels import (
    CmppChannel,
    GatewayChannel,
    MailChannel,
    PetitionForm,
    SgipChannel,
    SmgpChannel,
    SmppChannel,
    TwilioSmsChannel,
    TwilioVoiceChannel,
    WebChat,
)
from hub.settings.organisation import Region
from hub.settings.progress import ProgressSystem
from hub.settings.settings import Settings


class SettingsProblem(HubError):
    """The settings cannot be used. `problems` are one line each: path, what is wrong, what would do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def contradictions(settings: Settings) -> list[str]:
    """What no single table can see: keys that need each other."""
    problems = []
    for name, channel in settings.channels.items():
        if not channel.enabled:
            continue
        if isinstance(channel, TwilioSmsChannel | TwilioVoiceChannel):
            if not channel.account_sid:
                problems.append(f"channels.{name}.account_sid: 启用的渠道必须填写 (needed when enabled)")
            if not channel.auth_tokens:
                problems.append(f"channels.{name}.auth_tokens: 启用的渠道必须填写 (needed when enabled)")
        if isinstance(channel, GatewayChannel):
            for key in ("host", *_ACCOUNTS[channel.adapter], "secret"):
                if not _given(getattr(channel, key)):
                    problems.append(f"channels.{name}.{key}: 启用的渠道必须填写 (needed when enabled)")
            if channel.adapter == "smpp" and len(channel.secret.get_secret_value()) > _SMPP_SECRET:
                problems.append(f"channels.{name}.secret: SMPP 的密码至多 8 位 (at most 8 characters)")
            if channel.answer_seconds + channel.patience_seconds >= channel.timeout_seconds:
                needed = "应大于 answer_seconds + patience_seconds (must be greater)"
                problems.append(f"channels.{name}.timeout_seconds: {needed}")
        if isinstance(channel, MailChannel) and not channel.address:
            problems.append(f"channels.{name}.address: 启用的渠道必须填写 (needed when enabled)")
    if settings.store.engine == "mongodb" and not settings.store.url.get_secret_value():
        problems.append("store.url: 使用 mongodb 时必须填写 (needed with mongodb)")
    if settings.knowledge.encoder == "http":
        problems += [
            f"encoder_server.{key}: encoder 为 http 时必须填写 (needed with encoder = http)"
            for key in ("url", "model", "dimension")
            if not getattr(settings.encoder_server, key)
        ]
    return problems


_ACCOUNTS = {
    "cmpp": ("sp_id",),
    "smgp": ("client_id",),
    "smpp": ("system_id",),
    "sgip": ("login_name", "peer_name", "peer_secret", "node", "corp_id"),
}
"""Which keys name the account at a gateway, by adapter."""

_SMPP_SECRET = 8
"""Characters that a BIND of SMPP 3.4 has room for."""

_TEXTS = {
    "missing": "必须填写 (missing)",
    "literal_error": "只能是 {expected} (must be one of these)",
    "union_tag_invalid": "adapter 只能是 {expected_tags} (unknown adapter)",
    "union_tag_not_found": "缺少 adapter (adapter is missing)",
    "int_parsing": "应为整数 (must be a whole number)",
    "int_type": "应为整数 (must be a whole number)",
    "float_parsing": "应为数字 (must be a number)",
    "float_type": "应为数字 (must be a number)",
    "bool_parsing": "应为 true 或 false (must be true or false)",
    "bool_type": "应为 true 或 false (must be true or false)",
    "string_type": "应为文字 (must be text)",
    "list_type": "应为列表 (must be a list)",
    "greater_than_equal": "不能小于 {ge} (must be at least that)",
    "greater_than": "必须大于 {gt} (must be greater)",
    "less_than_equal": "不能大于 {le} (must be at most that)",
    "string_pattern_mismatch": "格式不对，应符合 {pattern} (wrong format)",
    "string_too_short": "至少 {min_length} 个字 (too short)",
    "string_too_long": "最多 {max_length} 个字 (too long)",
}


def line_of(error: Any) -> str:
    """One problem as `path: text`, with the nearest known name for an unknown key."""
    path = [str(part) for part in error["loc"]]
    if path[:1] == ["channels"] and len(path) > 3:
        del path[2]  # pydantic names the adapter between the channel and its key
    if path[-1:] == ["[key]"]:
        path.pop()
    where = ".".join(path)
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(path[-1], _known_keys(path[:-1]), n=1, cutoff=0.5)
        hint = f"，是不是想写 {near[0]}? (did you mean {near[0]}?)" if near else ""
        return f"{where}: 未知的配置项 (unknown key){hint}"
    if error["type"] == "value_error":
        return f"{where}: {error['ctx']['error']}"
    text = _TEXTS.get(error["type"], error["msg"])
    return f"{where}: {text.format(**error.get('ctx', {}))}"


def _given(value: str | int | SecretStr) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _known_keys(parents: list[str]) -> list[str]:
    if not parents:
        return list(Settings.model_fields)
    if parents[0] == "channels":
        models: tuple[type[BaseModel], ...] = (
            WebChat,
            PetitionForm,
            TwilioSmsChannel,
            CmppChannel,
            SmgpChannel,
            SmppChannel,
            SgipChannel,
            TwilioVoiceChannel,
            MailChannel,
        )
        return sorted({key for model in models for key in model.model_fields})
    field = Settings.model_fields.get(parents[0])
    if parents[0] == "regions":
        return list(Region.model_fields)
    if parents[0] == "progress":
        return list(ProgressSystem.model_fields)
    annotation = field.annotation if field else None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return list(annotation.model_fields)
    return []
