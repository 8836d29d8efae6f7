"""GSM-7 in bytes of eight bits, as SMPP's data_coding 0 means it. Source: 3GPP TS 23.038."""

from __future__ import annotations

from channels.parts import GSM7_ORDER

_ESCAPE = 0x1B
_ESCAPED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}


def decode_gsm7(content: bytes) -> str:
    """The text. Raises `ValueError` for what is not of the alphabet."""
    found = []
    codes = iter(content)
    for code in codes:
        if code == _ESCAPE:
            character = _ESCAPED.get(next(codes, -1), "")
        else:
            character = GSM7_ORDER[code] if code < len(GSM7_ORDER) else ""
        if not character:
            raise ValueError("no character of GSM-7")
        found.append(character)
    return "".join(found)
