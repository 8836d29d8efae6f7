"""The one writer thread: group commit.

Whatever was queued while the last transaction was being fsynced goes into the next one,
so that 64 callers share one fsync instead of waiting for 64. A caller's future resolves
only after COMMIT, and the event loop is woken once per transaction.

Jobs of one transaction do not know each other: a job that fails (a stale version, a taken
key) must leave nothing behind and not disturb the others. Usually none does: units of work
that stand side by side are run together, without asking after each. A job by itself whose
first statement fails has changed nothing, because SQLite undoes the statement itself. Only
when something failed halfway the whole transaction is rolled back and played again, one by
one with a savepoint round every job. Savepoints all the time would copy every touched page
for nothing.

After a full disk or an I/O error SQLite may have rolled everything back by itself: then
nobody in that transaction was committed, and everybody is told `StoreUnavailable`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from itertools import groupby
from queue import SimpleQueue
from typing import Any

from hub.store.documents import StoreError, StoreUnavailable
from hub.store.sqlite.jobs import UnitOfWork, run_together

Job = Callable[[sqlite3.Cursor], Any]
"""Runs statements inside the open transaction; its value goes to the caller."""

_Queued = tuple[Job, "asyncio.Future[Any]"]
_Outcome = tuple["asyncio.Future[Any]", Any, BaseException | None]

_OF_THE_JOB = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
)
"""Errors of the driver that one job caused by what it asked, not the state of the file."""

MAX_QUEUED = 20_000
"""More waiting jobs than this are refused: the disk has stopped, queueing more hides it."""


class _FailedHalfway(Exception):
    """Something failed after it had changed something: play again with savepoints."""


class Writer:
    """Owns the writing connection; `submit` is called on the event loop only."""

    def __init__(self, connection: sqlite3.Connection, loop: asyncio.AbstractEventLoop, *, name: str) -> None:
        self._connection = connection
        self._loop = loop
        self._queue: SimpleQueue[list[_Queued] | None] = SimpleQueue()
        self._arriving: list[_Queued] = []
        self._waiting = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> asyncio.Future[Any]:
        """Queues `job` for the next transaction; the future resolves after its COMMIT."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self._waiting >= MAX_QUEUED:
            raise StoreUnavailable("too many writes are waiting for the disk")
        future: asyncio.Future[Any] = self._loop.create_future()
        if not self._arriving:
            # handed over at the end of this turn of the loop, so that callers woken
            # together by one commit share the next one too
            self._loop.call_soon(self._hand_over)
        self._arriving.append((job, future))
        self._waiting += 1
        return future

    def _hand_over(self) -> None:
        if self._arriving:
            self._queue.put(self._arriving)
            self._arriving = []

    async def close(self) -> None:
        """Commits what was accepted, then ends the thread and closes the connection."""
        if self._closed:
            return
        self._closed = True
        self._hand_over()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    # -- in the writer thread ------------------------------------------------------

    def _run(self) -> None:
        running = True
        while running:
            batch: list[_Queued] = []
            arrived = self._queue.get()
            while True:
                if arrived is None:
                    running = False
                else:
                    batch.extend(arrived)
                if self._queue.empty():
                    break
                arrived = self._queue.get()
            if batch:
                self._report(self._commit(batch))
        self._connection.close()

    def _commit(self, batch: list[_Queued]) -> list[_Outcome]:
        try:
            try:
                return self._play(batch)
            except _FailedHalfway:
                self._connection.rollback()
                return self._play_one_by_one(batch)
        except Exception as error:
            # also what nobody foresaw: a dead writer thread would let everybody wait for ever
            self._roll_back()
            code = getattr(error, "sqlite_errorname", type(error).__name__)
            # one exception each: a shared one would collect every caller's traceback
            return [(future, None, StoreUnavailable(f"nothing was committed: {code}")) for _, future in batch]

    def _play(self, batch: list[_Queued]) -> list[_Outcome]:
        cursor = self._begin()
        outcomes: list[_Outcome] = []
        for are_units, queued in groupby(batch, lambda one: isinstance(one[0], UnitOfWork)):
            side_by_side = list(queued)
            if are_units and len(side_by_side) > 1:
                self._run_together(cursor, side_by_side)
                outcomes += [(future, None, None) for _, future in side_by_side]
                continue
            for job, future in side_by_side:
                before = self._connection.total_changes
                value, error = self._run_job(cursor, job)
                if error is not None and self._connection.total_changes != before:
                    raise _FailedHalfway from error
                outcomes.append((future, value, error))
        cursor.execute("COMMIT")
        return outcomes

    def _play_one_by_one(self, batch: list[_Queued]) -> list[_Outcome]:
        cursor = self._begin()
        outcomes: list[_Outcome] = []
        for job, future in batch:
            cursor.execute("SAVEPOINT job")
            value, error = self._run_job(cursor, job)
            if error is not None:
                cursor.execute("ROLLBACK TO job")
            cursor.execute("RELEASE job")
            outcomes.append((future, value, error))
        cursor.execute("COMMIT")
        return outcomes

    def _begin(self) -> sqlite3.Cursor:
        return self._connection.cursor().execute("BEGIN IMMEDIATE")

    def _run_together(self, cursor: sqlite3.Cursor, units: list[_Queued]) -> None:
        try:
            run_together([job for job, _ in units if isinstance(job, UnitOfWork)], cursor)
        except (StoreError, *_OF_THE_JOB) as error:
            raise _FailedHalfway from error

    def _run_job(self, cursor: sqlite3.Cursor, job: Job) -> tuple[Any, Exception | None]:
        """What came of it; raises only what hits the whole transaction."""
        try:
            return job(cursor), None
        except Exception as error:
            if isinstance(error, sqlite3.Error) and not isinstance(error, _OF_THE_JOB):
                raise
            if not self._connection.in_transaction:
                raise sqlite3.OperationalError("the transaction is gone") from error
            return None, error

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            try:
                self._connection.rollback()
            except sqlite3.Error:
                # the next BEGIN fails as well and says so to its callers
                return

    def _report(self, outcomes: list[_Outcome]) -> None:
        try:
            self._loop.call_soon_threadsafe(self._resolve, outcomes)
        except RuntimeError:
            # the loop is gone and with it everybody who waited
            return

    # -- on the event loop again ---------------------------------------------------

    def _resolve(self, outcomes: list[_Outcome]) -> None:
        self._waiting -= len(outcomes)
        for future, value, error in outcomes:
            if future.done():
                continue  # the caller was cancelled; the write holds all the same
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)
