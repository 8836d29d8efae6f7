"""The listener that systems of departments connect to by SMPP."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Awaitable, Callable
from functools import partial

from channels.contract import ChannelKind
from channels.listener.server import Server, ServerLimits
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
from hub.settings.settings import Settings
from hub.wiring.foundation import Foundation

_LOOK_SECONDS = 1.0
"""How often it is looked for parts that do not come and texts that came to their end."""


def listener_jobs(
    base: Foundation, departments: DepartmentActions, profiles: Profiles
) -> dict[str, Callable[[], Awaitable[None]]]:
    """None unless it is switched on."""
    if not base.settings.smpp_listener.enabled:
        return {}
    records, clock, documents = base.stores.departments, base.clock, base.documents
    leases = partial(LeaseRepository, documents, holder=uuid.uuid4().hex)
    takes = TakePart(
        documents,
        records,
        departments.in_force,
        departments.submit,
        ProveLogin(records, clock),
        clock,
        _numbers(base.settings, profiles),
    )
    follow = FollowTexts(documents, records, TextStates(base.stores.outbox), clock)
    return {
        "listener smpp": partial(keep_listening, leases(), "listener smpp", partial(_open, base, takes)),
        "listener texts": partial(
            alone, leases(), "listener texts", follow.step, pause_seconds=_LOOK_SECONDS
        ),
    }


async def _open(base: Foundation, takes: TakePart) -> Opened:
    """Raises `OSError`: a port is taken, a certificate cannot be read."""
    wanted = base.settings.smpp_listener
    limits = ServerLimits(wanted.connections, wanted.connections_per_department)
    server = Server(lambda: SmppServed(base.clock, wanted.default_alphabet), takes, limits)
    if wanted.port:
        await server.listen(wanted.host, wanted.port)
    if wanted.tls_certificate and wanted.tls_port:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(wanted.tls_certificate, wanted.tls_key)
        await server.listen(wanted.host, wanted.tls_port, tls=context)
    listened = base.stores.departments.listened
    return Opened(server, TellConnected(base.documents, listened, server, base.clock))


def _numbers(settings: Settings, profiles: Profiles) -> dict[str, str]:
    texts = [name for name, one in profiles.items() if one.kind is ChannelKind.SMS]
    return {name: str(getattr(settings.channels[name], "number", "")) for name in texts}
