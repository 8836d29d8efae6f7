"""Citizens write to a department's extension over the carrier; its own platform, bound by SMPP, is told."""

from __future__ import annotations

from pathlib import Path

from channels.loopback.cmpp import CmppGateway
from channels.smpp import pdu
from channels.smpp.pdu import Bind, Command
from hub.actions.departments.change_keys import KeyWanted
from hub.actions.departments.listener.logins import IssueLogin
from hub.model.departments.registered import RegisteredDepartment, SenderLine
from hub.model.units.unit import Unit
from hub.runtime.clock import SystemClock
from tests.contract.listener.listening import connected
from tests.journeys.talking import queue
from tests.ports import free_port
from tests.world import CMPP_ACCOUNT, World, eventually, world

CITIZEN, ACCUSER = "8613800139001", "8613800139002"
WORDS = "我的车停在河边，已经挪走了，请核对。"
REPORT = "我要举报你们交警支队的民警收受红包"


async def _login(hub: World) -> bytes:
    inner = hub.hub
    records, lines = inner.repositories.departments, (SenderLine("sms-12110", "77"),)
    unit = Unit("jj", "交警支队", "jj")
    department = RegisteredDepartment(
        "traffic", "交警支队", 1, "a", senders=lines, wants_texts=True, desk=unit.id
    )
    await inner.repositories.units.insert(unit)
    await inner.documents.commit([records.registry.insert(department)])
    await inner.departments.in_force.look()
    key = await inner.departments.change_keys.issue("traffic", KeyWanted("老平台"), by="a")
    issue = IssueLogin(inner.documents, records, inner.clock)
    login = await issue("traffic", key.key.id, by="a")
    return Bind(login.system_id, login.password).body()


async def test_a_text_reaches_the_desk_and_the_platform_and_a_report_the_inspectors(tmp_path: Path) -> None:
    gateway = CmppGateway(CMPP_ACCOUNT[0], CMPP_ACCOUNT[1], SystemClock().now_ms)
    port = free_port()
    async with gateway, world(tmp_path, cmpp_port=gateway.port, listeners={"smpp_listener": port}) as hub:
        await gateway.until(lambda: gateway.connections == 1)
        body = await _login(hub)
        for number, words in ((ACCUSER, REPORT), (CITIZEN, WORDS)):
            assert await gateway.push(number, "1211077", words.encode("utf-16-be")) == 0
        async with connected(port) as platform:
            assert await platform.status(Command.BIND_RECEIVER, body) == 0

            async def told() -> bool:
                return bool(platform.texts)

            assert await eventually(told)
            [text] = platform.texts
            assert pdu.placed(text)[1].decode("utf-16-be") == WORDS
            assert (text.source, text.destination) == (CITIZEN, "1211077")

            async def none_left() -> bool:
                return not [row async for row in hub.hub.documents.scan("listener_passed")]

            assert await eventually(none_left)
            assert len(platform.texts) == 1
        # The other one is behind the wall.
        [case] = await queue(hub)
        assert (case.origin.channel, case.unit_id) == ("sms-12110", "jj")
