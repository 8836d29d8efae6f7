"""Where an IP address leads: to the world, into the office's own network, to this machine, or nowhere.

Protects against a provider's answer that sends us to an address it could not reach itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from ipaddress import IPv4Address, IPv6Address

IpAddress = IPv4Address | IPv6Address


class Network(Enum):
    """What stands behind an address."""

    PUBLIC = "public"
    PRIVATE = "private"
    THIS_MACHINE = "this machine"
    NOWHERE = "nowhere"  # link-local (where clouds keep their secrets), multicast and the like


def network_of(address: IpAddress) -> Network:
    """Which network `address` belongs to."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if plain.is_loopback:
        return Network.THIS_MACHINE
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain.is_reserved:
        return Network.NOWHERE
    return Network.PUBLIC if plain.is_global else Network.PRIVATE


def may_lead(home: Sequence[IpAddress], there: Sequence[IpAddress]) -> bool:
    """Whether who stands at `home` may send us to `there`: into the world, or where it stands itself."""
    allowed = {Network.PUBLIC, *map(network_of, home)} - {Network.NOWHERE}
    return bool(there) and allowed.issuperset(map(network_of, there))
