"""The chain of heads: how far every case and the chain of recordings had come, again and again.

A case that is deleted with its history, or set back to an earlier state, stands in it as it was. Each link is
marked with a key that is not in the store (`hub/store/marks.py`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseHead:
    """How long the history of a case was, and the hash of its last entry. reference: "" behind a wall."""

    case_id: str
    reference: str
    length: int
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """One link. previous: the mark of the link before, "" for the first.

    cases: those that went on since. until: the latest change of a case that was looked at (ms UTC).
    recordings, recordings_hash: length and head of the chain of recordings. audit, audit_hash: the same of
    the rows of who read reports; the hash is "" in links of earlier releases.
    """

    seq: int
    at: int
    previous: str
    cases: tuple[CaseHead, ...]
    until: int
    recordings: int
    recordings_hash: str
    audit: int
    mark: str = ""
    audit_hash: str = ""
