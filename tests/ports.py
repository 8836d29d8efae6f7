"""Loopback ports for tests that run side by side.

A server that can listen on port 0 does. One that must know its port before it listens takes it from a range
that no other worker process uses and that lies below the ports the system gives out by itself (on Linux from
32768 on): nobody else takes the port between the look and the use.
"""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

_FIRST = 20_000
_EACH = 1_000
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_RANGE = range(_FIRST + _WORKER * _EACH, _FIRST + (_WORKER + 1) * _EACH)

# Not from the first on: another checkout on the same machine may run its tests too.
_ports = itertools.islice(itertools.cycle(_RANGE), os.getpid() % _EACH, None)


def free_port() -> int:
    """A port of this worker's range, another one at each call, on which nobody listens."""
    for port in itertools.islice(_ports, _EACH):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no port between {_RANGE.start} and {_RANGE.stop} is free")


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that refuses connections for as long as the block runs: it is held, and nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        yield port
