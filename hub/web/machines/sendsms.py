"""Kannel's `GET /cgi-bin/sendsms`, for scripts that nobody changes any more.

Rules protected: a password and numbers stand in the address, so this listens on a port of its own, beside the
pages' middleware, and nothing logs a request: no access log, no error of the server, no trace. What is
answered with 0 is on disk; the same request within a minute is the same text. Words and statuses are those of
Kannel, so that scripts that look at them go on working.
"""

from __future__ import annotations

import logging
import ssl
from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from aiohttp import web

from channels.carrier.long_text import split_head
from channels.listener.contract import Login, Refusal, Refused, TakesTexts, TextPart
from hub.actions.departments.listener.tell_by_get import DELIVERED, NOT_DELIVERED, reply_to
from hub.runtime.clock import Clock

log = logging.getLogger(__name__)

PATH = "/cgi-bin/sendsms"
ACCEPTED = "0: Accepted for delivery"
LATER = "Temporal failure, try again later."
_MOST_LINE = 32_768
"""Bytes of a request line: a thousand characters are nine thousand there."""
_MOST_NUMBERS = 100
_MOST_AT_ONCE, _MOST_OF_SOURCE = 100, 20
"""Requests under way: in all, and of one address. Who guesses waits, and must not take the room of others."""
_SILENT = logging.Logger("sendsms", logging.CRITICAL + 1)
"""For aiohttp: what it logs of a request it cannot read is the request."""

_WORDS: Mapping[Refusal, tuple[HTTPStatus, str]] = {
    Refusal.WRONG_LOGIN: (HTTPStatus.FORBIDDEN, "Authorization failed for sendsms"),
    Refusal.LOGIN_NOT_NOW: (HTTPStatus.FORBIDDEN, "Authorization failed for sendsms"),
    Refusal.TOO_FAST: (HTTPStatus.SERVICE_UNAVAILABLE, LATER),
    Refusal.UNAVAILABLE: (HTTPStatus.SERVICE_UNAVAILABLE, LATER),
    Refusal.DAILY_QUOTA: (HTTPStatus.FORBIDDEN, "Daily quota used up, rejected"),
    Refusal.MONTHLY_QUOTA: (HTTPStatus.FORBIDDEN, "Monthly quota used up, rejected"),
    Refusal.BAD_SOURCE: (HTTPStatus.BAD_REQUEST, "Sender not registered, rejected"),
    Refusal.BAD_DESTINATION: (
        HTTPStatus.BAD_REQUEST,
        "Number(s) has/have been denied by white- and/or black-lists.",
    ),
    Refusal.BAD_SCHEDULE: (HTTPStatus.BAD_REQUEST, "Deferred field misformed, rejected"),
    Refusal.BAD_EXPIRY: (HTTPStatus.BAD_REQUEST, "Validity field misformed, rejected"),
    Refusal.EMPTY: (HTTPStatus.BAD_REQUEST, "Empty text not allowed, rejected"),
}
"""Any other refusal is of this text, for good."""
_REJECTED = (HTTPStatus.BAD_REQUEST, "Text not as agreed, rejected")
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16be": "utf-16-be",
    "ucs-2": "utf-16-be",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "us-ascii": "ascii",
}


class _Misformed(Exception):
    """Kannel's words for a request that cannot be."""


class SendsmsSite:
    """Where it listens. may_call_back: whether receipts may be told to an address. stop_seconds: how long
    what is under way is waited for at the end."""

    def __init__(
        self,
        takes: TakesTexts,
        clock: Clock,
        may_call_back: Callable[[str], bool],
        *,
        stop_seconds: float = 5.0,
    ) -> None:
        self._takes = takes
        self._clock = clock
        self._may_call_back = may_call_back
        self._under_way: Counter[str] = Counter()
        app = web.Application()
        app.router.add_get(PATH, self._answered, allow_head=False)  # a HEAD must send nothing
        self._runner = web.AppRunner(
            app, access_log=None, logger=_SILENT, max_line_size=_MOST_LINE, shutdown_timeout=stop_seconds
        )

    async def listen(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> int:
        """The port, where 0 was asked for any. Raises `OSError`."""
        if self._runner.server is None:
            await self._runner.setup()
        await web.TCPSite(self._runner, host, port, ssl_context=tls, reuse_address=True).start()
        found: int = self._runner.addresses[-1][1]
        return found

    async def step(self) -> None:
        """Nothing: each request stands for itself."""

    async def close(self) -> None:
        """Answers what is under way."""
        await self._runner.cleanup()

    async def _answered(self, request: web.Request) -> web.Response:
        source = request.remote or ""
        if self._under_way.total() >= _MOST_AT_ONCE or self._under_way[source] >= _MOST_OF_SOURCE:
            return _response(HTTPStatus.SERVICE_UNAVAILABLE, LATER)
        self._under_way[source] += 1
        try:
            return _response(HTTPStatus.ACCEPTED, await self._taken(request))
        except Refused as refused:
            log.info("sendsms.refused", extra={"reason": refused.refusal.value})
            return _response(*_WORDS.get(refused.refusal, _REJECTED))
        except _Misformed as misformed:
            return _response(HTTPStatus.BAD_REQUEST, str(misformed))
        except Exception as problem:  # nothing of a request may reach whoever logs what is not caught
            log.error("sendsms.failed", extra={"problem": type(problem).__name__})
            return _response(HTTPStatus.SERVICE_UNAVAILABLE, LATER)
        finally:
            self._under_way[source] -= 1
            self._under_way += Counter()  # forgets those that have none

    async def _taken(self, request: web.Request) -> str:
        """Raises `Refused`, `_Misformed`. Of several numbers those that are none are left out, as Kannel
        does; the first other refusal ends it, and the same request goes on where it ended."""
        given = _Given(request.rel_url.raw_query_string)
        login = Login(given.text("username", "user"), given.text("password", "pass"))
        account = await self._takes.log_in(login, request.remote or "")
        numbers = _numbers(given)
        part, taken = self._part(given), 0
        for number in numbers:
            try:
                await self._takes.take(account, part(number))
                taken += 1
            except Refused as refused:
                if refused.refusal is not Refusal.BAD_DESTINATION:
                    raise
        if not taken:
            raise Refused(Refusal.BAD_DESTINATION)
        return ACCEPTED

    def _part(self, given: _Given) -> Callable[[str], TextPart]:
        """The text, for each number."""
        head = given.raw("udh")
        if head and len(head) != head[0] + 1:
            raise _Misformed("UDH field misformed, rejected")
        coding = given.number("coding", 1 if head else 0, "Coding field misformed, rejected")
        if coding not in (0, 2):  # 1 is data
            raise _Misformed("Coding field misformed, rejected")
        charset = given.text("charset").lower() or ("utf-16be" if coding == 2 else "utf-8")
        encoding, content = _CHARSETS.get(charset, ""), given.raw("text")
        try:
            content.decode(encoding or "none")
        except (ValueError, LookupError):
            raise _Misformed("Charset or body misformed, rejected") from None
        if not content:
            raise Refused(Refusal.EMPTY)
        place, content = split_head(head + content) if head else (None, content)
        now, minutes = self._clock.now_ms(), 60_000
        deferred = given.number("deferred", 0, "Deferred field misformed, rejected")
        validity = given.number("validity", 0, "Validity field misformed, rejected")
        reply = self._reply_to(given)
        return lambda number: TextPart(
            source=given.text("from"),
            destination=number,
            encoding=encoding,
            content=content,
            sequence=0,
            place=place,
            wants_receipt=bool(reply),
            not_before=now + deferred * minutes if deferred else 0,
            expires_at=now + validity * minutes if validity else 0,
            reply_to=reply,
        )

    def _reply_to(self, given: _Given) -> str:
        url = given.text("dlr-url", "dlrurl")
        mask = given.number(("dlr-mask", "dlrmask"), 0, "DLR-Mask field misformed, rejected")
        if mask > 63:
            raise _Misformed("DLR-Mask field misformed, rejected")
        if not url or not mask & (DELIVERED | NOT_DELIVERED):
            return ""
        if not self._may_call_back(url):
            raise _Misformed("DLR-URL field misformed, rejected")
        return reply_to(mask, url)


class _Given:
    """What stands in a query: bytes, because the charset is one of its fields."""

    def __init__(self, query: str) -> None:
        self._fields: dict[str, str] = {}
        for name, value in parse_qsl(query, keep_blank_values=True, encoding="latin-1", max_num_fields=64):
            self._fields.setdefault(name, value)

    def raw(self, name: str) -> bytes:
        return self._fields.get(name, "").encode("latin-1")

    def text(self, *names: str) -> str:
        """Of the first of these names that is there."""
        found = next((self._fields[name] for name in names if name in self._fields), "")
        return found.encode("latin-1").decode("utf-8", "replace").strip()

    def number(self, names: str | tuple[str, ...], otherwise: int, misformed: str) -> int:
        """Not below 0. Raises `_Misformed`."""
        value = self.text(*((names,) if isinstance(names, str) else names))
        if not value or value == "-1":  # Kannel's "not said"
            return otherwise
        if not (value.isascii() and value.isdigit() and len(value) <= 6):
            raise _Misformed(misformed)
        return int(value)


def _numbers(given: _Given) -> list[str]:
    found = list(dict.fromkeys(given.text("to").split()))
    if not found:
        raise _Misformed("Missing receiver number, rejected")
    if len(found) > _MOST_NUMBERS:
        raise _Misformed("Too many receiver numbers, rejected")
    return found


def _response(status: HTTPStatus, words: str) -> web.Response:
    return web.Response(
        status=status,
        text=words,
        content_type="text/html",
        headers={"Cache-Control": "no-store", "Server": "hub", "X-Content-Type-Options": "nosniff"},
    )
