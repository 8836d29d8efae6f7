"""The number ranges the hub is shipped with (`numbers/ranges.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "numbers" / "ranges.toml"


@cache
def shipped_ranges() -> tuple[Mapping[str, str], ...]:
    """As rows of their book (`hub.model.sending.number_ranges`)."""
    return tuple(
        {"number": start, "carrier": carrier["name"], "channels": "|".join(carrier["channels"]), "note": note}
        for carrier in tomllib.loads(_FILE.read_text("utf-8"))["carriers"]
        for kind, note in (("ranges", ""), ("resold", "移动转售"))
        for start in carrier[kind]
    )
