"""The staff side's doors without the hub behind them: real store, real guard, a clock a test moves.

Every route of the staff side is there. Those that would read cases or campaigns answer `passed`, so
that what is tested is who gets through.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import ClientResponse, ClientSession, CookieJar, web
from yarl import URL

from hub.actions.staff.passwords import Passwords
from hub.model.agent import Agent, Role
from hub.model.units.unit import Unit
from hub.repositories.agents import (
    COLLECTIONS,
    AgentRepository,
    SessionRepository,
    SetupRepository,
    UnitRepository,
)
from hub.repositories.staff import held_forms, known_devices
from hub.repositories.staff.held_forms import HeldFormRepository
from hub.repositories.staff.known_devices import KnownDeviceRepository
from hub.runtime.clock import FakeClock
from hub.settings.organisation import Organisation
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.sqlite import open_sqlite
from hub.web.assets import ASSETS, Assets
from hub.web.guard.auth import guarded
from hub.web.guard.staff import STAFF, Staff
from hub.web.i18n import shipped_catalogues
from hub.web.middlewares import PUBLIC_ORIGIN, add_headers, answer_errors, prepare, same_origin
from hub.web.pages.cases import queue
from hub.web.pages.staff import account, login, setup
from hub.web.render import RENDERER, Renderer
from hub.web.staff_routes import STAFF_ROUTES

PASSWORD = "三坊七巷的榕树下"
_REAL = (login, setup, account)


@dataclass(frozen=True)
class Doors:
    """A running server. `documents`: what a thief of the database would hold."""

    url: str
    staff: Staff
    clock: FakeClock
    documents: Documents

    async def hire(self, login: str, role: Role, **changes: object) -> Agent:
        """A staff member with `PASSWORD`."""
        agent = Agent(
            id=f"agent-{login}",
            login=login,
            unit_id="u1",
            roles=(role,),
            created_at=self.clock.now_ms(),
            password_hash=await self.staff.passwords.hash(PASSWORD),
            name="林岩",
        )
        agent = replace(agent, **changes)  # type: ignore[arg-type]
        await self.staff.agents.insert(agent)
        return agent

    def browser(self) -> Browser:
        """A new browser without cookies."""
        jar = CookieJar(unsafe=True, treat_as_secure_origin=URL(self.url))
        return Browser(self.url, ClientSession(cookie_jar=jar, headers={"Sec-Fetch-Site": "same-origin"}))


@dataclass
class Browser:
    """A browser without script, as far as forms and cookies go."""

    url: str
    http: ClientSession

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """GET without following redirects."""
        return await self.http.get(self.url + path, allow_redirects=False, headers=headers)

    async def token(self, path: str) -> str:
        """The token in the form of a page."""
        page = await (await self.get(path)).text()
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        return found.group(1) if found else ""

    async def post(
        self, path: str, fields: dict[str, str], *, form: str = "", **headers: str
    ) -> ClientResponse:
        """POST with the token from the page at `form` (default: the same path)."""
        data = {"csrf": await self.token(form or path), **fields}
        return await self.http.post(self.url + path, data=data, allow_redirects=False, headers=headers)

    async def login(self, login: str, password: str = PASSWORD) -> ClientResponse:
        """Fills in the login form."""
        return await self.post("/staff/login", {"login": login, "password": password})


async def passed(_: web.Request) -> web.StreamResponse:
    """Stands for a page that reads the business."""
    return web.Response(text="passed")


@asynccontextmanager
async def open_doors(folder: Path, *, insecure_cookies: bool = False) -> AsyncIterator[Doors]:
    """Starts the server; ends it."""
    clock = FakeClock()
    documents = await open_sqlite(
        folder / "doors.db", (*COLLECTIONS, *known_devices.COLLECTIONS, *held_forms.COLLECTIONS), clock=clock
    )
    vault = Vault(KeyRing.fresh())
    agents, units = AgentRepository(documents, vault), UnitRepository(documents, vault)
    await units.insert(Unit("u1", "榕城公安局", "u1"))
    passwords = Passwords(time_cost=1, memory_kib=64)
    staff = Staff.build(
        clock=clock,
        agents=agents,
        units=units,
        logins=SessionRepository(documents, vault),
        setup=SetupRepository(documents, agents, units),
        devices=KnownDeviceRepository(documents),
        held=HeldFormRepository(documents, vault),
        passwords=passwords,
        mark=vault.log_mark,
        insecure_cookies=insecure_cookies,
    )
    app = web.Application(middlewares=[prepare, answer_errors, same_origin])
    assets = Assets.load()
    app[ASSETS] = assets
    app[STAFF] = staff
    app[PUBLIC_ORIGIN] = "http://hub.example"
    app[RENDERER] = Renderer(shipped_catalogues(), assets, Organisation(), clock)
    app.on_response_prepare.append(add_headers)
    for route in STAFF_ROUTES:
        real = (
            route.handler.__module__ in {module.__name__ for module in _REAL} or route.handler is queue.home
        )
        shown = route if real else replace(route, handler=passed)
        app.router.add_route(route.method, route.path, guarded(shown))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield Doors(f"http://127.0.0.1:{runner.addresses[0][1]}", staff, clock, documents)
    finally:
        await runner.cleanup()
        passwords.close()
        await documents.close()
