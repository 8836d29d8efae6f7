"""The adapter of carriers against played gateways: every row of the table of faults, on loopback sockets."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from channels.carrier.link import LinkLimits
from channels.contract import (
    InboundMessage,
    Receipt,
    ReceiptState,
    TextPart,
)
from channels.errors import Ambiguous, Misconfigured, SendError, Temporary
from channels.loopback.gateway import Fault, GatewayPlan, Trouble, parts_of
from hub.runtime.clock import FakeClock
from tests.contract.channels.gateway_desk import (
    CMPP_3,
    LONG,
    PHONE,
    SMGP,
    SMPP,
    Speaks,
    at_once,
    desk,
    each,
    eventually,
    kept,
    never,
    speaking,
    text,
)


@speaking
async def test_a_long_text_leaves_in_parts_with_one_reference_and_an_id_each(speaks: Speaks) -> None:
    async with desk(speaks=speaks) as here:
        accepted = await here.sms.send(text(LONG))
        parts = here.gateway.taken
        assert accepted.provider_ids == tuple(part.id for part in parts)
        assert [part.number("Pk_number") for part in parts] == [1, 2, 3]
        assert {part.content[:5] for part in parts} == {bytes((5, 0, 3, parts[0].content[3], 3))}
        assert b"".join(part.content[6:] for part in parts).decode("utf-16-be") == LONG
        assert {part.number("TP_udhi") for part in parts} == {1}
        await here.sms.send(text(LONG, delivery_id="d2"))
        assert here.gateway.taken[3].content[3] == (parts[0].content[3] + 1) % 256


@pytest.mark.parametrize("bytes_", [60, 71])
@pytest.mark.parametrize("version", [2, 3])
async def test_a_receipt_of_either_length_names_the_part_as_it_was_accepted(
    version: int, bytes_: int
) -> None:
    async with desk(GatewayPlan(version=version, receipt_bytes=bytes_)) as here:
        accepted = await here.sms.send(text())
        (receipt,) = await here.until(1)
        assert isinstance(receipt, Receipt)
        assert (receipt.provider_id, receipt.state) == (accepted.provider_id, ReceiptState.DELIVERED)
        assert (receipt.destination, receipt.delivery_id, receipt.code) == (PHONE, "", "")
        assert receipt.sent_at == FakeClock().now_ms() // 60_000 * 60_000  # to the minute


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("UNDELIV", ReceiptState.UNDELIVERED),
        ("ACCEPTD", ReceiptState.QUEUED),
        ("MA:0001", ReceiptState.UNDELIVERED),
    ],
)
async def test_what_a_receipt_says(word: str, state: ReceiptState) -> None:
    async with desk(GatewayPlan(state=word)) as here:
        await here.sms.send(text())
        (receipt,) = await here.until(1)
        assert isinstance(receipt, Receipt)
        assert (receipt.state, receipt.code) == (state, word)


@each
async def test_a_receipt_may_come_before_the_answer_and_is_answered(speaks: Speaks) -> None:
    async with desk(speaks.plan(state="DELIVRD"), speaks=speaks) as here:
        here.gateway.faults.append(Fault(Trouble.RECEIPT_FIRST))
        accepted = await here.sms.send(text())
        (receipt,) = here.events
        assert isinstance(receipt, Receipt)
        assert receipt.provider_id == accepted.provider_id
        assert (receipt.state, receipt.destination) == (ReceiptState.DELIVERED, PHONE)
        assert receipt.sent_at // 60_000 == FakeClock().now_ms() // 60_000


@each
async def test_flow_control_in_the_middle_of_a_long_text_sends_the_rest_with_the_same_reference(
    speaks: Speaks,
) -> None:
    async with desk(speaks=speaks) as here:
        here.gateway.faults.append(Fault(Trouble.RESULT, first=2, times=2, code=speaks.busy))
        accepted = await here.sms.send(text(LONG))
        assert accepted.parts == 3
        assert sorted(part.content[5] for part in here.gateway.taken) == [1, 2, 3]
        assert len({part.content[3] for part in here.gateway.taken}) == 1
        assert here.gateway.refused == [speaks.busy] * 2


async def test_a_text_that_is_tried_again_keeps_its_reference() -> None:
    async with desk(patience_seconds=0) as here:
        here.gateway.faults.append(Fault(Trouble.RESULT, times=3))
        with pytest.raises(Temporary):
            await here.sms.send(text(LONG))
        await here.sms.send(
            text("别的事。" + LONG, delivery_id="d2", to=replace(PHONE, value="+8613900139000"))
        )
        first = len(here.gateway.taken)
        await here.sms.send(text(LONG))
        again = here.gateway.taken[first:]
        await here.sms.send(text(LONG, delivery_id="d3"))
        assert here.gateway.taken[-1].content[3] == (again[0].content[3] + 1) % 256


async def test_parts_that_stay_refused_after_others_were_taken_leave_the_text_in_doubt() -> None:
    async with desk(patience_seconds=0) as here:
        here.gateway.faults.append(Fault(Trouble.RESULT, first=2))
        with pytest.raises(Ambiguous) as raised:
            await here.sms.send(text(LONG))
        first, second, third = raised.value.part_ids
        assert (bool(first), second, bool(third)) == (True, "", True)


# --- answers that do not come, or come wrong ---


@each
async def test_no_answer_is_unknown_and_a_slow_one_is_waited_for(speaks: Speaks) -> None:
    async with desk(speaks=speaks, limits=LinkLimits(answer_seconds=0.5, idle_seconds=60)) as here:
        here.gateway.faults += [Fault(Trouble.LATE, seconds=0.1), Fault(Trouble.SILENT)]
        assert (await here.sms.send(text())).parts == 1
        with pytest.raises(Ambiguous) as raised:
            await here.sms.send(text(delivery_id="d2"))
        assert raised.value.code == "no-answer"
        assert len(here.gateway.taken) == 2  # nothing was sent again


@kept
async def test_a_connection_on_which_nothing_comes_any_more_is_given_up(speaks: Speaks) -> None:
    async with desk(
        speaks=speaks, limits=LinkLimits(answer_seconds=0.3, idle_seconds=60), sleep=at_once
    ) as here:
        here.gateway.faults.append(Fault(Trouble.SILENT))
        with pytest.raises(Ambiguous):
            await here.sms.send(text())
        await here.gateway.until(lambda: here.gateway.logins == 2)
        await eventually(lambda: here.sms.account.links == 1)
        assert (await here.sms.send(text(delivery_id="d2"))).parts == 1


@each
@pytest.mark.parametrize("trouble", [Trouble.TWICE, Trouble.WRONG_SEQUENCE])
async def test_an_answer_twice_or_to_something_else_changes_nothing(trouble: Trouble, speaks: Speaks) -> None:
    async with desk(speaks=speaks) as here:
        here.gateway.faults.append(Fault(trouble))
        first = await here.sms.send(text())
        second = await here.sms.send(text(delivery_id="d2"))
        ids = [part.id for part in here.gateway.taken]
        assert [first.provider_id, second.provider_id] == ids


@each
@pytest.mark.parametrize("trouble", [Trouble.CUT, Trouble.HALF])
async def test_a_connection_that_ends_leaves_what_was_written_unknown_and_comes_back(
    trouble: Trouble, speaks: Speaks
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with desk(speaks=speaks, sleep=sleep) as here:
        here.gateway.faults += [Fault(Trouble.SILENT, times=3), Fault(trouble)]
        told = await asyncio.gather(
            *(here.sms.send(text(delivery_id=f"d{one}")) for one in range(4)), return_exceptions=True
        )
        assert [type(one) for one in told] == [Ambiguous] * 4
        await here.gateway.until(lambda: here.gateway.logins == 2)
        await eventually(lambda: here.sms.account.links == 1)
        assert (await here.sms.send(text(delivery_id="again"))).parts == 1
        assert 0.75 <= pauses[0] <= 1.25


@speaking
@pytest.mark.parametrize("chunk", [1, 7])
async def test_segments_of_any_size_say_the_same(chunk: int, speaks: Speaks) -> None:
    async with desk(speaks.plan(chunk=chunk, state="DELIVRD"), speaks=speaks) as here:
        assert (await here.sms.send(text(LONG))).parts == 3
        assert len(await here.until(3)) == 3


async def test_never_more_is_unanswered_than_the_window_holds() -> None:
    async with desk(GatewayPlan(state="", answer_seconds=0.01)) as here:
        told = await asyncio.gather(*(here.sms.send(text(delivery_id=f"d{one}")) for one in range(60)))
        assert len({one.provider_id for one in told}) == 60
        assert here.gateway.most_unanswered == 16
        assert here.gateway.refused == []


@pytest.mark.parametrize("length", [0, 11, 1 << 31, 5000])
async def test_a_length_that_cannot_be_ends_the_connection(length: int) -> None:
    async with desk(sleep=lambda _: asyncio.sleep(0)) as here:
        here.gateway.write_raw(length.to_bytes(4, "big") + b"\0\0\0\5\0\0\0\1")
        await here.gateway.until(lambda: here.gateway.logins == 2)


@kept
async def test_an_unknown_command_and_a_body_too_short_are_survived(speaks: Speaks) -> None:
    async with desk(speaks=speaks) as here:
        for command, body in ((0x77, b""), (speaks.gateway.DELIVER, b"abcd")):
            status = bytes(4) if speaks is SMPP else b""
            head = command.to_bytes(4, "big") + status + b"\0\0\0\2"
            here.gateway.write_raw((4 + len(head + body)).to_bytes(4, "big") + head + body)
        assert (await here.sms.send(text())).parts == 1
        assert here.gateway.logins == 1


# --- the connection ---


@pytest.mark.parametrize(
    ("status", "problem", "pause"),
    [
        (1, Misconfigured, 60),
        (2, Misconfigured, 60),
        (3, Misconfigured, 60),
        (4, Misconfigured, 60),
        (5, Temporary, 1),
    ],
)
async def test_a_refused_login_says_whether_a_setting_is_wrong(
    status: int, problem: type[SendError], pause: float
) -> None:
    pauses: asyncio.Queue[float] = asyncio.Queue()

    async def sleep(seconds: float) -> None:
        pauses.put_nowait(seconds)
        await asyncio.Event().wait()

    async with desk(GatewayPlan(login_status=status), sleep=sleep) as here:
        assert 0.75 * pause <= await pauses.get() <= 1.25 * pause
        with pytest.raises(problem):
            await here.sms.send(text())
        assert here.sms.account.problem == f"connect-{status}"


@pytest.mark.parametrize(
    ("speaks", "problem"), [(CMPP_3, "connect-3"), (SMGP, "login-21"), (SMPP, "bind-0x0e")]
)
async def test_a_wrong_secret_is_refused_by_the_proof(speaks: Speaks, problem: str) -> None:
    async with desk(speaks=speaks, secret="other") as here:
        await eventually(lambda: here.sms.account.problem == problem)
        with pytest.raises(Misconfigured):
            await here.sms.send(text())


@pytest.mark.parametrize(("version", "answers"), [(2, 3), (3, 2)])
async def test_a_login_answered_in_the_other_layout_is_understood(version: int, answers: int) -> None:
    async with desk(GatewayPlan(version=version, login_layout=answers, state="")) as here:
        assert (await here.sms.send(text())).parts == 1


async def test_a_silent_gateway_is_asked_and_then_given_up() -> None:
    limits = LinkLimits(idle_seconds=0.5, silences=1)
    async with desk(GatewayPlan(tests=False), limits=limits, sleep=lambda _: asyncio.sleep(0)) as here:
        await here.gateway.until(lambda: here.gateway.logins == 2)
        assert here.gateway.tested == 1


@kept
async def test_a_goodbye_is_answered_and_the_connection_made_again(speaks: Speaks) -> None:
    async with desk(speaks=speaks, sleep=lambda _: asyncio.sleep(0)) as here:
        await here.gateway.say_goodbye()
        await here.gateway.until(lambda: here.gateway.logins == 2)


async def test_several_connections_share_the_load() -> None:
    async with desk(GatewayPlan(state="", answer_seconds=0.01), connections=3) as here:
        await asyncio.gather(*(here.sms.send(text(delivery_id=f"d{one}")) for one in range(40)))
        assert here.gateway.connections == 3
        assert 10 <= here.gateway.most_unanswered <= 15  # of the busiest


async def test_without_a_connection_nothing_is_in_doubt() -> None:
    async with desk(sleep=never) as here:
        here.gateway.cut()
        await here.gateway.until(lambda: not here.gateway.connections)
        await eventually(lambda: here.sms.account.links == 0)
        with pytest.raises(Temporary) as raised:
            await here.sms.send(text())
        assert raised.value.code == "not-connected"


# --- what citizens write ---


@pytest.mark.parametrize(
    ("form", "content", "words"),
    [
        (8, "有人落水😱".encode("utf-16-be"), "有人落水😱"),
        (15, "有人落水".encode("gb18030"), "有人落水"),
        (0, b"help", "help"),
        (0, "救命".encode("gb18030"), "救命"),
        (25, "救命".encode("utf-16-be"), "救命"),
        (24, "救命".encode("utf-16-be"), "救命"),
    ],
)
@speaking
async def test_a_citizens_text_is_stored_and_then_answered(
    speaks: Speaks, form: int, content: bytes, words: str
) -> None:
    async with desk(speaks=speaks) as here:
        assert await here.gateway.push("8613800138000", "1211001", content, form=form) == 0
        (event,) = here.events
        assert isinstance(event, InboundMessage)
        assert (event.text, event.sender, event.recipient) == (words, PHONE, "1211001")


async def test_a_text_that_cannot_be_stored_is_not_answered_and_comes_again() -> None:
    async with desk() as here:
        here.refuses = 1
        content = "救命".encode("utf-16-be")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(here.gateway.push("13800138000", "12110", content, id=77), 0.2)
        assert await here.gateway.push("13800138000", "12110", content, id=77) == 0
        assert [event.provider_id for event in here.events] == [f"{77:016x}"]


@pytest.mark.parametrize(("udhi", "wide"), [(1, False), (0x40, False), (1, True)])
@each
async def test_parts_are_handed_on_as_parts(udhi: int, wide: bool, speaks: Speaks) -> None:
    async with desk(speaks=speaks) as here:
        contents = parts_of(0x1234, [b"\0a", b"\0b", b"\0c"], wide=wide)
        for content in reversed(contents):
            assert await here.gateway.push("13800138000", "12110", content, has_head=udhi) == 0
        parts = [event for event in here.events if isinstance(event, TextPart)]
        assert [(part.number, part.total, part.content) for part in parts] == [
            (3, 3, b"\0c"),
            (2, 3, b"\0b"),
            (1, 3, b"\0a"),
        ]
        assert {part.reference for part in parts} == {"1234" if wide else "34"}
