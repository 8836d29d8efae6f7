"""Chains of entries where each carries the hash of the one before: what was changed, dropped or added shows.

The one place that says how an entry is hashed and how a chain is read; the evidence of recordings
(`ivr/evidence/chain.py`) and the history of a case (`hub/model/cases/history.py`) are such chains. Both are
stored, so neither the spelling that is hashed nor the digest may ever change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class Fault(StrEnum):
    """What is wrong with an entry."""

    MISSING = "missing"  # its number is not the next one
    DETACHED = "detached"  # it does not name the hash of the one before
    CHANGED = "changed"  # its hash is not that of what it says


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """An entry as the chain sees it. seq: from 1. body: everything that is hashed, `previous_hash` too."""

    seq: int
    previous_hash: str
    hash: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Break:
    """A fault at the place where `expected` should stand and `seq` stands."""

    expected: int
    seq: int
    fault: Fault


def canonical(body: object) -> bytes:
    """The spelling that is hashed: JSON with sorted keys and no blanks."""
    return _CANONICAL.encode(body).encode()


def hash_of(body: Mapping[str, object]) -> str:
    """SHA-256 over canonical JSON (sorted keys, no blanks): 64 hexadecimal digits."""
    return hashlib.sha256(canonical(body)).hexdigest()


def breaks(
    entries: Iterable[ChainEntry],
    *,
    genesis: str,
    digest: Callable[[Mapping[str, object]], str] = hash_of,
) -> Iterator[Break]:
    """Everything wrong with a chain that should start at 1 after `genesis`; nothing when it is whole.

    A break is reported once: reading goes on from what stands there.
    """
    expected, previous_hash = 1, genesis
    for entry in entries:
        if entry.seq != expected:
            yield Break(expected, entry.seq, Fault.MISSING)
        elif entry.previous_hash != previous_hash:
            yield Break(expected, entry.seq, Fault.DETACHED)
        if entry.hash != digest(entry.body):
            yield Break(expected, entry.seq, Fault.CHANGED)
        expected, previous_hash = entry.seq + 1, entry.hash
