"""What a text costs before and after its placeholders are filled in.

Rule protected: nobody is billed more than the writer saw. The longest values of the audience are filled in;
where they are not known, the longest that are ever written (`template.MAX_VALUE` characters).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from campaigns import template
from channels import parts
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.parts import Encoding, Parts

UNKNOWN = "字" * template.MAX_VALUE
"""Stands for a value nobody looked at. Only one written in rare characters throughout would take more room:
two units each, and a name has one or two of them."""


@dataclass(frozen=True, slots=True)
class Longest:
    """The values that make a text longest, by placeholder.

    exact: every recipient was looked at; else the values are a bound that no recipient exceeds.
    """

    values: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: dict.fromkeys(template.PLACEHOLDERS, (UNKNOWN,))
    )
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A text with its marks. text: every placeholder at its fallback; longest: at the longest value.
    plain: the same as `text` without the marks, as the public page has it.

    size, longest_size: their parts, None on channels that count none; an empty text has none.
    """

    text: str
    size: Parts | None
    longest: str
    longest_size: Parts | None
    plain: str

    @property
    def parts(self) -> int:
        """Parts that one recipient costs at most, 1 on channels that count none."""
        return max(self.size.parts, self.longest_size.parts) if self.size and self.longest_size else 1


def measure(
    text: str,
    *,
    kind: ChannelKind,
    message_class: MessageClass,
    signature: str,
    longest: Longest,
) -> Measure:
    """The size of a template on a channel. The template may still be wrong: braces are then counted."""
    marked = template.with_marks(text, kind=kind, message_class=message_class, signature=signature)
    pieces = template.pieces(marked)
    shown = template.fill(pieces, {})
    plain = template.fill(template.pieces(text), {})
    names = sorted({piece.name for piece in pieces if isinstance(piece, template.Placeholder)})
    filled = [
        template.fill(pieces, dict(zip(names, values, strict=True)))
        for values in product(*(("", *longest.values.get(name, (UNKNOWN,))) for name in names))
    ]
    if kind is not ChannelKind.SMS:
        return Measure(shown, None, max(filled, key=len), None, plain)
    empty = not text.strip()
    worst = max(filled, key=lambda one: (parts.count(one).parts, parts.count(one).units))
    size, worst_size = parts.count("" if empty else shown), parts.count("" if empty else worst)
    return Measure(shown, size, worst, worst_size, plain)


def longest_of(values: Sequence[str]) -> tuple[str, ...]:
    """The values that can make a text longest: the longest one, and the longest that forces UCS-2.

    A text in the GSM alphabet takes 160 characters, until one value outside of it halves the room.
    """
    tidy = [value for value in {" ".join(one.split())[: template.MAX_VALUE] for one in values} if value]
    wide = [value for value in tidy if parts.count(value).encoding is Encoding.UCS2]
    found = [max(some, key=_units) for some in (tidy, wide) if some]
    return tuple(dict.fromkeys(found))


def _units(value: str) -> int:
    return len(value.encode("utf-16-le", "surrogatepass"))
