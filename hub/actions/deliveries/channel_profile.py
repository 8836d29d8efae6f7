"""What the actions know of a configured channel: how it may answer and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from channels.contract import ChannelKind
from channels.parts import count


@dataclass(frozen=True, slots=True)
class ChannelProfile:
    """A configured channel.

    auto_reply: `off`, `answers` (sure answers only) or `all` (also choices and receipts).
    signature: stands in 【】 before every text, "" for none.
    can_answer: whether a text can go back the way it came; not for a web form or a call.
    number: our own, which texts leave from, "" where there is none. extensions: whether texts nobody wrote to
    may leave from one behind it; a provider that lends single numbers refuses that.
    """

    name: str
    kind: ChannelKind
    auto_reply: Literal["off", "answers", "all"] = "all"
    signature: str = ""
    can_answer: bool = True
    number: str = ""
    extensions: bool = True

    def compose(self, text: str) -> tuple[str, int]:
        """The text as it leaves, and the SMS parts it costs (1 on other channels)."""
        if self.kind is not ChannelKind.SMS:
            return text, 1
        signed = f"【{self.signature}】{text}" if self.signature else text
        return signed, max(1, count(signed).parts)


Profiles = Mapping[str, ChannelProfile]
"""By channel name."""
