"""What the citizens of a bench write: everyone once, from a number of his own, as a signed webhook.

The wordings are matters for a person, so that each becomes a case and is acknowledged; no two are
equal, so that nothing is answered from a memory of the last text. Numbers are of the reserved kind.
"""

from __future__ import annotations

from urllib.parse import urlencode

from channels.loopback.texts import inbound_fields
from channels.twilio.signature import SIGNATURE_HEADER, sign

ACCOUNT_SID = "AC00000000000000000000000000000000"
AUTH_TOKEN = "for-play-on-loopback-only"  # noqa: S105 — it opens nothing
PUBLIC_URL = "https://hub.example"
CHANNEL = "sms-12110"
PATH = f"/webhooks/twilio/{CHANNEL}/sms"

_PLACES = ("小区东门", "菜市场后面", "江滨路口", "学校旁边的巷子", "村委会门口", "新建的广场")
_MATTERS = (
    "河边的护栏断了一截，孩子常去那里玩，怕会出事",
    "路灯坏了三天没有人修，走路看不清，有点担心",
    "有几辆没有牌照的车一直停着，挡住了通道",
    "有人把垃圾堆在楼道里面，味道很大，劝了几次都不听",
    "最近常有陌生人挨家敲门推销东西，邻居们都不放心",
)


def citizen_text(number: int) -> str:
    """The words of citizen `number`; no two are equal."""
    place = _PLACES[number % len(_PLACES)]
    return f"{place}{number % 89}号楼，{_MATTERS[number % len(_MATTERS)]}。第{number}户"


def citizen_number(number: int) -> str:
    """His telephone number."""
    return f"+86139{number:08d}"


def webhook(number: int) -> bytes:
    """The whole HTTP request that brings his text, signed as the provider signs it."""
    fields = inbound_fields(
        ACCOUNT_SID, f"SM{number:032x}", citizen_number(number), "12110", citizen_text(number)
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
