"""Tells systemd that the hub is ready and alive (sd_notify(3)); says nothing where nobody listens.

The sign of life comes from the event loop: a hub whose loop stands still is started again by the watchdog.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping


class ServiceManager:
    """The socket that the environment names."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        microseconds = environment.get("WATCHDOG_USEC", "")
        self._every_seconds = (
            int(microseconds) / 2e6 if microseconds.isascii() and microseconds.isdigit() else 0
        )

    def tell(self, state: str) -> None:
        """`READY=1`, `STOPPING=1`, `WATCHDOG=1`. A manager that is gone is no trouble of ours."""
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as out:
            try:
                out.sendto(state.encode(), self._address)
            except OSError:
                return

    async def live(self) -> None:
        """Gives the signs of life that the watchdog asks for, until it is cancelled."""
        while self._every_seconds:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self._every_seconds)
