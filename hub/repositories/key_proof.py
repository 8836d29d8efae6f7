"""Whether a key ring belongs to a store: a start with missing or foreign keys is refused before it harms.

Without this a hub with a new ring would say it is ready, acknowledge what citizens send and find none of
its old rows; and once the old keys are back, nothing of what was taken in between could be read.

The store keeps, per sealing key, its id in the clear and a known text that only this key opens, and one
digest that only the right index key makes, because look-ups go by keyed digests. The index key never
changes, so its row has a fixed id: of two hubs that make keys for one store at once, one is refused.
A store of an earlier release has no such rows; there some of its sealed rows are tried instead.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from channels.address import Address, AddressKind
from hub.store.crypto import KeyProblem, KeyRing, Vault, key_id_of
from hub.store.documents import Collection, Documents, Duplicate, Insert, Stored, Write
from hub.store.internal import INDEX_PROOF, KEYS, REPORT_PROOF, all_collections

_KEY = "key:"
_KNOWN = "公安公众服务中心"
_SAMPLES = 20
"""Sealed rows tried per collection of an earlier release: one that is damaged must not decide alone."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of a store's keys. foreign: ids whose key in the ring opens nothing of the store.
    proofs: ids of the rows that are kept already."""

    sealed_with: AbstractSet[str]
    foreign: AbstractSet[str] = frozenset()
    other_index: bool = False
    proofs: AbstractSet[str] = frozenset()


async def refuse_missing_keys(documents: Documents, path: Path, collections: Sequence[Collection]) -> None:
    """Raises `KeyProblem` when the store holds anything sealed: then a new ring must not be made."""
    found = await _look(documents, None, collections)
    if found.sealed_with:
        raise KeyProblem(
            f"没有启动：找不到密钥文件 {path}，数据是用密钥 {'、'.join(sorted(found.sealed_with))} 加密的；"
            "请从备份恢复这个文件，不要新建。 / "
            f"Not started: {path} is missing, and the store was sealed with the keys "
            f"{', '.join(sorted(found.sealed_with))}. Restore this file from its backup, do not make one."
        )


async def check_keys(
    documents: Documents, ring: KeyRing, source: str, collections: Sequence[Collection]
) -> None:
    """Raises `KeyProblem` when the ring from `source` does not open the store. Writes nothing."""
    _refuse_foreign(ring, source, await _look(documents, Vault(ring), collections))


async def proved(
    documents: Documents, ring: KeyRing, source: str, collections: Sequence[Collection]
) -> Vault:
    """The vault of a ring that opens the store; what proves its keys is kept. Raises `KeyProblem`."""
    vault = Vault(ring)
    while True:
        found = await _look(documents, vault, collections)
        _refuse_foreign(ring, source, found)
        wanted: list[Write] = [
            Insert(
                KEYS.name, f"{_KEY}{name}", {"sealed": vault.seal(_place(name), _KNOWN.encode(), key_id=name)}
            )
            for name in vault.key_ids
            if f"{_KEY}{name}" not in found.proofs
        ]
        if INDEX_PROOF not in found.proofs:
            wanted.append(Insert(KEYS.name, INDEX_PROOF, {"digest": vault.blind(_KNOWN)}))
        try:
            await documents.commit(wanted)
        except Duplicate:  # another process did so at the same time: perhaps with other keys
            continue
        return vault


async def _look(documents: Documents, vault: Vault | None, collections: Sequence[Collection]) -> _Found:
    rows = {row.id: row async for row in documents.scan(KEYS.name)}
    proofs = {id: row for id, row in rows.items() if not id.startswith(REPORT_PROOF)}
    if not proofs:
        return await _sampled(documents, vault, collections)
    sealed = {id.removeprefix(_KEY): row.body["sealed"] for id, row in proofs.items() if id != INDEX_PROOF}
    if vault is None:
        return _Found(sealed.keys())
    foreign = {
        name
        for name, blob in sealed.items()
        if name in vault.key_ids and not _opens(vault, _place(name), blob)
    }
    other_index = INDEX_PROOF in proofs and proofs[INDEX_PROOF].body["digest"] != vault.blind(_KNOWN)
    return _Found(sealed.keys(), foreign, other_index, proofs.keys())


async def _sampled(documents: Documents, vault: Vault | None, collections: Sequence[Collection]) -> _Found:
    """A key that opens one row is the right one; a damaged row shows nothing."""
    tried: set[str] = set()
    opened: set[str] = set()
    same_index: set[bool] = set()
    for name in all_collections(collections):
        for row in await _sealed_rows(documents, name):
            place, blob = f"{name}/{row.id}", row.body["pii"]
            tried.add(key_id_of(blob))
            if vault is not None and _opens(vault, place, blob):
                opened.add(key_id_of(blob))
                if name == "addresses":
                    with contextlib.suppress(KeyError, ValueError):  # damaged in another way
                        same_index.add(_address_key(vault, row) == row.id)
    if vault is None:
        return _Found(tried)
    return _Found(tried, tried & set(vault.key_ids) - opened, same_index == {False})


async def _sealed_rows(documents: Documents, collection: str) -> list[Stored]:
    found: list[Stored] = []
    async for row in documents.scan(collection):
        if row.body.get("pii"):
            found.append(row)
            if len(found) == _SAMPLES:
                break
    return found


def _address_key(vault: Vault, row: Stored) -> str:
    value = json.loads(vault.open(f"addresses/{row.id}", row.body["pii"]))["value"]
    return vault.blind(Address(AddressKind(row.body["kind"]), value).key)


def _opens(vault: Vault, place: str, blob: str) -> bool:
    try:
        vault.open(place, blob)
    except KeyProblem:
        return False
    return True


def _refuse_foreign(ring: KeyRing, source: str, found: _Found) -> None:
    missing = found.sealed_with - ring.keys.keys()
    wrong = [
        *(f"缺少密钥 {name} (it lacks this key)" for name in sorted(missing)),
        *(f"密钥 {name} 不是原来的那一个 (another key of this name)" for name in sorted(found.foreign)),
        *(["索引密钥不是原来的那一个 (another index key)"] if found.other_index else []),
    ]
    if wrong:
        names = sorted(found.sealed_with)
        raise KeyProblem(
            f"没有启动：{source} 的密钥打不开数据，数据是用密钥 {'、'.join(names)} 加密的；"
            f"{'；'.join(wrong)}。请从备份恢复原来的密钥。 / "
            f"Not started: the keys of {source} do not open the store, which was sealed with the keys "
            f"{', '.join(names)}. Restore the old keys from their backup."
        )


def _place(key_id: str) -> str:
    return f"{KEYS.name}/{key_id}"
