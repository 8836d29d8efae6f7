"""What the staff side needs besides the hub's actions: passwords, sessions, the lockout, the door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from hub.actions.staff.passwords import Passwords, WeakPasswords
from hub.repositories.agents import AgentRepository, SessionRepository, SetupRepository, UnitRepository
from hub.repositories.staff.held_forms import HeldFormRepository
from hub.repositories.staff.known_devices import KnownDeviceRepository
from hub.runtime.clock import Clock
from hub.web.guard.csrf import Door
from hub.web.guard.devices import Devices
from hub.web.guard.held_forms import HeldForms
from hub.web.guard.login_lockout import LoginLockout
from hub.web.guard.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Staff:
    """One per server; `hub/app.py` puts it under `STAFF`."""

    clock: Clock
    agents: AgentRepository
    units: UnitRepository
    logins: SessionRepository
    setup: SetupRepository
    passwords: Passwords
    weak: WeakPasswords
    brake: LoginLockout
    devices: Devices
    sessions: Sessions
    door: Door
    held: HeldForms
    mark: Callable[[str], str]

    @classmethod
    def build(
        cls,
        *,
        clock: Clock,
        agents: AgentRepository,
        units: UnitRepository,
        logins: SessionRepository,
        setup: SetupRepository,
        devices: KnownDeviceRepository,
        held: HeldFormRepository,
        passwords: Passwords,
        mark: Callable[[str], str],
        words: Sequence[str] = (),
        insecure_cookies: bool = False,
    ) -> Staff:
        """mark: what stands in the log for a login or an address. words: the organisation's own names, which
        make a password easy to guess."""
        return cls(
            clock=clock,
            agents=agents,
            units=units,
            logins=logins,
            setup=setup,
            passwords=passwords,
            weak=WeakPasswords(words),
            brake=LoginLockout(clock),
            devices=Devices(devices, clock, insecure_cookies=insecure_cookies),
            sessions=Sessions(logins, clock, insecure_cookies=insecure_cookies),
            door=Door(insecure_cookies=insecure_cookies),
            held=HeldForms(held, clock),
            mark=mark,
        )


STAFF = web.AppKey("staff", Staff)
