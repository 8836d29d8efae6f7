"""The keys of REPORT recordings: a ring of its own, so that who has the keys of the store hears none of them.

The store keeps a known text sealed with each, as it does for its own keys (`hub/repositories/key_proof.py`):
a ring that is gone is not quietly replaced by another one. With a ring that lacks an older key the hub starts
all the same: everything else has to go on, and what that key sealed reads as damaged until it is put back.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.store.crypto import KeyProblem, KeyRing, Vault
from hub.store.documents import Documents, Duplicate, Insert
from hub.store.internal import KEYS, REPORT_PROOF

_KNOWN = "检举控告录音".encode()
_MADE = REPORT_PROOF
"""Id of the row that the first ring makes: of two hosts that make one at once, one is refused."""


@dataclass(frozen=True, slots=True)
class ReportKeys:
    """What a store tells of a ring. missing: keys it knows and the ring lacks. foreign: keys of the ring that
    are others under the same id. proved: ids of those it knows."""

    missing: frozenset[str]
    foreign: frozenset[str]
    proved: frozenset[str]


def identity_ring(ring: KeyRing) -> KeyRing:
    """The keys of identities: made of those of reports, under the same ids, so that there is no third file to
    lose; neither opens what the other sealed."""
    return ring.for_purpose("identities")


async def look(documents: Documents, ring: KeyRing | None) -> ReportKeys:
    """Writes nothing. ring: None = there is none."""
    sealed = {
        row.id.removeprefix(REPORT_PROOF): str(row.body["sealed"])
        async for row in documents.scan(KEYS.name)
        if row.id.startswith(REPORT_PROOF) and row.id != _MADE
    }
    vault = Vault(ring) if ring else None
    known = set(vault.key_ids) if vault else set()
    foreign = {id for id in known & sealed.keys() if vault and not _opens(vault, id, sealed[id])}
    return ReportKeys(frozenset(sealed.keys() - known), frozenset(foreign), frozenset(sealed))


async def proved_reports(documents: Documents, ring: KeyRing, source: str, *, made: bool = False) -> Vault:
    """The vault of the ring, with what proves its keys kept. made: it was made for this store a moment ago.

    Raises `KeyProblem` for another store's ring, and for one that another host made at the same moment.
    """
    vault = Vault(ring)
    while True:
        found = await look(documents, ring)
        if found.foreign:
            names = "、".join(sorted(found.foreign))
            raise KeyProblem(
                f"没有启动：{source} 中的举报录音密钥 {names} 不是原来的那一个，请从备份恢复。 / "
                f"Not started: the keys of REPORT recordings in {source} are others: restore them."
            )
        wanted = [
            Insert(KEYS.name, _row(id), {"sealed": vault.seal(_place(id), _KNOWN, key_id=id)})
            for id in vault.key_ids
            if id not in found.proved
        ]
        if made:
            wanted.append(Insert(KEYS.name, _MADE, {"sealed": vault.seal(_place(""), _KNOWN)}))
        try:
            await documents.commit(wanted)
        except Duplicate as known:  # another process did so at the same time
            if known.write.id == _MADE:
                raise KeyProblem(
                    "没有启动：另一台主机刚建立了举报录音的密钥，请把它的文件复制过来。 / Not started: "
                    "another host has just made the keys of REPORT recordings: copy its file here."
                ) from known
            continue
        return vault


def _opens(vault: Vault, id: str, blob: str) -> bool:
    try:
        vault.open(_place(id), blob)
    except KeyProblem:
        return False
    return True


def _row(id: str) -> str:
    return f"{REPORT_PROOF}{id}"


def _place(id: str) -> str:
    return f"{KEYS.name}/{_row(id)}"
