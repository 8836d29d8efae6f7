"""A text that another system answered with, as it may stand on a page."""

from __future__ import annotations

import unicodedata


def cleaned(text: str, longest: int) -> str:
    """Without control characters and marks that turn the order of what stands round it; cut; "" when nothing
    is left."""
    kept = "".join(
        char
        for char in unicodedata.normalize("NFC", text[: longest * 2])
        if char == "\n" or (unicodedata.category(char)[0] != "C")
    ).strip()
    return kept if len(kept) <= longest else f"{kept[: longest - 1]}…"
