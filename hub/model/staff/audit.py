"""Who read what lies behind the compartment: rows that are only added, each bound to the one before.

A row says who, when and which case, and nothing that was read. The hashes are keyed (HMAC-SHA-256 over
canonical JSON, `ivr/evidence/hash_chain.py`) with a key that does not lie in the store, so that nobody who
can write there can make a row, or drop one from the middle, without it showing.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from ivr.evidence import hash_chain
from ivr.evidence.hash_chain import Break, ChainEntry, canonical

GENESIS = "0" * 64


class AuditAct(StrEnum):
    """What was done."""

    CASE_READ = "case_read"
    FILE_READ = "file_read"
    RECORDINGS_READ = "recordings_read"
    REVEALED = "revealed"  # the citizen's whole number
    CARRIER_ASKED = "carrier_asked"  # what the carrier knows of it


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row. id: its number in 12 digits. at: ms UTC."""

    id: str
    seq: int
    at: int
    agent_id: str
    act: AuditAct
    case_id: str
    previous_hash: str
    hash: str = ""


def entry(
    previous: AuditEntry | None, act: AuditAct, *, agent_id: str, case_id: str, at: int, key: bytes
) -> AuditEntry:
    """The row after `previous` (None for the first)."""
    seq = previous.seq + 1 if previous else 1
    before = previous.hash if previous else GENESIS
    unsigned = AuditEntry(f"{seq:012}", seq, at, agent_id, act, case_id, before)
    return replace(unsigned, hash=_signed(_body(unsigned), key))


def breaks(entries: Iterable[AuditEntry], key: bytes) -> list[Break]:
    """Everything wrong with the rows from the first on; empty means whole."""
    chain = (ChainEntry(one.seq, one.previous_hash, one.hash, _body(one)) for one in entries)
    return list(hash_chain.breaks(chain, genesis=GENESIS, digest=lambda body: _signed(body, key)))


def _body(one: AuditEntry) -> dict[str, object]:
    return asdict(replace(one, hash=""))


def _signed(body: object, key: bytes) -> str:
    return hmac.digest(key, canonical(body), "sha256").hex()
