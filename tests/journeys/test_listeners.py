"""A running hub with its listeners open: a login from the page, a sandbox text over each, its receipts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from channels.carrier.gateway import Report
from channels.contract import ReceiptState
from channels.smpp.pdu import Bind, Command
from hub.model.agent import Role
from tests.contract.listener import cmpp_system
from tests.contract.listener.listening import PHONE, connected, text
from tests.journeys.test_department_pages import FORM, Staff, signed_in
from tests.ports import free_port
from tests.world import World, browser, world


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[World]:
    tables = ("smpp_listener", "cmpp_listener", "sendsms_listener")
    async with world(tmp_path, listeners={table: free_port() for table in tables}) as running:
        yield running


async def test_a_login_from_the_page_binds_sends_and_is_told(hub: World) -> None:
    async with browser(hub.url) as http:
        admin = await signed_in(hub, http, Role.ADMIN, "admin")
        await admin.post("/staff/departments/new", {**FORM, "id": "traffic"})
        wanted = {"name": "老平台", "class_N": "yes", "scope_sms_submit": "yes", "sandbox": "yes"}
        await admin.post("/staff/departments/traffic/keys", wanted)
        name, password, secret = await _issued(hub, admin)
    await asyncio.gather(
        _by_smpp(hub, name, password), _by_cmpp(hub, name, secret), _by_get(hub, name, password)
    )


async def _by_smpp(hub: World, name: str, password: str) -> None:
    async with connected(hub.hub.settings.smpp_listener.port) as one:
        assert await one.status(Command.BIND_TRANSCEIVER, Bind(name, password).body()) == 0
        status, id = await one.submit(text(source="", wants_receipt=True))
        assert status == 0
        async with asyncio.timeout(10):
            await one.came.wait()
        assert one.receipts[0].startswith(f"id:{id} sub:001 dlvrd:001")


async def _by_get(hub: World, name: str, password: str) -> None:
    query = urlencode({"username": name, "password": password, "to": PHONE, "text": "护栏"})
    site = f"http://127.0.0.1:{hub.hub.settings.sendsms_listener.port}/cgi-bin/sendsms"
    async with aiohttp.ClientSession() as http, http.get(f"{site}?{query}") as answer:
        assert (answer.status, await answer.text()) == (202, "0: Accepted for delivery")


async def _by_cmpp(hub: World, name: str, secret: str) -> None:
    async with cmpp_system.connected(hub.hub.settings.cmpp_listener.port) as one:
        await cmpp_system.log_in(one, name, secret, hub.hub.clock)
        result, number = await one.submit(cmpp_system.text(source="", wants_receipt=True))
        assert result == 0
        async with asyncio.timeout(10):
            await one.came.wait()
        [report] = one.reports
        assert isinstance(report, Report)
        assert (int(report.id, 16), report.state) == (number, ReceiptState.DELIVERED)


async def _issued(hub: World, admin: Staff) -> list[str]:
    path = "/staff/departments/traffic/listener"
    [key] = await hub.hub.repositories.departments.keys.of_department("traffic")
    assert "还没有账号" in (await admin.get(path))[1]
    status, page = await admin.post(f"{path}/{key.id}", {}, form=path)
    assert status == 200
    shown = re.findall(r'dept-secret"><span class="label">[^<]+</span><span class="code">(\w+)<', page)
    _, again = await admin.get(path)
    assert shown[0] in again
    assert shown[1] not in again
    assert shown[2] not in again
    return shown
