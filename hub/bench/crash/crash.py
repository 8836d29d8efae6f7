"""`hub bench crash`: kills what sends at every named point, three times over, and counts at the carrier.

What must hold after each kill, when everything has come to its end:

* who got it and of whom nobody knows are together the whole audience, in which nobody is twice;
* what the carrier took twice stands in the list of ambiguous rows, and no law education does;
* what the hub calls sent the carrier has, and what the carrier has the hub calls sent or unknown.

On SQLite one process sends, and is killed at its first, second and third passing of a point. With the address
of a MongoDB three send, each is killed where it comes first, and the rest go on meanwhile. (The server of the
protocol that the tests start bears no such kill: what one of its clients left open stays open for all.)
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter

from channels.address import phone
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.outbox.delivery import DeliveryState
from channels.points import Point
from hub.bench.child import BenchFailed, Child, child
from hub.bench.crash.scene import LESSON, WARNING, WITHDRAWN
from hub.bench.crash.worker import Order
from hub.bench.figure import Figure
from hub.bench.texts import ACCOUNT_SID, AUTH_TOKEN, PUBLIC_URL, citizen_number
from hub.runtime.clock import SystemClock
from hub.runtime.ids import new_id

_S = DeliveryState
_TAKEN = frozenset({_S.ACCEPTED, _S.SENT, _S.DELIVERED})
_UNKNOWN = frozenset({_S.AMBIGUOUS, _S.UNKNOWN})
_TIMES = 3
_RARE = frozenset({Point.BEFORE_SWEEP, Point.AFTER_SWEEP, Point.AFTER_RELEASE})
"""Not certain to be passed a second time: the kill is at the first, three times."""
_PEOPLE, _FEW = 60, 24
_SMALL = (Point.BEFORE_CURSOR, Point.AFTER_INTENT, Point.AFTER_POST)
_ROUND_SECONDS = 120.0
_PROCESSES = 3
"""That send into one store on a server; on SQLite, rounds that are played at once."""
_LOST_EVERY = 5
"""Of so many citizens the carrier loses the answer for one, so there are ambiguous rows without a kill."""


Nurseries = asyncio.Queue[Child]
"""Processes that start others in a moment (`worker.py`), as long as nobody uses them."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one round, in deliveries. kills: how many processes were."""

    kills: int
    audience: int
    delivered: int
    unknown: int
    doubled: int


@dataclass(frozen=True, slots=True)
class _Round:
    at: Point
    passing: int
    people: int
    folder: Path
    mongodb: str

    def __str__(self) -> str:
        return f"{self.at}, passing {self.passing}"


async def crash(folder: Path, *, mongodb: str = "", small: bool = False) -> Sequence[Figure]:
    """All rounds. Raises `BenchFailed` at the first that does not hold."""
    began = perf_counter()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # the carrier's end of calls that were cut
    rounds = [
        _Round(
            at, 1 if at in _RARE else time + 1, _FEW if small else _PEOPLE, folder / f"{at}-{time}", mongodb
        )
        for at in (_SMALL if small else Point)
        for time in range(1 if small or mongodb else _TIMES)
    ]
    free = asyncio.Semaphore(1 if mongodb else _PROCESSES)

    async def one(this: _Round) -> Tally:
        async with free:
            return await _play(this, nurseries)

    try:
        async with AsyncExitStack() as stack:
            nurseries: Nurseries = asyncio.Queue()
            for _ in range(_PROCESSES):
                nurseries.put_nowait(await stack.enter_async_context(child("crash.worker")))
            async with asyncio.TaskGroup() as tasks:
                played = [tasks.create_task(one(this)) for this in rounds]
    except* BenchFailed as failed:
        raise BenchFailed("\n".join(map(str, failed.exceptions))) from None
    tallies = [task.result() for task in played]
    return (
        Figure("crash.points", len({this.at for this in rounds}), "points"),
        Figure("crash.kills", sum(tally.kills for tally in tallies), "kill -9"),
        Figure("crash.audience", sum(tally.audience for tally in tallies), "deliveries"),
        Figure("crash.delivered", sum(tally.delivered for tally in tallies), "deliveries"),
        Figure("crash.unknown", sum(tally.unknown for tally in tallies), "deliveries"),
        Figure("crash.doubled", sum(tally.doubled for tally in tallies), "deliveries", goal="all listed"),
        Figure("crash.seconds", perf_counter() - began, "s"),
    )


async def _play(this: _Round, nurseries: Nurseries) -> Tally:
    this.folder.mkdir()
    account = CarrierAccount(ACCOUNT_SID, AUTH_TOKEN)
    async with CarrierSimulator(account, SystemClock()) as carrier:
        for number in range(0, this.people, _LOST_EVERY):
            carrier.faults.add(Fault(FaultKind.LOST_ANSWER, to=citizen_number(number), times=2))
        now = SystemClock().now_ms()
        database = f"hub_bench_{new_id(now)}"
        order = Order(str(this.folder), carrier.url, now, this.mongodb, database)
        ready = asyncio.Event()
        several = _PROCESSES if this.mongodb else 1
        lives = [_live(this, order, carrier, nurseries, ready, first=not number) for number in range(several)]
        try:
            async with asyncio.timeout(_ROUND_SECONDS):
                ended = await asyncio.gather(*lives)
        except TimeoutError:
            raise BenchFailed(f"crash: {this}: not at its end after {_ROUND_SECONDS:.0f} s") from None
        kills = sum(killed for killed, _ in ended)
        if not kills:
            raise BenchFailed(f"crash: {this}: nobody came there")
        taken = Counter(message.delivery_id for message in carrier.journal.messages)
    listed = this.folder / "ambiguous"
    ambiguous = set(listed.read_text().split()) if listed.exists() else set()
    tally = _judged(this, ended[0][1], taken, ambiguous)
    return replace(tally, kills=kills)


async def _live(
    this: _Round,
    order: Order,
    carrier: CarrierSimulator,
    nurseries: Nurseries,
    ready: asyncio.Event,
    *,
    first: bool,
) -> tuple[int, Sequence[Mapping[str, str]]]:
    """One process, killed at most once and started again; how often it was, and every row at the end.

    first: it prepares the store, for which the others wait.
    """
    if not first:
        await ready.wait()
    nursery = await nurseries.get()
    armed = replace(order, at=this.at, passing=this.passing, people=this.people if first else 0)
    for killed, given in enumerate((armed, order)):
        said = await nursery.ask(**asdict(given))
        if "url" in said:
            carrier.reach(PUBLIC_URL, said["url"])
            ready.set()
            said = await nursery.answer(_ROUND_SECONDS)
        if "rows" in said:
            await nursery.answer(_ROUND_SECONDS)
            nurseries.put_nowait(nursery)
            return killed, said["rows"]
        if said["ended"] != -signal.SIGKILL:
            break
    raise BenchFailed(f"crash: {this}: a process failed; its error stands above")


def _judged(
    this: _Round, rows: Sequence[Mapping[str, str]], taken: Mapping[str, int], ambiguous: set[str]
) -> Tally:
    """What the round came to. Raises `BenchFailed` with what does not hold."""
    wrong: list[str] = []
    audience = {phone(citizen_number(number)).value for number in range(this.people)}
    delivered = unknown = 0
    for name in (LESSON, WARNING, WITHDRAWN):
        mine = [row for row in rows if row["campaign"] == name]
        sent = {row["id"] for row in mine if row["state"] in _TAKEN}
        unsure = {row["id"] for row in mine if row["state"] in _UNKNOWN}
        at_carrier = {row["id"] for row in mine if row["id"] in taken}
        doubled = {id for id in at_carrier if taken[id] > 1}
        people = [row["to"] for row in mine]
        if len(people) != len(set(people)) or (name != WITHDRAWN and set(people) != audience):
            wrong.append(f"{name}: {len(people)} rows for {len(audience)} people")
        if name != WITHDRAWN and {row["to"] for row in mine if row["id"] in sent | unsure} != audience:
            wrong.append(f"{name}: {len(sent)} sent and {len(unsure)} unknown are not the audience")
        if not sent <= at_carrier <= sent | unsure:
            wrong.append(f"{name}: the carrier has {len(at_carrier)}, the hub {len(sent)} + {len(unsure)}")
        if not doubled <= ambiguous or (doubled and name != WARNING):
            wrong.append(f"{name}: {len(doubled)} twice, {len(doubled - ambiguous)} of them not listed")
        delivered += len(sent)
        unknown += len(unsure)
    if strangers := taken.keys() - {row["id"] for row in rows}:
        wrong.append(f"the carrier has {len(strangers)} that the hub does not know")
    if wrong:
        raise BenchFailed(f"crash: {this}: " + "; ".join(wrong))
    twice = sum(1 for times in taken.values() if times > 1)
    return Tally(0, len(rows), delivered, unknown, twice)
