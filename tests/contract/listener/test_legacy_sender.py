"""Scenario 14: a system that was never changed for the hub, at its rate, with everything that goes wrong."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from channels.smpp.pdu import Command, Short
from hub.jobs.repeat import repeat
from hub.model.departments.registered import Contract
from tests.contract.listener.listening import (
    LONG,
    NUMBER,
    PHONE,
    Bench,
    System,
    bound,
    listening,
    parts,
    text,
)

SIGNED = "【东城交警】"


def _many() -> list[Short]:
    """120 texts; every sixth is long, so that they have 160 parts."""
    found: list[Short] = []
    for number in range(120):
        to = f"138001380{number:02d}" if number < 100 else f"139001390{number - 100:02d}"
        if number % 6 == 0:
            found += parts(f"{number:03d}{LONG}"[: len(LONG)], number, to, wants_receipt=True)
        else:
            found.append(text(f"第{number}条", to, wants_receipt=True))
    return found


async def _all_sent(bench: Bench, one: System, messages: list[Short]) -> tuple[set[str], Counter[int]]:
    """Sends what was refused again, a tenth of a second later; message ids, and how often each status
    came."""
    ids: set[str] = set()
    statuses: Counter[int] = Counter()
    while messages:
        got = await one.submit_all(messages)
        statuses.update(status for status, _ in got)
        ids |= {id for status, id in got if not status}
        messages = [one for one, (status, _) in zip(messages, got, strict=True) if status]
        bench.office.clock.advance(seconds=0.1)
    return ids, statuses


async def test_120_at_once_at_ten_a_second_all_arrive_once() -> None:
    async with listening() as bench:
        await bench.office.with_contract(Contract(parts_per_second=10), daily_parts=161)
        began = bench.office.clock.now_ms()
        async with bound(bench, Command.BIND_TRANSMITTER) as one:
            ids, statuses = await _all_sent(bench, one, _many())
            took = (bench.office.clock.now_ms() - began) / 1000
            assert (await one.submit_all([text("一条"), text("又一条")]))[1][0] == 0x14
        texts = await bench.texts()
        assert len(texts) == len(set(texts)) == 121
        assert len(ids) == 120
        assert statuses.keys() == {0, 0x58}
        assert 14 <= took <= 20
        for id in ids:
            await bench.end(id)
        await bench.pass_time(3600)
        await bench.pass_time(3600)
        async with bound(bench, Command.BIND_RECEIVER) as one:
            await bench.told()
            told = [words.partition("id:")[2].partition(" ")[0] for words in one.receipts]
        assert sorted(told) == sorted(ids)
        [day] = (await bench.office.records.submissions.traffic("traffic", ["20260922"])).values()
        assert day["refused_daily_quota"] == 1


def _old_system(smpplib: Any, bench: Bench, count: int) -> tuple[list[tuple[int, str]], list[str]]:
    """smpplib as its own documentation uses it: sends a long text and short ones, waits for `count` receipts.
    Runs in a thread of its own."""
    answers: list[tuple[int, str]] = []
    receipts: list[str] = []
    client = smpplib.client.Client("127.0.0.1", bench.port, timeout=5, allow_unknown_opt_params=True)
    client.set_message_sent_handler(
        lambda pdu: answers.append((pdu.status, pdu.message_id.decode() if pdu.message_id else ""))
    )
    client.set_message_received_handler(lambda pdu: receipts.append(pdu.short_message.decode()))
    client.set_error_pdu_handler(lambda pdu: None)
    client.connect()
    try:
        client.bind_transceiver(system_id=bench.login.system_id, password=bench.login.password)
        for words in (LONG, "护栏已修好", "plain words"):
            cut, coding, kind = smpplib.gsm.make_parts(words)
            for part in cut:
                client.send_message(
                    source_addr_ton=smpplib.consts.SMPP_TON_INTL,
                    source_addr=NUMBER,
                    dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
                    destination_addr=f"86{PHONE}",
                    short_message=part,
                    data_coding=coding,
                    esm_class=kind,
                    registered_delivery=True,
                )
        while len(answers) < 5 or len(receipts) < count:
            client.read_once()
        client.unbind()
    finally:
        client.disconnect()
    return answers, receipts


async def test_smpplib_sends_and_gets_its_receipts() -> None:
    for name in ("smpplib.gsm", "smpplib.consts", "smpplib.client"):
        pytest.importorskip(name)
    smpplib = pytest.importorskip("smpplib")
    async with listening() as bench:
        answers, _ = await asyncio.to_thread(_old_system, smpplib, bench, 0)
        ids = {id for _, id in answers}
        assert {status for status, _ in answers} == {0}
        assert len(ids) == 3
        assert sorted(await bench.texts()) == sorted(
            SIGNED + words for words in (LONG, "护栏已修好", "plain words")
        )
        for id in ids:
            await bench.end(id)
        await bench.pass_time(1)
        telling = asyncio.create_task(repeat(bench.tell.step, pause_seconds=0.01))
        _, receipts = await asyncio.to_thread(_old_system, smpplib, bench, 3)
        telling.cancel()
        assert {words.partition("id:")[2].partition(" ")[0] for words in receipts} == ids
