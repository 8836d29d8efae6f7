"""`hub bench crash`: kills what sends at every named point, three times over, and counts at the carrier.

What must hold after each kill, when everything has come to its end:

* who got it and of whom nobody knows are together the whole audience, in which nobody is twice;
* what the carrier took twice stands in the list of ambiguous rows, and no law education does;
* what the hub calls sent the carrier has, and what the carrier has the hub calls sent or unknown.

Each point has three rounds. In two one process has the store and sends, as on SQLite, and is killed at its
first and at its second passing. In the third three processes send at once over one store (`served_store.py`,
or the MongoDB that is given); each is killed where it comes first and begun again while the others go on. The
server of MongoDB's protocol that the tests start bears no such kill: what a client left open is open for all.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter

from channels.address import phone
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.outbox.delivery import DeliveryState
from channels.points import Point
from hub.bench.child import BenchFailed, Child, child
from hub.bench.crash.scene import LESSON, WARNING, WITHDRAWN, FastClock, scene_settings
from hub.bench.crash.served_store import served
from hub.bench.crash.worker import Order
from hub.bench.figure import Figure
from hub.bench.texts import ACCOUNT_SID, AUTH_TOKEN, PUBLIC_URL, citizen_number
from hub.runtime.clock import SystemClock
from hub.runtime.ids import new_id
from hub.wiring.store import open_store

_S = DeliveryState
_TAKEN = frozenset({_S.ACCEPTED, _S.SENT, _S.DELIVERED})
_UNKNOWN = frozenset({_S.AMBIGUOUS, _S.UNKNOWN})
_RARE = frozenset({Point.BEFORE_SWEEP, Point.AFTER_SWEEP, Point.AFTER_RELEASE})
"""Not certain to be passed a second time: the kill is at the first both times."""
_PEOPLE, _FEW = 60, 24
_SMALL = (Point.BEFORE_CURSOR, Point.AFTER_INTENT, Point.AFTER_POST)
_ROUND_SECONDS = 120.0
_PROCESSES = 3
"""That send into one store; or rounds of one process that are played at once."""
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
    processes: int
    people: int
    folder: Path
    mongodb: str = ""

    def __str__(self) -> str:
        return f"{self.at}, passing {self.passing}, {self.processes} processes"


async def crash(folder: Path, *, mongodb: str = "", small: bool = False) -> Sequence[Figure]:
    """All rounds. Raises `BenchFailed` at the first that does not hold."""
    began = perf_counter()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # calls that were cut are what is wanted
    rounds = _rounds(folder, mongodb, small=small)
    try:
        async with AsyncExitStack() as stack:
            nurseries: Nurseries = asyncio.Queue()
            for _ in range(_PROCESSES):
                nurseries.put_nowait(await stack.enter_async_context(child("crash.worker")))
            free = asyncio.Semaphore(_PROCESSES)

            async def alone(this: _Round) -> Tally:
                async with free:
                    return await _play(this, nurseries)

            async with asyncio.TaskGroup() as tasks:
                played = [tasks.create_task(alone(this)) for this in rounds if this.processes == 1]
            tallies = [task.result() for task in played]
            tallies += [await _play(this, nurseries) for this in rounds if this.processes > 1]
    except* BenchFailed as failed:
        raise BenchFailed("\n".join(map(str, failed.exceptions))) from None
    return (
        Figure("crash.points", len({this.at for this in rounds}), "points"),
        Figure("crash.kills", sum(tally.kills for tally in tallies), "kill -9"),
        Figure("crash.audience", sum(tally.audience for tally in tallies), "deliveries"),
        Figure("crash.delivered", sum(tally.delivered for tally in tallies), "deliveries"),
        Figure("crash.unknown", sum(tally.unknown for tally in tallies), "deliveries"),
        Figure("crash.doubled", sum(tally.doubled for tally in tallies), "deliveries", goal="all listed"),
        Figure("crash.seconds", perf_counter() - began, "s"),
    )


def _rounds(folder: Path, mongodb: str, *, small: bool) -> list[_Round]:
    if small:
        return [_Round(at, 1, 1, _FEW, folder / at) for at in _SMALL]
    alone = [
        _Round(at, 1 if at in _RARE else passing, 1, _PEOPLE, folder / f"{at}-{passing}")
        for at in Point
        for passing in (1, 2)
    ]
    together = [_Round(at, 1, _PROCESSES, _PEOPLE, folder / f"{at}-together", mongodb) for at in Point]
    return [*alone, *together]


async def _play(this: _Round, nurseries: Nurseries) -> Tally:
    this.folder.mkdir()
    account = CarrierAccount(ACCOUNT_SID, AUTH_TOKEN)
    async with CarrierSimulator(account, SystemClock()) as carrier:
        for number in range(0, this.people, _LOST_EVERY):
            carrier.faults.add(Fault(FaultKind.LOST_ANSWER, to=citizen_number(number), times=2))
        now = SystemClock().now_ms()
        database = f"hub_bench_{new_id(now)}"
        order = Order(str(this.folder), carrier.url, now, this.mongodb, database)
        try:
            async with asyncio.timeout(_ROUND_SECONDS), _store(this, order) as given:
                ready = asyncio.Event()
                ended = await asyncio.gather(
                    *(
                        _live(this, given, carrier, nurseries, ready, first=not number)
                        for number in range(this.processes)
                    )
                )
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


@asynccontextmanager
async def _store(this: _Round, order: Order) -> AsyncIterator[Order]:
    """The order with the store of the round: one of its own, a server's, or one that this process serves."""
    if this.processes == 1 or this.mongodb:
        yield order
        return
    clock = FastClock(order.began)
    settings = scene_settings(this.folder, api_base=order.api_base, mongodb="", database="")
    documents = await open_store(settings, clock, migrated=False)
    path = this.folder / "store"
    try:
        async with served(documents, path):
            yield replace(order, served=str(path))
    finally:
        await documents.close()


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
