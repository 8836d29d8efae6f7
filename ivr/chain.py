"""The hash chain over sealed recordings: whoever changes, drops or swaps one breaks every later link.

The newest hash is the head; sent away once a day, it fixes everything before it. Pure: the caller
stores records and reads them back in order of `seq`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from ivr.recordings import Sealed

GENESIS = "0" * 64
"""The previous hash of the first link."""


@dataclass(frozen=True, slots=True)
class Link:
    """One sealed recording in the chain. `duration_ms` is whole, so that stores cannot change it.

    case_id: the case at the time of sealing, or "". hash: over all other fields.
    """

    seq: int
    previous_hash: str
    sha256: str
    size_bytes: int
    duration_ms: int
    call_id: str
    recording_id: str
    source_url: str
    downloaded_at: int
    case_id: str
    hash: str


def link(
    previous: Link | None,
    sealed: Sealed,
    *,
    call_id: str,
    recording_id: str,
    source_url: str,
    downloaded_at: int,
    case_id: str,
) -> Link:
    """The next link after `previous` (None for the first)."""
    unsigned = Link(
        seq=previous.seq + 1 if previous else 1,
        previous_hash=previous.hash if previous else GENESIS,
        sha256=sealed.sha256,
        size_bytes=sealed.size_bytes,
        duration_ms=round(sealed.duration_seconds * 1000),
        call_id=call_id,
        recording_id=recording_id,
        source_url=source_url,
        downloaded_at=downloaded_at,
        case_id=case_id,
        hash="",
    )
    return replace(unsigned, hash=_hash_of(unsigned))


def breaks(links: Iterable[Link]) -> tuple[str, ...]:
    """Everything wrong with a chain that should start at the first link; empty means whole."""
    problems: list[str] = []
    expected_seq, expected_hash = 1, GENESIS
    for one in links:
        if one.seq != expected_seq:
            problems.append(f"link {expected_seq} is missing, {one.seq} follows")
        elif one.previous_hash != expected_hash:
            problems.append(f"link {one.seq} does not follow the link before it")
        if one.hash != _hash_of(one):
            problems.append(f"link {one.seq} was changed")
        expected_seq, expected_hash = one.seq + 1, one.hash
    return tuple(problems)


def _hash_of(one: Link) -> str:
    fields = asdict(replace(one, hash=""))
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
