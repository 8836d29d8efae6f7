"""The settings: one TOML file, the environment over it, every problem reported at once.

The only reader of the environment. `config.toml` in the repository lists every key with its
default and meaning; the models below check it. A secret never stands in the file: it is a
reference, `env:NAME` or `file:PATH`, resolved here.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from hub.runtime.errors import HubError


class SettingsProblem(HubError):
    """The settings cannot be used. `problems` are one line each: path, what is wrong, what would do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _resolve_secret(value: object) -> object:
    if isinstance(value, SecretStr) or value == "":
        return value
    if isinstance(value, str):
        kind, _, name = value.partition(":")
        if kind == "env":
            if name not in os.environ:
                raise ValueError(f"环境变量 {name} 没有设置 (environment variable {name} is not set)")
            return os.environ[name]
        if kind == "file":
            try:
                return Path(name).read_text().strip()
            except OSError:
                raise ValueError(f"读不到文件 {name} (cannot read {name})") from None
    raise ValueError('密钥要写成 "env:名称" 或 "file:路径" (write a secret as "env:NAME" or "file:PATH")')


Secret = Annotated[SecretStr, BeforeValidator(_resolve_secret)]
AutoReply = Literal["off", "answers", "all"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Organisation(_Table):
    name: str = "公安公众服务中心"
    province: str = "本省"
    signature: str = Field(default="公安", min_length=2, max_length=20)
    publisher: str = "公安厅"
    site_code: str = ""
    icp: str = ""
    police_record: str = ""
    contact: str = ""


class Region(_Table):
    code: str = Field(pattern=r"^\d{6}$")
    name: str
    area_code: str = Field(pattern=r"^\d{2,3}$")


class Web(_Table):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = Field(default="", pattern=r"^(https?://[^/\s]+)?$")
    trusted_proxies: list[str] = []
    insecure_cookies: bool = False
    form_bytes: int = Field(default=262_144, ge=1024)
    webhook_bytes: int = Field(default=65_536, ge=1024)


class Limits(_Table):
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


class Store(_Table):
    engine: Literal["sqlite", "mongodb"] = "sqlite"
    path: Path = Path("var/hub/hub.db")
    url: Secret = SecretStr("")
    database: str = "hub"


class Keys(_Table):
    file: Path = Path("var/hub/keys.json")
    ring: Secret = SecretStr("")


class Files(_Table):
    path: Path = Path("var/hub/files")


class Log(_Table):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"


class TriageWords(_Table):
    emergency_words: list[str] = []
    emergency_exceptions: list[str] = []
    threat_words: list[str] = []
    report_verbs: list[str] = []
    report_objects: list[str] = []
    person_words: list[str] = []


class ProgressSystem(_Table):
    name: str = Field(min_length=1, max_length=40)
    pattern: str = Field(min_length=1, max_length=100)
    url: str
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

    @field_validator("url")
    @classmethod
    def _is_safe(cls, text: str) -> str:
        parts = urlsplit(text)
        if parts.username or parts.fragment or not parts.hostname:
            raise ValueError("应为完整网址，不含账号 (a whole address without an account)")
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
            raise ValueError("应为 https，本机除外 (must be https, except on this machine)")
        return text

    @field_validator("secret")
    @classmethod
    def _is_long(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < 16:
            raise ValueError("密钥至少 16 个字符 (at least 16 characters)")
        return secret


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Tracking(_Table):
    wrong_codes: int = Field(default=5, ge=1)
    lock_seconds: int = Field(default=900, ge=1)


class Knowledge(_Table):
    second_person: bool = True
    answer: float = Field(default=0.0, ge=0, le=1)
    answer_aloud: float = Field(default=0.0, ge=0, le=1)
    choice: float = Field(default=0.0, ge=0, le=1)
    confidence: str = ""
    choices_seconds: int = Field(default=1800, ge=60, le=86_400)
    sms_parts: int = Field(default=3, ge=1, le=8)
    sms_links: bool = False


class Dispatch(_Table):
    batch: int = Field(default=512, ge=1, le=1000)
    in_flight: int = Field(default=64, ge=1, le=500)
    urgent_in_flight: int = Field(default=16, ge=1, le=100)
    poll_seconds: float = Field(default=0.5, gt=0, le=5)


class Broadcast(_Table):
    page: int = Field(default=100, ge=1, le=5000)
    grace_seconds: int = Field(default=3600, ge=0)


class Speech(_Table):
    model: str = ""


class Calls(_Table):
    silent_seconds: int = Field(default=900, ge=660, le=86_400)
    transferred_seconds: int = Field(default=14_400, ge=660, le=86_400)


class Retention(_Table):
    every_seconds: int = Field(default=3_600, ge=60)
    sessions_seconds: int = Field(default=86_400, ge=0)
    attempts_seconds: int = Field(default=604_800, ge=0)
    questions_seconds: int = Field(default=15_552_000, ge=86_400)


class Hours(_Table):
    mon: str = "08:30-12:00 14:30-17:30"
    tue: str = "08:30-12:00 14:30-17:30"
    wed: str = "08:30-12:00 14:30-17:30"
    thu: str = "08:30-12:00 14:30-17:30"
    fri: str = "08:30-12:00 14:30-17:30"
    sat: str = ""
    sun: str = ""
    holidays: list[str] = []
    workdays: list[str] = []


class _Channel(_Table):
    enabled: bool = False
    auto_reply: AutoReply = "all"


class WebChat(_Channel):
    adapter: Literal["web-chat"]


class PetitionForm(_Channel):
    adapter: Literal["petition"]


class _Twilio(_Channel):
    account_sid: str = ""
    auth_tokens: list[Secret] = []
    api_base: str = Field(default="https://api.twilio.com", pattern=r"^https?://[^/\s]+$")


class TwilioSmsChannel(_Twilio):
    adapter: Literal["twilio-sms"]
    auto_reply: AutoReply = "answers"
    number: str = "12110"
    messaging_service_sid: str = ""
    rate_parts_per_second: float = Field(default=10.0, gt=0)
    timeout_seconds: float = Field(default=30, gt=0, le=30)


class TwilioVoiceChannel(_Twilio):
    adapter: Literal["twilio-voice"]
    line: str = "12389"
    flow: str = "12389"
    speech: bool = False
    duty_numbers: list[str] = []
    emergency_number: str = "110"
    receipt_channel: str = ""


class MailChannel(_Channel):
    adapter: Literal["mail"]
    address: str = ""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str = ""
    smtp_password: Secret = SecretStr("")
    listen_host: str = "127.0.0.1"
    listen_port: int = Field(default=2525, ge=0, le=65535)
    listen_protocol: Literal["smtp", "lmtp"] = "smtp"
    recipients: list[str] = []
    message_bytes: int = Field(default=10_485_760, ge=65_536)
    rate_parts_per_second: float = Field(default=5.0, gt=0)


Channel = Annotated[
    WebChat | PetitionForm | TwilioSmsChannel | TwilioVoiceChannel | MailChannel,
    Field(discriminator="adapter"),
]


class Settings(_Table):
    """Everything that can be set."""

    organisation: Organisation = Organisation()
    regions: list[Region] = []
    web: Web = Web()
    limits: Limits = Limits()
    store: Store = Store()
    keys: Keys = Keys()
    files: Files = Files()
    log: Log = Log()
    triage: TriageWords = TriageWords()
    tracking: Tracking = Tracking()
    progress: list[ProgressSystem] = []
    knowledge: Knowledge = Knowledge()
    dispatch: Dispatch = Dispatch()
    broadcast: Broadcast = Broadcast()
    speech: Speech = Speech()
    calls: Calls = Calls()
    retention: Retention = Retention()
    hours: Hours = Hours()
    channels: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")], Channel] = {}

    def public_url(self) -> str:
        """What citizens and carriers see, without a trailing slash."""
        return self.web.public_url or f"http://{self.web.host}:{self.web.port}"


def shipped_text() -> str:
    """The text of the shipped `config.toml`: from the wheel, else from the checkout."""
    packaged = resources.files("hub") / "config.toml"
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parents[2] / "config.toml").read_text("utf-8")


def load(path: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """Shipped defaults, then the file at `path`, then the environment. Raises `SettingsProblem`."""
    data = _parse(shipped_text(), "config.toml")
    if path is not None:
        try:
            text = path.read_text("utf-8")
        except OSError as problem:
            raise SettingsProblem([f"{path}: 读不到配置文件 (cannot read it): {problem.strerror}"]) from None
        data = _merge(data, _parse(text, str(path)))
    return build(_with_environment(data, os.environ if environ is None else environ))


def build(data: Mapping[str, Any]) -> Settings:
    """Settings from nested plain data. Raises `SettingsProblem` with every problem at once."""
    try:
        settings = Settings.model_validate(data)
    except ValidationError as problem:
        raise SettingsProblem([_line(error) for error in problem.errors()]) from None
    problems = list(_contradictions(settings))
    if problems:
        raise SettingsProblem(problems)
    return settings


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise SettingsProblem([f"{name}: 不是有效的 TOML (not valid TOML): {problem}"]) from None


def _merge(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _with_environment(data: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """`HUB_WEB__PORT=8080`; a list is written as in TOML, everything else is plain text."""
    for name, text in environ.items():
        if not name.startswith("HUB_") or "__" not in name:
            continue
        path = [
            part.lower().replace("_", "-") if level else part.lower()
            for level, part in enumerate(name.removeprefix("HUB_").split("__"))
        ]
        if path[0] != "channels":
            path = [part.replace("-", "_") for part in path]
        else:
            path = [*path[:2], *(part.replace("-", "_") for part in path[2:])]
        value: Any = text
        if text.startswith("["):
            value = _parse(f"value = {text}", name)["value"]
        nested: dict[str, Any] = {path[-1]: value}
        for part in reversed(path[:-1]):
            nested = {part: nested}
        data = _merge(data, nested)
    return data


def _contradictions(settings: Settings) -> list[str]:
    problems = []
    for name, channel in settings.channels.items():
        if not channel.enabled:
            continue
        if isinstance(channel, TwilioSmsChannel | TwilioVoiceChannel):
            if not channel.account_sid:
                problems.append(f"channels.{name}.account_sid: 启用的渠道必须填写 (needed when enabled)")
            if not channel.auth_tokens:
                problems.append(f"channels.{name}.auth_tokens: 启用的渠道必须填写 (needed when enabled)")
        if isinstance(channel, MailChannel) and not channel.address:
            problems.append(f"channels.{name}.address: 启用的渠道必须填写 (needed when enabled)")
    if settings.store.engine == "mongodb" and not settings.store.url.get_secret_value():
        problems.append("store.url: 使用 mongodb 时必须填写 (needed with mongodb)")
    return problems


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


def _line(error: Any) -> str:
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


def _known_keys(parents: list[str]) -> list[str]:
    if not parents:
        return list(Settings.model_fields)
    if parents[0] == "channels":
        models: tuple[type[BaseModel], ...] = (
            WebChat,
            PetitionForm,
            TwilioSmsChannel,
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
