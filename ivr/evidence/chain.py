"""The hash chain over sealed recordings: whoever changes, drops or swaps one breaks every later link.

The newest hash is the head; sent away once a day, it fixes everything before it. Pure: the caller
stores records and reads them back in order of `seq`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from ivr.evidence import hash_chain
from ivr.evidence.hash_chain import ChainEntry, Fault, hash_of
from ivr.evidence.recordings import Sealed

GENESIS = "0" * 64
"""The previous hash of the first link."""


@dataclass(frozen=True, slots=True)
class Link:
    """One sealed recording in the chain. `duration_ms` is whole, so that stores cannot change it.

    case_id: the case at the time of sealing, or "". hash: over all fields before it, with `hash` empty.
    mark: of the hash, made with a key that does not lie beside it; "" of an earlier release.
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
    mark: str = ""


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
    return replace(unsigned, hash=hash_of(_body(unsigned)))


_SAYS = {
    Fault.MISSING: "link {0.expected} is missing, {0.seq} follows",
    Fault.DETACHED: "link {0.seq} does not follow the link before it",
    Fault.CHANGED: "link {0.seq} was changed",
}


def breaks(links: Iterable[Link]) -> tuple[str, ...]:
    """Everything wrong with a chain that should start at the first link; empty means whole."""
    entries = (ChainEntry(one.seq, one.previous_hash, one.hash, _body(one)) for one in links)
    return tuple(_SAYS[found.fault].format(found) for found in hash_chain.breaks(entries, genesis=GENESIS))


def _body(one: Link) -> dict[str, object]:
    body = asdict(replace(one, hash=""))
    del body["mark"]
    return body
