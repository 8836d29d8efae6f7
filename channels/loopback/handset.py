"""What citizens' telephones show: whole texts, of the parts that a gateway of China Mobile took.

Written by the specifications, never with the client's code, so that both cannot share a mistake.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from channels.loopback.gateway import Taken

_ALPHABETS = {0: "ascii", 8: "utf-16-be", 15: "gb18030"}
_HEAD_BYTES = 6
_MOST_OPEN = 10_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A text. ids: of its parts at the gateway, by their place. source, recipient: as they travelled."""

    ids: tuple[str, ...]
    source: str
    recipient: str
    text: str


class Handsets:
    """Joins parts. One that comes again begins its text again: who gets all of it twice sees it twice."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, str, bytes], list[dict[int, Taken]]] = OrderedDict()

    def take(self, part: Taken) -> Shown | None:
        """The text that is whole with this part."""
        if part.number("TP_udhi") != 1:
            return _shown([part], part.content)
        head, number = part.content[:_HEAD_BYTES], part.content[_HEAD_BYTES - 1]
        total = head[4]
        key = (part.source, part.destination, head[3:5])  # reference and total
        texts = self._open.setdefault(key, [])
        text = next((one for one in texts if number not in one), None)
        if text is None:
            text = {}
            texts.append(text)
        text[number] = part
        if len(text) < total:
            if len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
            return None
        texts.remove(text)
        if not texts:
            del self._open[key]
        parts = [text[place] for place in sorted(text)]
        return _shown(parts, b"".join(one.content[_HEAD_BYTES:] for one in parts))


def _shown(parts: list[Taken], content: bytes) -> Shown:
    first = parts[0]
    text = content.decode(_ALPHABETS[first.number("Msg_Fmt")], "replace")
    return Shown(tuple(one.id for one in parts), first.source, first.destination, text)
