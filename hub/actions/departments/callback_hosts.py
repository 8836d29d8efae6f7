"""Where receipts may be told: only to hosts the office has listed, and so that nobody on the way can read
them.

Where the name leads is looked up and checked once more for each POST
(`hub/other_systems/checked_address.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit


def is_allowed(url: str, *, hosts: Collection[str]) -> bool:
    """Whether `url` is a whole https address of one of `hosts` without an account; http on this machine
    only."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.fragment) and url.isascii() and url.isprintable()
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))
    return plain and " " not in url and secure and host in hosts


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
