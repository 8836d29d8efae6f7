"""What lies outside the hub, played on loopback: the telephone company, a mail server, the citizens.

It may live in the demo's process, or in another one that survives when the hub is killed. Whoever
holds the folder's token can let a citizen write or call through `/play/text` and `/play/call`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import web

from channels.http import HttpError
from channels.loopback.script import CallConditions, CallerAction, HangUp, Press, Silence, Speak, Utter
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.mail.sink import MailSink
from hub.demo.folder import DemoFolder, DemoSecrets
from hub.demo.guard import guarded_server
from hub.runtime.clock import Clock

TEXT_NUMBER = "12110"
TEXT_CHANNEL = "sms-12110"
VOICE_LINE = "12389"
VOICE_CHANNEL = "voice-12389"


@dataclass(frozen=True, slots=True)
class Outside:
    """Where to find it. control_url: where citizens are told what to do."""

    carrier_url: str
    smtp_port: int
    control_url: str


@asynccontextmanager
async def outside(folder: DemoFolder, secrets: DemoSecrets, clock: Clock) -> AsyncIterator[Outside]:
    """Everything outside, for as long as the block runs. What it took is in the folder's journals."""
    account = CarrierAccount(secrets.account_sid, secrets.auth_token)
    sink = MailSink(journal=folder.mails)
    await sink.start()
    try:
        async with CarrierSimulator(account, clock, journal=folder.texts) as carrier:
            citizens = _Citizens(carrier)
            routes = [
                web.post("/play/connect", citizens.connect),
                web.post("/play/text", citizens.text),
                web.post("/play/call", citizens.call),
            ]
            async with guarded_server(secrets.token, routes) as url:
                yield Outside(carrier.url, sink.port, url)
    finally:
        await sink.stop()


class _Citizens:
    """Does what the control endpoints ask."""

    def __init__(self, carrier: CarrierSimulator) -> None:
        self._carrier = carrier

    async def connect(self, request: web.Request) -> web.Response:
        """POST {url, areas}: where the hub answers its numbers; 12110 + area code is one each."""
        asked: dict[str, Any] = await request.json()
        for number in (TEXT_NUMBER, *(f"{TEXT_NUMBER}{area}" for area in asked["areas"])):
            self._carrier.connect_text(number, f"{asked['url']}/webhooks/twilio/{TEXT_CHANNEL}/sms")
        line = f"{asked['url']}/webhooks/twilio/{VOICE_CHANNEL}"
        self._carrier.connect_line(
            VOICE_LINE, f"{line}/call", fallback_url=f"{line}/fallback", status_url=f"{line}/status"
        )
        return web.json_response({})

    async def text(self, request: web.Request) -> web.Response:
        """POST {from, body, to?, sid?, copies?} → {sid, statuses}; 502 when the hub did not answer."""
        asked: dict[str, Any] = await request.json()
        try:
            delivered = await self._carrier.send_text(
                asked["from"],
                asked.get("to", TEXT_NUMBER),
                asked["body"],
                copies=asked.get("copies", 1),
                sid=asked.get("sid", ""),
            )
        except HttpError:
            return web.json_response({"problem": "the hub did not answer"}, status=502)
        statuses = [answer.status for answer in delivered.answers]
        return web.json_response({"sid": delivered.message_sid, "statuses": statuses})

    async def call(self, request: web.Request) -> web.Response:
        """POST {from, script, copies?} → how the call went."""
        asked: dict[str, Any] = await request.json()
        result = await self._carrier.place_call(
            VOICE_LINE,
            script(asked["script"]),
            from_=asked["from"],
            conditions=CallConditions(copies=asked.get("copies", 1)),
        )
        return web.json_response(asdict(result))


def script(steps: Sequence[str]) -> list[CallerAction]:
    """`1`, `592#`: keys · `say 身份证丢了`: words · `speak 4`: seconds · `silence` · `hang up`."""
    actions: list[CallerAction] = []
    for step in steps:
        word, _, rest = step.partition(" ")
        match word:
            case "speak":
                actions.append(Speak(float(rest)))
            case "say":
                actions.append(Utter(rest))
            case "silence":
                actions.append(Silence())
            case "hang":
                actions.append(HangUp())
            case _:
                actions.append(Press(step))
    return actions
