"""Calls to Twilio's REST interface: one POST that sends, one GET that downloads, no hidden retry.

The library's own client is not used for this: it ignores its time-out in asyncio, and its retries
would send a text again after a 500. It stays under test as a check of what we send.

Source: https://www.twilio.com/docs/usage/api (form-encoded requests, Basic authentication).
"""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from yarl import URL

from channels.clock import Clock
from channels.contract import RecordedAudio
from channels.errors import Ambiguous, Misconfigured, Permanent, SendError, Temporary
from channels.http import (
    AnswerLost,
    AnswerTooLarge,
    Destination,
    HttpAnswer,
    HttpClient,
    NotReached,
    addresses_of,
    destination,
)
from channels.network import IpAddress, may_lead
from channels.twilio.codes import retry_after_seconds, send_error

MAX_RECORDING_BYTES = 50 * 1024 * 1024
MAX_HOPS = 4
_PAGE_SIZE = 1000
"""The most the provider gives at once."""
_MOST_PAGES = 5
_LIST_BYTES = 4 * 1024 * 1024
_LIST_SECONDS = 10.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class MessagesClient:
    """Posts texts for one account, and reads the list of those it took."""

    def __init__(
        self,
        http: HttpClient,
        clock: Clock,
        *,
        api_base: str,
        account_sid: str,
        auth_token: str,
        timeout_seconds: float,
    ) -> None:
        self._http = http
        self._clock = clock
        self._base = api_base.rstrip("/")
        self._listing = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._headers = {
            "Authorization": basic_authorization(account_sid, auth_token),
            "Accept": "application/json",
        }
        self._to = destination(
            self._base + self._listing,
            {
                **self._headers,
                "Content-Type": "application/x-www-form-urlencoded",
            },
            total_seconds=timeout_seconds,
        )

    async def create(self, form: bytes) -> dict[str, Any]:
        """The message resource the provider made of `form`. Raises a `SendError`."""
        try:
            answer = await self._http.post(self._to, form)
        except NotReached as problem:
            raise Temporary("not-reached", "no connection to the provider") from problem
        except (AnswerLost, AnswerTooLarge) as problem:
            raise Ambiguous("answer-lost", "the provider's answer did not arrive whole") from problem
        body = json_object(answer.body)
        if not 200 <= answer.status < 300:
            raise self._error(answer, body)
        # A 2xx is an acceptance only when it names the message and no error.
        if not isinstance(body.get("sid"), str) or not body["sid"]:
            raise Ambiguous("no-sid", "the provider's answer names no message")
        if body.get("error_code"):
            raise self._error(answer, {"code": body["error_code"]})
        return body

    async def sent_to(self, recipient: str, *, since: int) -> list[dict[str, Any]]:
        """The messages to a number created at or after an instant (ms UTC), and some before it.

        The list has the newest first. Raises a `SendError` when it could not be read so far back.
        """
        path = f"{self._listing}?To={quote(recipient, safe='')}&PageSize={_PAGE_SIZE}"
        found: list[dict[str, Any]] = []
        for _ in range(_MOST_PAGES):
            page = await self._page(path)
            messages = page.get("messages")
            if not isinstance(messages, list):
                raise Ambiguous("no-list", "the provider's answer is no list")
            found += [message for message in messages if isinstance(message, dict)]
            path = page.get("next_page_uri") or ""
            if not path or (found and 0 < created_at(found[-1]) < since):
                return found
            if not isinstance(path, str) or not path.startswith(self._listing):
                raise Ambiguous("no-list", "the provider's next page is not at its address")
        raise Ambiguous("list-too-long", "more messages to one number than are read")

    async def _page(self, path: str) -> dict[str, Any]:
        to = destination(
            self._base + path, self._headers, total_seconds=_LIST_SECONDS, limit_bytes=_LIST_BYTES
        )
        try:
            answer = await self._http.get(to)
        except (NotReached, AnswerLost, AnswerTooLarge) as problem:
            raise Temporary("not-reached", "the provider's list could not be read") from problem
        body = json_object(answer.body)
        if answer.status != 200:
            raise self._error(answer, body)
        return body

    def _error(self, answer: HttpAnswer, body: dict[str, Any]) -> SendError:
        code = body.get("code")
        return send_error(
            answer.status,
            code if isinstance(code, int) else None,
            answer.headers.get("Retry-After", ""),
            now_ms=self._clock.now_ms(),
        )


class RecordingsClient:
    """Downloads recordings of one account, from the provider and from where it sends us, nowhere else.

    A gateway may answer with the address of its storage. Our token stays with the provider, and no address
    leads further inside than the provider itself stands: a public one never into the office's own network.
    """

    def __init__(
        self,
        http: HttpClient,
        clock: Clock,
        *,
        api_base: str,
        account_sid: str,
        auth_token: str,
        timeout_seconds: float,
        stall_seconds: float = 15.0,
        limit_bytes: int = MAX_RECORDING_BYTES,
    ) -> None:
        self._http = http
        self._clock = clock
        self._base = api_base.rstrip("/") + "/"
        self._origin = URL(self._base).origin()
        self._headers = {"Authorization": basic_authorization(account_sid, auth_token)}
        self._timeout_seconds = timeout_seconds
        self._stall_seconds = stall_seconds
        self._limit_bytes = limit_bytes

    async def fetch(self, url: str) -> RecordedAudio:
        """The WAV behind a recording's `url`. Raises `Temporary`, `Permanent` or `Misconfigured`."""
        if not self._is_ours(url):
            raise Permanent("address-refused", "the recording is not at the provider's address")
        here = URL(url if url.endswith(".wav") else f"{url}.wav", encoded=True)
        now = asyncio.get_running_loop().time
        until = now() + self._timeout_seconds
        try:
            for _ in range(1 + MAX_HOPS):
                answer = await self._http.get(await self._to(here, until - now()))
                if answer.status == 200:
                    return RecordedAudio(answer.body)
                if answer.status not in _REDIRECTS:
                    raise self._error(answer)
                here = here.join(URL(answer.headers.get("Location", ""), encoded=True))
        except AnswerLost as problem:
            if problem.received:
                return RecordedAudio(problem.received, whole=False)
            raise Temporary("not-reached", "the recording could not be downloaded") from problem
        except NotReached as problem:
            raise Temporary("not-reached", "the recording could not be downloaded") from problem
        except AnswerTooLarge as problem:
            raise Permanent("too-large", "the recording is larger than allowed") from problem
        except ValueError as problem:
            raise Permanent("redirect-refused", "the recording is said to be at no address") from problem
        raise Permanent("redirect-refused", "the recording is sent from address to address")

    async def _to(self, url: URL, seconds: float) -> Destination:
        """Where `url` is, if we may go there. Raises `NotReached` and `Permanent`."""
        headers, address = self._headers, ""
        if url.origin() != self._origin:
            # The address that was checked is the one we connect to, whatever the name says next.
            headers, address = {}, await self._checked(url)
        return destination(
            str(url),
            headers,
            total_seconds=max(seconds, 0.001),
            stall_seconds=self._stall_seconds,
            limit_bytes=self._limit_bytes,
            address=address,
        )

    async def _checked(self, url: URL) -> str:
        secure = url.scheme == "https" or (url.scheme == "http" and self._origin.scheme == "http")
        if not secure or url.user is not None or url.password is not None:
            raise Permanent("redirect-refused", "the recording is sent to an address of another kind")
        found = await self._addresses(url)
        if not may_lead(await self._addresses(self._origin), found):
            raise Permanent("redirect-refused", "the recording is sent into a network of our own")
        return str(found[0])

    async def _addresses(self, url: URL) -> list[IpAddress]:
        """Every address of the host of `url`, those of version 4 first. Raises `NotReached`."""
        try:
            async with asyncio.timeout(self._stall_seconds):
                found = await addresses_of(url.host or "", url.port or 443)
        except TimeoutError as problem:
            raise NotReached("no answer from the name server") from problem
        return sorted(found, key=lambda one: one.version)

    def _is_ours(self, url: str) -> bool:
        """Our token goes to this address, so it must be the provider's and nothing cleverer."""
        if not url.startswith(self._base):
            return False
        path = url[len(self._base) :]
        return re.fullmatch(r"[A-Za-z0-9_/.-]+", path) is not None and ".." not in path

    def _error(self, answer: HttpAnswer) -> SendError:
        label = f"http-{answer.status}"
        if answer.status in {401, 403}:
            return Misconfigured(label, "the provider does not accept our account")
        # Right after a call the audio does not exist yet, and a 5xx changes nothing for a download.
        if answer.status in {404, 408, 429} or answer.status >= 500:
            wait = retry_after_seconds(answer.headers.get("Retry-After", ""), self._clock.now_ms())
            return Temporary(label, "not there yet", retry_after_seconds=wait, slow_down=answer.status == 429)
        return Permanent(label, "the provider has no such recording")


def basic_authorization(account_sid: str, auth_token: str) -> str:
    """The Authorization header's value."""
    return "Basic " + b64encode(f"{account_sid}:{auth_token}".encode()).decode()


def created_at(message: dict[str, Any]) -> int:
    """When the provider made a message of its list (ms UTC, whole seconds); 0 when it does not say."""
    said = message.get("date_created")
    try:
        return int(parsedate_to_datetime(said).timestamp() * 1000) if isinstance(said, str) else 0
    except ValueError:
        return 0


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; an empty one for anything else."""
    try:
        parsed = json.loads(body.decode())  # of bytes it would guess the encoding first
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
