"""Files of earlier releases are read as before: keys that mean nothing any more, of which the operator is
told, and channels that were shipped with another adapter.

Rule protected: an upgrade does not stop at such a key, nor pass over it in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RETIRED: Mapping[tuple[str, str], str] = {
    ("tracking", "wrong_codes"): "猜错的来源逐次等待，见 lock_seconds (who guesses waits, see lock_seconds)",
}
"""Table and key → what took its place."""

_TWILIO_KEYS = frozenset({"account_sid", "auth_tokens", "api_base", "messaging_service_sid", "receipts"})
"""That only Twilio's protocol has, which `sms-12110` was shipped with."""


def with_adapters(data: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What an operator wrote, with the adapters it relies on, and the channels that needed it."""
    channels = data.get("channels")
    earlier: dict[str, dict[str, Any]] = {}
    for name, table in channels.items() if isinstance(channels, Mapping) else ():
        if isinstance(table, Mapping) and "adapter" not in table:
            if name == "sms-12110" and _TWILIO_KEYS & table.keys():
                earlier[name] = {**table, "adapter": "twilio-sms"}
            elif name == "sms-mobile":
                earlier[name] = {**table, "adapter": "cmpp"}
    if not earlier:
        return dict(data), ()
    return {**data, "channels": {**(channels or {}), **earlier}}, tuple(earlier)


def without_retired(data: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The settings without such keys, and which there were, `table.key`."""
    kept, found = dict(data), []
    for table, key in RETIRED:
        inside = kept.get(table)
        if isinstance(inside, Mapping) and key in inside:
            kept[table] = {name: value for name, value in inside.items() if name != key}
            found.append(f"{table}.{key}")
    return kept, tuple(found)


def replaced_by(path: str) -> str:
    """What took the place of a key, `table.key`."""
    table, _, key = path.partition(".")
    return RETIRED[(table, key)]
