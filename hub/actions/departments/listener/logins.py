"""Who may connect to a listener: logins of keys, and who comes with one.

Rules protected: a password is shown once and kept as a keyed digest; a name that does not exist is answered
like a wrong password, as late; who guesses waits ever longer, and nobody else does. A key that was revoked
ends its connections.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from channels.listener.contract import Account, Login, Refusal, Refused
from hub.model.departments.department_key import DepartmentKey, Scope
from hub.model.departments.listened import ListenerLogin
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import Clock
from hub.runtime.errors import NotFound, Stale
from hub.store.documents import Conflict, Documents, Duplicate

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
"""None that looks like another: passwords of systems are typed off paper."""
_PASSWORD, _SECRET = 8, 16
"""Characters; SMPP has room for no more than eight, CMPP proves a secret of any length."""
_TRIES = 5
_FREE_TRIES = 3
_LONGEST_WAIT_SECONDS = 30.0
_MOST_SOURCES = 10_000


@dataclass(frozen=True, slots=True)
class IssuedLogin:
    """A new login with what is shown once. secret: for CMPP."""

    system_id: str
    password: str = field(repr=False)
    secret: str = field(repr=False)


class IssueLogin:
    """Makes the login of a key; the one it had before ends."""

    def __init__(self, documents: Documents, records: DepartmentRecords, clock: Clock) -> None:
        self._documents = documents
        self._records = records
        self._listened = records.listened
        self._clock = clock

    async def __call__(self, department: str, key_id: str, *, by: str) -> IssuedLogin:
        """Raises `NotFound`; `Stale` when the key works no more or another was issued meanwhile."""
        found = await self._records.keys.get(key_id)
        if found is None or found.value.department != department:
            raise NotFound
        now = self._clock.now_ms()
        if not found.value.is_open(now):
            raise Stale
        before = await self._listened.logins_of(key_id)
        ends = [self._listened.remove_login(one) for one in before]
        for _ in range(_TRIES):
            # CMPP has room for six characters, and some systems for digits only.
            name = str(100_000 + secrets.randbelow(900_000))
            issued = IssuedLogin(name, _chosen(_PASSWORD), _chosen(_SECRET))
            login = ListenerLogin(
                id=name,
                department=department,
                key_id=key_id,
                line=found.value.line,
                digest=self._listened.digest(name, issued.password),
                created_at=now,
                created_by=by,
                secret=issued.secret,
            )
            try:
                await self._documents.commit([*ends, self._listened.insert_login(login)])
            except Duplicate:
                continue
            except Conflict:
                break
            return issued
        raise Stale

    async def of_department(self, department: str) -> dict[str, ListenerLogin]:
        """The logins there are, by key."""
        return {one.key_id: one for one in await self._listened.logins_of_department(department)}


class ProveLogin:
    """Reads logins and keys."""

    def __init__(self, records: DepartmentRecords, clock: Clock) -> None:
        self._records = records
        self._listened = records.listened
        self._clock = clock
        self._guesses: OrderedDict[str, int] = OrderedDict()
        self._turns: dict[str, asyncio.Lock] = {}

    async def __call__(self, login: Login, source: str) -> tuple[ListenerLogin, DepartmentKey]:
        """Who it is. Raises `Refused`."""
        network = _network(source)
        if wrong := self._guesses.get(network, 0):
            turn = self._turns.setdefault(network, asyncio.Lock())
            async with turn:  # guesses over many connections wait one after the other
                await asyncio.sleep(min(_LONGEST_WAIT_SECONDS, 0.25 * 2 ** max(0, wrong - _FREE_TRIES)))
        known = await self._listened.login(login.name)
        if not self._is_proved(login, known) or known is None:
            self._note_guess(network)
            raise Refused(Refusal.WRONG_LOGIN)
        key = await self._key(known)
        if key is None:
            raise Refused(Refusal.WRONG_LOGIN)
        if not key.allows_source(source):
            raise Refused(Refusal.LOGIN_NOT_NOW)
        self._guesses.pop(network, None)
        self._turns.pop(network, None)
        with suppress(Conflict):
            await self._records.keys.note_use(key, source, at=self._clock.now_ms())
        return known, key

    async def still(self, account: Account) -> DepartmentKey | None:
        """The key an account works with, None when it works no more."""
        known = await self._listened.login(account.name)
        return None if known is None or known.key_id != account.key_id else await self._key(known)

    def _is_proved(self, login: Login, known: ListenerLogin | None) -> bool:
        """Raises `Refused`. As long for a name that does not exist."""
        if login.proves is not None:
            kept = known.secret if known else ""
            return login.proves(kept or secrets.token_hex()) and known is not None
        digest = self._listened.digest(login.name, login.password)
        return known is not None and hmac.compare_digest(known.digest, digest)

    async def _key(self, login: ListenerLogin) -> DepartmentKey | None:
        found = await self._records.keys.get(login.key_id)
        if found is None or not found.value.is_open(self._clock.now_ms()):
            return None
        return found.value if Scope.SMS_SUBMIT in found.value.scopes else None

    def _note_guess(self, network: str) -> None:
        self._guesses[network] = self._guesses.pop(network, 0) + 1
        if len(self._guesses) > _MOST_SOURCES:
            oldest, _ = self._guesses.popitem(last=False)
            self._turns.pop(oldest, None)


def _chosen(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _network(source: str) -> str:
    """IPv4 address, or the /64 an IPv6 address is in."""
    try:
        address = ip_address(source.partition("%")[0])
    except ValueError:
        return source
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
