"""A gateway's secret is changed while the hub runs: nothing is lost, nothing falls into doubt."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from channels.carrier.link import LinkLimits
from channels.contract import Accepted
from channels.errors import Misconfigured
from hub.settings.table import Secret, SecretFile, secret_now
from tests.contract.channels.gateway_desk import SGIP, Speaks, at_once, desk, eventually, kept, text

QUICK = LinkLimits(answer_seconds=5, idle_seconds=0.05)


def test_a_secret_of_a_file_is_read_again_and_kept_while_it_cannot_be(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("first\n")
    secret = TypeAdapter(Secret).validate_python(f"file:{path}")
    assert isinstance(secret, SecretFile)
    assert "first" not in repr(secret)
    path.write_text("second\n")
    assert (secret.get_secret_value(), secret_now(secret)) == ("first", "second")
    for content in (b"", b"\xff\xfe"):  # being written
        path.write_bytes(content)
        assert secret_now(secret) == "first"
    path.unlink()
    assert secret_now(secret) == "first"


@kept
async def test_connections_are_made_anew_one_after_the_other(speaks: Speaks) -> None:
    secret = "s3cret"
    plan = speaks.plan(answer_seconds=0.02)
    async with desk(
        plan, speaks=speaks, secret=lambda: secret, connections=2, limits=QUICK, sleep=at_once
    ) as here:
        gateway, account = here.gateway, here.sms.account
        least = 2

        async def traffic() -> list[Accepted]:
            nonlocal least
            sent = []
            while gateway.logins < 4 or account.links < 2:
                sent += await asyncio.gather(*(here.sms.send(text(delivery_id=f"d{n}")) for n in range(8)))
                least = min(least, account.links)
            return sent

        gateway.rotate("n3w")
        secret = "n3w"
        async with asyncio.timeout(10):
            sent = await traffic()
        assert sorted(one.provider_id for one in sent) == sorted(part.id for part in gateway.taken)
        assert least == 1
        assert gateway.logins == 4


async def test_while_the_gateway_refuses_the_new_one_other_connections_carry_on() -> None:
    secret = "s3cret"
    pauses: asyncio.Queue[float] = asyncio.Queue()
    again = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.put_nowait(seconds)
        await again.wait()

    async with desk(secret=lambda: secret, connections=2, limits=QUICK, sleep=sleep) as here:
        secret = "n3w"
        assert await pauses.get() >= 45
        assert isinstance(await here.sms.send(text()), Accepted)
        assert here.sms.account.links == 1
        here.gateway.rotate("n3w")
        again.set()
        await eventually(lambda: here.sms.account.links == 2)


async def test_where_connections_are_made_on_demand_the_next_one_uses_it() -> None:
    secret = "s3cret"
    async with desk(speaks=SGIP, secret=lambda: secret, sleep=at_once) as here:
        here.gateway.rotate("n3w")
        with pytest.raises(Misconfigured):
            await here.sms.send(text())
        secret = "n3w"
        await eventually(lambda: here.sms.account.links == 1)
        assert isinstance(await here.sms.send(text()), Accepted)
