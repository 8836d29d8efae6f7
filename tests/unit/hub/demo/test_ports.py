"""A demo that starts again listens where it did before, also after a connection that was cut off."""

from __future__ import annotations

import socket

from hub.demo.ports import free_port
from hub.demo.settings import HOST


def test_a_port_is_free_when_nobody_listens_there_any_more() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        assert free_port(port) != port
        with socket.create_connection((HOST, port)) as client:
            held, _ = server.accept()
            held.close()  # who closes first keeps the address for a while
            assert client.recv(1) == b""
    assert free_port(port) == port
