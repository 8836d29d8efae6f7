"""Who reported: sealed with keys that are not those of the store, in rows beside the cases.

The commit that puts a case behind the compartment takes name and addresses out of it, whoever writes, and the
commit that lets it out again puts them back: no action has to know of it or can forget it, and a crash leaves
one or the other. `hub/actions/staff/identities.py` alone reads here; an import contract holds that.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hub.model.staff.identity import Identity, apart
from hub.repositories.vault.identity_rows import IDENTITIES
from hub.store.around import DocumentsAround
from hub.store.codec import Versioned
from hub.store.crypto import KeyProblem, Vault, key_id_of
from hub.store.documents import Body, Delete, Documents, Insert, Stored, Update, Write
from hub.store.unreadable import Unreadable

_NAME, _ADDRESS = "contact_name", "contact_address"
"""As `Applicant` is stored."""
_DETAILS = ("phone", "email")
_NEEDED = {"pii", "compartment", "track", "anonymous"}
"""Of a write that says whose matter it is: every write of a whole case does."""


class IdentityVault:
    """Reads identities; gives the writes of one. A row has one field, `sealed`: whoever seals the rows of the
    store anew has no key for it and leaves it alone."""

    def __init__(self, documents: Documents, keys: Vault) -> None:
        """keys: those of identities (`identity_ring` in `hub/repositories/evidence/report_keys.py`)."""
        self._documents = documents
        self._keys = keys

    async def get(self, case_id: str) -> Versioned[Identity] | None:
        """Whose matter a case is, None where nothing is kept apart. Raises `Unreadable`."""
        stored = await self._documents.get(IDENTITIES, case_id)
        return None if stored is None else Versioned(self._opened(stored), stored.version)

    async def keep(self, identity: Identity) -> list[Write]:
        """What adds to what is known; nothing where it is known already. Raises `Unreadable`."""
        known = await self.get(identity.id)
        if known is None:
            return [Insert(IDENTITIES, identity.id, self._sealed(identity))] if identity.fields() else []
        after = known.value.with_newer(identity)
        changed = after != known.value
        return [Update(IDENTITIES, identity.id, self._sealed(after), known.version)] if changed else []

    async def take_out(self, case_id: str) -> tuple[Identity | None, list[Write]]:
        """What is known, and what removes it. Raises `Unreadable`."""
        known = await self.get(case_id)
        return (None, []) if known is None else (known.value, [Delete(IDENTITIES, case_id, known.version)])

    async def by_key(self) -> tuple[Counter[str], list[str]]:
        """How many rows each key sealed, and which do not open."""
        sealed: Counter[str] = Counter()
        damaged = []
        async for stored in self._documents.scan(IDENTITIES):
            sealed[key_id_of(stored.body["sealed"])] += 1
            try:
                self._opened(stored)
            except Unreadable as problem:
                damaged.append(str(problem))
        return sealed, damaged

    async def reseal(self) -> int:
        """Seals anew, with the current key, what an older one sealed. How many rows; what does not open is
        left as it is, and what is changed meanwhile is sealed by that change."""
        changes = []
        async for stored in self._documents.scan(IDENTITIES):
            if key_id_of(stored.body["sealed"]) != self._keys.current:
                try:
                    changes.append((stored.id, stored.version, self._sealed(self._opened(stored))))
                except Unreadable:
                    continue
        late = await self._documents.settle(IDENTITIES, changes) if changes else []
        return len(changes) - len(late)

    def _sealed(self, identity: Identity) -> Body:
        plain = json.dumps(asdict(identity), ensure_ascii=False).encode()
        return {"sealed": self._keys.seal(f"{IDENTITIES}/{identity.id}", plain)}

    def _opened(self, stored: Stored) -> Identity:
        place = f"{IDENTITIES}/{stored.id}"
        try:
            return Identity(**json.loads(self._keys.open(place, stored.body["sealed"])))
        except KeyProblem as problem:
            raise Unreadable(place) from problem


class IdentityDocuments(DocumentsAround):
    """`Documents` whose `commit` keeps identities apart; everything else is that of the store beneath."""

    def __init__(self, documents: Documents, vault: Vault, identities: IdentityVault) -> None:
        """vault: the keys of the store, which seal what stays with a case."""
        super().__init__(documents)
        self._vault = vault
        self._identities = identities

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port."""
        if not any(write.collection == "cases" for write in writes):
            await super().commit(writes)
            return
        changed: list[Write] = []
        for write in writes:
            changed += await self.kept_apart(write)
        await super().commit(changed)

    async def kept_apart(self, write: Write) -> list[Write]:
        """A write as it is committed, and what goes with it."""
        match write:
            case Insert("cases", id, body) if body.keys() >= _NEEDED:
                body, also = await self._split(id, body)
                return [Insert("cases", id, body), *also]
            case Update("cases", id, body, version) if body.keys() >= _NEEDED:
                body, also = await self._split(id, body)
                return [Update("cases", id, body, version), *also]
            case Delete("cases", id, _):
                return [write, *(await self._identities.take_out(id))[1]]
        return [write]

    async def _split(self, id: str, body: Body) -> tuple[Body, list[Write]]:
        if not apart(body["compartment"], body["track"]):
            known, removed = await self._identities.take_out(id)
            if known is None or body["anonymous"]:
                return body, removed
            return self._sealed(id, body, _put_back(self._secret(id, body), known)), removed
        if body["anonymous"]:  # nothing is kept of who does not want to be known
            return body, (await self._identities.take_out(id))[1]
        rest, identity = _taken(id, self._secret(id, body))
        if not identity.fields():
            return body, []
        return self._sealed(id, body, rest), await self._identities.keep(identity)

    def _secret(self, id: str, body: Body) -> dict[str, Any]:
        if not body["pii"]:
            return {}
        opened: dict[str, Any] = json.loads(self._vault.open(f"cases/{id}", body["pii"]))
        return opened

    def _sealed(self, id: str, body: Body, secret: Mapping[str, Any]) -> Body:
        plain = json.dumps(secret, ensure_ascii=False, separators=(",", ":")).encode()
        return {**body, "pii": self._vault.seal(f"cases/{id}", plain) if secret else ""}


def _taken(id: str, secret: Mapping[str, Any]) -> tuple[dict[str, Any], Identity]:
    rest = {name: value for name, value in secret.items() if name not in (_NAME, _ADDRESS)}
    details = dict(rest.get("details") or {})
    of_person = {name: str(details.pop(name, "")) for name in _DETAILS}
    if "details" in rest:
        rest["details"] = details
    return rest, Identity(id, secret.get(_NAME, ""), secret.get(_ADDRESS, ""), **of_person)


def _put_back(secret: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    details = {name: getattr(identity, name) for name in _DETAILS if getattr(identity, name)}
    back = {_NAME: identity.name, _ADDRESS: identity.address}
    known = {name: value for name, value in back.items() if value and not secret.get(name)}
    told = {**details, **(secret.get("details") or {})}
    return {**secret, **known, **({"details": told} if told else {})}
