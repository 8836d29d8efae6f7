"""Tells the played citizens what to do, over HTTP: the outside may live in another process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from channels.loopback.gateway import Trouble

_CALL_SECONDS = 60.0


class NobodyAnswered(Exception):
    """The hub was not there; nothing is known to be kept, and the provider would try again."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A finished call: what was read out, who ended it, how every webhook was answered."""

    call_sid: str
    ended: str
    texts: tuple[str, ...]
    statuses: tuple[int, ...]
    repeats_equal: bool


class Citizens:
    """A client of the control endpoints of `hub/demo/outside.py`."""

    def __init__(self, control_url: str, token: str, http: aiohttp.ClientSession) -> None:
        self._url = control_url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http = http

    async def connect(self, hub_url: str) -> None:
        """From now on the line is answered by the hub at `hub_url`."""
        await self._ask("/play/connect", {"url": hub_url})

    async def put_back(self, *, minutes: float) -> None:
        """The gateway's clock goes with the hub's."""
        await self._ask("/play/put_back", {"minutes": minutes})

    async def trouble(self, trouble: Trouble, to: str) -> None:
        """What goes wrong with the next part that leaves to a number."""
        await self._ask("/play/trouble", {"trouble": trouble.value, "to": to})

    async def text(
        self, sender: str, body: str, *, id: str, copies: int = 1, backwards: bool = False
    ) -> list[int]:
        """A text to 12110, delivered `copies` times; the result of each part, 0 = stored. id: 16 hex digits,
        by which the hub keeps it. backwards: the last part of a long one comes first. Raises
        `NobodyAnswered`."""
        said = {"from": sender, "body": body, "id": id, "copies": copies, "backwards": backwards}
        answer = await self._ask("/play/text", said)
        return list(answer["results"])

    async def call(self, caller: str, script: Sequence[str], *, copies: int = 1) -> Heard:
        """A call to 12389, played to its end."""
        went = await self._ask("/play/call", {"from": caller, "script": list(script), "copies": copies})
        return Heard(
            went["call_sid"],
            went["ended"],
            tuple(went["heard"]),
            tuple(went["statuses"]),
            went["repeats_equal"],
        )

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=_CALL_SECONDS)
        async with self._http.post(
            self._url + path, json=body, headers=self._headers, timeout=timeout
        ) as answer:
            if answer.status == 502:
                raise NobodyAnswered(path)
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found
