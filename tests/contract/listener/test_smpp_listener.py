"""Systems of departments by SMPP: taken once, long texts joined, receipts kept, bad peers told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from channels.outbox.delivery import DeliveryState
from channels.smpp.pdu import Bind, Command, Short, Tag, write
from hub.model.departments.registered import Contract, SenderLine
from hub.model.departments.submission import TextState
from hub.store.documents import Delete, Update
from tests.contract.listener.listening import (
    LONG,
    NUMBER,
    PHONE,
    Bench,
    bound,
    connected,
    listening,
    parts,
    text,
)
from tests.unit.channels.outbox.outbox_world import SENDER
from tests.unit.hub.actions.departments.department_office import TRAFFIC

OTHER = "桥下积水，已有两辆车被困在里面。" * 9
SIGNED = "【东城交警】"


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with listening() as one:
        yield one


async def test_a_text_is_in_the_outbox_when_it_is_answered(bench: Bench) -> None:
    async with bound(bench) as one:
        status, id = await one.submit(text())
        assert status == 0
        assert await bench.texts() == [SIGNED + "护栏已修好"]
        assert [row.id async for row in bench.office.documents.scan("outbox")] == [id]


@pytest.mark.parametrize(
    ("coding", "content", "words"),
    [
        (0, b"Caf\x05 [1]".replace(b"[", b"\x1b\x3c").replace(b"]", b"\x1b\x3e"), "Café [1]"),
        (1, b"plain", "plain"),
        (3, "Gößweinstein".encode("latin-1"), "Gößweinstein"),
        (8, "好😀".encode("utf-16-be"), "好😀"),
        (8, "好".encode("utf-16-be") + b"\0", "好"),
        (15, "护栏€".encode("gb18030"), "护栏€"),
    ],
)
async def test_the_alphabets_that_were_agreed(bench: Bench, coding: int, content: bytes, words: str) -> None:
    async with bound(bench) as one:
        assert (await one.submit(text(coding=coding, content=content)))[0] == 0
    assert await bench.texts() == [SIGNED + words]


@pytest.mark.parametrize("shape", ["head", "sar", "payload"])
async def test_a_long_text_comes_in_any_shape_and_order_and_is_one_delivery(bench: Bench, shape: str) -> None:
    cut = parts()
    if shape == "sar":
        plain = [one.content[6:] for one in cut]
        cut = [
            text(
                content=content,
                options={
                    Tag.SAR_REFERENCE: b"\x01\x02",
                    Tag.SAR_TOTAL: bytes((len(plain),)),
                    Tag.SAR_NUMBER: bytes((number,)),
                },
            )
            for number, content in enumerate(plain, 1)
        ]
    elif shape == "payload":
        cut = [text(content=b"", options={Tag.PAYLOAD: LONG.encode("utf-16-be")})]
    async with bound(bench) as one, bound(bench) as other:
        got = [await (one, other)[at % 2].submit(part) for at, part in enumerate(reversed(cut))]
    assert {status for status, _ in got} == {0}
    assert len({id for _, id in got}) == 1
    assert [row.id async for row in bench.office.documents.scan("outbox")] == [got[0][1]]
    assert await bench.texts() == [SIGNED + LONG]


async def test_parts_are_joined_across_a_restart(bench: Bench) -> None:
    first, second, third = parts()
    async with bound(bench) as one:
        _, id = await one.submit(second)
    async with listening(bench.office) as after:
        after.login = bench.login
        async with bound(after) as one:
            assert await one.submit(third) == (0, id)
            assert await after.texts() == []
            assert await one.submit(first) == (0, id)
        assert await after.texts() == [SIGNED + LONG]


async def test_a_set_that_stays_incomplete_is_told_and_never_sent(bench: Bench) -> None:
    first, _, third = parts(wants_receipt=True)
    async with bound(bench) as one:
        _, id = await one.submit(first)
        await one.submit(third)
        await bench.pass_time(599)
        await bench.told()
        assert one.receipts == []
        await bench.pass_time(7)
        await bench.told()
        [receipt] = one.receipts
    assert f"id:{id} " in receipt
    assert "stat:UNDELIV" in receipt
    [failure], _ = await bench.office.records.callbacks.failures("traffic", limit=9)
    assert (failure.id, failure.state, failure.reason, failure.to) == (
        id,
        TextState.UNDELIVERED,
        "incomplete",
        PHONE,
    )
    assert await bench.texts() == []


async def test_a_repeat_within_a_minute_is_answered_and_not_sent_again(bench: Bench) -> None:
    async with bound(bench) as one, bound(bench) as other:
        repeat = text(wants_receipt=True, validity="000001000000000R")
        bench.office.clock.advance(seconds=30)  # so that a minute of the clock ends meanwhile
        first = await one.submit_as(77, repeat)
        bench.office.clock.advance(seconds=59)
        assert await other.submit_as(77, repeat) == first
        assert len(await bench.texts()) == 1
        bench.office.clock.advance(seconds=2)
        status, id = await other.submit_as(77, repeat)
        assert status == 0
        assert id != first[1]
    assert len(await bench.texts()) == 2


async def test_a_repeat_of_any_part_starts_no_second_text(bench: Bench) -> None:
    cut = parts()
    async with bound(bench) as one:
        got = []
        for _ in range(2):
            for sequence, part in enumerate(cut, 100):
                got.append(await one.submit_as(sequence, part))
            bench.office.clock.advance(seconds=30)
        assert len(set(got)) == 1
        assert len(await bench.texts()) == 1
        bench.office.clock.advance(seconds=1)
        later = [await one.submit_as(sequence, part) for sequence, part in enumerate(cut, 100)]
        assert set(later).isdisjoint(got)
    assert len(await bench.texts()) == 2
    await bench.pass_time(700)
    assert (await bench.office.records.callbacks.failures("traffic", limit=9))[0] == []


async def test_another_text_with_the_same_reference_is_another_text(bench: Bench) -> None:
    async with bound(bench) as one:
        got = await one.submit_all(parts() + parts(OTHER))
        got += await one.submit_all(parts(OTHER[::-1]))
    assert len({id for _, id in got}) == 3
    assert {status for status, _ in got} == {0}
    assert sorted(await bench.texts()) == sorted(SIGNED + words for words in (LONG, OTHER, OTHER[::-1]))
    assert (await bench.office.records.callbacks.failures("traffic", limit=9))[0] == []


async def test_a_reference_that_comes_again_too_early_ends_what_had_it(bench: Bench) -> None:
    async with bound(bench) as one:
        _, first = await one.submit(parts()[0])
        got = await one.submit_all(parts(OTHER))
    assert await bench.texts() == [SIGNED + OTHER]
    [failure], _ = await bench.office.records.callbacks.failures("traffic", limit=9)
    assert failure.id == first != got[0][1]


async def test_a_text_that_was_handed_over_before_a_crash_is_not_given_up(bench: Bench) -> None:
    """The last part was handed over, and nothing more was noted: not the answer, not that it is closed."""
    *some, last = parts(wants_receipt=True)
    async with bound(bench) as one:
        await one.submit_all(some)
        [before] = [row async for row in bench.office.documents.scan("listener_texts")]
        _, id = await one.submit(last)
    await _undo_closing(bench, before.body)
    await bench.end(id)
    await bench.pass_time(700)
    await bench.pass_time(1)
    async with bound(bench) as one:
        await bench.told()
        assert [_word(words, "stat") for words in one.receipts] == ["DELIVRD"]
    assert (await bench.office.records.callbacks.failures("traffic", limit=9))[0] == []


async def test_a_last_part_that_comes_again_after_a_crash_is_not_sent_again(bench: Bench) -> None:
    *some, last = parts(wants_receipt=True, validity="000001000000000R")
    async with bound(bench) as one:
        await one.submit_all(some)
        [before] = [row async for row in bench.office.documents.scan("listener_texts")]
        _, id = await one.submit(last)
        await _undo_closing(bench, before.body)
        bench.office.clock.advance(seconds=30)
        assert await one.submit(last) == (0, id)
    assert await bench.texts() == [SIGNED + LONG]


async def _undo_closing(bench: Bench, body: dict[str, Any]) -> None:
    """As if the process had ended between handing over and closing."""
    documents = bench.office.documents
    [text] = [row async for row in documents.scan("listener_texts")]
    [owed] = [row async for row in documents.scan("listener_receipts")]
    await documents.commit(
        [
            Update("listener_texts", text.id, body, text.version),
            Delete("listener_receipts", owed.id, owed.version),
        ]
    )


async def test_a_store_that_is_away_is_told(bench: Bench) -> None:
    async with bound(bench) as one:
        await bench.office.documents.close()
        assert (await one.submit(text()))[0] == 0x08


async def test_above_the_rate_it_is_told_and_what_was_refused_may_come_again(bench: Bench) -> None:
    await bench.office.with_contract(Contract(parts_per_second=1))
    async with bound(bench) as one:
        first, second, third = parts()
        assert (await one.submit(text("甲")))[0] == 0
        _, id = await one.submit(first)
        await one.submit(second)
        assert await one.submit(third) == (0x58, "")
        bench.office.clock.advance(seconds=1)
        assert await one.submit(third) == (0, id)
    assert len(await bench.texts()) == 2


async def test_a_quota_that_is_used_up_is_refused_and_counted(bench: Bench) -> None:
    async with bound(bench) as one:
        await bench.office.with_contract(daily_parts=1)
        assert (await one.submit(text("甲")))[0] == 0
        assert (await one.submit(text("乙")))[0] == 0x14
        await bench.office.with_contract(monthly_parts=1)
        assert (await one.submit(text("乙")))[0] == 0x45
    [day] = (await bench.office.records.submissions.traffic("traffic", ["20260922"])).values()
    assert (day["refused_daily_quota"], day["refused_monthly_quota"]) == (1, 1)


async def test_of_several_extensions_the_source_address_says_which(bench: Bench) -> None:
    lines = (SenderLine(SENDER, "0591"), SenderLine(SENDER), SenderLine(SENDER, "0592"))
    await bench.office.registered(replace(TRAFFIC, senders=lines))
    async with bound(bench) as one:
        ids = [
            (await one.submit(text(f"第{n}条", source=NUMBER + line.extension)))[1]
            for n, line in enumerate(lines)
        ]
    rows = await bench.office.outbox.reread(ids)
    assert [rows[id].delivery.extension for id in ids] == ["0591", "", "0592"]


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (text(to="12"), 0x0B),
        (text(to=""), 0x0B),
        (text(to="1" * 30), 0x0B),
        (text(source="10690000"), 0x0A),
        (text(content=b""), 0x01),
        (text(content=b"\0a\xd8"), 0x45),
        (text(coding=4), 0x45),
        (text(validity="nonsense"), 0x62),
        (text(validity="200101000000032+"), 0x62),
        (text(schedule="99"), 0x61),
        (text("【别的部门】你好"), 0x45),
    ],
)
async def test_what_is_wrong_is_told_and_not_stored(bench: Bench, message: Short, status: int) -> None:
    async with bound(bench) as one:
        assert (await one.submit(message))[0] == status
        assert (await one.submit(text()))[0] == 0
    assert len(await bench.texts()) == 1


async def test_receipts_wait_for_a_system_that_is_away(bench: Bench) -> None:
    async with bound(bench, Command.BIND_TRANSMITTER) as one:
        long = await one.submit_all(parts(wants_receipt=False)[:2] + parts(wants_receipt=True)[2:])
        _, unasked = await one.submit(text("甲"))
        _, refused = await one.submit(text("乙", wants_receipt=True))
    await bench.end(long[0][1])
    await bench.end(unasked)
    await bench.end(refused, DeliveryState.SUPPRESSED)
    await bench.pass_time(1)
    await bench.told()
    await bench.pass_time(3600)
    async with bound(bench, Command.BIND_RECEIVER) as one:
        assert (await one.submit(text("丙")))[0] == 0x04
        await bench.told()
        assert len(one.receipts) == 2
        assert {_word(words, "id"): _word(words, "stat") for words in one.receipts} == {
            long[0][1]: "DELIVRD",
            refused: "REJECTD",
        }
        await bench.pass_time(3600)
        await bench.told()
        assert len(one.receipts) == 2


async def test_a_receipt_that_was_not_acknowledged_comes_again(bench: Bench) -> None:
    async with bound(bench) as one:
        _, id = await one.submit(text(wants_receipt=True))
        await bench.end(id)
        await bench.pass_time(1)
        one.answers = False
        await bench.tell.step()
        await one.came.wait()
    await bench.gone()
    await bench.told()
    await bench.pass_time(5)
    async with bound(bench) as one:
        await bench.told()
        assert [_word(words, "id") for words in one.receipts] == [id]
    assert [one async for one in bench.office.documents.scan("listener_receipts")] == []


async def test_a_revoked_key_ends_its_connections(bench: Bench) -> None:
    async with bound(bench) as one:
        [key] = await bench.office.records.keys.of_department("traffic")
        await bench.office.change_keys.revoke("traffic", key.id)
        assert (await one.submit(text()))[0] == 0x45
        await bench.server.look()
        assert await one.link.closed
    assert await bench.texts() == []


async def test_nothing_of_it_is_readable_in_the_store(bench: Bench) -> None:
    async with bound(bench) as one:
        await one.submit_all(parts(wants_receipt=True)[:2])
        await one.submit(text(wants_receipt=True))
    for name in ("listener_logins", "listener_texts", "listener_receipts"):
        stored = [row async for row in bench.office.documents.scan(name)]
        assert stored
        assert PHONE not in repr(stored)
        assert bench.login.password not in repr(stored)
        assert LONG[:8].encode("utf-16-be").hex() not in repr(stored)


# --- peers that do wrong -------------------------------------------------------------------------


async def test_nothing_goes_before_a_login_and_a_wrong_one_is_told(bench: Bench) -> None:
    async with connected(bench.port) as one:
        assert (await one.submit(text()))[0] == 0x04
        assert await one.status(Command.ENQUIRE_LINK) == 0
        wrong = Bind(bench.login.system_id, "wrong").body()
        assert await one.status(Command.BIND_TRANSCEIVER, wrong) == 0x0E
        assert await one.link.closed == "closed-by-peer"
    async with connected(bench.port) as one:
        assert await one.status(Command.BIND_TRANSCEIVER, Bind("nobody", "wrong").body()) == 0x0E
    assert await bench.texts() == []


async def test_who_guesses_waits_longer_each_time(bench: Bench) -> None:
    loop, waits = asyncio.get_running_loop(), []
    for _ in range(2):
        async with connected(bench.port) as one:
            before = loop.time()
            await one.status(Command.BIND_RECEIVER, Bind("nobody", "wrong").body())
            waits.append(loop.time() - before)
    assert waits[0] < 0.2 <= waits[1]


async def test_a_second_login_and_an_unknown_request_are_refused(bench: Bench) -> None:
    async with bound(bench) as one:
        again = Bind(bench.login.system_id, bench.login.password).body()
        assert await one.status(Command.BIND_TRANSCEIVER, again) == 0x05
        frame = await one.link.ask(lambda sequence: write(0x21, sequence))
        assert (frame.command, frame.body[:4]) == (0x80000000, b"\0\0\0\x03")
        assert (await one.submit(text()))[0] == 0


async def test_more_than_the_window_is_refused(bench: Bench) -> None:
    async with bound(bench) as one:
        got = await one.submit_all([text(f"第{number}条") for number in range(25)])
    assert sorted(status for status, _ in got) == [0] * 20 + [0x58] * 5
    assert len(await bench.texts()) == 20


@pytest.mark.parametrize("length", [0, 15, 2**31, 0xFFFFFFFF, 20_000])
async def test_a_length_that_cannot_be_is_told_and_ends_the_connection(bench: Bench, length: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", bench.port)
    writer.write(length.to_bytes(4, "big") + b"\0" * 12)
    async with asyncio.timeout(5):
        assert await reader.read() == bytes.fromhex("00000010 80000000 00000002 00000000")
    writer.close()


async def test_half_a_request_is_nothing_and_single_bytes_are_a_request(bench: Bench) -> None:
    bind = write(Command.BIND_TRANSCEIVER, 1, Bind(bench.login.system_id, bench.login.password).body())
    submit = write(Command.SUBMIT_SM, 2, text().body())
    reader, writer = await asyncio.open_connection("127.0.0.1", bench.port)
    for byte in bind:
        writer.write(bytes((byte,)))
        await writer.drain()
    assert (await reader.readexactly(16))[4:12] == b"\x80\0\0\x09\0\0\0\0"
    writer.write(submit[:-3])
    await writer.drain()
    writer.close()
    await bench.gone()
    assert await bench.texts() == []


async def test_a_body_that_is_cut_off_is_told(bench: Bench) -> None:
    async with bound(bench) as one:
        assert await one.status(Command.SUBMIT_SM, text().body()[:20]) == 0x02
        assert (await one.submit(text()))[0] == 0


async def test_a_department_has_so_many_connections_and_no_more(bench: Bench) -> None:
    body = Bind(bench.login.system_id, bench.login.password).body()
    async with AsyncExitStack() as stack:
        for _ in range(8):
            await stack.enter_async_context(bound(bench))
        ninth = await stack.enter_async_context(connected(bench.port))
        assert await ninth.status(Command.BIND_TRANSCEIVER, body) == 0x0D


async def test_strangers_of_one_address_are_few(bench: Bench) -> None:
    opened = [await asyncio.open_connection("127.0.0.1", bench.port) for _ in range(11)]
    async with asyncio.timeout(5):
        assert await opened[-1][0].read() == b""
    for _, writer in opened:
        writer.close()


async def test_who_asks_and_never_reads_is_dropped(bench: Bench) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", bench.port, limit=1)
    asking = write(Command.ENQUIRE_LINK, 1) * 4096

    async def ask() -> None:
        while True:
            writer.write(asking)
            await writer.drain()

    with pytest.raises(ConnectionError):
        await asyncio.wait_for(ask(), 20)
    writer.close()
    assert bench.connections() == set()


async def test_no_number_text_or_password_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    async with bound(bench) as one:
        await one.submit(text(to="12"))
        await one.submit(text(source="10690000"))
        await one.submit(text("【别的部门】你好", wants_receipt=True))
    async with connected(bench.port) as one:
        await one.status(Command.BIND_RECEIVER, Bind(bench.login.system_id, "hunter2").body())
    logged = [repr(vars(record)) for record in caplog.records]
    assert logged
    for secret in (PHONE, "10690000", "你好", "hunter2", bench.login.password):
        assert not any(secret in line for line in logged)


def _word(words: str, label: str) -> str:
    return words.partition(f"{label}:")[2].partition(" ")[0]
