"""Colleagues named in a note: `@李四`. What is kept are their ids."""

from __future__ import annotations

from collections.abc import Mapping


def mentioned_in(text: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of those named, in the order of `names` (id → name).

    Where one name begins with another (李四, 李四光), the longer one is meant where it stands. Two people of
    the same name are both meant.
    """
    text, found = text.replace("＠", "@"), set()
    for name in sorted({name for name in names.values() if name}, key=len, reverse=True):
        if f"@{name}" in text:
            found.add(name)
            text = text.replace(f"@{name}", "@")
    return tuple(id for id, name in names.items() if name in found)
