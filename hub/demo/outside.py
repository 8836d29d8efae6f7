"""What lies outside the hub, played on loopback: a gateway for texts (CMPP 3.0), a telephone company
(Twilio's protocol), a mail server, the citizens.

It may live in the demo's process, or in another one that survives when the hub is killed. Whoever
holds the folder's token can let a citizen write or call through `/play/text` and `/play/call`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import web

from channels.address import phone
from channels.loopback.cmpp import CmppGateway
from channels.loopback.gateway import Fault, GatewayPlan, Taken, Trouble, parts_of
from channels.loopback.handset import Handsets
from channels.loopback.journal import Journal, SentMessage
from channels.loopback.script import CallConditions, CallerAction, HangUp, Press, Silence, Speak, Utter
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.mail.sink import MailSink
from hub.demo.folder import DemoFolder, DemoSecrets
from hub.demo.guard import guarded_server
from hub.demo.settings import SP_ID
from hub.runtime.clock import Clock

TEXT_NUMBER = "12110"
TEXT_CHANNEL = "sms-12110"
VOICE_LINE = "12389"
VOICE_CHANNEL = "voice-12389"
_PLAN = GatewayPlan(again_seconds=5.0)
_PATIENCE_SECONDS = 8.0
"""How long a citizen's text waits for the hub before whoever plays the citizen is told."""
_SINGLE_BYTES, _PART_BYTES = 140, 134


@dataclass(frozen=True, slots=True)
class Outside:
    """Where to find it. text_port: of the gateway. control_url: where citizens are told what to do."""

    text_port: int
    carrier_url: str
    smtp_port: int
    control_url: str


@asynccontextmanager
async def outside(folder: DemoFolder, secrets: DemoSecrets, clock: Clock) -> AsyncIterator[Outside]:
    """Everything outside, for as long as the block runs. What it took is in the folder's journals."""
    account = CarrierAccount(secrets.account_sid, secrets.auth_token)
    sink, texts = MailSink(journal=folder.mails), _Texts(Journal(path=folder.texts), clock)
    gateway = CmppGateway(SP_ID, secrets.auth_token, texts.now_ms, _PLAN, note=texts.take)
    await sink.start()
    texts.journal.open()
    try:
        async with gateway, CarrierSimulator(account, clock) as carrier:
            citizens = _Citizens(gateway, texts, carrier)
            routes = [
                web.post("/play/connect", citizens.connect),
                web.post("/play/put_back", citizens.put_back),
                web.post("/play/trouble", citizens.trouble),
                web.post("/play/text", citizens.text),
                web.post("/play/call", citizens.call),
            ]
            async with guarded_server(secrets.token, routes) as url:
                yield Outside(gateway.port, carrier.url, sink.port, url)
    finally:
        texts.journal.close()
        await sink.stop()


class _Texts:
    """What the gateway took, as handsets show it, in the journal before the gateway answers."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self.behind_ms = 0
        self._clock = clock
        self._handsets = Handsets()

    def now_ms(self) -> int:
        """The gateway's clock: as far behind as the hub's while the sample is made, because a receipt names
        the day on which its text was taken."""
        return self._clock.now_ms() - self.behind_ms

    def take(self, part: Taken) -> None:
        """One part."""
        whole = self._handsets.take(part)
        if whole is not None:
            self.journal.add(
                SentMessage(
                    sid=whole.ids[0],
                    sender=whole.source,
                    recipient=phone(whole.recipient).value,
                    text=whole.text,
                    delivery_id="",
                    attempt=0,
                    status_callback="",
                    taken_at=self.now_ms(),
                    part_sids=whole.ids,
                )
            )


class _Citizens:
    """Does what the control endpoints ask."""

    def __init__(self, gateway: CmppGateway, texts: _Texts, carrier: CarrierSimulator) -> None:
        self._gateway = gateway
        self._texts = texts
        self._carrier = carrier

    async def connect(self, request: web.Request) -> web.Response:
        """POST {url}: where the hub answers its telephone line. Texts need no address: it connects itself."""
        asked: dict[str, Any] = await request.json()
        line = f"{asked['url']}/webhooks/twilio/{VOICE_CHANNEL}"
        self._carrier.connect_line(
            VOICE_LINE, f"{line}/call", fallback_url=f"{line}/fallback", status_url=f"{line}/status"
        )
        return web.json_response({})

    async def put_back(self, request: web.Request) -> web.Response:
        """POST {minutes}: the gateway's clock is so far behind from now on."""
        self._texts.behind_ms = int((await request.json())["minutes"] * 60_000)
        return web.json_response({})

    async def trouble(self, request: web.Request) -> web.Response:
        """POST {trouble, to}: what goes wrong with the next part to a number."""
        asked: dict[str, Any] = await request.json()
        to = phone(asked["to"]).value.removeprefix("+86")
        self._gateway.faults = [Fault(Trouble(asked["trouble"]), to=to)]
        return web.json_response({})

    async def text(self, request: web.Request) -> web.Response:
        """POST {from, body, id, to?, copies?, backwards?} → {results}; 502 when the hub did not answer.

        id: 16 hex digits, of its first part. backwards: the last part comes first.
        """
        asked: dict[str, Any] = await request.json()
        content, first = asked["body"].encode("utf-16-be"), int(asked["id"], 16)
        cut = [content[at : at + _PART_BYTES] for at in range(0, len(content), _PART_BYTES)]
        is_long = len(content) > _SINGLE_BYTES
        parts = list(enumerate(parts_of(first, cut) if is_long else [content]))
        if asked.get("backwards"):
            parts.reverse()
        results = []
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                for place, one in parts * asked.get("copies", 1):
                    told = await self._gateway.push(
                        asked["from"].removeprefix("+"),
                        asked.get("to", TEXT_NUMBER),
                        one,
                        has_head=int(is_long),
                        id=first + place,
                    )
                    results.append(told)
        except TimeoutError:
            return web.json_response({"problem": "the hub did not answer"}, status=502)
        return web.json_response({"results": results})

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
