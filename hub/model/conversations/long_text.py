"""A long text whose parts come one by one, in any order, some twice, some never."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from channels.address import Address, AddressKind
from channels.carrier.alphabet import decode
from channels.contract import ChannelKind, InboundMessage, TextPart
from hub.model.personal import personal


@dataclass(frozen=True, slots=True)
class LongText:
    """id: made of channel, sender, recipient, reference and count of parts. due_at: when it is handed on
    although parts are missing, 0 = it was handed on. keep_until: so long a part that comes again is known
    (ms UTC).

    ids: of the parts at the carrier, by number. contents: their bytes in hex, by number; gone when handed on.
    """

    id: str
    channel: str
    recipient: str
    total: int
    encoding: str
    received_at: int
    due_at: int
    keep_until: int
    ids: Mapping[str, str] = field(default_factory=dict)
    sender: str = personal()
    contents: Mapping[str, str] = personal(None)

    @classmethod
    def begun(cls, id: str, part: TextPart, *, due_at: int, keep_until: int) -> Self:
        """With its first part."""
        empty = cls(
            id=id,
            channel=part.channel,
            recipient=part.recipient,
            total=part.total,
            encoding=part.encoding,
            received_at=part.received_at,
            due_at=due_at,
            keep_until=keep_until,
            sender=part.sender.value,
            contents={},
        )
        return empty.with_part(part)

    @property
    def is_handed_on(self) -> bool:
        return not self.due_at

    @property
    def is_whole(self) -> bool:
        return len(self.ids) == self.total

    def knows(self, part: TextPart) -> bool:
        """Whether this part came before."""
        return part.provider_id in self.ids.values()

    def takes(self, part: TextPart) -> bool:
        """Whether there is a place for a part: references are used again, so another text's may come."""
        return not self.is_handed_on and str(part.number) not in self.ids and part.encoding == self.encoding

    def with_part(self, part: TextPart) -> Self:
        number = str(part.number)
        return replace(
            self,
            ids={**self.ids, number: part.provider_id},
            contents={**self.contents, number: part.content.hex()},
        )

    def handed_on(self) -> Self:
        return replace(self, due_at=0, contents={})

    def message(self) -> InboundMessage:
        """What the parts that came say; what is missing is told at the end."""
        numbers = sorted(map(int, self.ids))
        text = decode(b"".join(bytes.fromhex(self.contents[str(one)]) for one in numbers), self.encoding)
        missing = [one for one in range(1, self.total + 1) if one not in numbers]
        return InboundMessage(
            channel=self.channel,
            kind=ChannelKind.SMS,
            provider_id=self.ids[str(numbers[0])],
            sender=Address(AddressKind.PHONE, self.sender),
            recipient=self.recipient,
            text=text + (told_missing(missing, self.total) if missing else ""),
            received_at=self.received_at,
        )


def told_missing(numbers: list[int], total: int) -> str:
    """What stands behind a text of which parts did not come."""
    return f"\n〔长短信共 {total} 段，第 {'、'.join(map(str, numbers))} 段未收到〕"
