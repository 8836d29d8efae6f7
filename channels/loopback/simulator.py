"""The simulated carrier's server: Twilio's REST interface on loopback, and the numbers behind it.

Everything it keeps is bounded. It listens on loopback only, because its token is for play.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Self

from aiohttp import web

from channels.clock import Clock
from channels.http import HttpAnswer, HttpClient
from channels.loopback.calls import LineAddresses, Recordings, SimulatedCall
from channels.loopback.faults import Fault, FaultKind, FaultList, Resource
from channels.loopback.journal import Journal
from channels.loopback.script import CallConditions, CallerAction, CallResult
from channels.loopback.texts import ReceiptPlan, Reply, TextCarrier, error_reply, inbound_fields
from channels.loopback.webhooks import UnknownNumber, WebhookSender
from channels.twilio import form
from channels.twilio.client import basic_authorization

HOST = "127.0.0.1"
MAX_REQUEST_BYTES = 65_536
_PATIENCE_SECONDS = 120.0
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class CarrierAccount:
    """The one account the simulated carrier knows."""

    account_sid: str
    auth_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextDelivered:
    """An inbound text and how the hub answered each copy of it."""

    message_sid: str
    answers: tuple[HttpAnswer, ...]


@dataclass(frozen=True, slots=True)
class _Running:
    """What exists between start and stop."""

    http: HttpClient
    runner: web.AppRunner
    webhooks: WebhookSender
    url: str


class CarrierSimulator:
    """A carrier. Use it with `async with`, or call `start` and `stop`.

    journal: file for what was taken; None = in memory only. quiet: only count delivery ids and
    answer, for benchmarks (no listing, no receipts, no checks but the password).
    proxies: public address → the address that really listens (see `WebhookSender`).
    """

    def __init__(
        self,
        account: CarrierAccount,
        clock: Clock,
        *,
        journal: Path | None = None,
        quiet: bool = False,
        proxies: Mapping[str, str] | None = None,
        receipts: ReceiptPlan | None = None,
    ) -> None:
        self._account = account
        self._api = f"/2010-04-01/Accounts/{account.account_sid}"
        self._quiet = quiet
        self._proxies = dict(proxies or {})
        self._authorization = basic_authorization(account.account_sid, account.auth_token)
        self._text_urls: dict[str, str] = {}
        self._lines: dict[str, LineAddresses] = {}
        self._recordings = Recordings()
        self._sids = (f"SM{token_hex(8)}{i:016x}" for i in count())
        self._running: _Running | None = None
        self.journal = Journal(path=journal)
        self.faults = FaultList()
        self._texts = TextCarrier(account.account_sid, self.journal, clock)
        if receipts is not None:
            self._texts.plan = receipts

    # --- its life ---

    async def start(self, port: int = 0) -> str:
        """Listen on loopback; port 0 = any free one. Returns the address to use as `api_base`."""
        self.journal.open()
        http = HttpClient(connections=20)
        webhooks = WebhookSender(http, self._account.auth_token, self._proxies)
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_post(f"{self._api}/Messages.json", self._quick if self._quiet else self._create)
        app.router.add_get(f"{self._api}/Messages.json", self._list)
        app.router.add_get(self._api + "/Recordings/{sid}.wav", self._download)
        app.router.add_get(self._api + "/Calls/{sid}/Recordings.json", self._list_recordings)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        bound: tuple[str, int] = runner.addresses[0]
        webhooks.start()
        self._running = _Running(http, runner, webhooks, f"http://{HOST}:{bound[1]}")
        return self._running.url

    async def stop(self) -> None:
        """Stop listening and forget callbacks that were not delivered."""
        if self._running is None:
            return
        running, self._running = self._running, None
        await running.webhooks.stop()
        await running.runner.cleanup()
        await running.http.close()
        self.journal.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """What to use as `api_base`."""
        return self._up.url

    @property
    def callbacks_failed(self) -> int:
        """Receipts that were not answered with a 2xx, or were dropped because too many waited."""
        return self._up.webhooks.failed + self._up.webhooks.dropped

    async def settled(self) -> None:
        """Return when every receipt due so far was delivered or failed."""
        await self._up.webhooks.settled()

    @property
    def _up(self) -> _Running:
        if self._running is None:
            raise RuntimeError("the simulated carrier is not running")
        return self._running

    # --- what is configured at the provider ---

    def connect_text(self, number: str, url: str) -> None:
        """Texts to `number` are delivered to `url`."""
        self._text_urls[number] = url

    def connect_status(self, number: str, url: str) -> None:
        """Receipts for texts from `number` go to `url` where they come part by part (`ReceiptPlan`)."""
        self._texts.status_urls[number] = url

    def plan_receipts(self, plan: ReceiptPlan) -> None:
        """From now on messages are followed by these receipts."""
        self._texts.plan = plan

    def connect_line(
        self, number: str, voice_url: str, *, fallback_url: str = "", status_url: str = ""
    ) -> None:
        """Calls to `number` are answered by `voice_url`."""
        self._lines[number] = LineAddresses(voice_url, fallback_url, status_url)

    def reach(self, public_url: str, real_url: str) -> None:
        """Requests signed for `public_url` go to `real_url`, as through a proxy."""
        self._proxies[public_url] = real_url
        if self._running is not None:
            self._running.webhooks.reach(public_url, real_url)

    def add_recording(self, audio: bytes) -> str:
        """Keep a WAV as if a call had left it; returns the address to download it from."""
        return f"{self.url}{self._api}/Recordings/{self._recordings.add(audio)}"

    # --- citizens ---

    async def send_text(
        self, from_: str, to: str, body: str, *, copies: int = 1, sid: str = ""
    ) -> TextDelivered:
        """A citizen's text to a connected number, delivered `copies` times.

        Raises `UnknownNumber`, or `HttpError` when the hub did not answer.
        """
        url = self._text_urls.get(to)
        if url is None:
            raise UnknownNumber(to)
        sid = sid or f"SM{token_hex(16)}"
        fields = inbound_fields(self._account.account_sid, sid, from_, to, body)
        token = token_hex(16)
        answers = [await self._up.webhooks.post(url, fields, token=token) for _ in range(copies)]
        return TextDelivered(sid, tuple(answers))

    async def post_to(self, url: str, fields: Mapping[str, str]) -> HttpAnswer:
        """A webhook made by hand, signed as all are. Raises `HttpError` when nobody answered."""
        return await self._up.webhooks.post(url, fields)

    async def place_call(
        self,
        to_line: str,
        script: Sequence[CallerAction],
        *,
        from_: str = "+8613900000001",
        conditions: CallConditions | None = None,
    ) -> CallResult:
        """A citizen's call to a connected line. Raises `UnknownNumber`."""
        line = self._lines.get(to_line)
        if line is None:
            raise UnknownNumber(to_line)
        call = SimulatedCall(
            self._up.webhooks,
            self._recordings,
            line,
            account_sid=self._account.account_sid,
            api_base=self.url,
            caller=from_,
            number=to_line,
            script=script,
            conditions=conditions or CallConditions(),
        )
        return await call.run()

    # --- the REST interface ---

    async def _quick(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != self._authorization:
            return _response(error_reply(401, 20003, "Authenticate"))
        body = self._texts.quick(await request.read(), next(self._sids))
        return web.Response(status=201, body=body, content_type=_JSON)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != self._authorization:
            return _response(error_reply(401, 20003, "Authenticate"))
        sent = form.texts(form.parse(await request.read()))
        fault = self.faults.take(Resource.MESSAGES, to=sent.get("To", ""))
        refused = _refused(fault)
        if refused is not None and not (fault and fault.taken):
            return refused
        reply = self._texts.create(sent, fault)
        if reply.receipts and self._texts.plan.before_answer:
            for fields in reply.receipts:
                await self._up.webhooks.post(reply.callback, fields)
        elif reply.receipts:
            self._up.webhooks.later(reply.callback, reply.receipts)
        if refused is not None:
            return refused
        return await _troubled(request, reply, fault)

    async def _list(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != self._authorization:
            return _response(error_reply(401, 20003, "Authenticate"))
        return _response(self._texts.listing(request.query))

    async def _list_recordings(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != self._authorization:
            return _response(error_reply(401, 20003, "Authenticate"))
        call_sid = request.match_info["sid"]
        refused = _refused(self.faults.take(Resource.RECORDING_LISTS))
        if refused is not None:
            return refused
        listed = [
            {"sid": sid, "call_sid": call_sid, "status": "completed", "duration": "4", "channels": 1}
            for sid in self._recordings.of_call(call_sid)
        ]
        return web.json_response({"recordings": listed, "next_page_uri": None, "page_size": 100})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != self._authorization:
            return _response(error_reply(401, 20003, "Authenticate"))
        sid = request.match_info["sid"]
        fault = self.faults.take(Resource.RECORDINGS, of=sid)
        refused = _refused(fault)
        if refused is not None:
            return refused
        audio = self._recordings.get(sid)
        if audio is None:
            return _response(error_reply(404, 20404, "The requested resource was not found"))
        if fault is not None:
            return await _troubled_audio(request, audio, fault)
        return web.Response(body=audio, content_type="audio/x-wav")


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, body=reply.body, content_type=_JSON)


def _refused(fault: Fault | None) -> web.Response | None:
    """The answer of a fault that refuses the request; None when it is taken first."""
    if fault is None:
        return None
    match fault.kind:
        case FaultKind.TOO_MANY:
            response = _response(error_reply(429, 20429, "Too Many Requests"))
            response.headers["Retry-After"] = fault.retry_after
            return response
        case FaultKind.SERVER_ERROR:
            return _response(error_reply(500, 20500, "Internal Server Error"))
        case FaultKind.UNAVAILABLE:
            return _response(error_reply(503, 20503, "Service Unavailable"))
        case FaultKind.NOT_FOUND:
            return _response(error_reply(404, 20404, "The requested resource was not found"))
    return None


async def _troubled_audio(request: web.Request, audio: bytes, fault: Fault) -> web.StreamResponse:
    """What a fault makes of a recording."""
    match fault.kind:
        case FaultKind.REDIRECT:
            return web.Response(status=302, headers={"Location": fault.location})
        case FaultKind.GARBAGE:
            return web.Response(text="<html>502 Bad Gateway</html>", content_type="text/html")
        case FaultKind.CUT | FaultKind.DRIP:
            response = web.StreamResponse(headers={"Content-Length": str(len(audio))})
            await response.prepare(request)
            if fault.kind is FaultKind.CUT:
                await response.write(audio[: len(audio) // 2])
                if request.transport is not None:
                    request.transport.close()
                return response
            for byte in audio:
                await response.write(bytes([byte]))
                await asyncio.sleep(fault.seconds)
            return response
    return web.Response(body=audio, content_type="audio/x-wav")


async def _troubled(request: web.Request, reply: Reply, fault: Fault | None) -> web.StreamResponse:
    """The answer to a message that was taken, or what a fault makes of it."""
    if fault is None:
        return _response(reply)
    match fault.kind:
        case FaultKind.LOST_ANSWER:
            if request.transport is not None:
                request.transport.abort()
        case FaultKind.NEVER:
            await asyncio.sleep(_PATIENCE_SECONDS)
        case FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        case FaultKind.GARBAGE:
            return web.Response(status=201, text="<html>It works!</html>", content_type="text/html")
    return _response(reply)
