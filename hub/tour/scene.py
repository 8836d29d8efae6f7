"""What every story needs: citizens to be told, pages to be read, journals to be believed.

A hub that is killed in the middle is waited for. A message of which nobody knows whether it left is
accepted as such only after a kill, only if the hub itself says so, and is listed at the end.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import randbelow, randbits
from typing import Any, TypeVar

import aiohttp

from channels.loopback.gateway import Trouble
from hub.demo.citizens import Citizens, Heard, NobodyAnswered
from hub.demo.outside import TEXT_CHANNEL
from hub.demo.sample import Sample
from hub.runtime.clock import Clock
from hub.tour.browser import PATIENCE_SECONDS, Browser
from hub.tour.journal import Journals, doubled
from hub.tour.story import NotHeld

_PAUSE_SECONDS = 0.05
_PAIR = re.compile(r"(\d{14})\D+(\d{16}|\d{8})(?!\d)")
T = TypeVar("T")


@dataclass
class Server:
    """The demo the tour plays against. state: what it said at its last start. kills: so far."""

    state: dict[str, Any]
    token: str = field(repr=False)
    kills: int = 0

    def password(self, login: str) -> str:
        """The one of its last start."""
        return str(next(a["password"] for a in self.state["accounts"] if a["login"] == login))

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return str(self.state["urls"]["home"]).rstrip("/")


class Scene:
    """One tour. kept: (channel, provider id, sender of a mail) of every event that was acknowledged."""

    def __init__(
        self,
        sample: Sample,
        server: Server,
        citizens: Citizens,
        journals: Journals,
        http: aiohttp.ClientSession,
        clock: Clock,
    ) -> None:
        self.sample = sample
        self.server = server
        self.journals = journals
        self.http = http
        self.kept: list[tuple[str, str, str]] = []
        self._citizens = citizens
        self._clock = clock
        self._numbers: set[str] = set()
        self._began = clock.now_ms()

    def says(self, name: str) -> str:
        """A text of the sample's tour."""
        return str(self.sample.tour[name])

    def browser(self) -> Browser:
        """A new person's browser."""
        return Browser(self.http, self.server.url)

    def now_ms(self) -> int:
        """What time it is."""
        return self._clock.now_ms()

    def new_number(self) -> str:
        """A telephone number of the invented range that nobody in the sample or in this tour has."""
        while (number := f"+861380000{2000 + randbelow(5000):04d}") in self._numbers:
            pass
        self._numbers.add(number)
        return number

    # -- what citizens do --------------------------------------------------------------------

    async def text(
        self, number: str, body: str, *, id: str = "", copies: int = 1, backwards: bool = False
    ) -> str:
        """A text to 12110, brought again until it is acknowledged, as a gateway does; its id. backwards: the
        last part of a long one first."""
        id = id or f"{randbits(60):016x}"

        async def acknowledged() -> bool:
            try:
                told = await self._citizens.text(number, body, id=id, copies=copies, backwards=backwards)
            except NobodyAnswered:
                return False
            return bool(told) and not any(told)

        await self.until(acknowledged, "短信没有被接收 (the text was not acknowledged)")
        self.kept.append((TEXT_CHANNEL, id, ""))
        return id

    async def trouble(self, trouble: Trouble, number: str) -> None:
        """What goes wrong with the next part that leaves to a number."""
        await self._citizens.trouble(trouble, number)

    async def call(self, number: str, script: Sequence[str]) -> Heard:
        """A call that is made again when the line breaks down in the middle."""

        async def heard_to_the_end() -> Heard | None:
            went = await self._citizens.call(number, script)
            return went if went.ended in ("caller", "line") and 0 not in went.statuses else None

        return await self.until(heard_to_the_end, "电话没有打通 (the call broke down)")

    # -- what came of it ---------------------------------------------------------------------

    async def until(self, look: Callable[[], Awaitable[T | None]], otherwise: str) -> T:
        """What `look` gives as soon as it is true. Raises `NotHeld`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while True:
            try:
                found = await look()
            except (aiohttp.ClientError, TimeoutError):
                found = None
            if found:
                return found
            if loop.time() > deadline:
                raise NotHeld(otherwise)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def answer_to(self, number: str, *, having: str = "") -> str:
        """The text to `number` that holds `having`: as the carrier took it, or as it is in doubt."""

        async def look() -> str:
            taken = [t.text for t in self.journals.texts(number) if having in t.text]
            if taken:
                return taken[-1]
            return next((row["text"] for row in await self.doubts() if _fits(row, number, having)), "")

        return await self.until(look, f"没有短信发给 {number[-4:]} (no text left)：{having}")

    async def mail_to(self, address: str, *, having: str) -> tuple[str, str, str]:
        """Subject, text and In-Reply-To of the mail to `address` that holds `having`."""

        async def look() -> tuple[str, str, str] | None:
            for taken in self.journals.mails(address):
                if having in taken.text:
                    return str(taken.mail["Subject"]), taken.text, str(taken.mail["In-Reply-To"] or "")
            for row in await self.doubts():
                if _fits(row, address, having):
                    return row["title"], row["text"], row["reply_to"]
            return None

        return await self.until(look, f"没有邮件发出 (no mail left)：{having}")

    async def doubts(self) -> list[dict[str, Any]]:
        """Messages that may have left, as the hub lists them; nothing before it was killed once.

        A text that was only claimed leaves when its lease is over, and is waited for. The lease of a
        mail is as long as a mail server may take to answer: ten minutes.
        """
        if not self.server.kills:
            return []
        rows: list[dict[str, Any]] = (await self.look("/demo/state"))["unsure"]
        return [row for row in rows if row["state"] != "leased" or row["sender"] == "mail"]

    async def event(self, channel: str, provider_id: str, sender: str = "") -> dict[str, Any]:
        """What the hub kept of a provider's event. `sender`: of a mail, whose id is its writer's."""
        query = {"channel": channel, "id": provider_id, "from": sender}
        return await self.until(lambda: self.look("/demo/event", query), "没有回答 (no answer)")

    async def twice(self, unsure: Collection[str]) -> list[str]:
        """What citizens got more often than the hub meant to send it, but for what it lists as unsure."""
        meant = (await self.look("/demo/texts", {"since": str(self._began)}))["texts"]
        texts = doubled(self.journals.texts(), meant, unsure)
        return texts + [id for id in self.journals.mailed_twice() if id not in unsure]

    async def look(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """An answer of the demo's look-in."""
        url = self.server.state["control"]["look"] + path
        headers = {"Authorization": f"Bearer {self.server.token}"}
        async with self.http.get(url, params=query, headers=headers) as answer:
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found


def pair(text: str) -> tuple[str, str]:
    """The number and the query code in a text. Raises `NotHeld`."""
    found = _PAIR.search(text)
    if found is None:
        raise NotHeld(f"没有编号和查询码 (no number and code)：{text}")
    return found[1], found[2]


def _fits(row: Mapping[str, Any], to: str, having: str) -> bool:
    return row["to"] == to and having in row["text"]
