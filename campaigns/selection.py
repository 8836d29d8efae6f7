"""Of one page of recipients: who is written to, with what, and who is left out and why.

Used by expansion and by the preview, so that the numbers an officer saw are the numbers that leave.
The standing rules are asked again at every send: whoever opts out after this is still spared.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from campaigns import template
from campaigns.broadcast import Broadcast
from campaigns.ports import Recipient
from campaigns.window import CHINA
from channels import parts
from channels.address import Address, AddressKind, is_textable
from channels.contract import ChannelKind
from channels.outbox.delivery import POLICY, Delivery, Origin
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

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
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
) -> Selection:
    """Sorts one page. Every recipient is either a delivery or counted under one reason."""
    excluded: Counter[str] = Counter()
    wanted: dict[str, Delivery] = {}
    texts = template.pieces(broadcast.text)
    opens_at = next_allowed(broadcast.window(windows), now, zone=zone)
    for recipient in page:
        if recipient.repeated or recipient.address_key in wanted:
            excluded[DUPLICATE] += 1
        elif not _reaches(broadcast.channel_kind, recipient.address):
            excluded[WRONG_ADDRESS] += 1
        else:
            wanted[recipient.address_key] = _delivery(
                broadcast, recipient, texts, opens_at=opens_at, closed=opens_at > now
            )
    rules = {key: rules_against(delivery) for key, delivery in wanted.items()}
    asked = [rule for several in rules.values() for rule in several]
    blocked = await suppressions.blocked(asked) if asked else frozenset()
    for key, several in rules.items():
        hit = [subject for rule in several if rule in blocked for subject in rule[1:]]
        if hit:
            excluded[DEAD_ADDRESS if INVALID in hit else OPT_OUT] += 1
            del wanted[key]
    return Selection(tuple(wanted.values()), dict(excluded))


def delivery_id(broadcast: Broadcast, address_key: str) -> str:
    """The id of the one row a broadcast has for an address, whether or not it was written."""
    return _sortable(broadcast.snapshot_at, _digest(broadcast, address_key))


def _delivery(
    broadcast: Broadcast,
    recipient: Recipient,
    texts: tuple[str | template.Placeholder, ...],
    *,
    opens_at: int,
    closed: bool,
) -> Delivery:
    text = template.fill(texts, {"name": recipient.name, "city": recipient.city})
    digest = _digest(broadcast, recipient.address_key)
    # Spread over ten minutes, so that a night's backlog does not leave in one second.
    jitter = int.from_bytes(digest[-4:], "big") % int(JITTER_SECONDS * 1000) if closed else 0
    return Delivery(
        id=_sortable(broadcast.begun_at, digest),
        origin=Origin.BROADCAST,
        origin_id=broadcast.id,
        sender=broadcast.channel,
        recipient=recipient.address,
        recipient_key=recipient.address_key,
        message_class=broadcast.message_class,
        dedup=digest.hex(),
        created_at=broadcast.begun_at,
        expires_at=broadcast.expires_at,
        text=text if broadcast.personal else "",  # a shared body is kept once, with the broadcast
        title=broadcast.title if broadcast.personal else "",
        subject=broadcast.subject,
        campaign_id=broadcast.campaign_id,
        department=broadcast.department,
        level=broadcast.level,
        night=broadcast.night,
        uncounted=broadcast.uncounted,
        lane=POLICY[broadcast.message_class].lane,
        parts=parts.count(text).parts if broadcast.channel_kind is ChannelKind.SMS else 1,
        not_before=opens_at + jitter,
    )


def _reaches(kind: ChannelKind, address: Address) -> bool:
    if kind is ChannelKind.SMS:
        return is_textable(address)
    return bool(address.value) and _KINDS.get(kind) is address.kind


def _digest(broadcast: Broadcast, address_key: str) -> bytes:
    plain = "\x1f".join((broadcast.id, broadcast.channel, address_key, "0"))
    return hashlib.blake2b(plain.encode(), digest_size=16).digest()


def _sortable(at: int, digest: bytes) -> str:
    """An id of the shape every delivery has (it sorts by time), but the same at every repetition."""
    number = (at << 80) | int.from_bytes(digest[:10], "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
