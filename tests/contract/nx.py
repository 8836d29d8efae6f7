"""Starts `nx-27017`, a server of the MongoDB protocol over SQLite, for the tests.

It is a smoke target, not MongoDB. What the store's tests tolerate because of it:

* `hello` calls itself a standalone, so it is opened with `?hubStandalone=test`;
* all clients share one connection, so a transaction is visible to others before it
  commits, and one whose client died stays open until the server is stopped (MongoDB hides
  it and gives it up by itself after at most 60 s);
* it inserts a transaction's `readConcern` as a document, and refuses inserts once an index
  contains `_id`: the adapter leaves both out for it;
* `partialFilterExpression` and write concerns mean little: None is exempt from its unique
  indexes anyway.

`HUB_TEST_MONGODB_URL` names a real replica set to use instead.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.ports import free_port

REAL_SERVER = os.environ.get("HUB_TEST_MONGODB_URL", "")
START_SECONDS = 20.0


class NxServer:
    """One server process on a free loopback port; `folder` keeps its data and its log."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, with the option that lets it pass as what it is."""
        return f"mongodb://127.0.0.1:{self._port}/?hubStandalone=test"

    def start(self) -> None:
        """Starts it and waits until it accepts connections."""
        program = Path(sys.executable).with_name("nx-27017")
        folder = self._folder
        # one file per database, so that every test has a database of its own
        self._process = subprocess.Popen(
            [
                program,
                *("--data-dir", folder / "data"),
                *("-p", str(self._port)),
                *("--log-file", folder / "log"),
                *("--pid-file", folder / "pid"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self._port), 1.0).close()
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nx-27017 did not start, see {folder / 'log'}")
            time.sleep(0.02)

    def stop(self, *, with_signal: signal.Signals = signal.SIGTERM) -> None:
        """Ends it; what was not committed is gone."""
        if self._process is None:
            return
        self._process.send_signal(with_signal)
        try:
            self._process.wait(10.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
