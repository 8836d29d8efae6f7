"""The simulated carrier's calls to us: signed as the provider signs, delivered as it delivers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from secrets import token_hex
from urllib.parse import urlencode

from channels.errors import ChannelError
from channels.http import HttpAnswer, HttpClient, HttpError, NotReached, destination
from channels.twilio.signature import sign

QUEUE_LIMIT = 200_000
WORKERS = 4

Fields = Mapping[str, str]


class UnknownNumber(ChannelError):
    """A number that was not connected to any webhook."""


class WebhookSender:
    """Signs and posts forms.

    proxies: public address → the address that is really listening. The public one is signed, as
    when a TLS proxy stands in front of the hub.
    """

    def __init__(self, http: HttpClient, token: str, proxies: Mapping[str, str]) -> None:
        self._http = http
        self._token = token
        self._proxies = dict(proxies)
        self._queue: asyncio.Queue[tuple[str, Sequence[Fields]]] = asyncio.Queue(QUEUE_LIMIT)
        self._workers: list[asyncio.Task[None]] = []
        self.failed = 0
        self.dropped = 0

    def start(self) -> None:
        """Begin to work off what `later` was given."""
        self._workers = [
            asyncio.create_task(self._work(), name=f"carrier-callbacks-{i}") for i in range(WORKERS)
        ]

    async def stop(self) -> None:
        """Forget what was not delivered yet."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._workers = []

    def reach(self, public_url: str, real_url: str) -> None:
        """From now on requests for `public_url` go to `real_url`."""
        self._proxies[public_url] = real_url

    async def settled(self) -> None:
        """Return when everything given to `later` was delivered or failed."""
        await self._queue.join()

    def later(self, url: str, forms: Sequence[Fields]) -> None:
        """Post `forms` to `url` one after the other, soon."""
        try:
            self._queue.put_nowait((url, forms))
        except asyncio.QueueFull:
            self.dropped += len(forms)

    async def post(
        self, url: str, fields: Fields, *, token: str = "", timeout_seconds: float = 15.0
    ) -> HttpAnswer:
        """Post once. Raises `HttpError` when no answer came. token: marks retries as the same."""
        url = url.partition("#")[0]
        pairs = [(name.encode(), value.encode()) for name, value in fields.items()]
        to = destination(
            self._reachable(url),
            {
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                "X-Twilio-Signature": sign(self._token, url, pairs),
                "I-Twilio-Idempotency-Token": token or token_hex(16),
            },
            total_seconds=timeout_seconds,
        )
        body = urlencode(fields).encode()
        # The provider tries a second time when it could not connect at all.
        with suppress(NotReached):
            return await self._http.post(to, body)
        return await self._http.post(to, body)

    def _reachable(self, url: str) -> str:
        for public, real in self._proxies.items():
            if url.startswith(f"{public}/"):
                return real + url[len(public) :]
        return url

    async def _work(self) -> None:
        while True:
            url, forms = await self._queue.get()
            for fields in forms:
                try:
                    answer = await self.post(url, fields)
                    self.failed += answer.status >= 300
                except HttpError:
                    self.failed += 1
            self._queue.task_done()
