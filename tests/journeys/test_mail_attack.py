"""Mails made to stop the hub: each is stored, costs nobody else anything, and ends as a case."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import time
from collections.abc import Callable
from email.policy import SMTP
from pathlib import Path

import pytest

from channels.contract import RawLetter
from hub.actions.intake.keep_letter import KeepLetter
from hub.actions.intake.left_out import WHOLE_LETTER
from hub.app import open_hub
from hub.model.agent import Role
from hub.runtime.clock import SystemClock
from tests.first_start import started_before
from tests.journeys.talking import queue
from tests.journeys.test_evidence import log_in
from tests.journeys.test_mail import all_read, letter
from tests.ports import free_port
from tests.world import World, browser, eventually, world, world_settings

LIMIT = 10_485_760
MATTER = "东街的井盖丢了两周没有人管，晚上走路很危险。\r\n".encode()
SENDER = "evil@example.net"


def head(*lines: bytes) -> bytes:
    return b"\r\n".join((b"From: evil@example.net", b"To: service@hub.test", b"Subject: evil", *lines))


def filled(beginning: bytes, again: Callable[[int], bytes], end: bytes) -> bytes:
    """Ten megabytes, just within the limit."""
    size = len(again(999_999))
    times = (LIMIT - len(beginning) - len(end) - 1000) // size
    return beginning + b"".join(map(again, range(times))) + end


def open_values() -> bytes:
    """63 KB of markup for which `html.parser` takes 16 s."""
    return head(b"Content-Type: text/html", b"", b"<a b='" * 10_500)


def headers() -> bytes:
    """Ten megabytes of headers."""
    return filled(head() + b"\r\n", lambda _: b"X-A: b\r\n", b"\r\n" + MATTER)


def parameters() -> bytes:
    """Ten megabytes of pieces of one file name (RFC 2231), for which `email` takes quadratic time."""
    beginning = head(b"Content-Type: application/pdf", b"Content-Disposition: attachment;\r\n")
    return filled(beginning, lambda n: b" filename*%d*=a;\r\n" % n, b" x=y\r\n\r\n" + MATTER)


def brackets() -> bytes:
    """A sender that is an error in `email.utils`."""
    return head().replace(b"From: ", b"From: " + b"(" * 500) + b"\r\n\r\n" + MATTER


def parts() -> bytes:
    """A million parts, more than are read; in the last one somebody calls for help."""
    beginning = head(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n")
    return filled(beginning, lambda _: b"--b\r\n\r\n", "--b\r\n\r\n救命，有人持刀\r\n--b--\r\n".encode())


def deliver(port: int, raw: bytes, sender: str = SENDER) -> int:
    """As the organisation's mail server does; the bytes as they are. The code of the answer.

    For a thread, and without a mail library: what prepares a letter here would hold the hub's loop too.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line, line.makefile("rb") as answers:
        answers.readline()
        for command in (
            b"HELO mx",
            b"MAIL FROM:<%b>" % sender.encode(),
            b"RCPT TO:<service@hub.test>",
            b"DATA",
        ):
            line.sendall(command + b"\r\n")
            answers.readline()
        line.sendall(raw)
        line.sendall(b"\r\n.\r\n")
        return int(answers.readline()[:3])


async def longest_hold(stop: asyncio.Event) -> float:
    """The most processor time, in seconds, that this process used between two looks of its loop until `stop`.

    It looks every 10 ms: more means that the loop was held, also by a thread that kept the interpreter.
    Not by the clock on the wall: then it would measure who else is on the machine.
    """
    longest, before = 0.0, time.process_time()
    while not stop.is_set():
        await asyncio.sleep(0.01)
        now = time.process_time()
        longest, before = max(longest, now - before), now
    return longest


def used() -> float:
    """Processor seconds of this process and of those it started, which read the letters."""
    living = 0
    for children in Path("/proc/self/task").glob("*/children"):
        for child in children.read_text().split():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                living += int(fields[11]) + int(fields[12])
    return sum(os.times()[:4]) + living / os.sysconf("SC_CLK_TCK")


async def listening(hub: World) -> None:
    async def open_() -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", hub.mail_port), timeout=5).close()
            return True
        return False

    assert await eventually(open_)


@pytest.mark.parametrize("evil", [open_values, headers, parameters, brackets, parts])
async def test_a_mail_made_to_stop_the_hub_stops_nobody(hub: World, evil: Callable[[], bytes]) -> None:
    raw = evil()
    good = letter("小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。").as_bytes(policy=SMTP)
    await listening(hub)
    stop = asyncio.Event()
    watching = asyncio.create_task(longest_hold(stop))
    assert await asyncio.to_thread(deliver, hub.mail_port, raw) == 250
    before = used()
    assert await asyncio.to_thread(deliver, hub.mail_port, good, "zhang.san@example.com") == 250

    async def is_a_case() -> bool:
        return any(case.title == "小区路灯" for case in await queue(hub))

    try:
        assert await eventually(is_a_case, seconds=60)
        took = used() - before
        assert await eventually(lambda: all_read(hub), seconds=120)
    finally:
        stop.set()
    assert await watching < 0.25
    assert took < 10
    assert len(await queue(hub)) == 2


async def test_danger_in_what_is_left_out_is_an_urgent_case_with_the_letter_as_a_download(hub: World) -> None:
    raw = parts()
    await listening(hub)
    for _ in range(2):  # the mail server did not hear our 250
        assert await asyncio.to_thread(deliver, hub.mail_port, raw) == 250
    assert await eventually(lambda: all_read(hub), seconds=120)
    [case] = await queue(hub)
    assert (case.title, case.urgent, case.applicant.address) == ("evil", True, SENDER)
    assert "持刀" in case.details["danger"]
    async with browser(hub.url) as theirs:
        await log_in(hub, theirs, Role.HANDLER.value)
        async with theirs.get(f"{hub.url}/staff/cases/{case.id}") as page:
            text = await page.text()
        found = re.search(rf"/staff/cases/{case.id}/files/[0-9a-f]{{32}}", text)
        assert found
        async with theirs.get(f"{hub.url}{found[0]}") as file:
            assert file.content_type == "application/octet-stream"
            assert file.headers["Content-Disposition"].startswith("attachment;")
            assert await file.read() == raw + b"\r\n"
    assert WHOLE_LETTER in text
    assert list(hub.mail.received) == []


async def test_a_letter_stored_before_a_crash_is_read_at_the_next_start(tmp_path: Path) -> None:
    settings = world_settings(tmp_path, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=free_port())
    before = await open_hub(await started_before(settings), SystemClock())
    keep = KeepLetter(before.documents, before.repositories.letters, before.files)
    raw = letter("小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。").as_bytes()
    await keep(RawLetter("mail", raw, "zhang.san@example.com", "service@hub.test", before.clock.now_ms()))
    await before.close()
    async with world(tmp_path) as hub:
        assert await eventually(lambda: all_read(hub))
        assert [case.title for case in await queue(hub)] == ["小区路灯"]
