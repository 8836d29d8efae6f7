"""Old scripts that send as they did to Kannel: its answers, its receipts, nothing of a request in a log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, urlencode

import aiohttp
import pytest
from yarl import URL

from channels.carrier.long_text import head
from channels.http import HttpClient
from channels.outbox.delivery import DeliveryState
from hub.actions.departments.callback_hosts import is_allowed
from hub.actions.departments.listener.tell_by_get import TellByGet
from hub.model.departments.registered import Contract
from hub.other_systems.department_callback import HttpCallbacks
from hub.web.machines.sendsms import PATH, SendsmsSite
from tests.contract.listener.listening import LONG, NUMBER, PHONE, Bench, listening

SIGNED = "【东城交警】"
HOSTS = frozenset({"127.0.0.1"})


@dataclass
class Script:
    """An old script. url: of the site."""

    bench: Bench
    http: aiohttp.ClientSession
    url: str

    async def send(self, query: str = "", **fields: str) -> tuple[int, str]:
        """Status and words. query: added as it is."""
        login = self.bench.login
        plain = {"username": login.system_id, "password": login.password, "to": PHONE, **fields}
        address = f"{self.url}{PATH}?{urlencode(plain)}{query}"
        async with self.http.get(URL(address, encoded=True)) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def script() -> AsyncIterator[Script]:
    async with listening(way="get") as bench, aiohttp.ClientSession() as http:
        site = SendsmsSite(
            bench.takes, bench.office.clock, partial(is_allowed, hosts=HOSTS), stop_seconds=0.1
        )
        port = await site.listen("127.0.0.1", 0)
        try:
            yield Script(bench, http, f"http://127.0.0.1:{port}")
        finally:
            await site.close()


ACCEPTED = (202, "0: Accepted for delivery")


async def test_a_text_is_in_the_outbox_when_it_is_accepted(script: Script) -> None:
    assert await script.send(text="护栏已修好", **{"from": NUMBER}) == ACCEPTED
    assert await script.bench.texts() == [SIGNED + "护栏已修好"]
    assert await script.send(text="护栏已修好", **{"from": NUMBER}) == ACCEPTED  # tried again
    assert len(await script.bench.texts()) == 1
    script.bench.office.clock.advance(seconds=121)
    assert await script.send(text="护栏已修好", **{"from": NUMBER}) == ACCEPTED
    assert len(await script.bench.texts()) == 2


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (f"&text={quote('护栏€')}", "护栏€"),
        (f"&coding=2&text={quote('护栏'.encode('utf-16-be'))}", "护栏"),
        (f"&coding=2&charset=UTF-8&text={quote('护栏')}", "护栏"),
        (f"&charset=gb2312&text={quote('护栏'.encode('gb18030'))}", "护栏"),
        ("&text=plain+words%21&charset=iso-8859-1", "plain words!"),
    ],
)
async def test_the_charsets_of_kannel_are_read(script: Script, query: str, words: str) -> None:
    assert await script.send(query) == ACCEPTED
    assert await script.bench.texts() == [SIGNED + words]


async def test_several_numbers_get_a_text_each(script: Script) -> None:
    assert await script.send(text="甲", to=f"{PHONE} +8613900139000 {PHONE} 12") == ACCEPTED
    assert await script.bench.texts() == [SIGNED + "甲"] * 2


async def test_parts_a_script_cut_itself_are_one_text(script: Script) -> None:
    cut = [LONG[:60], LONG[60:120], LONG[120:]]
    for number, words in enumerate(cut, start=1):
        udh, content = quote(head(9, 3, number)), quote(words.encode("utf-16-be"))
        assert await script.send(f"&coding=2&udh={udh}&text={content}") == ACCEPTED
    assert await script.bench.texts() == [SIGNED + LONG]


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"password": "wrong"}, 403, "Authorization failed for sendsms"),
        ({"username": "100000"}, 403, "Authorization failed for sendsms"),
        ({"to": ""}, 400, "Missing receiver number, rejected"),
        ({"to": "12"}, 400, "Number(s) has/have been denied by white- and/or black-lists."),
        ({"text": ""}, 400, "Empty text not allowed, rejected"),
        ({"from": "10690000"}, 400, "Sender not registered, rejected"),
        ({"coding": "1"}, 400, "Coding field misformed, rejected"),
        ({"coding": "x"}, 400, "Coding field misformed, rejected"),
        ({"charset": "klingon"}, 400, "Charset or body misformed, rejected"),
        ({"charset": "ascii", "text": "你好"}, 400, "Charset or body misformed, rejected"),
        ({"udh": "\x07\x00"}, 400, "UDH field misformed, rejected"),
        ({"validity": "soon"}, 400, "Validity field misformed, rejected"),
        ({"deferred": "999999"}, 400, "Deferred field misformed, rejected"),
        ({"dlr-mask": "64"}, 400, "DLR-Mask field misformed, rejected"),
        ({"dlr-mask": "3", "dlr-url": "https://elsewhere/"}, 400, "DLR-URL field misformed, rejected"),
        ({"text": "【别的部门】你好"}, 400, "Text not as agreed, rejected"),
    ],
)
async def test_what_is_wrong_is_told_in_kannels_words(
    script: Script, fields: dict[str, str], status: int, words: str
) -> None:
    assert await script.send(**{"text": "你好", **fields}) == (status, words)
    assert await script.bench.texts() == []


async def test_above_the_rate_and_the_quota_it_is_told(script: Script) -> None:
    office = script.bench.office
    await office.with_contract(Contract(parts_per_second=1))
    assert await script.send(text="甲") == ACCEPTED
    assert await script.send(text="乙") == (503, "Temporal failure, try again later.")
    office.clock.advance(seconds=1)
    assert await script.send(text="乙") == ACCEPTED
    await office.with_contract(daily_parts=2)
    assert await script.send(text="丙") == (403, "Daily quota used up, rejected")
    assert len(await script.bench.texts()) == 2


async def test_many_numbers_above_the_rate_go_on_where_they_ended(script: Script) -> None:
    await script.bench.office.with_contract(Contract(parts_per_second=2))
    numbers = " ".join(f"1380013800{last}" for last in range(4))
    assert (await script.send(text="甲", to=numbers))[0] == 503
    for _ in range(3):
        script.bench.office.clock.advance(seconds=1)
        status, _ = await script.send(text="甲", to=numbers)
    assert status == 202
    assert len(await script.bench.texts()) == 4


async def test_a_store_that_is_away_is_told(script: Script) -> None:
    await script.bench.office.documents.close()
    assert await script.send(text="甲") == (503, "Temporal failure, try again later.")


async def test_who_guesses_takes_no_more_than_its_room(script: Script) -> None:
    for _ in range(4):
        await script.send(text="甲", password="wrong")  # from now on it waits
    guesses = [asyncio.create_task(script.send(text="甲", password="wrong")) for _ in range(25)]
    answered, waiting = await asyncio.wait(guesses, return_when=asyncio.FIRST_COMPLETED)
    assert {task.result() for task in answered} == {(503, "Temporal failure, try again later.")}
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_only_a_get_of_that_path_sends(script: Script) -> None:
    query = f"?{urlencode({'username': script.bench.login.system_id, 'text': 'x'})}"
    for method, path, status in (("HEAD", PATH, 405), ("POST", PATH, 405), ("GET", "/", 404)):
        async with script.http.request(method, script.url + path + query) as answer:
            assert answer.status == status
    assert await script.bench.texts() == []


# --- receipts ------------------------------------------------------------------------------------


@dataclass
class Told:
    """A department's own server. lines: request lines that came. status: what it answers."""

    url: str = ""
    status: int = 200
    lines: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        self.lines.append(asked.decode().partition("\r\n")[0])
        writer.write(f"HTTP/1.1 {self.status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def told() -> AsyncIterator[Told]:
    one = Told()
    server = await asyncio.start_server(one.talk, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/dlr"
    async with server:
        yield one


@pytest.fixture
async def tell(script: Script) -> AsyncIterator[TellByGet]:
    office = script.bench.office
    async with HttpClient() as http:
        door = HttpCallbacks(http, office.clock, partial(is_allowed, hosts=HOSTS), timeout_seconds=5)
        yield TellByGet(office.documents, office.records.listened, door, office.clock)


async def _ended(script: Script, state: DeliveryState) -> str:
    [id] = [row.id async for row in script.bench.office.documents.scan("outbox")]
    await script.bench.end(id, state)
    await script.bench.pass_time(1)
    return id


async def test_a_receipt_is_a_get_of_the_address_until_it_is_taken(script: Script, tell: TellByGet) -> None:
    async with told() as there:
        address = f"{there.url}?nr=7&st=%d&to=%p&of=%P&id=%I&at=%t&x=%z"
        fields = {"from": NUMBER, "dlr-mask": "3", "dlr-url": address}
        assert await script.send(text="甲", **fields) == ACCEPTED
        id = await _ended(script, DeliveryState.DELIVERED)
        there.status = 500
        await tell.step()
        await tell.step()
        assert len(there.lines) == 1
        there.status = 204
        script.bench.office.clock.advance(seconds=3600)
        await tell.step()
        await tell.step()
        assert there.lines[1:] == [
            f"GET /dlr?nr=7&st=1&to={PHONE}&of={NUMBER}&id={id}&at=2026-09-22%2012%3A00&x=%z HTTP/1.1"
        ]
    assert [row async for row in script.bench.office.documents.scan("listener_receipts")] == []


@pytest.mark.parametrize(
    ("mask", "state", "told_of"),
    [
        ("1", DeliveryState.DELIVERED, ["1"]),
        ("1", DeliveryState.SUPPRESSED, []),
        ("2", DeliveryState.SUPPRESSED, ["2"]),
        ("31", DeliveryState.SUPPRESSED, ["2"]),
        ("28", DeliveryState.DELIVERED, []),
    ],
)
async def test_a_script_is_told_of_what_it_asked_for(
    script: Script, tell: TellByGet, mask: str, state: DeliveryState, told_of: list[str]
) -> None:
    async with told() as there:
        await script.send(text="甲", **{"dlr-mask": mask, "dlr-url": f"{there.url}?%d"})
        await _ended(script, state)
        await tell.step()
        assert [line.split("?")[1].split(" ")[0] for line in there.lines] == told_of
    assert [row async for row in script.bench.office.documents.scan("listener_receipts")] == []


async def test_a_host_that_was_struck_off_is_not_visited(script: Script) -> None:
    office = script.bench.office
    async with told() as there, HttpClient() as http:
        await script.send(text="甲", **{"dlr-mask": "3", "dlr-url": there.url})
        await _ended(script, DeliveryState.DELIVERED)
        door = HttpCallbacks(http, office.clock, lambda url: False, timeout_seconds=5)
        await TellByGet(office.documents, office.records.listened, door, office.clock).step()
        assert there.lines == []


# --- nothing of a request anywhere ---------------------------------------------------------------


async def test_nothing_of_a_request_is_logged(
    script: Script, tell: TellByGet, caplog: pytest.LogCaptureFixture
) -> None:
    """Not of one that is taken, refused, broken, cannot be read or fails within; not of a receipt."""
    caplog.set_level(0)
    logging.getLogger("aiohttp.server").setLevel(0)
    async with told() as there:
        there.status = 500
        receipt = {"dlr-mask": "3", "dlr-url": f"{there.url}?secret=k9k9&to=%p"}
        await script.send(text="机密", **receipt)
        await _ended(script, DeliveryState.DELIVERED)
        await tell.step()
    await script.send(text="机密", password="hunter2")
    await script.send(text="机密", charset="ascii")
    await script.send(text="机密", to="12")
    await script.send(text="机密" * 9000)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(script.url.rpartition(":")[2]))
    writer.write(f"GET {PATH}?password=hunter2&to={PHONE} HTTP/9.x\r\n\r\n".encode())
    assert (await reader.read()).startswith(b"HTTP/1.")
    writer.close()
    await script.bench.office.documents.close()
    await script.send(text="机密")
    logged = [record.getMessage() + repr(vars(record)) for record in caplog.records]
    ours = [line for line in logged if "asyncio" not in line]
    assert ours
    for secret in (PHONE, "hunter2", script.bench.login.password, "机密", quote("机密"), "k9k9", PATH):
        assert not any(secret in line for line in ours), secret


async def test_nothing_of_it_is_readable_in_the_store(script: Script) -> None:
    await script.send(text="甲", **{"dlr-mask": "3", "dlr-url": "http://127.0.0.1:9/?secret=k9k9"})
    stored = repr([row async for row in script.bench.office.documents.scan("listener_receipts")])
    assert PHONE not in stored
    assert "k9k9" not in stored
