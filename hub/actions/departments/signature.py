"""The signature of the departments' API, of requests to the hub and of what the hub tells departments.

`v1=` and the HMAC-SHA256 in hex, under the key's secret, of five lines: method, path with its query as it
stands on the request line, timestamp (seconds since 1970 UTC), nonce, SHA-256 of the body in hex. The vector
in docs/departments.md is tested.
"""

from __future__ import annotations

import hashlib
import hmac

KEY_HEADER = "X-Hub-Key"
TIMESTAMP_HEADER = "X-Hub-Timestamp"
NONCE_HEADER = "X-Hub-Nonce"
SIGNATURE_HEADER = "X-Hub-Signature"
WINDOW_SECONDS = 300


def signature(secret: str, method: str, target: str, timestamp: str, nonce: str, body: bytes) -> str:
    """`v1=…`. target: path and query."""
    digest = hashlib.sha256(body).hexdigest()
    signed = "\n".join((method, target, timestamp, nonce, digest))
    return "v1=" + hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def is_signed(given: str, expected: str) -> bool:
    """In constant time; anything that is no signature is none."""
    return given.isascii() and hmac.compare_digest(given, expected)
