"""Letters made to stop the hub, each followed by a good one: what that costs, and whether all are kept.

They come by SMTP, as from the organisation's mail server, to a hub that is a process of its own; its answers
go to a mail server of this process. The floor of a delay is that of an idle loop here: what a busy machine
takes anyway.
"""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from channels.mail.sink import MailSink
from hub.bench.child import BenchFailed, Child, child
from hub.bench.figure import Figure
from hub.bench.letters.grammar import hostile
from hub.bench.letters.probe import Probe
from hub.bench.letters.server import GOOD, MAILBOX

COUNT = 2_000
_SMALL = 6
_SEED = 4711
_SENDERS = 4
_GIVEN_UP = 1200.0
_PAUSE = 0.2
_ALLOWED_MS = 100.0
_MATTER = "小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。"


async def letters(folder: Path, *, count: int = COUNT, small: bool = False) -> Sequence[Figure]:
    """Raises `BenchFailed` when a letter is lost, a good one is no case, or the loop was held too long."""
    count = _SMALL if small else min(count, COUNT)
    port, idle = _free_port(), Probe()
    async with MailSink() as sink, child("letters.server", str(folder), str(port), str(sink.port)) as hub:
        await _hand_over(port, "warm@example.org", _good(0))
        await _all_read(hub)
        await hub.ask(step="begin")
        watching = asyncio.create_task(idle.watch())
        began = time.perf_counter()
        numbers = iter(range(1, count + 1))
        async with asyncio.TaskGroup() as group:
            for _ in range(_SENDERS):
                group.create_task(_send(port, numbers))
        taken = time.perf_counter() - began
        await _all_read(hub)
        read = time.perf_counter() - began
        seen = await hub.ask(step="end")
        watching.cancel()
    lost = 2 * count + 1 - seen["kept"]
    if lost or seen["good"] != count + 1:
        raise BenchFailed(f"letters: {lost} are lost; of {count} good ones {seen['good'] - 1} are cases")
    if seen["held_ms"] >= _ALLOWED_MS and not small:
        raise BenchFailed(f"letters: the loop was held for {seen['held_ms']:.0f} ms")
    return (
        Figure("letters.held", seen["held_ms"], "ms", goal="< 100: the loop's own work in one step"),
        Figure("letters.delay", seen["delay_ms"], "ms", idle.delay_ms),
        Figure("letters.cases", seen["cases"] - 1, "cases"),
        Figure("letters.unreadable", seen["unreadable"], "letters"),
        Figure("letters.lost", lost, "letters", goal="0"),
        Figure("letters.taken", 2 * count / taken, "letters/s"),
        Figure("letters.read", 2 * count / read, "letters/s"),
    )


async def _send(port: int, numbers: Iterator[int]) -> None:
    for number in numbers:
        evil = await asyncio.to_thread(hostile, random.Random(f"{_SEED}:{number}"))
        await _hand_over(port, f"evil{number}@example.net", evil)
        await _hand_over(port, f"good{number}@example.org", _good(number))


def _good(number: int) -> bytes:
    return (
        f"From: good{number}@example.org\r\nTo: {MAILBOX}\r\nSubject: {GOOD}{number}\r\n"
        f"Message-ID: <good{number}@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"\r\n{_MATTER}\r\n"
    ).encode()


async def _hand_over(port: int, sender: str, letter: bytes) -> None:
    """As a mail server does, the bytes as they are. Raises `BenchFailed` when it is not taken."""
    for _ in range(100):
        try:
            answers, line = await asyncio.open_connection("127.0.0.1", port)
            break
        except OSError:  # the job that listens has only just started
            await asyncio.sleep(_PAUSE)
    else:
        raise BenchFailed("letters: nobody listens for mail")
    try:
        code = await answers.readline()
        stuffed = letter.replace(b"\r\n.", b"\r\n..")
        for said in (
            b"HELO mx\r\n",
            b"MAIL FROM:<%b>\r\n" % sender.encode(),
            b"RCPT TO:<%b>\r\n" % MAILBOX.encode(),
            b"DATA\r\n",
            stuffed + b"\r\n.\r\n",
        ):
            line.write(said)
            await line.drain()
            code = await answers.readline()
        if not code.startswith(b"250"):
            raise BenchFailed(f"letters: one was answered {code.decode(errors='replace').strip()}")
    finally:
        line.close()


async def _all_read(hub: Child) -> None:
    deadline = time.perf_counter() + _GIVEN_UP
    while left := (await hub.ask(step="left"))["left"]:
        if time.perf_counter() > deadline:
            raise BenchFailed(f"letters: {left} wait still")
        await asyncio.sleep(_PAUSE)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
