"""`hub bench soak`: the hub for minutes under mixed load over CMPP, with a gateway that fails all the time.

It begins with a `kill -9` while the window of the connection is full. Then bulk texts of all classes leave,
questions are answered and alarms come, while the gateway refuses for the moment, keeps silent, cuts
connections, and sends receipts early, late and twice. Every line on stderr is one look at the process.

What must hold, or the bench fails:

* what the gateway took in the killed window and never answered stands in the list of doubt;
* every text that the gateway was told is stored, is stored; every text that was to leave was taken, is in
  doubt, or ended for a reason;
* nobody gets a text twice but of which the hub said that it was in doubt, and nobody law education.

Flat means: in the last third of the time the median of the memory is at most 5 % over that of the third
before, and the most open files are at most 4 more. In a run of a few minutes the caches of the store (32 MB
for each of its connections) are still filling, and it may say no.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from pathlib import Path
from statistics import median

from channels.address import phone
from channels.loopback.cmpp import CmppGateway
from channels.loopback.gateway import Fault, GatewayPlan, Taken, Trouble, parts_of
from channels.loopback.handset import Handsets
from channels.outbox.delivery import DeliveryState, MessageClass
from hub.bench.child import BenchFailed, Child, child
from hub.bench.figure import Figure
from hub.bench.gateways.soak_hub import BULK, LESSONS_FIRST, DayClock
from hub.bench.texts import AUTH_TOKEN, SP_ID
from hub.runtime.clock import CHINA, SystemClock, to_local, to_ms

_S = DeliveryState
_TAKEN = frozenset({_S.ACCEPTED, _S.SENT, _S.DELIVERED})
_UNKNOWN = frozenset({_S.AMBIGUOUS, _S.UNKNOWN})
_ON_THE_WAY = frozenset({_S.PLANNED, _S.READY, _S.LEASED, _S.SENDING})
_WINDOW = 16
_IN_WINDOW = 64
"""Rows that want to leave when the window is filled: some wait for it."""
_ANSWERED = 3
"""Of the texts that come while the window is full so many are answered before the kill; others are being
stored."""
_SETTLE_SECONDS = 420.0
"""A reply in doubt is sent again after five minutes (`POLICY`)."""
_MOST_WAITING = 500
"""Bulk texts that wait to leave: a gateway that fails is slower than the load."""
_DIFFERENT = 40
"""Wordings of citizens: what is remembered of each is no leak, and soon known."""
_MB = 1_000_000
_GROWS, _MORE_FILES = 0.05, 4
_FIRST_CITIZEN = 70_000_000
"""Numbers of those who write; those of bulk texts count from 0."""
_TROUBLES = (
    Fault(Trouble.RESULT, times=8),
    Fault(Trouble.SILENT, times=2),
    Fault(Trouble.RECEIPT_FIRST, times=5),
    Fault(Trouble.LATE, times=5),
    Fault(Trouble.RECEIPT_LATE, times=5, seconds=2.0),
    Fault(Trouble.TWICE, times=5),
    Fault(Trouble.RECEIPT_TWICE, times=5),
    Fault(Trouble.WRONG_SEQUENCE, times=5),
    Fault(Trouble.CUT),
    Fault(Trouble.SILENT, times=_WINDOW),
    Fault(Trouble.HALF),
)


@dataclass(frozen=True, slots=True)
class Load:
    """bulk, questions: texts a second; bulk so many that the caches of the store are full before half of half
    an hour is over. alarm_seconds, trouble_seconds: between two. looks: how often the process is looked at in
    all. answer_seconds: how long the hub waits for an answer of the gateway."""

    seconds: float
    bulk: int = 80
    questions: int = 2
    alarm_seconds: float = 10.0
    trouble_seconds: float = 4.0
    looks: int = 30
    answer_seconds: float = 3.0


SMALL = Load(2.0, bulk=40, questions=4, alarm_seconds=1.0, trouble_seconds=0.26, looks=6, answer_seconds=0.8)


@dataclass(frozen=True, slots=True)
class Look:
    """At the process: seconds since the load began, bytes, open files, texts taken and doubled so far."""

    seconds: float
    rss: int
    files: int
    taken: int
    doubled: int


@dataclass
class _Played:
    """Everything outside the hub. taken: how often a handset showed what. kept: ids of texts that the hub
    answered."""

    gateway: CmppGateway
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    bulk_taken: int = 0
    kept: list[str] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    writing: set[asyncio.Task[None]] = field(default_factory=set)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1, 16))

    def show(self, to: str, words: str) -> None:
        """A handset shows a text."""
        self.taken[(to, words)] += 1
        self.bulk_taken += self.taken[(to, words)] == 1 and words.startswith(BULK)

    def write(self, words: str) -> None:
        """A citizen's text, brought until it is answered; a long one in parts, the last one first."""
        task = asyncio.ensure_future(self._write(next(self.ids), words))
        self.writing.add(task)
        task.add_done_callback(self.writing.discard)

    async def _write(self, id: int, words: str) -> None:
        content, sender = words.encode("utf-16-be"), f"86139{_FIRST_CITIZEN + id:08d}"
        cut = [content[at : at + 134] for at in range(0, len(content), 134)]
        parts = parts_of(id, cut) if len(cut) > 1 else cut
        for place in reversed(range(len(parts))):
            await self.gateway.push(
                sender, "12110", parts[place], has_head=int(len(parts) > 1), id=id + place
            )
        self.kept.append(f"{id:016x}")
        if len(self.kept) >= _ANSWERED:
            self.answered.set()


async def soak(folder: Path, load: Load) -> Sequence[Figure]:
    """All of it. Raises `BenchFailed` with what does not hold."""
    now = SystemClock().now_ms()
    ahead_ms = to_ms(datetime.combine(to_local(now), time(10), CHINA)) - now
    handsets = Handsets()

    def note(part: Taken) -> None:
        whole = handsets.take(part)
        if whole is not None:
            played.show(phone(whole.recipient).value, whole.text)

    plan = GatewayPlan(window=_WINDOW, again_seconds=load.answer_seconds * 2)
    played = _Played(CmppGateway(SP_ID, AUTH_TOKEN, DayClock(ahead_ms).now_ms, plan, note=note))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(played.gateway)
        arguments = (str(folder), str(played.gateway.port), str(ahead_ms), str(load.answer_seconds))
        unanswered = await _killed_in_a_full_window(played, arguments)
        hub = await stack.enter_async_context(child("gateways.soak_hub", *arguments))
        listed = await _listed(hub, folder)
        looks = await _loaded(hub, played, load)
        await _settled(hub, played)
        missing = await _missing(hub, played.kept)
        rows = await _rows(hub, folder)
        listed |= set((folder / "listed").read_text().split())
    wrong = judged(rows, played.taken, listed, unanswered, missing)
    if wrong:
        raise BenchFailed("soak: " + "; ".join(wrong))
    return _figures(rows, played.taken, listed, unanswered, played.kept, looks)


async def _killed_in_a_full_window(played: _Played, arguments: Sequence[str]) -> set[tuple[str, str]]:
    """What the gateway took and had not answered when the process was killed."""
    gateway, plan = played.gateway, played.gateway.plan
    gateway.plan = replace(plan, answer_seconds=3600.0)
    async with child("gateways.soak_hub", *arguments) as hub:
        await gateway.until(lambda: gateway.connections > 0)
        await hub.ask(bulk=LESSONS_FIRST, first=0)
        await gateway.until(lambda: gateway.most_unanswered >= LESSONS_FIRST)
        await hub.ask(bulk=_IN_WINDOW - LESSONS_FIRST, first=LESSONS_FIRST)
        await gateway.until(lambda: gateway.most_unanswered >= _WINDOW)
        for number in range(_WINDOW):
            played.write(_alarm(number))
        await played.answered.wait()
        await hub.kill()
    gateway.plan = plan
    return set(played.taken)


def _alarm(number: int) -> str:
    words = f"有人拿刀在追我，我躲在演示街{number % _DIFFERENT}号的店里"
    return words + "，不敢出声，前门锁着，后门在巷子里，穿黑衣服的男人还在外面走来走去" * (number % 8 == 0)


async def _listed(hub: Child, folder: Path) -> set[str]:
    """Ids of the rows of which the hub says, after the kill, that nobody knows."""
    await _none_is(hub, _S.SENDING)
    return {row["id"] for row in await _rows(hub, folder) if row["state"] in _UNKNOWN}


async def _loaded(hub: Child, played: _Played, load: Load) -> list[Look]:
    loop = asyncio.get_running_loop()
    began, planned, asked = loop.time(), _IN_WINDOW, 0
    alarms = troubles = 0
    looks: list[Look] = []
    while (passed := loop.time() - began) < load.seconds:
        is_wanted = planned < _IN_WINDOW + load.bulk * passed
        if is_wanted and planned - played.bulk_taken < _MOST_WAITING:
            count = max(1, load.bulk // 4)
            await hub.ask(bulk=count, first=planned)
            planned += count
        while asked < load.questions * passed:
            played.write(f"身份证丢了怎么补办，第{asked % _DIFFERENT}个人问")
            asked += 1
        if alarms * load.alarm_seconds <= passed:
            played.write(_alarm(alarms + _WINDOW))
            alarms += 1
        if troubles * load.trouble_seconds <= passed:
            played.gateway.faults = [replace(_TROUBLES[troubles % len(_TROUBLES)])]
            troubles += 1
        if len(looks) * load.seconds / load.looks <= passed:
            looks.append(_look(hub, played, passed))
        await asyncio.sleep(0.05)
    played.gateway.faults = []
    return [*looks, _look(hub, played, loop.time() - began)]


def _look(hub: Child, played: _Played, passed: float) -> Look:
    doubled = sum(1 for times in played.taken.values() if times > 1)
    look = Look(passed, hub.rss_bytes(), hub.open_files(), played.taken.total(), doubled)
    said = f"{passed:7.0f} s  {look.rss / _MB:6.1f} MB  {look.files:3d} files  taken {look.taken}"
    print(f"{said}  doubled {doubled}  came {len(played.kept)}", file=sys.stderr, flush=True)
    return look


async def _settled(hub: Child, played: _Played) -> None:
    if played.writing:
        await asyncio.wait(played.writing, timeout=_SETTLE_SECONDS)
    if played.writing:
        raise BenchFailed(f"soak: {len(played.writing)} inbound texts were never answered")
    await _none_is(hub, *_ON_THE_WAY)


async def _none_is(hub: Child, *states: DeliveryState) -> None:
    """Waits until no row is in one of these states."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + _SETTLE_SECONDS
    while True:
        counts = (await hub.ask(counts=True))["counts"]
        if not any(counts.get(state, 0) for state in states):
            return
        if loop.time() > ends_at:
            raise BenchFailed(f"soak: not at its end in time: {counts}")
        await asyncio.sleep(0.1)


async def _missing(hub: Child, kept: Sequence[str]) -> list[str]:
    found: list[str] = []
    for at in range(0, len(kept), 500):
        found += (await hub.ask(missing=kept[at : at + 500]))["missing"]
    return found


async def _rows(hub: Child, folder: Path) -> list[dict[str, str]]:
    await hub.ask(rows="rows.jsonl")
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text("utf-8").splitlines()]


def judged(
    rows: Sequence[dict[str, str]],
    taken: Counter[tuple[str, str]],
    listed: set[str],
    unanswered: set[tuple[str, str]],
    missing: Sequence[str],
) -> list[str]:
    """What does not hold."""
    wrong = [f"{len(missing)} inbound texts lost"] if missing else []
    known = {(row["to"], row["text"]): row for row in rows}
    strangers = [key for key in taken if key not in known]
    if strangers:
        wrong.append(f"{len(strangers)} texts taken that the hub does not know")
    silent = [key for key in unanswered if key in known and known[key]["id"] not in listed]
    if silent or not unanswered:
        wrong.append(f"{len(silent)} of {len(unanswered)} unanswered texts not listed as in doubt")
    lost = [row for key, row in known.items() if key not in taken and row["state"] in _TAKEN]
    if lost:
        wrong.append(f"{len(lost)} texts called sent that nobody took")
    waiting = [row for row in rows if row["state"] not in _TAKEN | _UNKNOWN]
    if waiting:
        states = Counter(row["state"] for row in waiting)
        wrong.append(f"texts that neither left nor are in doubt: {dict(states)}")
    for key, times in taken.items():
        row = known.get(key)
        if row is None or times < 2:
            continue
        told = row["state"] in _UNKNOWN or row["id"] in listed
        if row["class"] == MessageClass.L or not told or times > 2:
            wrong.append(f"{row['id']} ({row['class']}, {row['state']}) taken {times} times")
    return wrong


def _figures(
    rows: Sequence[dict[str, str]],
    taken: Counter[tuple[str, str]],
    listed: set[str],
    unanswered: set[tuple[str, str]],
    kept: Sequence[str],
    looks: Sequence[Look],
) -> Sequence[Figure]:
    unknown = sum(1 for row in rows if row["state"] in _UNKNOWN)
    doubled = sum(1 for times in taken.values() if times > 1)
    memory, files = growth([look.rss for look in looks]), more([look.files for look in looks])
    is_flat = memory <= _GROWS and files <= _MORE_FILES
    return (
        Figure("soak.window.unanswered", len(unanswered), "texts", goal="all listed"),
        Figure("soak.listed", len(listed), "texts"),
        Figure("soak.seconds", looks[-1].seconds, "s"),
        Figure("soak.came", len(kept), "texts", goal="none lost"),
        Figure("soak.taken", taken.total(), "texts", goal="none lost"),
        Figure("soak.unknown", unknown, "texts"),
        Figure("soak.doubled", doubled, "texts", goal="all were in doubt, none of class L"),
        Figure("soak.memory", looks[-1].rss / _MB, "MB"),
        Figure(
            "soak.memory.growth", memory * 100, "%", goal=f"≤ {_GROWS:.0%} from the second third to the last"
        ),
        Figure("soak.files", looks[-1].files, "files"),
        Figure("soak.files.more", files, "files", goal=f"≤ {_MORE_FILES}"),
        Figure("soak.flat", float(is_flat), "1 = yes"),
    )


def growth(values: Sequence[float]) -> float:
    """By which share the median of the last third is over that of the third before."""
    third = max(1, len(values) // 3)
    return median(values[-third:]) / median(values[-2 * third : -third] or values[:1]) - 1


def more(values: Sequence[int]) -> int:
    """By how much the highest of the last third is over that of the third before."""
    third = max(1, len(values) // 3)
    return max(values[-third:]) - max(values[-2 * third : -third] or values[:1])
