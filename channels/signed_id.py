"""Delivery ids that nobody else can write: in the Message-ID of every mail, in the return path and the
unsubscribe address of bulk mail.

`id-mac`: the delivery's id and 80 bits of HMAC-SHA-256 under a key of its own purpose, lower-case letters
and digits only, because mail servers may fold the case of a local part. Whoever received one mail can
act for that mail and for no other; the address of the recipient stands in neither.
Sources: VERP (cr.yp.to/proto/verp.txt), RFC 8058 §5 (opaque, hard to forge), RFC 5321 §4.5.3.1.1 (64 octets).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

_SHAPE = re.compile(r"([0-9a-hjkmnp-tv-z]{26})-([a-z2-7]{16})")
_MAC_BYTES = 10
BOUNCE = "bounce"
UNSUBSCRIBE = "unsubscribe"
"""Local parts of the addresses that are ours besides the mailboxes; each with its own key."""
MESSAGE = "message"
"""What Message-IDs are signed for."""


class SignedIds:
    """key: 32 secret bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, purpose: str, delivery_id: str) -> str:
        """43 characters that stand for a delivery."""
        return f"{delivery_id}-{self._mac(purpose, delivery_id)}"

    def delivery_of(self, purpose: str, signed: str) -> str | None:
        """The delivery `sign` was given, or None when it was not us who wrote it, or for something else."""
        found = _SHAPE.fullmatch(signed.lower())
        if found is None:
            return None
        is_ours = hmac.compare_digest(found[2], self._mac(purpose, found[1]))
        return found[1] if is_ours else None

    def address(self, purpose: str, delivery_id: str, domain: str) -> str:
        """`bounce+id-mac@domain`."""
        return f"{purpose}+{self.sign(purpose, delivery_id)}@{domain}"

    def delivery_at(self, purpose: str, address: str) -> str | None:
        """The delivery an `address` of this purpose stands for, or None."""
        local = address.rpartition("@")[0]
        name, _, signed = local.partition("+")
        return self.delivery_of(purpose, signed) if name.lower() == purpose else None

    def _mac(self, purpose: str, delivery_id: str) -> str:
        digest = hmac.new(self._key, f"{purpose}:{delivery_id}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:_MAC_BYTES]).decode().lower()
