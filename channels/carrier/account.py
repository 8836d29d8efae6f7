"""An account at a gateway: its connections are kept open, and what is sent goes over one of them.

A refused login that is our own fault (address, secret, version) is not tried again before a minute is
over, and everything sent meanwhile fails as misconfigured. Anything else is tried again after 1, 2, 4 … 60
seconds with jitter. Never are two logins of an account on their way at once. A secret that was changed is
taken up while the hub runs: each connection, one after the other, ends in order and logs in anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from channels.carrier.frame import Frame
from channels.carrier.link import Link, LinkLimits, NoAnswer, NotSent, Wire
from channels.clock import Random
from channels.errors import ChannelError, Misconfigured, Temporary

log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_BURST_SECONDS = 0.1
_GOODBYE_SECONDS = 2.0

Sleep = Callable[[float], Awaitable[None]]


class LoginRefused(ChannelError):
    """The gateway does not let us in. ours: a setting of ours is wrong, so that trying again is useless."""

    def __init__(self, code: str, reason: str, *, ours: bool) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.ours = ours


class Dialect(Wire, Protocol):
    """A protocol, as an account speaks it."""

    async def log_in(self, link: Link, secret: str) -> None:
        """Raises `LoginRefused`, `NoAnswer` or `NotSent`."""

    def goodbye(self, sequence: int) -> bytes:
        """The request that ends a connection in order."""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """name: of the channel. connections: how many are kept open. rate: SMS parts per second, over all of
    them. on_demand: a connection is opened when something is to leave, and ended after idle_seconds of the
    limits: for protocols without keep-alive. secret: as it is now."""

    name: str
    host: str
    port: int
    secret: Callable[[], str]
    connections: int = 1
    rate: float = 100.0
    limits: LinkLimits = field(default_factory=LinkLimits)
    connect_seconds: float = 10.0
    on_demand: bool = False


class Bucket:
    """The contract's rate over all connections of an account."""

    def __init__(self, rate: float) -> None:
        self._each = 1.0 / rate
        self._next = 0.0

    def take(self, parts: int, now: float) -> float:
        """How many seconds so many parts have to wait for their turn, 0 or less for none."""
        at = max(self._next, now - _BURST_SECONDS)
        self._next = at + parts * self._each
        return at - now

    def hold(self, seconds: float) -> None:
        """Nobody's turn comes before these seconds are over."""
        self._next = max(self._next, asyncio.get_running_loop().time() + seconds)


class Account:
    """Use `run` as a job; `ask` meanwhile."""

    def __init__(
        self,
        settings: AccountSettings,
        dialect: Dialect,
        heard: Callable[[Link, Frame], None],
        random: Random,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """heard: takes every request of the gateway once the login is over."""
        self._settings = settings
        self._dialect = dialect
        self._heard = heard
        self._random = random
        self._sleep = sleep
        self._links: list[Link] = []
        self._refused: LoginRefused | None = None
        self._unreachable = False
        """Whether the last try to connect came to nothing."""
        self._renewing = False
        """Whether a connection was ended because of a changed secret and the next is not there yet."""
        self._one_login = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._changed = asyncio.Condition()
        self.bucket = Bucket(settings.rate)

    @property
    def links(self) -> int:
        """Connections that are logged in."""
        return len(self._links)

    @property
    def problem(self) -> str:
        """Why there is no connection, in the gateway's code; "" while there is one."""
        if self._links or (self._settings.on_demand and not self._refused and not self._unreachable):
            return ""
        return self._refused.code if self._refused else "not-connected"

    async def run(self) -> None:
        """Keeps the connections until cancelled, then says goodbye on each."""
        keepers = [asyncio.ensure_future(self._keep()) for _ in range(self._settings.connections)]
        try:
            await asyncio.gather(*keepers)
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    async def link(self, parts: int) -> Link:
        """The connection with the fewest requests on it, when it is the turn of so many parts. Raises
        `Temporary` or `Misconfigured`."""
        wait = self.bucket.take(parts, asyncio.get_running_loop().time())
        if wait > 0:
            await asyncio.sleep(wait)
        if len(self._links) == 1:
            return self._links[0]
        if not self._links and self._settings.on_demand:
            self._wanted.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.connect_seconds), self._changed:
                    await self._changed.wait_for(lambda: self._links or self._refused)
        if self._links:
            return min(self._links, key=_load)
        if self._refused is not None and self._refused.ours:
            raise Misconfigured(self._refused.code, self._refused.reason)
        raise Temporary("not-connected", "no connection to the gateway", retry_after_seconds=5.0)

    async def try_login(self) -> None:
        """One login on a connection of its own, for `hub check`. Raises `LoginRefused`, `NoAnswer`, `NotSent`
        or `OSError`."""
        link, _ = await self._connect()
        await self._say_goodbye(link)

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            if self._settings.on_demand:
                await self._wanted.wait()
            try:
                async with self._one_login:
                    link, secret = await self._connect()
            except LoginRefused as problem:
                if self._refused is None or self._refused.code != problem.code:
                    log.error("carrier.login_refused", extra=self._extra(code=problem.code))
                self._refused, self._unreachable = problem, False
                await self._tell()
                pause = _LONGEST_PAUSE if problem.ours else pause
            except (OSError, TimeoutError, NoAnswer, NotSent) as problem:
                log.warning("carrier.not_connected", extra=self._extra(problem=type(problem).__name__))
                self._unreachable = True
            else:
                self._refused, self._unreachable, self._renewing = None, False, False
                pause = _FIRST_PAUSE
                if await self._use(link, secret):
                    continue
            self._renewing = False
            await self._sleep(pause * (0.75 + self._random.random() / 2))
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _use(self, link: Link, secret: str) -> bool:
        """Until it has ended; whether it is to be made anew at once, with another secret."""
        log.info("carrier.connected", extra=self._extra(connections=len(self._links) + 1))
        self._links.append(link)
        await self._tell()
        try:
            while not link.closed.done():
                await asyncio.wait((link.closed,), timeout=self._settings.limits.idle_seconds)
                if self._settings.on_demand and link.idle_seconds >= self._settings.limits.idle_seconds:
                    self._wanted.clear()
                    self._links.remove(link)
                    await self._say_goodbye(link)
                    return False
                if self._is_outdated(secret):
                    log.info("carrier.secret_changed", extra=self._extra())
                    self._renewing = True
                    self._links.remove(link)
                    await self._say_goodbye(link, settle_seconds=self._settings.limits.answer_seconds)
                    return True
            log.warning("carrier.connection_ended", extra=self._extra(reason=link.closed.result()))
        except asyncio.CancelledError:
            self._links.remove(link)
            await self._say_goodbye(link)
            raise
        self._links.remove(link)
        return False

    def _is_outdated(self, secret: str) -> bool:
        """While another connection is made anew, or the new secret is refused, the others carry on."""
        return not self._renewing and self._refused is None and self._settings.secret() != secret

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _connect(self) -> tuple[Link, str]:
        """A connection, and the secret it was opened with."""
        settings = self._settings
        secret = settings.secret()
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(settings.connect_seconds):
            _, link = await loop.create_connection(
                lambda: Link(self._dialect, settings.limits, self._heard), settings.host, settings.port
            )
        try:
            async with asyncio.timeout(settings.connect_seconds):
                await self._dialect.log_in(link, secret)
        except BaseException:
            link.close("login")
            raise
        return link, secret

    async def _say_goodbye(self, link: Link, *, settle_seconds: float = _GOODBYE_SECONDS) -> None:
        """When everything asked was answered, or so long after."""
        with suppress(TimeoutError):
            async with asyncio.timeout(settle_seconds):
                await link.settled()
        with suppress(NoAnswer, NotSent, TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await link.ask(self._dialect.goodbye)
        link.close("goodbye")

    def _extra(self, **more: object) -> dict[str, object]:
        return {"channel": self._settings.name, **more}


def _load(link: Link) -> int:
    return link.load
