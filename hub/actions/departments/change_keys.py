"""Keys of departments are made, replaced and revoked by the administrator of the platform.

Rule protected: key and secret are given out once, to who made them, and are in no log. A replaced key goes on
for a while, so that a department's systems can be changed one after the other.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from ipaddress import ip_network

from channels.outbox.delivery import MessageClass
from hub.model.departments.department_key import DepartmentKey, Scope
from hub.repositories.agents import token_digest
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.documents import Conflict, Documents

NO_NETWORK = "请每行填写一个 IP 地址或网段，例如 10.1.2.3 或 10.1.0.0/16"
NO_CLASS = "请至少选择一个消息级别"
NO_SCOPE = "请至少选择一项用途"
_HINT = 8


@dataclass(frozen=True, slots=True)
class KeyWanted:
    """What a new key is for; see `DepartmentKey`."""

    name: str
    scopes: tuple[Scope, ...] = tuple(Scope)
    classes: tuple[MessageClass, ...] = (MessageClass.N,)
    sandbox: bool = False
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with what is shown once."""

    key: DepartmentKey
    token: str


class ChangeKeys:
    """Writes keys."""

    def __init__(self, documents: Documents, records: DepartmentRecords, clock: Clock) -> None:
        self._documents = documents
        self._records = records
        self._clock = clock

    async def issue(self, department: str, wanted: KeyWanted, *, by: str) -> IssuedKey:
        """A new key of a registered department. Raises `NotFound`, `Invalid`."""
        if await self._records.registry.get(department) is None:
            raise NotFound
        lacking = {"scopes": NO_SCOPE} if not wanted.scopes else {}
        lacking |= {"classes": NO_CLASS} if not wanted.classes else {}
        if lacking:
            raise Invalid(lacking)
        for network in wanted.networks:
            try:
                ip_network(network, strict=False)
            except ValueError:
                raise Invalid({"networks": NO_NETWORK}) from None
        token, now = _token(sandbox=wanted.sandbox), self._clock.now_ms()
        id = new_id(now)
        key = DepartmentKey(
            id=id,
            department=department,
            line=id,
            name=wanted.name,
            digest=token_digest(token),
            hint=token[:_HINT],
            created_at=now,
            created_by=by,
            scopes=wanted.scopes,
            classes=wanted.classes,
            sandbox=wanted.sandbox,
            networks=wanted.networks,
            secret=secrets.token_urlsafe(32),
        )
        await self._documents.commit([self._records.keys.insert(key)])
        return IssuedKey(key, token)

    async def rotate(self, department: str, key_id: str, *, overlap_seconds: int, by: str) -> IssuedKey:
        """A key that takes the place of another, which goes on for so long. Raises `NotFound`; `Stale` when
        it works no more or was replaced before."""
        old = await self._records.keys.get(key_id)
        if old is None or old.value.department != department:
            raise NotFound
        now = self._clock.now_ms()
        if old.value.revoked_at or old.value.ends_at:
            raise Stale
        token = _token(sandbox=old.value.sandbox)
        fresh = replace(
            old.value,
            id=new_id(now),
            digest=token_digest(token),
            hint=token[:_HINT],
            created_at=now,
            created_by=by,
            secret=secrets.token_urlsafe(32),
        )
        ending = replace(old.value, ends_at=now + overlap_seconds * 1000)
        keys = self._records.keys
        try:
            await self._documents.commit([keys.insert(fresh), keys.update(ending, old.version)])
        except Conflict:
            raise Stale from None
        return IssuedKey(fresh, token)

    async def revoke(self, department: str, key_id: str) -> None:
        """Ends a key at once; twice is once. Raises `NotFound`, `Stale`."""
        old = await self._records.keys.get(key_id)
        if old is None or old.value.department != department:
            raise NotFound
        if old.value.revoked_at:
            return
        ended = replace(old.value, revoked_at=self._clock.now_ms())
        try:
            await self._documents.commit([self._records.keys.update(ended, old.version)])
        except Conflict:
            raise Stale from None


def _token(*, sandbox: bool) -> str:
    return ("dt_" if sandbox else "dk_") + secrets.token_urlsafe(24)
