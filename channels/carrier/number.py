"""How a gateway wants telephone numbers, and how it writes them."""

from __future__ import annotations

from typing import Literal

from channels.address import Address, AddressKind, BadAddress, phone

CountryCode = Literal["none", "86", "+86"]
"""What stands before a mobile number of the mainland."""


def written(address: Address, form: CountryCode) -> str:
    """`+8613800138000` → `13800138000`, `8613800138000` or as it is; other numbers without their +."""
    value = address.value
    if value.startswith("+86"):
        return ("" if form == "none" else form) + value[3:]
    return value.removeprefix("+")


def read(text: str) -> Address:
    """A number as gateways write it, normalised; a word in its place as it stands: nothing is lost."""
    try:
        return phone(text)
    except BadAddress:
        return Address(AddressKind.PHONE, "".join(filter(str.isprintable, text)).strip()[:40])
