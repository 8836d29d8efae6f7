"""The listeners that systems of departments connect to by SMPP, CMPP and Kannel's requests."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from channels.clock import Clock
from channels.cmpp.served import CmppServed
from channels.listener.contract import Served, TakesTexts
from channels.listener.server import Server, ServerLimits, tls_context
from channels.smpp.served import SmppServed
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.departments.department_actions import DepartmentActions
from hub.actions.departments.listener.follow_texts import FollowTexts
from hub.actions.departments.listener.logins import ProveLogin
from hub.actions.departments.listener.take_part import TakePart
from hub.actions.departments.listener.tell_by_get import WAY as GET
from hub.actions.departments.listener.tell_connected import TellConnected
from hub.actions.departments.listener.tell_texts import TellTexts, Wall
from hub.actions.departments.text_states import TextStates
from hub.jobs.alone import alone
from hub.jobs.listener import Connections, Opened, keep_listening
from hub.repositories.leases import LeaseRepository
from hub.settings.listeners import ConnectionListener, Listener
from hub.wiring.departments.numbers import text_numbers
from hub.wiring.foundation import Foundation

_LOOK_SECONDS = 1.0
"""How often it is looked for parts that do not come and texts that came to their end."""


class Site(Protocol):
    """What listens for requests that stand for themselves."""

    async def listen(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> int:
        """Raises `OSError`."""

    async def step(self) -> None:
        """See `Opened`."""

    async def close(self) -> None:
        """See `Opened`."""


MakeSite = Callable[[TakesTexts, Clock, Callable[[str], bool]], Site]


def listener_jobs(
    base: Foundation, departments: DepartmentActions, profiles: Profiles, make_site: MakeSite
) -> dict[str, Callable[[], Awaitable[None]]]:
    """None unless one is switched on. make_site: for Kannel's requests."""
    settings, clock, documents = base.settings, base.clock, base.documents
    records = base.stores.departments
    prove, numbers = ProveLogin(records, clock), text_numbers(settings, profiles)
    leases = partial(LeaseRepository, documents, holder=uuid.uuid4().hex)

    def takes(way: str) -> TakePart:
        return TakePart(
            documents, records, departments.in_force, departments.submit, prove, clock, numbers, way
        )

    smpp, cmpp, sendsms = settings.smpp_listener, settings.cmpp_listener, settings.sendsms_listener
    starts: dict[str, Callable[[], Awaitable[Opened]]] = {}
    if smpp.enabled:
        spoken = partial(SmppServed, clock, smpp.default_alphabet)
        starts["smpp"] = partial(_open, base, smpp, spoken, takes("smpp"), "smpp")
    if cmpp.enabled:
        starts["cmpp"] = partial(_open, base, cmpp, partial(CmppServed, clock), takes("cmpp"), "cmpp")
    if sendsms.enabled:
        make = partial(make_site, takes(GET), clock, departments.may_call_back)
        starts["sendsms"] = partial(_open_site, sendsms, make)
    jobs: dict[str, Callable[[], Awaitable[None]]] = {}
    for name, start in starts.items():
        jobs[f"listener {name}"] = partial(keep_listening, leases(), f"listener {name}", start)
    if jobs:
        follow = FollowTexts(documents, records, TextStates(base.stores.outbox), clock)
        steps = {"texts": follow.step, "receipts": departments.tell_by_get.step}
        for name, step in steps.items():
            task = f"listener {name}"
            jobs[task] = partial(alone, leases(), task, step, pause_seconds=_LOOK_SECONDS)
    return jobs


async def _open(
    base: Foundation, wanted: ConnectionListener, served: Callable[[], Served], takes: TakePart, way: str
) -> Opened:
    """Raises `OSError`: a port is taken, a certificate cannot be read."""
    server = Server(served, takes, ServerLimits(wanted.connections, wanted.connections_per_department))
    await listen(server, wanted)
    stores, listened = base.stores, base.stores.departments.listened
    wall = Wall(stores.conversations, stores.cases, stores.meaning_due)
    texts = TellTexts(base.documents, listened, wall, server, base.clock)
    return Connections(server, TellConnected(base.documents, listened, server, base.clock, way, texts))


async def _open_site(wanted: Listener, make: Callable[[], Site]) -> Opened:
    """Raises `OSError`."""
    site = make()
    await listen(site, wanted)
    return site


async def listen(where: Server | Site, wanted: Listener) -> None:
    """On all of its ports or on none: the next try must find them free. Raises `OSError`."""
    try:
        if wanted.port:
            await where.listen(wanted.host, wanted.port)
        if wanted.tls_certificate and wanted.tls_port:
            tls = tls_context(wanted.tls_certificate, wanted.tls_key, wanted.tls_client_ca)
            await where.listen(wanted.host, wanted.tls_port, tls=tls)
    except BaseException:
        await where.close()
        raise
