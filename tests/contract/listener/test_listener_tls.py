"""Connections over TLS: with the certificate of a department's system where one is wanted."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels.cmpp.served import CmppServed
from channels.listener.server import Server, tls_context
from channels.smpp.pdu import Bind, Command
from hub.settings.listeners import CmppListener, SmppListener
from hub.wiring.departments.listener import listen
from tests.contract.listener import cmpp_system
from tests.contract.listener.listening import Bench, connected, listening, text
from tests.ports import free_port


def _certificate(folder: Path, name: str) -> tuple[str, str]:
    """Files of a certificate that is its own authority, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, secret = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(public), str(secret)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with listening() as one:
        yield one


def _client(authority: str, certificate: tuple[str, str] | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority)
    if certificate:
        context.load_cert_chain(*certificate)
    return context


async def test_a_text_comes_over_tls(bench: Bench, tmp_path: Path) -> None:
    ours = _certificate(tmp_path, "localhost")
    bench.port = await bench.server.listen("127.0.0.1", 0, tls=tls_context(*ours))
    async with connected(bench.port, tls=_client(ours[0])) as one:
        body = Bind(bench.login.system_id, bench.login.password).body()
        assert await one.status(Command.BIND_TRANSCEIVER, body) == 0
        assert (await one.submit(text()))[0] == 0
    assert len(await bench.texts()) == 1


async def test_where_a_certificate_is_wanted_nobody_else_is_heard(bench: Bench, tmp_path: Path) -> None:
    ours, theirs, other = (_certificate(tmp_path, name) for name in ("localhost", "traffic", "other"))
    bench.port = await bench.server.listen("127.0.0.1", 0, tls=tls_context(*ours, client_ca=theirs[0]))
    body = Bind(bench.login.system_id, bench.login.password).body()
    async with connected(bench.port, tls=_client(ours[0], theirs)) as one:
        assert await one.status(Command.BIND_TRANSCEIVER, body) == 0
    await bench.gone()
    for shown in (None, other):
        async with connected(bench.port, tls=_client(ours[0], shown)) as one:
            assert await one.link.closed in ("lost", "closed-by-peer")
    assert bench.connections() == set()


async def test_a_certificate_that_cannot_be_read_leaves_no_port_open(bench: Bench, tmp_path: Path) -> None:
    ours, port = _certificate(tmp_path, "localhost"), free_port()
    missing = {"tls_certificate": "missing.pem", "tls_key": "missing.key", "tls_port": free_port()}
    wrong = CmppListener.model_validate({"enabled": True, "port": port, **missing})
    right = wrong.model_copy(update={"tls_certificate": ours[0], "tls_key": ours[1]})
    server = Server(lambda: CmppServed(bench.office.clock), bench.takes)
    with pytest.raises(FileNotFoundError):
        await listen(server, wrong)
    await listen(server, right)
    async with cmpp_system.logged_in(replace(bench, port=port)):
        pass
    await server.close()


@pytest.mark.parametrize("kind", [SmppListener, CmppListener])
@pytest.mark.parametrize(
    "given",
    [
        {"port": 0},
        {"tls_certificate": "hub.pem"},
        {"tls_client_ca": "ca.pem"},
    ],
)
def test_settings_that_contradict_are_refused(
    kind: type[SmppListener | CmppListener], given: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="tls_certificate"):
        kind.model_validate({"enabled": True, **given})


def test_the_ports_are_told() -> None:
    assert CmppListener().ports() == []
    assert CmppListener(enabled=True).ports() == ["7890"]
    files = {"tls_certificate": "hub.pem", "tls_key": "hub.key"}
    assert SmppListener.model_validate({"enabled": True, **files}).ports() == ["2775", "TLS 3550"]
    assert CmppListener.model_validate({"enabled": True, **files}).ports() == ["7890"]
