"""Whose address counts as one: an IPv6 subscriber has a whole /64 to take new addresses from."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network


def one_household(address: str) -> str:
    """The address, an IPv6 one as its /64 network. What is no address is handed back as it is."""
    if ":" not in address:
        return address
    try:
        whole = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if whole.ipv4_mapped is not None:
        return str(whole.ipv4_mapped)
    return str(IPv6Network((int(whole) >> 64 << 64, 64)))
