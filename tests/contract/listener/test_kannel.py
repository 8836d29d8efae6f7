"""An unmodified Kannel at ten parts a second, where it is installed (Debian: kannel): it binds, submits 120
texts at once, is told when it is too fast, loses nothing, gets its receipts and a citizen's text. In real
time, half a minute:

    pytest -n0 tests/contract/listener/test_kannel.py
"""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlencode

import aiohttp
import pytest

from hub.jobs.repeat import repeat
from hub.model.departments.registered import Contract
from tests.contract.listener.listening import LONG, NUMBER, PHONE, Bench, listening
from tests.contract.listener.test_passed_texts import WANTS, stored
from tests.ports import free_port
from tests.world import eventually

pytestmark = pytest.mark.skipif(shutil.which("bearerbox") is None, reason="Kannel is not installed")

_CONFIGURATION = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = admin
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
log-file = {folder}/bearerbox.log
log-level = 0
dlr-storage = internal
sms-resend-freq = 1

group = smsc
smsc = smpp
smsc-id = hub
host = 127.0.0.1
port = {port}
transceiver-mode = true
smsc-username = {name}
smsc-password = {password}
system-type = ""
throughput = 12
wait-ack = 30

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
sendsms-interface = 127.0.0.1
global-sender = {number}
log-file = {folder}/smsbox.log
log-level = 0

group = sendsms-user
username = script
password = script
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
get-url = "{told}?%p|%b"
"""


class Told:
    """The department's own server: which texts ended, by their numbers."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readuntil(b"\r\n\r\n")).decode().partition(" HTTP")[0]
        self.ended.append(line.partition("?")[2])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def kannel(bench: Bench, folder: Path, told: str) -> AsyncIterator[str]:
    """Runs both its programs; the address of its own sendsms. told: where texts of citizens go."""
    http, admin, box = free_port(), free_port(), free_port()
    configuration = folder / "kannel.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            admin=admin,
            box=box,
            folder=folder,
            port=bench.port,
            name=bench.login.system_id,
            password=bench.login.password,
            http=http,
            number=NUMBER,
            told=told,
        )
    )
    running: list[Process] = []
    try:
        for program, port in (("bearerbox", box), ("smsbox", http)):
            running.append(
                await asyncio.create_subprocess_exec(program, configuration, stdout=DEVNULL, stderr=DEVNULL)
            )
            await _listens(port)
        yield f"http://127.0.0.1:{http}/cgi-bin/sendsms"
    finally:
        for one in reversed(running):
            one.kill()
            await one.wait()


async def _listens(port: int) -> None:
    async def reached() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    await eventually(reached)


async def _submitted(url: str, told: str) -> None:
    async with aiohttp.ClientSession() as http:

        async def send(number: int) -> None:
            words = f"{number:03d}{LONG}"[: len(LONG)] if number % 6 == 0 else f"第{number}条"
            fields = {
                "username": "script",
                "password": "script",
                "to": f"8613900{number:06d}",
                "coding": "2",
                "charset": "UTF-8",
                "text": words,
                "dlr-mask": "3",
                "dlr-url": f"{told}?{number}-%d",
            }
            async with http.get(f"{url}?{urlencode(fields)}") as answer:
                assert answer.status == 202, await answer.text()

        await asyncio.gather(*(send(number) for number in range(120)))


async def test_kannel_loses_nothing_and_gets_its_receipts(tmp_path: Path) -> None:
    told = Told()
    server = await asyncio.start_server(told.talk, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/dlr"
    async with server, listening() as bench:
        await bench.office.with_contract(Contract(parts_per_second=10))

        async def all_came() -> bool:
            return len(await bench.texts()) >= 120

        async def all_told() -> bool:
            await bench.follow.step()
            return len(told.ended) >= 120

        async def a_tick() -> None:
            bench.office.clock.advance(seconds=0.1)

        ticking = asyncio.create_task(repeat(a_tick, pause_seconds=0.1))
        telling = asyncio.create_task(repeat(bench.tell.step, pause_seconds=0.1))
        async with kannel(bench, tmp_path, address) as url:
            await _submitted(url, address)
            await eventually(all_came, seconds=90)
            for id in [row.id async for row in bench.office.documents.scan("outbox")]:
                await bench.end(id)
            await eventually(all_told, seconds=60)
            receipts, told.ended = told.ended, []
            await bench.office.registered(WANTS)
            await stored(bench, LONG)

            async def heard() -> bool:
                return bool(told.ended)

            await eventually(heard)
        ticking.cancel()
        telling.cancel()
        texts = await bench.texts()
        assert len(texts) == len(set(texts)) == 120
        assert sorted(receipts) == sorted(f"{number}-1" for number in range(120))
        [heard_of] = told.ended
        number, _, words = unquote_to_bytes(heard_of.replace("+", " ")).partition(b"|")
        assert (number.strip(), words.decode("utf-16-be")) == (f"+86{PHONE}".encode(), LONG)
        assert "0x00000058" in (tmp_path / "bearerbox.log").read_text(errors="replace")
