"""A demo that was killed gets its ports back."""

from __future__ import annotations

import socket

from hub.demo.ports import free_port
from hub.demo.settings import HOST


def test_a_port_is_free_while_connections_of_a_killed_server_are_closing() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((HOST, port)) as client:
            accepted, _ = server.accept()
            accepted.close()  # first, as a mail server does: the closing connection stays on its side
            assert client.recv(1) == b""
    assert free_port(port) == port


def test_a_port_somebody_listens_at_is_not_free() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        assert free_port(port) != port
