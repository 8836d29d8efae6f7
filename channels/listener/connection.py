"""One connection that was opened to us: who it is, what it may, and how much of it is under way.

Rules protected: a request is answered when what it asks is done, and every request is answered; nothing that
the other side can do makes more wait here than its window.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import cast

from channels.carrier.frame import BadFrame, Frame
from channels.carrier.link import Link, LinkLimits, NoAnswer, NotSent
from channels.listener.contract import (
    Account,
    CitizenText,
    Control,
    Login,
    Refusal,
    Refused,
    Served,
    TakesTexts,
    TextPart,
    TextReceipt,
)

log = logging.getLogger(__name__)

LOGIN_SECONDS = 10.0
"""How long a connection may stay without a login."""
_MOST_UNREAD = 256 * 1024
"""Bytes of answers that may wait for a reader."""
_BAD_FRAME = "bad-frame"


class Connection(Link):
    """Made by `loop.create_server`."""

    def __init__(
        self,
        served: Served,
        limits: LinkLimits,
        takes: TakesTexts,
        opened: Callable[[Connection], bool],
        may_log_in: Callable[[Connection, Account], bool],
        ended: Callable[[Connection], None],
    ) -> None:
        """opened: whether there is room for it. may_log_in: whether there is for one more of an account.
        ended: told once, also of one there was no room for."""
        super().__init__(served, limits, self._asked_for)
        self._served = served
        self._window = limits.window
        self._takes = takes
        self._opened = opened
        self._may_log_in = may_log_in
        self._ended = ended
        self._is_logging_in = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._too_late: asyncio.TimerHandle | None = None
        self.source = ""
        self.account: Account | None = None
        self.sends = self.receives = False

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self.source = str(peer[0]) if peer else ""
        cast(asyncio.Transport, transport).set_write_buffer_limits(high=_MOST_UNREAD)
        if not self._opened(self):
            self.close("no-room")
            return
        self._too_late = asyncio.get_running_loop().call_later(LOGIN_SECONDS, self._expect_login)

    def pause_writing(self) -> None:
        """The other side asks and does not read."""
        self.close("does-not-read")

    def connection_lost(self, problem: Exception | None) -> None:
        super().connection_lost(problem)
        if self._too_late is not None:
            self._too_late.cancel()
        self._ended(self)

    def close(self, reason: str) -> None:
        """Ends it now; bytes that were no frame are told so first."""
        if reason == _BAD_FRAME:
            self.tell(self._served.unreadable(None))
            self.end(reason)
        else:
            super().close(reason)

    # --- what the server wants ---

    async def tell_receipt(self, receipt: TextReceipt) -> bool | None:
        """Whether the other side took it; None when it did not answer."""
        return await self._told([self._served.receipt(receipt)])

    async def tell_text(self, text: CitizenText) -> bool | None:
        """The same; all of its parts."""
        return await self._told(self._served.text(text))

    async def _told(self, requests: Sequence[Callable[[int], bytes]]) -> bool | None:
        try:
            for request in requests:
                if not self._served.acknowledged(await self.ask(request)):
                    return False
        except (NoAnswer, NotSent):
            return None
        return True

    async def leave(self) -> None:
        """Answers what is under way, says goodbye and ends."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=5.0)
            for task in late:
                task.cancel()
        self.tell(self._served.goodbye(self.next_sequence()))
        self.end("goodbye")

    # --- requests ---

    def _asked_for(self, _: Link, frame: Frame) -> None:
        try:
            asked = self._served.asked(frame)
        except BadFrame:
            self.tell(self._served.unreadable(frame))
            return
        except Refused as refused:
            self._refuse(frame, refused.refusal)
            return
        if isinstance(asked, Login):
            if self.account is not None or self._is_logging_in:
                self._refuse(frame, Refusal.LOGGED_IN_ALREADY)
            else:
                self._is_logging_in = True
                self._start(frame, self._log_in(frame, asked))
        elif isinstance(asked, TextPart):
            if self.account is None or not self.sends:
                self._refuse(frame, Refusal.NOT_LOGGED_IN)
            elif len(self._tasks) >= self._window:
                self._refuse(frame, Refusal.TOO_FAST)
            else:
                self._start(frame, self._take(frame, self.account, asked))
        elif asked is None:
            self.tell(self._served.unknown(frame))
        else:
            self.tell(self._served.done(frame))
            if asked is Control.GOODBYE:
                self.end("goodbye-of-peer")

    def _start(self, frame: Frame, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._answered(frame, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answered(self, frame: Frame, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Refused as refused:
            self._refuse(frame, refused.refusal)
        except Exception as problem:  # one request must not end the others
            log.error("listener.failed", extra={"problem": type(problem).__name__})
            self._refuse(frame, Refusal.UNAVAILABLE)

    async def _log_in(self, frame: Frame, login: Login) -> None:
        try:
            account = await self._takes.log_in(login, self.source)
            if self.closed.done():
                return
            if not self._may_log_in(self, account):
                raise Refused(Refusal.LOGIN_NOT_NOW)
        except Refused as refused:
            log.warning("listener.login_refused", extra={"reason": refused.refusal.value})
            self._refuse(frame, refused.refusal)
            self.end("login-refused")
            return
        finally:
            self._is_logging_in = False
        self.account, self.sends, self.receives = account, login.sends, login.receives
        self.tell(self._served.done(frame, login.name))

    async def _take(self, frame: Frame, account: Account, part: TextPart) -> None:
        self.tell(self._served.done(frame, await self._takes.take(account, part)))

    def _refuse(self, frame: Frame, refusal: Refusal) -> None:
        self.tell(self._served.refused(frame, refusal))

    def _expect_login(self) -> None:
        if self.account is None and not self._is_logging_in:
            self.end("no-login")
