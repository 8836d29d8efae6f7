"""Requests over kept connections: none gets the answer of another, and every wait has an end."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels.http import AnswerLost, AnswerTooLarge, Destination, HttpClient, NotReached, destination

Answering = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """Counts its connections and answers every body by `answer`."""

    def __init__(self, answer: Answering) -> None:
        self.connections = 0
        self.heads: list[bytes] = []
        self.url = ""
        self._answer = answer

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                await self._answer(await reader.readexactly(length), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def to(self, **given: float) -> Destination:
        return destination(self.url, {"X-Token": "t"}, **{"total_seconds": 5, **given})  # type: ignore[arg-type]


@asynccontextmanager
async def peer(answer: Answering, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    """A server on loopback."""
    one = Peer(answer)
    server = await asyncio.start_server(one.talk, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    one.url = f"https://localhost:{port}/a?b=1" if tls else f"http://127.0.0.1:{port}/a?b=1"
    try:
        yield one
    finally:
        server.close()


def said(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def echo(body: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(said(body))


async def test_requests_one_after_the_other_share_a_connection() -> None:
    async with peer(echo) as there, HttpClient() as http:
        to = there.to()
        for body in (b"one", b"two", "三".encode()):
            assert (await http.post(to, body)).body == body
        assert there.connections == 1
        port = there.url.rpartition(":")[2].partition("/")[0]
        assert there.heads[0].startswith(b"POST /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:" + port.encode())
        assert b"\r\nX-Token: t\r\n" in there.heads[0]


async def test_headers_of_one_request_take_the_place_of_the_usual_ones() -> None:
    async with peer(echo) as there, HttpClient() as http:
        to = there.to()
        await http.post(to, b"", headers={"x-token": "other", "Host": "name.example"})
        await http.post(to, b"")
    assert b"x-token: other" in there.heads[0]
    assert b"Host: name.example" in there.heads[0]
    assert there.heads[0].lower().count(b"x-token") == there.heads[0].count(b"Host:") == 1
    assert b"X-Token: t" in there.heads[1]


async def test_requests_at_once_get_their_own_answers() -> None:
    async with peer(echo) as there, HttpClient(connections=4) as http:
        to = there.to()
        bodies = [str(n).encode() for n in range(40)]
        answers = await asyncio.gather(*(http.post(to, body) for body in bodies))
        assert [answer.body for answer in answers] == bodies
        assert there.connections == 4


async def test_a_header_cannot_smuggle_another() -> None:
    with pytest.raises(ValueError, match="line break"):
        destination("http://127.0.0.1:1/", {"X": "a\r\nY: b"}, total_seconds=1)


async def test_a_connection_the_peer_ends_is_not_used_again() -> None:
    async def once(body: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(said(body, "Connection: close"))
        writer.close()

    async with peer(once) as there, HttpClient() as http:
        for body in (b"one", b"two"):
            assert (await http.post(there.to(), body)).body == body
        assert there.connections == 2


async def test_a_word_nobody_asked_for_is_given_to_nobody() -> None:
    async def twice(body: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(said(body) + said(b"early"))

    async with peer(twice) as there, HttpClient() as http:
        assert [(await http.post(there.to(), body)).body for body in (b"one", b"two")] == [b"one", b"two"]


async def test_the_answer_to_who_has_gone_is_given_to_nobody() -> None:
    came, go_on = asyncio.Event(), asyncio.Event()

    async def late(body: bytes, writer: asyncio.StreamWriter) -> None:
        if body == b"one":
            came.set()
            await go_on.wait()
        writer.write(said(body))

    async with peer(late) as there, HttpClient(connections=1) as http:
        first = asyncio.create_task(http.post(there.to(), b"one"))
        await came.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        go_on.set()
        assert (await http.post(there.to(), b"two")).body == b"two"


async def test_what_takes_too_long_may_have_been_seen_and_what_waits_too_long_was_not() -> None:
    came = asyncio.Event()

    async def never(body: bytes, writer: asyncio.StreamWriter) -> None:
        came.set()

    async with peer(never) as there, HttpClient(connections=1) as http:
        first = asyncio.create_task(http.post(there.to(total_seconds=0.2), b"one"))
        await came.wait()
        with pytest.raises(NotReached):
            await http.post(there.to(connect_seconds=0.05), b"two")
        with pytest.raises(AnswerLost):
            await first


async def test_a_request_with_less_time_on_a_kept_connection_ends_in_its_own_time() -> None:
    async def first_only(body: bytes, writer: asyncio.StreamWriter) -> None:
        if body == b"one":
            writer.write(said(body))

    async with peer(first_only) as there, HttpClient() as http, asyncio.timeout(3):
        await http.post(there.to(total_seconds=30), b"one")
        with pytest.raises(AnswerLost):
            await http.post(there.to(total_seconds=0.1), b"two")
        assert there.connections == 1


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", b"220 hello\r\n\r\n"]
)
async def test_half_an_answer_is_lost(data: bytes) -> None:
    async def cut(body: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.close()

    async with peer(cut) as there, HttpClient() as http:
        with pytest.raises(AnswerLost):
            await http.post(there.to(), b"x")


async def test_a_long_answer_is_not_read_to_its_end() -> None:
    async with peer(echo) as there, HttpClient() as http:
        with pytest.raises(AnswerTooLarge):
            await http.post(there.to(limit_bytes=9), b"0123456789")
        assert (await http.post(there.to(limit_bytes=10), b"0123456789")).status == 200


async def test_requests_under_way_fail_when_the_client_is_closed() -> None:
    came = asyncio.Event()

    async def never(body: bytes, writer: asyncio.StreamWriter) -> None:
        came.set()

    async with peer(never) as there:
        async with HttpClient() as http:
            request = asyncio.create_task(http.post(there.to(), b"one"))
            await came.wait()
        with pytest.raises(AnswerLost):
            await request


def _certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost, signed by itself, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, both = folder / "public.pem", folder / "both.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(secret + public.read_bytes())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return public, server


async def test_a_certificate_is_asked_for_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, server = _certificate(tmp_path)
    async with peer(echo, server) as there:
        async with HttpClient() as http:
            with pytest.raises(NotReached):  # nobody vouches for it
                await http.post(there.to(), b"secret")
        assert there.heads == []
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
        async with HttpClient() as http:
            assert (await http.post(there.to(), b"x")).body == b"x"
            there.url = there.url.replace("localhost", "127.0.0.1")
            with pytest.raises(NotReached):  # it is not this host's
                await http.post(there.to(), b"secret")
            to_address = destination(
                there.url.replace("127.0.0.1", "localhost"), {}, total_seconds=5, address="127.0.0.1"
            )
            assert (await http.post(to_address, b"y")).body == b"y"
