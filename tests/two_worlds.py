"""Two hubs that differ in one report only, and the same requests to both.

Both begin as copies of one folder, at the same instant, with the same random numbers where those are no
secrets. In the second one a report is filed. Requests come from the table of routes, so that a new route is
played without a change here. What a hub makes up itself (request ids, nonces, new numbers and tokens) is
replaced by the order in which it first appears.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web

from hub.app import open_hub
from hub.hub import Hub
from hub.model.agent import GRANTS, Agent, Permission, Role, Session
from hub.model.cases.case import Case
from hub.repositories.agents import token_digest
from hub.repositories.staff.held_forms import HeldFormRepository
from hub.runtime.clock import FakeClock
from hub.settings.settings import Settings
from hub.web.guard.auth import is_granted
from hub.web.guard.staff import Staff
from hub.web.route import Route
from hub.web.routes import ROUTES
from hub.web.site import build_site
from hub.web.unchanged import RUN
from tests.world import CHEAP_PASSWORDS

OUTSIDE = tuple(role for role in Role if Permission.REPORT_READ not in GRANTS[role])
"""Every role for which a report does not exist."""

_READS = ("get", "get_many", "find_one", "find", "count", "counted", "search", "scan", "claim")
_LISTED = ("find", "cases")
"""Of lists of cases the rows count too: what is hidden is left out by the store, not after it was read."""
_LEFT_OUT = {"/staff/logout", "/static/{digest}/{path:.+}"}
"""The first ends the login that the requests behind it need; the second reads no store."""
_STREAM = "/events"
"""How the addresses of streams end: those are followed while something happens, not asked."""
_LOOKED_AT = "/staff/senders/events"
"""Nothing rings it: it says what its page says, every two seconds."""
_QUIET_SECONDS = 0.6
"""Longer than the desk gathers what it tells together (`GATHER_SECONDS`)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and what was read for it: kind of read, collection, rows of a list of cases."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    reads: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. role: None = a citizen."""

    role: Role | None
    method: str
    path: str
    fields: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.role or 'citizen'} {self.method} {self.path} {sorted(self.fields)}"


@dataclass
class TwinHub:
    """One of the two: a hub with its pages, whose jobs stand still."""

    hub: Hub
    clock: FakeClock
    url: str
    http: ClientSession
    agents: Mapping[Role, Agent]
    known: frozenset[str] = frozenset()
    _reads: list[tuple[str, str, int]] = field(default_factory=list)

    async def login(self, role: Role, *, again: bool = False) -> None:
        """A session with a token that is the same in both. again: in the place of an earlier one."""
        now = self.clock.now_ms()
        if again:
            await self.hub.repositories.sessions.delete(token_digest(_token(role)))
        await self.hub.repositories.sessions.insert(
            Session(token_digest(_token(role)), self.agents[role].id, _csrf(role), now, now, now + 36_000_000)
        )

    async def ask(self, asked: Asked, *, as_it_is: bool = False) -> Answer:
        """Its answer, with everything made up by the hub replaced."""
        self.clock.advance(seconds=1)
        random.seed(self.clock.now_ms())
        self._reads.clear()
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "zh"}
        fields = dict(asked.fields)
        if asked.role:
            headers["Cookie"] = f"__Host-hub={_token(asked.role)}"
            fields["csrf"] = _csrf(asked.role)
        sent = {"params": fields} if asked.method == "GET" else {"data": fields}
        if asked.method == "GET":
            fields.pop("csrf", None)
        url = self.url + asked.path
        async with self.http.request(
            asked.method,
            url,
            headers=headers,
            allow_redirects=False,
            **sent,  # type: ignore[arg-type]
        ) as answer:
            body = (await answer.read()).decode("utf-8", "replace")
            if as_it_is:
                return Answer(answer.status, (), body, ())
            nonce = re.search(r"nonce-([^']+)", answer.headers.get("Content-Security-Policy", ""))
            seen = {one: one for one in self.known}
            kept = tuple(
                (name, self._same(value, nonce, seen))
                for name, value in answer.headers.items()
                if name != "Date"
            )
            return Answer(answer.status, kept, self._same(body, nonce, seen), tuple(self._reads))

    async def list_shown(self) -> str:
        """What the page of the queue asks its stream for, as a handler's."""
        await self.login(Role.HANDLER)
        page = await self.ask(Asked(Role.HANDLER, "GET", "/staff/queue", {}), as_it_is=True)
        await self.hub.repositories.sessions.delete(token_digest(_token(Role.HANDLER)))
        return unescape(re.findall(r'data-feed="([^"]+)"', page.body)[0])

    async def hear(self, role: Role, path: str, into: list[str]) -> None:
        """Everything a stream says, until cancelled."""
        headers = {"Cookie": f"__Host-hub={_token(role)}", "Accept": "text/event-stream"}
        seen = {one: one for one in self.known}
        async with self.http.get(
            self.url + path, headers=headers, timeout=ClientTimeout(total=None)
        ) as answer:
            into.append(str(answer.status))
            if answer.status != 200:
                return
            async for line in answer.content:
                into.append(self._same(line.decode(), None, seen))

    def count_reads(self) -> None:
        """Notes every read from now on, whichever of the stores round the engine it goes through."""
        layer: Any = self.hub.documents
        while layer is not None:
            for name in _READS:
                if name in vars(layer):
                    setattr(layer, name, self._counted(name, getattr(layer, name)))
            layer = vars(layer).get("_documents")

    def _counted(self, name: str, read: Callable[..., Any]) -> Callable[..., Any]:
        if name == "scan":

            def scan(collection: str, *args: Any, **kwargs: Any) -> Any:
                self._reads.append((name, collection, 0))
                return read(collection, *args, **kwargs)

            return scan

        async def counted(collection: str, *args: Any, **kwargs: Any) -> Any:
            found = await read(collection, *args, **kwargs)
            rows = len(found) if isinstance(found, list | tuple | dict) else 0
            self._reads.append((name, collection, rows if (name, collection) == _LISTED else 0))
            return found

        return counted

    def _same(self, text: str, nonce: re.Match[str] | None, seen: dict[str, str]) -> str:
        text = text.replace(nonce[1], "<nonce>") if nonce else text
        return _MADE_UP.sub(lambda found: seen.setdefault(found[0], f"<{len(seen)}>"), text)


_MADE_UP = re.compile(
    r"\b[0-9A-F]{10}\b|(?<=place=)[A-Za-z0-9_-]{8}(?=\.)|\b[0-9a-f]{12,64}\b"
    r"|\b\d{14}\b|\b\d{6} \d{6} \d{2}\b|[A-Za-z0-9_-]{20,}"
)


@dataclass(frozen=True, slots=True)
class Places:
    """What stands in the addresses: for every name in braces an ordinary value, and the report's."""

    ordinary: Mapping[str, str]
    report: Mapping[str, str]

    def of(self, path: str) -> Iterator[str]:
        """The addresses of a route, each once."""
        names = re.findall(r"{(\w+)(?::[^}]*)?}", path)
        made = []
        for places in (self.ordinary, self.report):
            made.append(_filled(path, {name: places.get(name, places["case_id"]) for name in names}))
        yield from dict.fromkeys(made)


def requests(places: Places, attack: Mapping[str, str], agents: Mapping[Role, Agent]) -> Iterator[Asked]:
    """Every route for everybody outside who gets through its door; what is posted is an attack."""
    for role in (None, *OUTSIDE):
        for route in ROUTES:
            if (
                route.path in _LEFT_OUT
                or route.path.endswith(_STREAM)
                or not _gets_through(route, agents.get(role) if role else None)
            ):
                continue
            for path in places.of(route.path):
                if route.method == "GET":
                    yield Asked(role, route.method, path, {})
                if route.method != "GET" or "{" not in route.path:  # a list may be asked for something
                    yield Asked(role, route.method, path, attack)


def _gets_through(route: Route, agent: Agent | None) -> bool:
    if agent is None:
        return not route.login and not route.path.startswith("/webhooks")
    return route.login and is_granted(agent, route)


def _filled(path: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        path = re.sub(rf"{{{name}(?::[^}}]*)?}}", value, path)
    return path


def _token(role: Role) -> str:
    return f"token-of-{role.value}".ljust(40, "x")


def _csrf(role: Role) -> str:
    return f"csrf-of-{role.value}"


@asynccontextmanager
async def twin(
    settings: Settings, clock: FakeClock, before: Callable[[Hub], Awaitable[None]], *, live: bool = False
) -> AsyncIterator[TwinHub]:
    """A hub over the folder of `settings`, after `before` happened in it. live: its desk tells open pages
    what changes; else nothing is read but for requests."""
    hub = await open_hub(settings, clock)
    try:
        start = clock.at
        await before(hub)
        clock.at = start + 3_600_000
        staff = Staff.build(
            clock=clock,
            agents=hub.repositories.agents,
            units=hub.repositories.units,
            logins=hub.repositories.sessions,
            setup=hub.repositories.setup,
            devices=hub.repositories.known_devices,
            held=HeldFormRepository(hub.documents, hub.vault),
            passwords=CHEAP_PASSWORDS,
            mark=hub.vault.log_mark,
        )
        site = build_site(hub, staff)
        site[RUN] = "run"
        if not live:
            site.cleanup_ctx.clear()
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        agents = {agent.roles[0]: agent for agent in await hub.repositories.agents.list()}
        timeout = ClientTimeout(total=20)
        async with ClientSession(cookie_jar=DummyCookieJar(), timeout=timeout) as http:
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            twin = TwinHub(hub, clock, url, http, agents)
            twin.count_reads()
            try:
                yield twin
            finally:
                await runner.cleanup()
    finally:
        await hub.close()


def copied(settings: Settings, folder: Path) -> Settings:
    """The same settings for a copy of everything they name."""
    shutil.copytree(settings.store.path.parent, folder)
    old = str(settings.store.path.parent)
    dumped = settings.model_dump()
    moved = _moved(dumped, old, str(folder))
    return settings.model_copy(
        update={
            "store": settings.store.model_copy(update={"path": Path(moved["store"]["path"])}),
            "keys": settings.keys.model_copy(
                update={
                    name: Path(value)
                    for name, value in moved["keys"].items()
                    if str(value).startswith(str(folder))
                }
            ),
            "files": settings.files.model_copy(update={"path": Path(moved["files"]["path"])}),
        }
    )


def _moved(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _moved(one, old, new) for key, one in value.items()}
    if isinstance(value, str | Path) and str(value).startswith(old):
        return new + str(value)[len(old) :]
    return value


async def difference(one: TwinHub, other: TwinHub, asked: list[Asked]) -> dict[str, tuple[Answer, Answer]]:
    """The requests that the two answer differently."""
    found = {}
    for role, of_role in itertools.groupby(asked, key=lambda one: one.role):
        if role:
            await one.login(role)
            await other.login(role)
        for each in of_role:
            answers = (await one.ask(each), await other.ask(each))
            assert answers[0].status < 500, each  # two equal failures would prove nothing
            if answers[0] != answers[1]:
                found[str(each)] = answers
    return found


def streams(twin: TwinHub, shown: str) -> list[tuple[Role, str, str]]:
    """Every stream of staff for everybody outside who may follow it, with what the page shows."""
    return [
        (role, path, f"{path}?{shown}")
        for role in OUTSIDE
        for route in ROUTES
        if route.path.endswith(_STREAM) and route.path != _LOOKED_AT
        if _gets_through(route, twin.agents[role])
        for path in [_filled(route.path, dict.fromkeys(re.findall(r"{(\w+)}", route.path), "1"))]
    ]


async def overheard(
    twin: TwinHub,
    followed: list[tuple[Role, str, str]],
    happenings: Sequence[Callable[[Hub], Awaitable[None]]],
) -> dict[str, list[str]]:
    """What the streams said while things happened one after the other, each told before the next."""
    said: dict[str, list[str]] = {f"{role} {path}": [] for role, path, _ in followed}
    for role in dict.fromkeys(role for role, _, _ in followed):
        await twin.login(role)
    tasks = [
        asyncio.create_task(twin.hear(role, address, said[f"{role} {path}"]))
        for role, path, address in followed
    ]
    try:
        for happening in happenings:
            await asyncio.sleep(_QUIET_SECONDS)
            twin.clock.advance(seconds=0.5)
            await happening(twin.hub)
        await asyncio.sleep(_QUIET_SECONDS)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return said


_COLLECTION_OF = {"delivery_id": "outbox", "recording_id": "recordings", "letter_id": "letters"}
"""Names in addresses that are ids of something else than a case. Not of a contact: its id is made of the
address with a key, so that who knows it knows the number."""


async def places_in(one: TwinHub, other: TwinHub) -> tuple[Places, Case]:
    """Where the requests go: to something both know, and to what only the second one knows. The report."""
    ordinary: dict[str, str] = {}
    report: dict[str, str] = {}
    for name, collection in (("case_id", "cases"), *_COLLECTION_OF.items()):
        known = [row.id async for row in one.hub.documents.scan(collection)]
        new = [row.id async for row in other.hub.documents.scan(collection) if row.id not in known]
        ordinary |= {name: known[0]} if known else {}
        report |= {name: new[0]} if new else {}
    found = await other.hub.repositories.cases.get(report["case_id"])
    assert found is not None
    assert found.value.is_restricted
    one.known = other.known = frozenset({*ordinary.values(), *report.values(), found.value.reference})
    return Places(ordinary, report), found.value
