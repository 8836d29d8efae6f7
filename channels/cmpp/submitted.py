"""SUBMIT from the side of the gateway: what departments' systems write, byte by byte."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError

from channels.carrier.common_head import text
from channels.cmpp.pdu import CMPP_3, Layout, Malformed

_TO_2 = Struct(">10xB33x3B14x17s17s21sB")
_TO_3 = Struct(">10xB45x3B14x17s17s21sB")
"""Up to and with DestUsr_tl: only what a gateway of ours asks for."""

MOST_NUMBERS = 100


@dataclass(frozen=True, slots=True)
class Submitted:
    """A SUBMIT to one number or to several. at, valid_until: `YYMMDDhhmmsstnnp`, "" = not said."""

    source: str
    destinations: tuple[str, ...]
    form: int
    has_head: bool
    content: bytes
    wants_receipt: bool
    at: str
    valid_until: str

    @classmethod
    def read(cls, body: bytes, layout: Layout) -> Submitted:
        """Raises `Malformed`."""
        start, width = (_TO_3, 32) if layout is CMPP_3 else (_TO_2, 21)
        kind = 1 if layout is CMPP_3 else 0
        try:
            receipt, _, head, form, valid_until, send_at, source, count = start.unpack_from(body)
            end = start.size + width * count
            content_at = end + kind + 1
            content = body[content_at : content_at + body[content_at - 1]]
        except (StructError, IndexError):
            raise Malformed("SUBMIT") from None
        if not 1 <= count <= MOST_NUMBERS or len(content) < body[content_at - 1]:
            raise Malformed("SUBMIT")
        return cls(
            source=text(source),
            destinations=tuple(text(body[at : at + width]) for at in range(start.size, end, width)),
            form=form,
            has_head=bool(head & 0x41),  # some write 0x40 where the specification says 1
            content=content,
            wants_receipt=receipt == 1,
            at=text(send_at),
            valid_until=text(valid_until),
        )
