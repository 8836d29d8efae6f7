"""Systems of departments by CMPP: our own client against our own gateway's side, faults included."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import md5

import pytest

from channels.carrier.account import LoginRefused
from channels.carrier.beijing import login_time
from channels.carrier.gateway import Report
from channels.carrier.long_text import Place
from channels.cmpp.pdu import Command, LoginAnswer, Submit, layout_of
from channels.cmpp.pdu import Login as Connect
from channels.contract import ReceiptState
from channels.errors import Misconfigured, Permanent, Temporary
from channels.listener.contract import Login, TextPart
from channels.outbox.delivery import DeliveryState
from hub.model.departments.registered import Contract
from hub.model.departments.submission import TextState
from tests.contract.listener.cmpp_system import (
    OTHER,
    connected,
    log_in,
    logged_in,
    parts,
    raw,
    sent_by_client,
    text,
)
from tests.contract.listener.listening import LONG, NUMBER, PHONE, Bench, listening, takes_by

SIGNED = "【东城交警】"
VERSIONS = pytest.mark.parametrize("version", [0x20, 0x21, 0x30])


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with listening(way="cmpp") as one:
        yield one


@VERSIONS
async def test_a_text_is_sent_and_its_receipt_comes_back(bench: Bench, version: int) -> None:
    async with logged_in(bench, version) as one:
        result, number = await one.submit(text(wants_receipt=True))
        assert result == 0
        assert await bench.texts() == [SIGNED + "护栏已修好"]
        [id] = [row.id async for row in bench.office.documents.scan("outbox")]
        await bench.end(id)
        await bench.pass_time(1)
        await bench.told()
        [report] = one.reports
    assert isinstance(report, Report)
    assert (report.id, report.destination, report.state) == (
        f"{number:016x}",
        PHONE,
        ReceiptState.DELIVERED,
    )
    assert 0 < number < 2**63
    assert [row async for row in bench.office.documents.scan("listener_receipts")] == []


async def test_the_answer_to_a_login_shows_that_the_secret_is_known(bench: Bench) -> None:
    login = Connect(bench.login.system_id, bench.login.secret.encode(), 0x30, _stamp(bench))
    async with connected(bench.port) as one:
        answer = LoginAnswer.read((await raw(one, Command.CONNECT, login.body())).body)
    assert answer == LoginAnswer(0, answer.proof, 0x30)
    assert login.is_answered_by(answer)
    hashed = bytes(4) + login.proof + bench.login.secret.encode()
    assert answer.proof == md5(hashed).digest()  # noqa: S324 - CMPP


@VERSIONS
async def test_parts_get_one_id_and_one_receipt(bench: Bench, version: int) -> None:
    first, *rest = parts()
    async with logged_in(bench, version) as one:
        got = await one.submit_all([parts(wants_receipt=True)[1], first, rest[1]])
        assert len(set(got)) == 1
        assert got[0][0] == 0
        assert await bench.texts() == [SIGNED + LONG]
        [id] = [row.id async for row in bench.office.documents.scan("outbox")]
        await bench.end(id, DeliveryState.SUPPRESSED)
        await bench.pass_time(1)
        await bench.told()
        [report] = one.reports
    assert isinstance(report, Report)
    assert (int(report.id, 16), report.code) == (got[0][1], "REJECTD")


async def test_a_set_that_stays_incomplete_is_told_and_never_sent(bench: Bench) -> None:
    async with logged_in(bench) as one:
        _, number = await one.submit(parts(wants_receipt=True)[0])
        await bench.pass_time(606)
        await bench.told()
        [report] = one.reports
    assert isinstance(report, Report)
    assert (int(report.id, 16), report.code) == (number, "UNDELIV")
    [failure], _ = await bench.office.records.callbacks.failures("traffic", limit=9)
    assert (failure.state, failure.reason, failure.to) == (TextState.UNDELIVERED, "incomplete", PHONE)
    assert await bench.texts() == []


async def test_another_text_with_the_same_reference_is_another_text(bench: Bench) -> None:
    async with logged_in(bench) as one:
        got = await one.submit_all(parts() + parts(OTHER))
    assert len(set(got)) == 2
    assert sorted(await bench.texts()) == sorted(SIGNED + words for words in (LONG, OTHER))


GROUP = (PHONE, "8613900139000", "13700137000")


@VERSIONS
@pytest.mark.parametrize("words", ["护栏已修好", LONG])
async def test_a_group_is_a_text_to_each_and_a_receipt_of_each(
    bench: Bench, version: int, words: str
) -> None:
    async with logged_in(bench, version) as one:
        for part in parts(words, wants_receipt=True):
            result, number = await one.submit_to(part, *GROUP, f"+86{PHONE}")
            assert result == 0
        assert await bench.texts() == [SIGNED + words] * 3
        for id in [row.id async for row in bench.office.documents.scan("outbox")]:
            await bench.end(id)
        await bench.pass_time(1)
        await bench.told()
        told = {
            report.destination: int(report.id, 16) for report in one.reports if isinstance(report, Report)
        }
    assert told == {to: number + place for place, to in enumerate(GROUP)}
    assert [row async for row in bench.office.documents.scan("listener_receipts")] == []


async def test_one_bad_number_refuses_a_group(bench: Bench) -> None:
    async with logged_in(bench) as one:
        assert await one.submit_to(text(), PHONE, "12") == (13, 0)
        assert await one.submit_to(text(), *([PHONE] * 101)) == (1, 0)
        assert await one.submit_to(text()) == (1, 0)
        assert (await one.submit_to(text(), *([PHONE] * 100)))[0] == 0
    assert len(await bench.texts()) == 1


async def test_a_group_that_stays_incomplete_is_told_of_each(bench: Bench) -> None:
    async with logged_in(bench) as one:
        _, number = await one.submit_to(parts(wants_receipt=True)[0], *GROUP)
        await bench.pass_time(606)
        await bench.told()
        told = {(int(one.id, 16), one.code) for one in one.reports if isinstance(one, Report)}
    assert told == {(number + place, "UNDELIV") for place in range(3)}
    failures, _ = await bench.office.records.callbacks.failures("traffic", limit=9)
    assert {one.to for one in failures} == set(GROUP)
    [day] = (await bench.office.records.submissions.traffic("traffic", ["20260922"])).values()
    assert (day["submitted"], day["undelivered"]) == (3, 3)


async def test_a_repeat_within_a_minute_is_answered_and_not_sent_again(bench: Bench) -> None:
    async with logged_in(bench) as one, logged_in(bench) as other:
        assert await one.submit_as(77, text()) == await other.submit_as(77, text())
    assert len(await bench.texts()) == 1


async def test_what_comes_by_another_protocol_is_no_repeat(bench: Bench) -> None:
    login = bench.login
    part = TextPart(NUMBER, PHONE, "utf-16-be", "护栏".encode("utf-16-be"), 7, wants_receipt=True)
    piece = replace(part, place=Place("07", 2, 1))
    ids = []
    for way in ("cmpp", "smpp", "cmpp"):
        takes = takes_by(bench.office, way)
        account = await takes.log_in(Login(login.system_id, login.password), "127.0.0.1")
        ids.append((await takes.take(account, part), await takes.take(account, piece)))
    assert ids[0] == ids[2]
    assert set(ids[0]).isdisjoint(ids[1])
    assert len(await bench.texts()) == 2


async def test_receipts_wait_an_hour_for_a_system_that_is_away(bench: Bench) -> None:
    async with logged_in(bench) as one:
        _, number = await one.submit(text(wants_receipt=True))
        one.answers = False
        [id] = [row.id async for row in bench.office.documents.scan("outbox")]
        await bench.end(id)
        await bench.pass_time(1)
        await bench.tell.step()
        await one.came.wait()
    await bench.gone()
    await bench.told()
    await bench.pass_time(3600)
    async with logged_in(bench) as one:
        await bench.told()
        assert [int(report.id, 16) for report in one.reports] == [number]


async def test_120_at_once_at_ten_a_second_all_arrive_once(bench: Bench) -> None:
    await bench.office.with_contract(Contract(parts_per_second=10), daily_parts=121)
    messages = [text(f"第{number}条", f"139001390{number:02d}") for number in range(85)]
    for number in range(12):
        messages += parts(f"{number:03d}{LONG}"[: len(LONG)], number, f"138001380{number:02d}")
    ids: set[int] = set()
    results: Counter[int] = Counter()
    async with logged_in(bench) as one:
        while messages:
            got = await one.submit_all(messages)
            results.update(result for result, _ in got)
            ids |= {number for result, number in got if not result}
            messages = [one for one, (result, _) in zip(messages, got, strict=True) if result]
            bench.office.clock.advance(seconds=0.1)
        assert (await one.submit(text("多出的一条")))[0] == 20
    texts = await bench.texts()
    assert len(texts) == len(set(texts)) == len(ids) == 97
    assert results.keys() == {0, 8}
    [day] = (await bench.office.records.submissions.traffic("traffic", ["20260922"])).values()
    assert day["refused_daily_quota"] == 1


# --- what is refused -----------------------------------------------------------------------------


@VERSIONS
@pytest.mark.parametrize("wrong", ["secret", "name", "time"])
async def test_who_does_not_prove_the_secret_now_is_refused(bench: Bench, wrong: str, version: int) -> None:
    name, secret = bench.login.system_id, bench.login.secret
    if wrong == "time":
        stamp = _stamp(bench)
        bench.office.clock.advance(seconds=301)
        login = Connect(name, secret.encode(), version, stamp)
        async with connected(bench.port, version) as one:
            answer = LoginAnswer.read((await raw(one, Command.CONNECT, login.body())).body)
            assert (answer.status, answer.proof) == (3, bytes(16))
            assert await one.link.closed == "closed-by-peer"
        return
    name, secret = ("100000", secret) if wrong == "name" else (name, "wrong")
    async with connected(bench.port, version) as one:
        with pytest.raises(LoginRefused, match="SP_Id or secret is wrong"):
            await log_in(one, name, secret, bench.office.clock)
        assert await one.link.closed == "closed-by-peer"


async def test_a_version_to_come_a_short_login_and_a_second_one_are_refused(bench: Bench) -> None:
    login = Connect(bench.login.system_id, bench.login.secret.encode(), 0x40, _stamp(bench))
    async with connected(bench.port) as one:
        answer = LoginAnswer.read((await raw(one, Command.CONNECT, login.body())).body)
        assert (answer.status, answer.version) == (4, 0x30)
        short = await raw(one, Command.CONNECT, b"\0" * 5)
        assert LoginAnswer.read(short.body).status == 1
    async with logged_in(bench, 0x30) as one:
        again = Connect(bench.login.system_id, b"wrong", 0x20, _stamp(bench))
        assert LoginAnswer.read((await raw(one, Command.CONNECT, again.body())).body).status == 5
        assert (await one.submit(text()))[0] == 0  # in the version it logged in with


async def test_nothing_goes_before_a_login(bench: Bench) -> None:
    async with connected(bench.port, 0x20) as one:
        assert (await one.submit(text()))[0] == 2
        assert (await raw(one, Command.ACTIVE_TEST)).body == b"\0"
    assert await bench.texts() == []


async def test_the_client_of_this_project_understands_what_it_is_told(bench: Bench) -> None:
    """A source that is not registered, a number that is none, flow control."""
    await bench.office.with_contract(Contract(parts_per_second=1))
    async with logged_in(bench) as one:
        with pytest.raises(Misconfigured):
            await sent_by_client(one, "10690000", PHONE, "护栏")
        with pytest.raises(Permanent) as wrong:
            await sent_by_client(one, NUMBER, "12", "护栏")
        assert wrong.value.invalid_address
        assert await sent_by_client(one, NUMBER, PHONE, "护栏")
        with pytest.raises(Temporary) as slow:
            await sent_by_client(one, NUMBER, PHONE, "护栏")
        assert slow.value.slow_down


@pytest.mark.parametrize(
    ("message", "result"),
    [
        (text(to="12"), 13),
        (text(to=""), 13),
        (text(source="10690000"), 10),
        (text(content=b""), 4),
        (text(form=4), 22),
        (text(content=b"\xd8\0a", form=8), 22),
        (text(valid_until="nonsense"), 1),
        (text(valid_until="200101000000032+"), 1),
        (text(at="99"), 1),
        (text("【别的部门】你好"), 22),
    ],
)
async def test_what_is_wrong_is_told_and_not_stored(bench: Bench, message: Submit, result: int) -> None:
    async with logged_in(bench) as one:
        assert await one.submit(message) == (result, 0)
        assert (await one.submit(text()))[0] == 0
    assert len(await bench.texts()) == 1


async def test_a_body_that_is_cut_off_is_told(bench: Bench) -> None:
    async with logged_in(bench) as one:
        body = text().body(layout_of(0x30))
        assert (await raw(one, Command.SUBMIT, body[:40])).body == bytes(8) + b"\0\0\0\1"
        assert (await one.submit(text()))[0] == 0


async def test_times_and_alphabets_are_read(bench: Bench) -> None:
    async with logged_in(bench) as one:
        await one.submit(text("plain words"))
        await one.submit(text(content="护栏€".encode("gb18030"), form=15))
        await one.submit(text(at="260922235900032+", valid_until="260923120000032+"))
    rows = [row async for row in bench.office.documents.scan("outbox")]
    found = (await bench.office.outbox.reread([row.id for row in rows])).values()
    late = [row.delivery for row in found if row.delivery.not_before > row.delivery.created_at]
    assert [(one.not_before % 60_000, one.expires_at - one.not_before) for one in late] == [(0, 43_260_000)]
    assert sorted(await bench.texts()) == sorted(
        SIGNED + words for words in ("plain words", "护栏€", "护栏已修好")
    )


@pytest.mark.parametrize("length", [0, 11, 2**31, 5000])
async def test_a_length_that_cannot_be_ends_the_connection(bench: Bench, length: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", bench.port)
    writer.write(length.to_bytes(4, "big") + b"\0" * 8)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


async def test_a_receipt_that_is_answered_with_nonsense_comes_again(bench: Bench) -> None:
    async with logged_in(bench) as one:
        await one.submit(text(wants_receipt=True))
        [id] = [row.id async for row in bench.office.documents.scan("outbox")]
        await bench.end(id)
        await bench.pass_time(1)
        one.misspeaks = True
        await bench.told()
        assert len(one.reports) == 1
        one.misspeaks = False
        await bench.pass_time(61)
        await bench.told()
        assert len(one.reports) == 2
    assert [row async for row in bench.office.documents.scan("listener_receipts")] == []


async def test_no_secret_is_logged_or_readable_in_the_store(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    async with logged_in(bench) as one:
        await one.submit(text("【别的部门】你好", to="13900139000"))
        await one.submit(text(source="10690000"))
    logged = [repr(vars(record)) for record in caplog.records]
    stored = repr([row async for row in bench.office.documents.scan("listener_logins")])
    assert logged
    for secret in (bench.login.secret, "13900139000", "你好", "10690000"):
        assert not any(secret in line for line in logged)
        assert secret not in stored


def _stamp(bench: Bench) -> str:
    return login_time(bench.office.clock.now_ms())
