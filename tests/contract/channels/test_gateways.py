"""The adapter of carriers against played gateways: every row of the table of faults, on loopback sockets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from channels.adapter import Event
from channels.address import Address, AddressKind
from channels.carrier.account import AccountSettings
from channels.carrier.gateway import GatewaySettings, GatewaySms, Listening, Protocolled
from channels.carrier.link import LinkLimits
from channels.cmpp.dialect import Cmpp, CmppSettings
from channels.contract import (
    Accepted,
    InboundMessage,
    OutboundMessage,
    Receipt,
    ReceiptState,
    TextPart,
)
from channels.errors import Ambiguous, Misconfigured, Permanent, SendError, Temporary
from channels.loopback.cmpp import CmppGateway
from channels.loopback.gateway import Fault, GatewayPlan, PlayedGateway, Trouble, parts_of
from channels.loopback.sgip import SgipGateway
from channels.loopback.smgp import SmgpGateway
from channels.loopback.smpp import SmppGateway
from channels.sgip.dialect import Sgip, SgipSettings
from channels.smgp.dialect import Smgp, SmgpSettings
from channels.smpp.dialect import Smpp, SmppSettings
from hub.runtime.clock import FakeClock

ACCOUNT = "901234"
PHONE = Address(AddressKind.PHONE, "+8613800138000")
LONG = "河边护栏断了一截，怕有人掉下去。" * 9  # 144 characters: three parts
LIMITS = LinkLimits(answer_seconds=1.0, idle_seconds=60)


def text(words: str = "护栏已修好", *, delivery_id: str = "d1", to: Address = PHONE) -> OutboundMessage:
    return OutboundMessage(delivery_id, 1, "sms-mobile", to, words)


@dataclass(frozen=True, slots=True)
class Speaks:
    """A protocol: its played gateway, and its codes for busy and for a number that does not exist."""

    name: str
    version: int
    gateway: type[PlayedGateway]
    busy: int
    bad_number: int
    login: str

    def protocol(self, secret: str, version: int, clock: FakeClock, more: Mapping[str, Any]) -> Protocolled:
        if self.gateway is SgipGateway:
            return Sgip(
                SgipSettings(ACCOUNT, secret, "smg", "s3cret", 3059112345, "12110", "12345", **more), clock
            )
        if self.gateway is SmppGateway:
            return Smpp(SmppSettings(ACCOUNT, secret, "12110", **more))
        if self.gateway is SmgpGateway:
            return Smgp(SmgpSettings(ACCOUNT, secret, "12110", version, **more), clock)
        return Cmpp(CmppSettings(ACCOUNT, secret, "12110", version, **more), clock)

    def plan(self, **how: Any) -> GatewayPlan:
        return GatewayPlan(**{"version": self.version, "state": "", **how})


CMPP_2 = Speaks("cmpp 2.0", 2, CmppGateway, 8, 13, "connect")
CMPP_3 = Speaks("cmpp 3.0", 3, CmppGateway, 8, 13, "connect")
SMGP = Speaks("smgp 3.0", 3, SmgpGateway, 1, 47, "login")
SMPP = Speaks("smpp 3.4", 3, SmppGateway, 0x58, 0x0B, "bind")
SGIP = Speaks("sgip 1.2", 3, SgipGateway, 88, 6, "bind")
speaking = pytest.mark.parametrize("speaks", [CMPP_2, CMPP_3, SMGP, SMPP, SGIP], ids=lambda one: one.name)
kept = pytest.mark.parametrize("speaks", [CMPP_3, SMGP, SMPP], ids=lambda one: one.name)
each = pytest.mark.parametrize("speaks", [CMPP_3, SMGP, SMPP, SGIP], ids=lambda one: one.name)


@dataclass
class Desk:
    """The hub's side: an adapter, and everything it brought."""

    sms: GatewaySms
    gateway: PlayedGateway
    events: list[Event] = field(default_factory=list)
    refuses: int = 0
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def accept(self, event: Event) -> None:
        if self.refuses:
            self.refuses -= 1
            raise OSError("the store is away")
        async with self.arrived:
            self.events.append(event)
            self.arrived.notify_all()

    async def until(self, count: int) -> list[Event]:
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.events) >= count)
        return self.events


async def eventually(holds: Callable[[], bool]) -> None:
    """Returns when it holds; what it looks at changes on the event loop."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 — nothing tells
            await asyncio.sleep(0)


async def never(_: float) -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def desk(
    plan: GatewayPlan | None = None,
    *,
    speaks: Speaks = CMPP_3,
    limits: LinkLimits = LIMITS,
    connections: int = 1,
    secret: str = "s3cret",
    sleep: Callable[[float], Awaitable[None]] | None = None,
    patience_seconds: float = 15.0,
    allowed: tuple[str, ...] = (),
    **more: Any,
) -> AsyncIterator[Desk]:
    """An adapter that is connected, unless the gateway does not let it in."""
    clock = FakeClock()
    plan = plan or speaks.plan()
    async with speaks.gateway(ACCOUNT, "s3cret", clock.now_ms, plan) as gateway:
        is_sgip = speaks is SGIP  # nothing is connected before it is needed; what comes is brought to us
        account = AccountSettings(
            "sms-mobile",
            "127.0.0.1",
            gateway.port,
            connections,
            rate=5000,
            limits=limits,
            on_demand=is_sgip,
        )
        settings = GatewaySettings(
            account,
            "12110",
            country_code="86" if is_sgip else "none",
            patience_seconds=patience_seconds,
            listen=Listening("127.0.0.1", 0, allowed) if is_sgip else None,
        )
        protocol = speaks.protocol(secret, 0x10 * plan.version, clock, more)
        sms = GatewaySms(settings, protocol, clock, random.Random(7))
        if sleep is not None:
            sms.account._sleep = sleep
        here = Desk(sms, gateway)
        running = asyncio.ensure_future(sms.connect(here.accept))
        try:
            if isinstance(gateway, SgipGateway):
                await eventually(lambda: sms.listens_on > 0)
                gateway.reach(sms.listens_on)
            else:
                await gateway.until(lambda: gateway.logins >= connections)
            if gateway.connections == connections:
                await eventually(lambda: sms.account.links == connections)
            yield here
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


@pytest.mark.parametrize("version", [2, 3])
async def test_a_text_is_taken_with_its_fields_in_their_places(version: int) -> None:
    async with desk(GatewayPlan(version=version, state=""), service_id="ALARM") as here:
        accepted = await here.sms.send(text())
        (part,) = here.gateway.taken
        assert accepted == Accepted((part.id,), 1, by_part=True)
        assert part.content.decode("utf-16-be") == "护栏已修好"
        assert (part.text("Src_Id"), part.text("Dest_terminal_Id")) == ("12110", "13800138000")
        assert (part.text("Service_Id"), part.text("Msg_src")) == ("ALARM", "901234")
        assert [part.number(name) for name in ("Pk_total", "Pk_number", "DestUsr_tl", "Msg_Fmt")] == [
            1,
            1,
            1,
            8,
        ]
        assert [part.number(name) for name in ("Registered_Delivery", "Fee_UserType", "TP_udhi")] == [1, 2, 0]


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


# --- results ---


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (1, Permanent),
        (3, Temporary),
        (5, Misconfigured),
        (6, Permanent),
        (8, Temporary),
        (10, Misconfigured),
        (13, Permanent),
        (77, Permanent),
        (101, Temporary),
    ],
)
async def test_each_result_is_a_decision(code: int, problem: type[SendError]) -> None:
    async with desk(busy=frozenset({101})) as here:
        here.gateway.faults.append(Fault(Trouble.RESULT, code=code))
        with pytest.raises(problem) as raised:
            await here.sms.send(text())
        assert raised.value.code == str(code)
        assert not isinstance(raised.value, Temporary) or raised.value.slow_down == (code != 3)
        assert not isinstance(raised.value, Permanent) or raised.value.invalid_address == (code == 13)
        assert here.gateway.taken == []


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (1, Temporary),
        (2, Temporary),
        (10, Permanent),
        (21, Misconfigured),
        (37, Permanent),
        (44, Misconfigured),
        (47, Permanent),
        (58, Permanent),
        (74, Temporary),
        (75, Temporary),
        (76, Misconfigured),
        (99, Permanent),
        (130, Temporary),
    ],
)
async def test_each_status_of_smgp_is_a_decision(status: int, problem: type[SendError]) -> None:
    async with desk(speaks=SMGP, busy=frozenset({130})) as here:
        here.gateway.faults.append(Fault(Trouble.RESULT, code=status))
        with pytest.raises(problem) as raised:
            await here.sms.send(text())
        assert raised.value.code == str(status)
        assert not isinstance(raised.value, Permanent) or raised.value.invalid_address == (status == 47)


async def test_a_text_over_smgp_has_its_fields_in_their_places() -> None:
    async with desk(speaks=SMGP, service_id="ALARM") as here:
        accepted = await here.sms.send(text())
        (part,) = here.gateway.taken
        assert accepted == Accepted((part.id,), 1, by_part=True)
        assert part.content.decode("utf-16-be") == "护栏已修好"
        assert (part.text("SrcTermID"), part.text("DestTermID")) == ("12110", "13800138000")
        assert (part.text("ServiceID"), part.text("FeeType"), part.text("FixedFee")) == (
            "ALARM",
            "00",
            "000000",
        )
        assert [part.number(name) for name in ("MsgType", "NeedReport", "MsgFormat")] == [6, 1, 8]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (0x01, Permanent),
        (0x0A, Misconfigured),
        (0x0B, Permanent),
        (0x14, Temporary),
        (0x45, Temporary),
        (0x58, Temporary),
        (0x64, Temporary),
        (0x403, Permanent),
    ],
)
async def test_each_status_of_smpp_is_a_decision(status: int, problem: type[SendError]) -> None:
    async with desk(speaks=SMPP) as here:
        here.gateway.faults.append(Fault(Trouble.RESULT, code=status))
        with pytest.raises(problem) as raised:
            await here.sms.send(text())
        assert raised.value.code == f"0x{status:02x}"
        assert not isinstance(raised.value, Permanent) or raised.value.invalid_address == (status == 0x0B)


async def test_a_text_over_smpp_has_its_fields_in_their_places() -> None:
    async with desk(speaks=SMPP, service_type="CMT") as here:
        await here.sms.send(text())
        (part,) = here.gateway.taken
        assert part.content.decode("utf-16-be") == "护栏已修好"
        assert (part.source, part.destination, part.text("service_type")) == ("12110", "13800138000", "CMT")
        names = ("esm_class", "registered_delivery", "data_coding")
        assert [part.number(name) for name in names] == [0, 1, 8]


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        (1, Misconfigured),
        (3, Temporary),
        (5, Permanent),
        (6, Permanent),
        (11, Temporary),
        (88, Temporary),
        (99, Permanent),
    ],
)
async def test_each_result_of_sgip_is_a_decision(result: int, problem: type[SendError]) -> None:
    async with desk(speaks=SGIP) as here:
        here.gateway.faults.append(Fault(Trouble.RESULT, code=result))
        with pytest.raises(problem) as raised:
            await here.sms.send(text())
        assert raised.value.code == str(result)
        assert not isinstance(raised.value, Permanent) or raised.value.invalid_address == (result == 6)


async def test_a_text_over_sgip_has_its_fields_in_their_places_and_an_id_before_its_answer() -> None:
    async with desk(speaks=SGIP, service_type="ALARM") as here:
        here.gateway.faults.append(Fault(Trouble.CUT))
        with pytest.raises(Ambiguous) as raised:
            await here.sms.send(text())
        (part,) = here.gateway.taken
        assert raised.value.part_ids == (part.id,)
        assert part.content.decode("utf-16-be") == "护栏已修好"
        assert (part.source, part.destination) == ("12110", "8613800138000")
        assert [part.text(name) for name in ("CorpId", "ServiceType")] == ["12345", "ALARM"]
        names = ("UserCount", "MorelatetoMTFlag", "ReportFlag", "MessageCoding")
        assert [part.number(name) for name in names] == [1, 2, 1, 8]
        assert part.id.startswith(f"{3059112345:08x}")


async def test_sgip_connects_when_something_is_to_leave_and_says_goodbye_when_nothing_is() -> None:
    limits = LinkLimits(answer_seconds=1.0, idle_seconds=0.2)
    async with desk(speaks=SGIP, limits=limits) as here:
        assert (here.gateway.logins, here.sms.problem) == (0, "")
        await here.sms.send(text())
        await here.gateway.until(lambda: not here.gateway.connections)
        assert here.sms.account.links == 0
        await here.sms.send(text(delivery_id="d2"))
        assert here.gateway.logins == 2


@pytest.mark.parametrize(("peer", "allowed"), [("stranger", ()), ("smg", ("192.0.2.1",))])
async def test_who_is_not_the_gateway_brings_nothing(peer: str, allowed: tuple[str, ...]) -> None:
    async with desk(speaks=SGIP, allowed=allowed) as here:
        assert isinstance(here.gateway, SgipGateway)
        here.gateway.peer = peer
        assert await here.gateway.push("13800138000", "12110", b"\0a") != 0
        assert here.events == []


async def test_what_is_brought_without_a_login_is_refused() -> None:
    async with desk(speaks=SGIP) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.sms.listens_on)
        body = b"13800138000".ljust(21, b"\0") + b"12110".ljust(21, b"\0") + b"\0\0\x08\0\0\0\2\0a" + bytes(8)
        writer.write((20 + len(body)).to_bytes(4, "big") + b"\0\0\0\4" + bytes(12) + body)
        answer = await reader.readexactly(29)
        assert (answer[4:8], answer[20]) == (b"\x80\0\0\4", 1)
        assert await reader.read() == b""
        writer.close()
        assert here.events == []


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
async def test_parts_are_handed_on_as_parts(udhi: int, wide: bool) -> None:
    async with desk() as here:
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
