"""Our client of SMPP at a gateway of another make: npm's `smpp`, where it is installed."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from channels.adapter import Event
from channels.carrier.account import AccountSettings
from channels.carrier.gateway import GatewaySettings, GatewaySms
from channels.contract import InboundMessage, Receipt, ReceiptState
from channels.errors import Misconfigured, Temporary
from channels.smpp.dialect import Smpp, SmppSettings
from hub.runtime.clock import FakeClock
from tests.contract.channels.gateway_desk import LONG, eventually, text

SCRIPT = Path(__file__).parent / "smsc.js"


def _has_smpp() -> bool:
    node = shutil.which("node")
    return (
        node is not None
        and subprocess.run([node, "-e", 'require("smpp")'], capture_output=True).returncode == 0
    )


pytestmark = pytest.mark.skipif(
    not _has_smpp(), reason="needs node and npm's smpp (npm install smpp, its folder in NODE_PATH)"
)


@asynccontextmanager
async def connected(secret: str) -> AsyncIterator[tuple[GatewaySms, list[Event], list[dict[str, object]]]]:
    """The adapter, what it brought, and what the gateway took."""
    pipe = asyncio.subprocess.PIPE
    smsc = await asyncio.create_subprocess_exec("node", str(SCRIPT), stdin=pipe, stdout=pipe)
    assert smsc.stdout is not None
    port = json.loads(await smsc.stdout.readline())["port"]
    account = AccountSettings("sms-vendor", "127.0.0.1", port, lambda: secret, rate=5000)
    protocol = Smpp(SmppSettings("901234", "12110"))
    sms = GatewaySms(GatewaySettings(account, "12110"), protocol, FakeClock(), random.Random(7))
    events: list[Event] = []
    took: list[dict[str, object]] = []

    async def accept(event: Event) -> None:
        events.append(event)

    async def listen(lines: asyncio.StreamReader) -> None:
        while line := await lines.readline():
            took.append(json.loads(line))

    running = asyncio.ensure_future(sms.connect(accept))
    reading = asyncio.ensure_future(listen(smsc.stdout))
    try:
        await eventually(lambda: sms.account.links == 1 or sms.problem != "not-connected")
        yield sms, events, took
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        assert smsc.stdin is not None
        smsc.stdin.close()
        await asyncio.wait_for(smsc.wait(), 10)
        await reading


async def test_texts_receipts_and_what_citizens_write_pass_between_two_makes() -> None:
    async with connected("s3cret") as (sms, events, took):
        with pytest.raises(Temporary) as busy:
            await sms.send(text())
        assert busy.value.slow_down
        accepted = await sms.send(text())
        long = await sms.send(text(LONG, delivery_id="d2"))
        assert (accepted.parts, long.parts) == (1, 3)
        await eventually(lambda: len(events) == 5)
        (written,) = [one for one in events if isinstance(one, InboundMessage)]
        assert (written.text, written.sender.value) == ("护栏", "+8613800138000")
        receipts = [one for one in events if isinstance(one, Receipt)]
        assert {one.state for one in receipts} == {ReceiptState.DELIVERED}
        ids = {one.provider_id for one in receipts}
        assert ids == {*accepted.provider_ids, *long.provider_ids}
        assert [(one["to"], one["coding"], one["udh"], one["wants"]) for one in took] == [
            ("13800138000", 8, 0, 1),
            *[("13800138000", 8, 0x40, 1)] * 3,
        ]


async def test_a_wrong_secret_is_a_setting_of_ours() -> None:
    async with connected("other") as (sms, _, _):
        with pytest.raises(Misconfigured) as refused:
            await sms.send(text())
        assert refused.value.code == "bind-0x0e"
