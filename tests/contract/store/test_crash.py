"""`kill -9` while 64 callers write: what was acknowledged is there, and units are whole.

SQLite: the process holds store and file, so killing it is the whole accident.

MongoDB: the *client* is killed in the middle of its transactions. A real server hides an
open transaction from everybody and gives it up by itself (at the latest after 60 seconds).
nx-27017 does neither: a transaction whose client died stays open and visible on its one
shared connection. So there, and only there, the server is killed as well and started
again on the same files, which rolls back what nobody committed.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from hub.store.documents import Documents
from hub.store.mongo import open_mongo
from hub.store.sqlite import open_sqlite
from tests.contract.nx import REAL_SERVER, NxServer
from tests.contract.store.declared import COLLECTIONS, StandingClock

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crashes")]

SQLITE_ROUNDS = 20
MONGO_ROUNDS = 3


async def write_until_killed(acknowledgements: int, *arguments: str) -> set[str]:
    """Runs the writing child, kills it at that many lines; everything it acknowledged."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.contract.store.writing_child",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    units: set[str] = set()
    while line := await child.stdout.readline():
        units.add(line.decode().strip())
        if len(units) == acknowledgements:
            child.kill()
    assert await child.wait() == -signal.SIGKILL
    return units


async def check_units(store: Documents, acknowledged: set[str]) -> int:
    """Every acknowledged unit is whole, no other is partial; how many there are."""
    ids = {d.id async for d in store.scan("parts")} | {d.id async for d in store.scan("cases")}
    units = {id.rpartition("-")[0] for id in ids}
    assert acknowledged <= units
    assert ids == {f"{unit}-{part}" for unit in units for part in "abc"}
    tally = await store.get("tallies", "units")
    assert tally is not None
    assert tally.body["taken"] == len(units)
    assert await store.counted("lots", ("place",)) == {("fz",): len(units)}
    assert await store.recount("lots") == 0
    return len(units)


async def test_sqlite_keeps_every_acknowledged_unit_whole(tmp_path: Path) -> None:
    path = tmp_path / "crash.db"
    dice = random.Random(12389)
    acknowledged: set[str] = set()
    for turn in range(SQLITE_ROUNDS):
        amount = dice.randint(1, 1_500)
        acknowledged |= await write_until_killed(amount, "sqlite", str(path), str(turn))
        store = await open_sqlite(path, COLLECTIONS, clock=StandingClock())
        found = await check_units(store, acknowledged)
        await store.close()
        # present but not acknowledged: at most what was in flight when the process died
        assert found - len(acknowledged) <= 64 * (turn + 1)


@pytest.mark.mongodb
async def test_mongodb_keeps_no_part_of_a_unit_whose_client_died(tmp_path: Path) -> None:
    dice = random.Random(12123)
    server = NxServer(tmp_path)
    if not REAL_SERVER:
        server.start()
    url, database = REAL_SERVER or server.url, f"t{uuid4().hex[:16]}"
    acknowledged: set[str] = set()
    try:
        for turn in range(MONGO_ROUNDS):
            amount = dice.randint(10, 120)
            acknowledged |= await write_until_killed(amount, "mongo", url, database, str(turn))
            if not REAL_SERVER:
                server.stop(with_signal=signal.SIGKILL)
                server.start()
            store = await open_mongo(url, database, COLLECTIONS, clock=StandingClock())
            await check_units(store, acknowledged)
            await store.close()
    finally:
        server.stop()
