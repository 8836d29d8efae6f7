"""What the citizens of a bench write: everyone once, from a number of his own, as a signed webhook.

The wordings are matters for a person, some 25 characters long as people text, so that each becomes
a case and is acknowledged; no two are equal, so that nothing is answered from memory. Only the played
carrier ever sees the numbers.
"""

from __future__ import annotations

from urllib.parse import urlencode

from channels.loopback.texts import inbound_fields
from channels.twilio.signature import SIGNATURE_HEADER, sign

ACCOUNT_SID = "AC00000000000000000000000000000000"
AUTH_TOKEN = "for-play-on-loopback-only"  # noqa: S105 — it opens nothing
SP_ID = "901234"
PUBLIC_URL = "https://hub.example"
CHANNEL = "sms-12110"
PATH = f"/webhooks/twilio/{CHANNEL}/sms"

_PLACES = ("小区东门", "菜市场后面", "江滨路口", "学校旁的巷子", "村委会门口", "新建的广场")
_MATTERS = (
    "健身器材坏了一个，没有人来修理",
    "路灯坏了三天，晚上看不清路",
    "几辆没牌照的车一直挡着通道",
    "楼道里堆满垃圾，劝了几次不听",
    "商店的音响从早响到晚，没法休息",
)


def citizen_text(number: int) -> str:
    """The words of citizen `number`; no two are equal."""
    place = _PLACES[number % len(_PLACES)]
    return f"{place}{number}号，{_MATTERS[number % len(_MATTERS)]}"


def citizen_number(number: int) -> str:
    """His telephone number."""
    return f"+86139{number:08d}"


def webhook(number: int, text: str = "") -> bytes:
    """The whole HTTP request that brings his text, or this one, signed as the provider signs it."""
    fields = inbound_fields(
        ACCOUNT_SID, f"SM{number:032x}", citizen_number(number), "12110", text or citizen_text(number)
    )
    body = urlencode(fields).encode()
    pairs = [(name.encode(), value.encode()) for name, value in fields.items()]
    signature = sign(AUTH_TOKEN, f"{PUBLIC_URL}{PATH}", pairs)
    head = (
        f"POST {PATH} HTTP/1.1\r\n"
        "Host: hub.example\r\n"
        "User-Agent: TwilioProxy/1.1\r\n"
        "Accept: */*\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"{SIGNATURE_HEADER}: {signature}\r\n"
        f"I-Twilio-Idempotency-Token: {number:032x}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
