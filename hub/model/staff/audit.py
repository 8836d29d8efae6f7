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
    ORIGINAL_READ = "original_read"  # of a picture, with what the camera wrote into it
    RECORDINGS_READ = "recordings_read"
    REVEALED = "revealed"  # the citizen's whole number
    CARRIER_ASKED = "carrier_asked"  # what the carrier knows of it
    IDENTITY_ASKED = "identity_asked"  # somebody wants to know who reported
    IDENTITY_GRANTED = "identity_granted"
    IDENTITY_REFUSED = "identity_refused"
    IDENTITY_READ = "identity_read"
    ACCOUNT_CHANGED = "account_changed"  # fields: what was changed, and the login name
    UNITS_CHANGED = "units_changed"  # fields: codes of the units, `divided` where that is on
    EXPORTED = "exported"  # its row left in a file
    FIGURES_EXPORTED = "figures_exported"  # the figures of a board left in a file; fields: month, of what


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row. id: its number in 12 digits. at: ms UTC. fields: names of what was revealed, or
    what an act says. case_id: "" where it is about none."""

    id: str
    seq: int
    at: int
    agent_id: str
    act: AuditAct
    case_id: str
    previous_hash: str
    hash: str = ""
    fields: tuple[str, ...] = ()


def entry(
    previous: AuditEntry | None,
    act: AuditAct,
    *,
    agent_id: str,
    case_id: str,
    at: int,
    key: bytes,
    fields: tuple[str, ...] = (),
) -> AuditEntry:
    """The row after `previous` (None for the first)."""
    seq = previous.seq + 1 if previous else 1
    before = previous.hash if previous else GENESIS
    unsigned = AuditEntry(f"{seq:012}", seq, at, agent_id, act, case_id, before, fields=fields)
    return replace(unsigned, hash=_signed(_body(unsigned), key))


def breaks(entries: Iterable[AuditEntry], key: bytes, *, first: int = 1) -> list[Break]:
    """Everything wrong with the rows from the first on; empty means whole. first: where they begin; the row
    before it stands in front, and what is wrong with that one is not told."""
    chain = (ChainEntry(one.seq, one.previous_hash, one.hash, _body(one)) for one in entries)
    found = hash_chain.breaks(chain, genesis=GENESIS, digest=lambda body: _signed(body, key))
    return [one for one in found if one.seq >= first]


def _body(one: AuditEntry) -> dict[str, object]:
    body = asdict(replace(one, hash=""))
    if not one.fields:  # rows of earlier releases had none, and their hashes stay true
        del body["fields"]
    return body


def _signed(body: object, key: bytes) -> str:
    return hmac.digest(key, canonical(body), "sha256").hex()
