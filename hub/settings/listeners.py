"""Listeners for systems of departments that speak a carrier's protocol; see docs/departments.md."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from hub.settings.table import Table


class Listener(Table):
    """port, tls_port: 0 = not listened on. tls_client_ca: a file of the authorities one of which must have
    signed the certificate that the other side shows, "" = it shows none."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    tls_port: int = Field(ge=0, le=65535)
    tls_certificate: str = ""
    tls_key: str = ""
    tls_client_ca: str = ""

    @model_validator(mode="after")
    def _listens_somewhere(self) -> Self:
        if self.enabled and not self.port and not (self.tls_port and self.tls_certificate):
            raise ValueError("没有可监听的端口 (no port to listen on: set port, or tls_certificate)")
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError("证书和私钥须同时填写 (give tls_certificate and tls_key together)")
        if self.tls_client_ca and not self.tls_certificate:
            raise ValueError("tls_client_ca 需要 tls_certificate (tls_client_ca needs tls_certificate)")
        return self

    def ports(self) -> list[str]:
        """Those that are listened on, as people read them."""
        if not self.enabled:
            return []
        tls = [f"TLS {self.tls_port}"] * bool(self.tls_port and self.tls_certificate)
        return [str(self.port)] * bool(self.port) + tls


class ConnectionListener(Listener):
    """connections: at once, of all departments."""

    connections: int = Field(default=200, ge=1, le=5000)
    connections_per_department: int = Field(default=8, ge=1, le=100)


class SmppListener(ConnectionListener):
    """default_alphabet: what data_coding 0 means."""

    port: int = Field(default=2775, ge=0, le=65535)
    tls_port: int = Field(default=3550, ge=0, le=65535)
    default_alphabet: Literal["gsm7", "ascii", "latin-1"] = "gsm7"


class CmppListener(ConnectionListener):
    """7890 is the port of CMPP; there is none by custom for TLS."""

    port: int = Field(default=7890, ge=0, le=65535)
    tls_port: int = Field(default=0, ge=0, le=65535)


class SendsmsListener(Listener):
    """Requests like those to Kannel's sendsms, on the port it has there."""

    port: int = Field(default=13013, ge=0, le=65535)
    tls_port: int = Field(default=0, ge=0, le=65535)
