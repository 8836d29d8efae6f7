"""A whole hub for a journey: real server, real store, real carrier and mail protocols on loopback.

Nothing of ours is replaced. The carrier is the simulator, which signs, retries and misbehaves as
the provider does; it reaches the hub through a public https address, as through a TLS proxy.
"""

from __future__ import annotations

import asyncio
import os
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from yarl import URL

from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.mail.sink import MailSink
from hub.actions.staff.passwords import Passwords
from hub.hub import Hub
from hub.model.agent import Agent, Role
from hub.runtime.clock import Clock, SystemClock
from hub.runtime.ids import new_id
from hub.serve import running
from hub.settings.read import build, shipped_text
from hub.settings.settings import Settings
from tests.first_start import started_before
from tests.ports import free_port

PUBLIC = "https://hub.test"
ACCOUNT = CarrierAccount("AC" + "1" * 32, "test-token-of-the-carrier")
CMPP_ACCOUNT = ("901234", ACCOUNT.auth_token)
TOKEN_VARIABLE = "HUB_TEST_CARRIER_TOKEN"
CHEAP_PASSWORDS = Passwords(time_cost=1, memory_kib=8)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class World:
    """A running hub and everything round it."""

    hub: Hub
    url: str
    carrier: CarrierSimulator
    mail: MailSink
    mail_port: int
    http: aiohttp.ClientSession

    async def agent(self, role: Role, login: str = "", password: str = "correct horse 4711") -> Agent:
        """A staff member who can log in."""
        now = self.hub.clock.now_ms()
        agent = Agent(
            id=new_id(now),
            login=login or role.value,
            unit_id="",
            roles=(role,),
            created_at=now,
            password_hash=await CHEAP_PASSWORDS.hash(password),
            name=f"测试{role.value}",
        )
        await self.hub.repositories.agents.insert(agent)
        return agent


def world_settings(
    folder: Path,
    *,
    carrier_url: str,
    smtp_port: int,
    mail_port: int,
    store: dict[str, Any] | None = None,
    port: int = 0,
    auto_reply: str = "all",
    progress: Sequence[dict[str, Any]] = (),
    speech: bool = False,
    model: Path | None = None,
    encoder: str = "none",
    encoder_server: dict[str, Any] | None = None,
    safety: Path | None = None,
    alarms: dict[str, Any] | None = None,
    undo_seconds: int = 0,
    text_rate: float = 1000.0,
    receipts: str = "callback",
    cmpp_port: int = 0,
    smgp_port: int = 0,
    listeners: Mapping[str, int] | None = None,
    warnings: dict[str, Any] | None = None,
    fonts: Sequence[str] = (),
) -> Settings:
    """The shipped settings with every channel on and everything in `folder`."""
    os.environ[TOKEN_VARIABLE] = ACCOUNT.auth_token
    data = tomllib.loads(shipped_text())
    data["organisation"].update(name="测试省公安公众服务中心", province="测试省", signature="测试公安")
    data["organisation"]["document_fonts"] = list(fonts)  # no process for PDF where nobody asks for one
    data["regions"] = [{"code": "999100", "name": "东城", "area_code": "991"}]
    data["web"].update(port=port, public_url=PUBLIC)
    for listener, at in (listeners or {}).items():
        data[listener].update(enabled=True, port=at)
    data["store"].update({"path": str(folder / "hub.db"), **(store or {})})
    data["keys"]["file"] = str(folder / "keys.json")
    data["files"]["path"] = str(folder / "files")
    twilio = {
        "enabled": True,
        "account_sid": ACCOUNT.account_sid,
        "auth_tokens": [f"env:{TOKEN_VARIABLE}"],
        "api_base": carrier_url,
    }
    texts = {"auto_reply": auto_reply, "rate_parts_per_second": text_rate}
    by_twilio = data["channels"].pop("sms-twilio") | twilio | texts | {"receipts": receipts}
    if cmpp_port:
        data["channels"]["sms-12110"] |= texts | {
            "enabled": True,
            "host": "127.0.0.1",
            "port": cmpp_port,
            "sp_id": CMPP_ACCOUNT[0],
            "secret": f"env:{TOKEN_VARIABLE}",
        }
    else:
        data["channels"]["sms-12110"] = by_twilio
    if smgp_port:
        data["channels"]["sms-telecom"].update(
            enabled=True,
            host="127.0.0.1",
            port=smgp_port,
            client_id=CMPP_ACCOUNT[0],
            secret=f"env:{TOKEN_VARIABLE}",
            rate_parts_per_second=text_rate,
        )
    data["channels"]["voice-12389"].update(twilio, speech=speech)
    if speech:
        line = {**data["channels"]["voice-12389"], "line": "12123", "flow": "12123"}
        data["channels"]["voice-12123"] = line
    data["channels"]["mail"].update(
        enabled=True,
        address="service@hub.test",
        smtp_port=smtp_port,
        listen_port=mail_port,
        rate_parts_per_second=1000.0,
    )
    data["progress"] = list(progress)
    data["speech"]["model"] = str(model or "")
    data["knowledge"]["encoder"] = encoder
    data["knowledge"]["safety"] = str(safety or "")
    data["encoder_server"].update(encoder_server or {})
    data["alarms"].update(alarms or {})
    data["warnings"].update(warnings or {})
    data["dispatch"]["poll_seconds"] = 0.1
    data["department_api"]["callback_hosts"] = ["127.0.0.1"]
    data["cases"]["undo_seconds"] = undo_seconds
    data["sending_hours"]["warning"] = "00:00-24:00"  # tests run at night too
    return build(data)


@asynccontextmanager
async def world(
    folder: Path,
    *,
    clock: Clock | None = None,
    store: dict[str, Any] | None = None,
    auto_reply: str = "all",
    progress: Sequence[dict[str, Any]] = (),
    speech: bool = False,
    model: Path | None = None,
    alarms: dict[str, Any] | None = None,
    undo_seconds: int = 0,
    text_rate: float = 1000.0,
    receipts: str = "callback",
    cmpp_port: int = 0,
    smgp_port: int = 0,
    listeners: Mapping[str, int] | None = None,
    warnings: dict[str, Any] | None = None,
    fonts: Sequence[str] = (),
) -> AsyncIterator[World]:
    """A hub with all channels, for as long as the block runs. undo_seconds: 0, a reply leaves at once.
    text_rate: SMS parts per second by contract. receipts: as the SMS channel's setting says. cmpp_port: of a
    played gateway that takes the place of Twilio's protocol for texts. smgp_port: of one for sms-telecom.
    listeners: ports, by their tables."""
    clock = clock or SystemClock()
    mail_port = free_port()
    async with CarrierSimulator(ACCOUNT, clock) as carrier, MailSink() as sink:
        settings = world_settings(
            folder,
            carrier_url=carrier.url,
            smtp_port=sink.port,
            mail_port=mail_port,
            store=store,
            auto_reply=auto_reply,
            progress=progress,
            speech=speech,
            model=model,
            alarms=alarms,
            undo_seconds=undo_seconds,
            text_rate=text_rate,
            receipts=receipts,
            cmpp_port=cmpp_port,
            smgp_port=smgp_port,
            listeners=listeners,
            warnings=warnings,
            fonts=fonts,
        )
        async with running(await started_before(settings), clock, passwords=CHEAP_PASSWORDS) as server:
            connect(carrier, server.url)
            async with browser(server.url) as http:
                yield World(server.hub, server.url, carrier, sink, mail_port, http)


def browser(url: str) -> aiohttp.ClientSession:
    """A client that keeps Secure cookies on loopback, as browsers do."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(url)))


def connect(carrier: CarrierSimulator, url: str) -> None:
    """Tells the carrier where the hub's numbers are."""
    carrier.reach(PUBLIC, url)
    carrier.connect_text("12110", f"{PUBLIC}/webhooks/twilio/sms-12110/sms")
    for line in ("12389", "12123"):
        voice = f"{PUBLIC}/webhooks/twilio/voice-{line}"
        carrier.connect_line(
            line, f"{voice}/call", fallback_url=f"{voice}/fallback", status_url=f"{voice}/status"
        )


async def eventually(look: Callable[[], Awaitable[T]], *, seconds: float = 15.0) -> T:
    """What `look` gives as soon as it is truthy. Raises AssertionError when it never is."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = await look()
        if found:
            return found
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"nothing came of {getattr(look, '__name__', look)} in {seconds} s")
        await asyncio.sleep(0.02)
