"""Message-IDs of our own: deterministic, so that a mail sent twice is one mail to most readers.

SMTP is at-least-once (RFC 1047): a client that lost the answer cannot know. The same Message-ID on every
attempt lets mail programs collapse the copy, and lets us find the delivery an answer belongs to. It is signed
(`channels/signed_id.py`): a report of a mail that we did not write is not believed.
"""

from __future__ import annotations

import re

_OURS = re.compile(r"[0-9a-hjkmnp-tv-z]{26}(?:-[a-z2-7]{16})?")  # a delivery id, and its signature
_ID = re.compile(r"<[^<>\s\x00-\x1f]{1,300}>")


def message_id(name: str, domain: str) -> str:
    """`<name@domain>`. name: a delivery id, signed where there are keys."""
    return f"<{name}@{domain}>"


def name_in(message_id: str, domain: str) -> str | None:
    """The delivery id a Message-ID of ours names, with its signature if it has one; None when it is not ours.

    The shape counts as well as the domain: colleagues write from the same domain.
    """
    name, at, host = message_id.strip().strip("<>").rpartition("@")
    return name if at and host.lower() == domain.lower() and _OURS.fullmatch(name) else None


def ids_in(text: str, *, limit: int = 50) -> tuple[str, ...]:
    """Every Message-ID in a header value, in order, each once."""
    return tuple(dict.fromkeys(_ID.findall(text)))[:limit]
