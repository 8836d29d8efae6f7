"""Letters read by processes of their own, which may break over them."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from channels.contract import ChannelKind, InboundMessage, RawLetter
from channels.errors import Unreadable
from channels.mail import frame
from channels.mail.reader import MailReader, MailReaderSettings
from channels.mail.reader_pool import PROCESS, ReaderPool
from tests.unit.channels.mail.test_winmail import one, tnef
from tests.unit.channels.outbox.outbox_world import NOON
from tests.world import eventually

TAKES_LONG = b"From: a@example.org\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"\n" * 9_000_000
"""More than a second of work."""


@asynccontextmanager
async def reading(pool: ReaderPool) -> AsyncIterator[MailReader]:
    settings = MailReaderSettings(recipients=("Desk@police.example",), own_domain="police.example")
    try:
        yield MailReader(settings, pool)
    finally:
        await pool.close()


def raw_letter(content: bytes, *, envelope_from: str = "zhang@example.org") -> RawLetter:
    return RawLetter("mail", content, envelope_from, "desk@police.example", NOON)


def a_letter(size: int = 0) -> RawLetter:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "zhang@example.org", "desk@police.example", "求助"
    mail["Message-ID"] = "<m1@example.org>"
    mail["In-Reply-To"] = "<m0@example.org>"
    mail.set_content("我的身份证丢了")
    mail.add_attachment(b"\x89" * size, maintype="image", subtype="png", filename="照片.png")
    mail.add_attachment(b"second", maintype="text", subtype="csv", filename="b.csv")
    return raw_letter(mail.as_bytes())


def children() -> set[int]:
    """The processes we started."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


async def test_a_letter_comes_back_as_a_message_with_its_files() -> None:
    async with reading(ReaderPool()) as reader:
        message = await reader.read(a_letter(7_000_000))
    assert isinstance(message, InboundMessage)
    assert (message.channel, message.kind, message.provider_id) == (
        "mail",
        ChannelKind.MAIL,
        "<m1@example.org>",
    )
    assert (message.sender.value, message.recipient) == ("zhang@example.org", "desk@police.example")
    assert (message.subject, message.text, message.received_at) == ("求助", "我的身份证丢了", NOON)
    assert message.thread == ("<m0@example.org>",)
    assert not message.automatic
    assert [(file.filename, file.media_type) for file in message.attachments] == [
        ("照片.png", "image/png"),
        ("b.csv", "text/csv"),
    ]
    assert [file.content for file in message.attachments] == [b"\x89" * 7_000_000, b"second"]


async def test_a_letter_to_a_null_sender_and_our_own_are_a_machines() -> None:
    async with reading(ReaderPool()) as reader:
        assert (await reader.read(raw_letter(a_letter().content, envelope_from=""))).automatic
        ours = a_letter().content.replace(b"From: zhang@example.org", b"From: desk@police.example")
        assert (await reader.read(raw_letter(ours))).automatic


async def test_nothing_is_started_before_the_first_letter_and_no_more_than_two_after() -> None:
    before = children()
    async with reading(ReaderPool()) as reader:
        assert children() == before
        await asyncio.gather(*(reader.read(a_letter()) for _ in range(6)))
        assert len(children() - before) <= 2
    assert children() == before


async def test_a_letter_that_takes_too_long_is_given_up_and_holds_nothing_else() -> None:
    async with reading(ReaderPool(seconds=0.5)) as reader:
        hanging = asyncio.create_task(reader.read(raw_letter(TAKES_LONG)))
        started = time.monotonic()
        assert (await reader.read(a_letter())).subject == "求助"
        with pytest.raises(Unreadable, match="time"):
            await hanging
        assert time.monotonic() - started < 6
        assert (await reader.read(a_letter())).subject == "求助"


async def test_a_file_made_to_hold_its_reader_is_left_closed_at_the_second_try() -> None:
    values = struct.pack("<IHHI", 1, 0x1002, 0x3001, 0xFFFFFFFF)  # four thousand million of one property
    letter = EmailMessage()
    letter["From"] = "zhang@example.org"
    letter.set_content("我的身份证丢了")
    letter.add_attachment(
        tnef(one(1, 0x9003, 6, values)), maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    raw = raw_letter(letter.as_bytes())
    async with reading(ReaderPool(seconds=0.5)) as reader:
        with pytest.raises(Unreadable, match="time"):
            await reader.read(raw)
        message = await reader.read(replace(raw, failed=True))
    assert (message.text, [file.filename for file in message.attachments]) == (
        "我的身份证丢了",
        ["winmail.dat"],
    )


async def test_a_letter_that_takes_too_much_memory_is_given_up() -> None:
    async with reading(ReaderPool(seconds=30.0, memory_bytes=64 * 1024 * 1024)) as reader:
        with pytest.raises(Unreadable, match="memory"):
            await reader.read(a_letter(9_000_000))
        assert (await reader.read(a_letter())).subject == "求助"


async def test_a_letter_is_not_blamed_for_a_process_that_was_ended_before_it() -> None:
    before = children()
    pool = ReaderPool()

    async def noticed() -> bool:
        return pool.idle == 0

    async with reading(pool) as reader:
        await reader.read(a_letter())
        for pid in children() - before:
            os.kill(pid, signal.SIGKILL)
        assert await eventually(noticed)
        assert (await reader.read(a_letter())).subject == "求助"


async def test_where_no_process_starts_it_is_no_fault_of_the_letter() -> None:
    async with reading(ReaderPool(start_seconds=0.0)) as reader:
        with pytest.raises(OSError, match="did not start"):
            await reader.read(a_letter())


async def test_a_process_ends_itself_over_a_letter_whose_hub_is_gone() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", PROCESS, str(256 * 1024 * 1024), "0.5", stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    facts = {"envelope_from": "", "domain": "police.example", "own_addresses": []}
    process.stdin.write(frame.packed(facts, TAKES_LONG))
    async with asyncio.timeout(20):
        assert await process.wait() == -signal.SIGALRM
