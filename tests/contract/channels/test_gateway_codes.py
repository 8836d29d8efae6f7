"""What each protocol makes of a text, and what each code of a gateway means."""

from __future__ import annotations

import asyncio

import pytest

from channels.carrier.link import LinkLimits
from channels.contract import (
    Accepted,
)
from channels.errors import Ambiguous, Misconfigured, Permanent, SendError, Temporary
from channels.loopback.gateway import Fault, GatewayPlan, Trouble
from channels.loopback.sgip import SgipGateway
from tests.contract.channels.gateway_desk import (
    SGIP,
    SMGP,
    SMPP,
    desk,
    eventually,
    text,
)


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


async def test_sgip_says_that_a_gateway_cannot_be_reached_until_it_can() -> None:
    """Nothing is connected while nothing is to leave: that alone is no trouble."""
    again = asyncio.Event()

    async def sleep(_: float) -> None:
        await again.wait()

    async with desk(speaks=SGIP, sleep=sleep) as here:
        assert here.sms.problem == ""
        port = here.gateway.port
        await here.gateway.stop()
        sending = asyncio.ensure_future(here.sms.send(text()))
        await eventually(lambda: here.sms.problem == "not-connected")
        await here.gateway.start(port)
        again.set()
        await sending
        assert here.sms.problem == ""
