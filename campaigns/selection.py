"""Of one page of recipients: who is written to, with what, and who is left out and why.

Used by expansion and by the preview, so that the numbers an officer saw are the numbers that leave.
The standing rules are asked again at every send: whoever opts out after this is still spared.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from campaigns import template
from campaigns.broadcast import Broadcast
from campaigns.ports import Recipient
from campaigns.window import CHINA
from channels import parts
from channels.address import Address, AddressKind, is_textable
from channels.contract import ChannelKind
from channels.outbox.delivery import POLICY, Delivery, Origin, Own
from channels.outbox.ports import Suppressions
from channels.outbox.quiet_hours import JITTER_SECONDS, WINDOWS, Windows, next_allowed
from channels.outbox.suppression import INVALID, rules_against

WRONG_ADDRESS = "wrong_address"  # the channel cannot reach this kind of address
DUPLICATE = "duplicate"  # the same contact or address in two groups
DEAD_ADDRESS = "dead_address"  # a provider said that nobody is there
OPT_OUT = "opt_out"  # asked not to be written to about this

REASONS: Mapping[str, tuple[str, str]] = {
    OPT_OUT: ("已拒收", "opted out"),
    DEAD_ADDRESS: ("空号或地址失效", "dead address"),
    WRONG_ADDRESS: ("联系方式不适用于该渠道", "address does not fit the channel"),
    DUPLICATE: ("重复", "duplicate"),
}
"""Why a recipient is left out, in the words of the page (Chinese, English)."""

SenderFor = Callable[[str, Address], str]
"""A broadcast's channel and an address → the sender for it."""
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [one + other for one in _ALPHABET for other in _ALPHABET]
_AT_ONCE = 100
"""So many recipients are looked at in one turn of the event loop."""
_KINDS: Mapping[ChannelKind, AddressKind] = {
    ChannelKind.MAIL: AddressKind.EMAIL,
    ChannelKind.WECHAT: AddressKind.WECHAT,
    ChannelKind.CHAT: AddressKind.CHAT,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What becomes of a page: rows for the outbox, and counts of those left out by reason."""

    deliveries: tuple[Delivery, ...]
    excluded: Mapping[str, int]


async def select(
    broadcast: Broadcast,
    page: Sequence[Recipient],
    suppressions: Suppressions,
    *,
    now: int,
    zone: ZoneInfo = CHINA,
    windows: Windows = WINDOWS,
    sender_for: SenderFor | None = None,
) -> Selection:
    """Sorts one page. Every recipient is either a delivery or counted under one reason. sender_for: by which
    sender a row leaves, instead of the broadcast's channel for all."""
    excluded: Counter[str] = Counter()
    wanted: dict[str, Delivery] = {}
    of_run = _OfRun(
        broadcast,
        opens_at=next_allowed(broadcast.window(windows), now, zone=zone),
        now=now,
        sender_for=sender_for,
    )
    for number, recipient in enumerate(page):
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)  # who writes to us meanwhile is answered
        if recipient.repeated or recipient.address_key in wanted:
            excluded[DUPLICATE] += 1
        elif not _reaches(broadcast.channel_kind, recipient.address):
            excluded[WRONG_ADDRESS] += 1
        else:
            wanted[recipient.address_key] = of_run.delivery(recipient)
    rules = {key: rules_against(delivery) for key, delivery in wanted.items()}
    asked = [rule for several in rules.values() for rule in several]
    blocked = await suppressions.blocked(asked) if asked else frozenset()
    for key, several in rules.items() if blocked else ():
        hit = [subject for rule in several if rule in blocked for subject in rule[1:]]
        if hit:
            excluded[DEAD_ADDRESS if INVALID in hit else OPT_OUT] += 1
            del wanted[key]
    return Selection(tuple(wanted.values()), dict(excluded))


def delivery_id(broadcast: Broadcast, address_key: str) -> str:
    """The id of the one row a broadcast has for an address, whether or not it was written."""
    return _sortable(broadcast.begun_at, _digest(_digests(broadcast), address_key))


class _OfRun:
    """The rows of one run: what is equal in all of them is made once."""

    def __init__(
        self, broadcast: Broadcast, *, opens_at: int, now: int, sender_for: SenderFor | None
    ) -> None:
        self._sender_for = sender_for
        self._texts = template.pieces(broadcast.text)
        self._personal = broadcast.personal
        self._is_sms = broadcast.channel_kind is ChannelKind.SMS
        self._closed = opens_at > now
        self._opens_at = opens_at
        self._begun_at = broadcast.begun_at
        self._digests = _digests(broadcast)
        text = template.fill(self._texts, {})
        self._plain = Delivery(
            id="",
            origin=Origin.BROADCAST,
            origin_id=broadcast.id,
            sender=broadcast.channel,
            recipient=Address(AddressKind.PHONE, ""),
            recipient_key="",
            message_class=broadcast.message_class,
            dedup="",
            created_at=broadcast.begun_at,
            expires_at=broadcast.expires_at,
            title=broadcast.title if broadcast.personal else "",
            subject=broadcast.subject,
            campaign_id=broadcast.campaign_id,
            department=broadcast.department,
            level=broadcast.level,
            night=broadcast.night,
            uncounted=broadcast.uncounted,
            lane=POLICY[broadcast.message_class].lane,
            parts=self._parts(text),
            # One instant for all that may leave at once: they are claimed in the order of their ids then, and
            # rows that leave together lie together in the store, so that fewer of its pages are written.
            not_before=opens_at if self._closed else broadcast.begun_at,
        )

    def delivery(self, recipient: Recipient) -> Delivery:
        """The row of one recipient; a shared body is kept once, with the broadcast."""
        key = recipient.address_key
        digest = _digest(self._digests, key)
        own: Own = {
            "id": _sortable(self._begun_at, digest),
            "recipient": recipient.address,
            "recipient_key": key,
            "dedup": digest.hex(),
        }
        if self._sender_for:
            own["sender"] = self._sender_for(self._plain.sender, recipient.address)
        if self._personal:
            text = template.fill(self._texts, {"name": recipient.name, "city": recipient.city})
            own |= {"text": text, "parts": self._parts(text)}
        if self._closed:
            # Spread over ten minutes, so that a night's backlog does not leave in one second; in the order of
            # the ids.
            jitter = int.from_bytes(digest[:4], "big") * int(JITTER_SECONDS * 1000) >> 32
            own |= {"not_before": self._opens_at + jitter}
        return self._plain.of(**own)

    def _parts(self, text: str) -> int:
        return parts.count(text).parts if self._is_sms else 1


def _reaches(kind: ChannelKind, address: Address) -> bool:
    if kind is ChannelKind.SMS:
        return is_textable(address)
    return bool(address.value) and _KINDS.get(kind) is address.kind


def _digests(broadcast: Broadcast) -> hashlib.blake2b:
    """What the digests of all rows of a broadcast begin with."""
    return hashlib.blake2b(f"{broadcast.id}\x1f{broadcast.channel}\x1f".encode(), digest_size=16)


def _digest(begun: hashlib.blake2b, address_key: str) -> bytes:
    """What makes the row of one address exist once."""
    one = begun.copy()
    one.update(f"{address_key}\x1f0".encode())
    return one.digest()


def _sortable(at: int, digest: bytes) -> str:
    """An id of the shape every delivery has (it sorts by time), but the same at every repetition."""
    number = (at << 80) | int.from_bytes(digest[:10], "big")
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])
