"""Sends to an open chat page.

The message itself is in the store and the page reads it from there by number, so that a page that
was away misses nothing; sending means waking the page. There is no provider, hence no ambiguity.
"""

from __future__ import annotations

from collections.abc import Callable

from channels.contract import Accepted, OutboundMessage


class WebChatSender:
    """`wake` is told which chat (the opaque address) has something new."""

    def __init__(self, wake: Callable[[str], None]) -> None:
        self._wake = wake

    async def send(self, message: OutboundMessage) -> Accepted:
        """Always accepted."""
        self._wake(message.recipient.value)
        return Accepted()
