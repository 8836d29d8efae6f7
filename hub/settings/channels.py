"""The channels: one model per adapter."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from hub.settings.table import Secret, Table

AutoReply = Literal["off", "answers", "all"]


class _Channel(Table):
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


class SmsChannel(_Channel):
    """What every way of sending texts has."""

    auto_reply: AutoReply = "answers"
    number: str = "12110"
    rate_parts_per_second: float = Field(default=10.0, gt=0)
    price_per_part: float = Field(default=0.05, ge=0)
    parts_limit: int = Field(default=8, ge=1)
    timeout_seconds: float = Field(default=30, gt=0, le=30)


class TwilioSmsChannel(_Twilio, SmsChannel):
    adapter: Literal["twilio-sms"]
    auto_reply: AutoReply = "answers"
    messaging_service_sid: str = ""
    receipts: Literal["callback", "by-part"] = "callback"


class GatewayChannel(SmsChannel):
    """Texts over a gateway of a carrier. answer_seconds and patience_seconds together end before
    timeout_seconds does, so that what is in doubt is told with the ids that are known."""

    adapter: str
    host: str = ""
    port: int = Field(default=7890, ge=1, le=65535)
    secret: Secret = SecretStr("")
    number: str = Field(default="12110", pattern=r"^[0-9]{3,20}$")
    rate_parts_per_second: float = Field(default=100.0, gt=0)
    service_id: str = Field(default="", max_length=10, pattern=r"^[!-~]*$")
    fee_type: str = Field(default="01", pattern=r"^[0-9]{2}$")
    fee_code: str = Field(default="000000", pattern=r"^[0-9]{6}$")
    connections: int = Field(default=1, ge=1, le=32)
    window: int = Field(default=16, ge=1, le=256)
    answer_seconds: float = Field(default=12, gt=0, le=60)
    patience_seconds: float = Field(default=8, ge=0, le=60)
    idle_seconds: float = Field(default=30, ge=5, le=600)
    country_code: Literal["none", "86", "+86"] = "none"
    chinese: Literal["ucs2", "gbk"] = "ucs2"
    reserved_characters: int = Field(default=0, ge=0, le=40)
    busy_codes: list[int] = []
    bad_number_codes: list[int] = []


class CmppChannel(GatewayChannel):
    """China Mobile."""

    adapter: Literal["cmpp"]
    version: Literal["2.0", "2.1", "3.0"] = "3.0"
    sp_id: str = Field(default="", max_length=6, pattern=r"^[0-9A-Za-z]*$")
    parts_named: bool = True
    pads_sp_id: bool = True


class SmgpChannel(GatewayChannel):
    """China Telecom."""

    adapter: Literal["smgp"]
    port: int = Field(default=8890, ge=1, le=65535)
    version: Literal["1.3", "3.0"] = "3.0"
    client_id: str = Field(default="", max_length=8, pattern=r"^[0-9A-Za-z]*$")
    fee_type: str = Field(default="00", pattern=r"^[0-9]{2}$")
    chinese: Literal["ucs2", "gbk"] = "gbk"


class SgipChannel(GatewayChannel):
    """China Unicom. Its gateway connects to listen_host:listen_port to bring texts and reports."""

    adapter: Literal["sgip"]
    port: int = Field(default=8801, ge=1, le=65535)
    window: int = Field(default=32, ge=1, le=32)
    login_name: str = Field(default="", max_length=16, pattern=r"^[!-~]*$")
    listen_host: str = "127.0.0.1"
    listen_port: int = Field(default=8801, ge=0, le=65535)
    allowed: list[str] = []
    peer_name: str = Field(default="", max_length=16, pattern=r"^[!-~]*$")
    peer_secret: Secret = SecretStr("")
    node: int = Field(default=0, ge=0, le=4_294_967_295)
    corp_id: str = Field(default="", max_length=5, pattern=r"^[0-9]*$")
    country_code: Literal["none", "86", "+86"] = "86"


class SmppChannel(GatewayChannel):
    """A vendor's gateway."""

    adapter: Literal["smpp"]
    port: int = Field(default=2775, ge=1, le=65535)
    window: int = Field(default=10, ge=1, le=256)
    system_id: str = Field(default="", max_length=15, pattern=r"^[!-~]*$")
    system_type: str = Field(default="", max_length=12, pattern=r"^[!-~]*$")
    service_id: str = Field(default="", max_length=5, pattern=r"^[!-~]*$")
    ascii_coding: Literal[0, 1] = 1
    ids: Literal["raw", "resp_hex", "dlr_hex"] = "raw"


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
    letter_parts: int = Field(default=200, ge=10, le=2_000)
    letter_head_bytes: int = Field(default=262_144, ge=16_384, le=1_048_576)
    letter_fields: int = Field(default=1_000, ge=50, le=10_000)
    letter_parameters: int = Field(default=100, ge=10, le=1_000)
    letter_files: int = Field(default=50, ge=1, le=500)
    letter_html_chars: int = Field(default=2_000_000, ge=50_000, le=5_000_000)
    rate_parts_per_second: float = Field(default=5.0, gt=0)
    soft_bounces: int = Field(default=3, ge=1, le=100)
    soft_bounce_days: int = Field(default=7, ge=1, le=90)


Channel = Annotated[
    WebChat
    | PetitionForm
    | TwilioSmsChannel
    | CmppChannel
    | SmgpChannel
    | SgipChannel
    | SmppChannel
    | TwilioVoiceChannel
    | MailChannel,
    Field(discriminator="adapter"),
]
