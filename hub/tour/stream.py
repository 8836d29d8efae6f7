"""The event stream of a chat as a browser reads it: it comes back and says what it has."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import aiohttp

from hub.tour.browser import PATIENCE_SECONDS, Browser
from hub.tour.page import Page
from hub.tour.scene import Scene
from hub.tour.story import NotHeld


@dataclass(frozen=True, slots=True)
class _Said:
    number: int
    kind: str
    text: str


class ChatStream:
    """Everything heard so far. It is connected only while something is waited for."""

    def __init__(self, scene: Scene, browser: Browser) -> None:
        self._scene = scene
        self._browser = browser
        self._said: list[_Said] = []
        self.reconnected_after = 0

    @property
    def numbers(self) -> list[int]:
        """The numbers of the messages in the order they came."""
        return [said.number for said in self._said]

    @property
    def last(self) -> int:
        """The number of the last message heard, 0 = none."""
        return self._said[-1].number if self._said else 0

    @property
    def is_whole(self) -> bool:
        """Whether every message came once and in order."""
        return self.numbers == list(range(1, len(self._said) + 1))

    async def hears(self, words: str, *, by: str) -> str:
        """Connects, waits for a message of `by` (own, robot, agent) with `words`, and disconnects."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while loop.time() < deadline:
            self.reconnected_after = self.last
            try:
                async with asyncio.timeout(deadline - loop.time()):
                    found = await self._read(words, by)
            except TimeoutError:
                break
            except aiohttp.ClientError:
                found = None
            if found is not None:
                return found
            await asyncio.sleep(0.1)
        raise NotHeld(f"会话里没有出现 (not heard)：{words}")

    async def _read(self, words: str, by: str) -> str | None:
        headers = self._browser.headers | {"Accept": "text/event-stream"}
        if self.last:
            headers["Last-Event-ID"] = str(self.last)
        url = f"{self._scene.server.url}/chat/events"
        timeout = aiohttp.ClientTimeout(total=None, sock_read=20)
        async with self._scene.http.get(url, headers=headers, timeout=timeout) as answer:
            number, name, data = 0, "message", ""
            async for raw in answer.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("id: "):
                    number = int(line[4:])
                elif line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    data += line[6:] + "\n"
                elif not line and data:
                    is_said, said = name == "message", _message(number, data)
                    name, data = "message", ""
                    if not is_said:  # what became of messages, and no message
                        continue
                    self._said.append(said)
                    if said.kind == by and words in said.text:
                        return said.text
        return None


def _message(number: int, html: str) -> _Said:
    kind = re.search(r"bubble bubble-(\w+)", html)
    text = re.search(r'<p class="bubble-text">(.*?)</p>', html, re.DOTALL)
    return _Said(number, kind[1] if kind else "", Page(200, "", text[1] if text else "").text)
