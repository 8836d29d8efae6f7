"""Ports on loopback."""

from __future__ import annotations

import socket

from hub.demo.settings import HOST


def free_port(wanted: int = 0) -> int:
    """`wanted` if nobody listens there, else one that is free now."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            # As servers do: a connection that a kill cut off keeps the port for a minute, and nobody listens.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise OSError("no free port on loopback")
