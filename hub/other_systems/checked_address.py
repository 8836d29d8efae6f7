"""Where a configured name leads, looked up for each request and checked before anything is sent there.

Rule protected (SSRF): a name may lead into the office's network or the world, never to link-local or
multicast addresses, and without TLS to this machine only.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from channels.http import NotReached, addresses_of
from channels.network import Network, network_of

_PORTS = {"https": 443, "http": 80}


class NotAllowed(NotReached):
    """The name leads to an address that nothing is sent to."""


async def checked_address(url: str) -> str:
    """The address to connect to. Raises `NotAllowed`, `NotReached`."""
    parts = urlsplit(url)
    found = await addresses_of(parts.hostname or "", parts.port or _PORTS[parts.scheme])
    networks = {network_of(address) for address in found}
    if Network.NOWHERE in networks or (parts.scheme == "http" and networks != {Network.THIS_MACHINE}):
        raise NotAllowed("the name leads to an address that is not allowed")
    return str(found[0])
