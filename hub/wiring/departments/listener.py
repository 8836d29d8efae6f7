"""The listeners that systems of departments connect to by SMPP and CMPP."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from functools import partial

from channels.cmpp.served import CmppServed
from channels.contract import ChannelKind
from channels.listener.contract import Served
from channels.listener.server import Server, ServerLimits, tls_context
from channels.smpp.served import SmppServed
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.departments.department_actions import DepartmentActions
from hub.actions.departments.listener.follow_texts import FollowTexts
from hub.actions.departments.listener.logins import ProveLogin
from hub.actions.departments.listener.take_part import TakePart
from hub.actions.departments.listener.tell_connected import TellConnected
from hub.actions.departments.text_states import TextStates
from hub.jobs.alone import alone
from hub.jobs.listener import Opened, keep_listening
from hub.repositories.leases import LeaseRepository
from hub.settings.listeners import Listener
from hub.settings.settings import Settings
from hub.wiring.foundation import Foundation

_LOOK_SECONDS = 1.0
"""How often it is looked for parts that do not come and texts that came to their end."""


def listener_jobs(
    base: Foundation, departments: DepartmentActions, profiles: Profiles
) -> dict[str, Callable[[], Awaitable[None]]]:
    """None unless one is switched on."""
    settings, clock, documents = base.settings, base.clock, base.documents
    spoken: dict[str, tuple[Listener, Callable[[], Served]]] = {
        "smpp": (
            settings.smpp_listener,
            lambda: SmppServed(clock, settings.smpp_listener.default_alphabet),
        ),
        "cmpp": (settings.cmpp_listener, lambda: CmppServed(clock)),
    }
    records = base.stores.departments
    prove = ProveLogin(records, clock)
    leases = partial(LeaseRepository, documents, holder=uuid.uuid4().hex)
    jobs: dict[str, Callable[[], Awaitable[None]]] = {}
    for way, (wanted, served) in spoken.items():
        if not wanted.enabled:
            continue
        takes = TakePart(
            documents,
            records,
            departments.in_force,
            departments.submit,
            prove,
            clock,
            _numbers(settings, profiles),
            way,
        )
        start = partial(_open, base, wanted, served, takes, way)
        jobs[f"listener {way}"] = partial(keep_listening, leases(), f"listener {way}", start)
    if jobs:
        follow = FollowTexts(documents, records, TextStates(base.stores.outbox), clock)
        jobs["listener texts"] = partial(
            alone, leases(), "listener texts", follow.step, pause_seconds=_LOOK_SECONDS
        )
    return jobs


async def _open(
    base: Foundation, wanted: Listener, served: Callable[[], Served], takes: TakePart, way: str
) -> Opened:
    """Raises `OSError`: a port is taken, a certificate cannot be read."""
    server = Server(served, takes, ServerLimits(wanted.connections, wanted.connections_per_department))
    if wanted.port:
        await server.listen(wanted.host, wanted.port)
    if wanted.tls_certificate and wanted.tls_port:
        context = tls_context(wanted.tls_certificate, wanted.tls_key, wanted.tls_client_ca)
        await server.listen(wanted.host, wanted.tls_port, tls=context)
    listened = base.stores.departments.listened
    return Opened(server, TellConnected(base.documents, listened, server, base.clock, way))


def _numbers(settings: Settings, profiles: Profiles) -> dict[str, str]:
    texts = [name for name, one in profiles.items() if one.kind is ChannelKind.SMS]
    return {name: str(getattr(settings.channels[name], "number", "")) for name in texts}
