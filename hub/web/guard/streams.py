"""How many event streams may be open: so many of one address and of all strangers, so many of one session.

A stream holds a connection and is written to for as long as it lives. Three hundred handlers may share one
address, so theirs are counted by session; a page more is refused with 429, and its script asks again.
Citizens who share the address of a carrier are many, too: a chat that finds no place is told what there is,
and to come back in a few seconds, so that it lives without holding a connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from hub.settings.web import Web
from hub.web.guard.connections import ends_with_connection
from hub.web.keys import SESSION, SOURCE

AGAIN_SECONDS = 10
"""When a page without a place may ask again."""


class Streams:
    """The open streams of this process."""

    def __init__(self, limits: Web) -> None:
        self._limits = limits
        self._of_strangers = 0
        self._of: dict[tuple[str, str], list[web.Request]] = {}

    @contextmanager
    def of_address(self, request: web.Request) -> Iterator[bool]:
        """Holds a place for somebody who is not signed in. False: there is none."""
        there_is = self._of_strangers < self._limits.streams_of_strangers
        most = self._limits.streams_per_address if there_is else 0
        with self._held(request, ("address", request[SOURCE]), most) as held:
            self._of_strangers += held
            try:
                yield held
            finally:
                self._of_strangers -= held

    @contextmanager
    def of_session(self, request: web.Request) -> Iterator[None]:
        """Holds a place for a page of a session. Raises 429 where there is none."""
        session = ("session", request[SESSION].id)
        with self._held(request, session, self._limits.streams_per_session) as held:
            if not held:
                raise web.HTTPTooManyRequests(headers={"Retry-After": str(AGAIN_SECONDS)})
            yield

    @contextmanager
    def _held(self, request: web.Request, key: tuple[str, str], most: int) -> Iterator[bool]:
        living = [one for one in self._of.get(key, ()) if one.transport is not None]
        held = len(living) < most
        self._of[key] = [*living, request] if held else living
        try:
            with ends_with_connection(request):
                yield held
        finally:
            self._of[key] = [one for one in self._of.get(key, ()) if one is not request]
            if not self._of[key]:
                del self._of[key]


STREAMS = web.AppKey("streams", Streams)
