"""Mail in, over a real socket: 250 means stored."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage

import aiosmtplib
import pytest

from channels.contract import RawLetter
from channels.mail.incoming import MailListener, MailListenerSettings
from channels.signed_id import BOUNCE, UNSUBSCRIBE, SignedIds
from hub.runtime.clock import FakeClock
from tests.unit.channels.outbox.outbox_world import NOON

SETTINGS = MailListenerSettings(
    channel="mail", recipients=("Desk@police.example",), own_domain="police.example", port=0
)


@dataclass
class Shelf:
    """Stores letters, or fails as it is told."""

    letters: list[RawLetter] = field(default_factory=list)
    trouble: BaseException | None = None
    wait: asyncio.Event | None = None

    async def accept(self, letter: RawLetter) -> None:
        if self.wait is not None:
            await self.wait.wait()
        if self.trouble is not None:
            raise self.trouble
        self.letters.append(letter)


@asynccontextmanager
async def listening(
    shelf: Shelf, settings: MailListenerSettings = SETTINGS, listener: MailListener | None = None
) -> AsyncIterator[int]:
    listener = listener or MailListener(settings, FakeClock(NOON))
    running = asyncio.create_task(listener.listen(shelf.accept))
    await listener.listening.wait()
    try:
        yield listener.port
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@asynccontextmanager
async def client(port: int) -> AsyncIterator[aiosmtplib.SMTP]:
    talking = aiosmtplib.SMTP(
        hostname="127.0.0.1", port=port, start_tls=False, timeout=5, local_hostname="mx.example.org"
    )
    await talking.connect()
    try:
        yield talking
    finally:
        talking.close()


def a_letter() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "zhang@example.org", "desk@police.example", "求助"
    mail["Message-ID"] = "<m1@example.org>"
    mail.set_content("我的身份证丢了")
    return mail.as_bytes()


async def give(port: int, raw: bytes, to: str = "desk@police.example") -> int:
    async with client(port) as talking:
        await talking.mail("zhang@example.org")
        await talking.rcpt(to)
        try:
            return (await talking.data(raw)).code
        except aiosmtplib.SMTPResponseException as refused:
            return refused.code


async def test_a_letter_is_stored_and_then_confirmed() -> None:
    shelf = Shelf()
    async with listening(shelf) as port:
        assert await give(port, a_letter()) == 250
    assert shelf.letters == [
        RawLetter(
            channel="mail",
            content=a_letter().replace(b"\n", b"\r\n"),
            envelope_from="zhang@example.org",
            recipient="desk@police.example",
            received_at=NOON,
        )
    ]


@pytest.mark.parametrize("trouble", [RuntimeError("disk full"), TimeoutError()])
async def test_what_is_not_stored_is_not_accepted(trouble: Exception) -> None:
    shelf = Shelf(trouble=trouble)
    async with listening(shelf) as port:
        assert await give(port, a_letter()) == 451
        shelf.trouble = None
        assert await give(port, a_letter()) == 250


async def test_a_store_that_hangs_is_a_later() -> None:
    shelf = Shelf(wait=asyncio.Event())
    async with listening(shelf, replace(SETTINGS, accept_seconds=0.05)) as port:
        assert await give(port, a_letter()) == 451
    assert shelf.letters == []


async def test_only_our_mailboxes_take_mail_in_whatever_the_spelling() -> None:
    shelf = Shelf()
    async with listening(shelf) as port:
        with pytest.raises(aiosmtplib.SMTPRecipientRefused) as refused:
            await give(port, a_letter(), to="stranger@police.example")
        assert await give(port, a_letter(), to="DESK+case7@Police.Example") == 250
    assert refused.value.code == 550
    assert len(shelf.letters) == 1


async def test_a_letter_over_the_limit_is_refused_with_552() -> None:
    shelf = Shelf()
    async with listening(shelf, replace(SETTINGS, limit_bytes=2000)) as port:
        assert await give(port, a_letter() + b"x\r\n" * 2000) == 552
    assert shelf.letters == []


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n",
        b"x" * 500_000 + b"\r\n",
        b".\r\n..\r\n...\r\n",
        b"\r\n.hidden\r\n.\r\n",
        b"a" * 65_530 + b"\r\n.\r\n" + b"b" * 65_536 + b"\r\n.\r\n\r\n",
        b"\r\n" * 300_000,
    ],
    ids=["empty line", "one long line", "dots", "dots after line ends", "dots at the edge", "line ends"],
)
async def test_whatever_is_within_the_limit_is_taken_as_it_came(raw: bytes) -> None:
    shelf = Shelf()
    async with listening(shelf) as port:
        assert await give(port, raw) == 250
        assert await give(port, a_letter()) == 250
    assert shelf.letters[0].content == raw


async def test_an_empty_letter_is_a_letter() -> None:
    shelf = Shelf()
    async with listening(shelf) as port, client(port) as talking:
        await talking.mail("zhang@example.org")
        await talking.rcpt("desk@police.example")
        await talking.execute_command(b"DATA")
        assert (await talking.execute_command(b".")).code == 250
    assert shelf.letters[0].content == b""


async def test_a_letter_of_line_ends_leaves_the_loop_to_others() -> None:
    shelf = Shelf()
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()  # not by the wall: others may have the machine meanwhile
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    async with listening(shelf) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"EHLO mx\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<desk@police.example>\r\nDATA\r\n")
        while not (await reader.readline()).startswith(b"354"):
            continue
        watching = asyncio.create_task(watch())
        writer.write(b"\r\n" * 4_000_000 + b".\r\n")
        async with asyncio.timeout(30):
            assert (await reader.readline()).startswith(b"250")
        watching.cancel()
        writer.close()
    assert len(shelf.letters[0].content) == 8_000_000
    assert longest < 0.25


async def test_too_many_connections_are_told_to_come_later() -> None:
    async with listening(Shelf(), replace(SETTINGS, max_connections=1)) as port, client(port):
        with pytest.raises(aiosmtplib.SMTPConnectResponseError) as refused:
            async with client(port):
                pass
    assert refused.value.code == 421


async def test_a_place_is_free_again_when_somebody_left() -> None:
    shelf = Shelf()
    async with listening(shelf, replace(SETTINGS, max_connections=1)) as port:
        for _ in range(3):
            async with client(port) as talking:
                await talking.quit()
        assert await give(port, a_letter()) == 250


async def test_a_silent_peer_is_cut_off() -> None:
    async with listening(Shelf(), replace(SETTINGS, idle_seconds=0.05)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(5):
            assert (await reader.read()).startswith(b"220")
        writer.close()
        await writer.wait_closed()


async def test_lmtp_answers_once_for_every_recipient() -> None:
    shelf = Shelf()
    settings = replace(SETTINGS, protocol="lmtp", recipients=("desk@police.example", "12389@police.example"))
    async with listening(shelf, settings) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def say(line: bytes, answers: int = 1) -> list[bytes]:
            writer.write(line + b"\r\n")
            return [await reader.readline() for _ in range(answers)]

        async with asyncio.timeout(5):
            await reader.readline()
            writer.write(b"LHLO mx\r\n")
            while not (await reader.readline()).startswith(b"250 "):
                continue
            await say(b"MAIL FROM:<zhang@example.org>")
            await say(b"RCPT TO:<desk@police.example>")
            await say(b"RCPT TO:<12389@police.example>")
            await say(b"DATA")
            answers = await say(a_letter().replace(b"\n", b"\r\n") + b".", answers=2)
        writer.close()
        await writer.wait_closed()
    assert [line[:3] for line in answers] == [b"250", b"250"]
    assert len(shelf.letters) == 1


async def test_no_address_and_no_word_of_a_letter_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    shelf = Shelf(trouble=RuntimeError("canary 身份证"))
    async with listening(shelf) as port:
        await give(port, a_letter())
    assert "mail_not_stored" in caplog.text
    for canary in ("zhang", "身份证", "求助", "desk@"):
        assert canary not in caplog.text


KEYS = SignedIds(b"k" * 32)
ID = "01k5q9w0000000000000000000"


async def test_addresses_we_wrote_are_taken_in_and_others_are_refused_and_counted() -> None:
    shelf, listener = Shelf(), MailListener(SETTINGS, FakeClock(NOON), KEYS)
    genuine = KEYS.address(BOUNCE, ID, "Police.example")
    forged = SignedIds(b"x" * 32).address(BOUNCE, ID, "police.example")
    async with listening(shelf, listener=listener) as port, client(port) as talking:
        for address in (forged, "bounce@police.example", f"bounce+{ID}@police.example"):
            await talking.mail("")
            with pytest.raises(aiosmtplib.SMTPRecipientRefused):
                await talking.rcpt(address)
            await talking.rset()
        await talking.mail("")
        await talking.rcpt(genuine)
        await talking.data(a_letter())
    assert listener.forged == 2  # the one without a mark is only no mailbox of ours
    assert [letter.recipient for letter in shelf.letters] == [genuine.lower()]


async def test_a_letter_to_a_mailbox_and_to_an_address_we_wrote_is_both() -> None:
    shelf, listener = Shelf(), MailListener(SETTINGS, FakeClock(NOON), KEYS)
    address = KEYS.address(UNSUBSCRIBE, ID, "police.example")
    async with listening(shelf, listener=listener) as port, client(port) as talking:
        await talking.mail("zhang@example.org")
        for recipient in (address, "Desk+x@police.example", "desk@police.example"):
            await talking.rcpt(recipient)
        await talking.data(a_letter())
    assert [letter.recipient for letter in shelf.letters] == ["desk@police.example", address]
