"""How calls between the hub and other systems are signed, in both directions."""

from __future__ import annotations

import hashlib
import hmac

SIGNATURE_HEADER = "X-Hub-Signature"
TIMESTAMP_HEADER = "X-Hub-Timestamp"
NONCE_HEADER = "X-Hub-Nonce"


def signature(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """`sha256=` and the HMAC-SHA256 of `timestamp.nonce.body`, in hex."""
    signed = f"{timestamp}.{nonce}.".encode() + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
