"""Work on a text: in the event loop where it takes moments, beside it where the text is a long letter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_AT_ONCE = 4_000
"""Characters that are looked at in the loop: some milliseconds."""


async def aside(length: int, work: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
    """What `work` gives. length: of the text, in characters."""
    if length <= _AT_ONCE:
        return work(*given, **named)
    return await asyncio.to_thread(work, *given, **named)
