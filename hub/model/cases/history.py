"""The chained history of a case: append-only, each entry bound to the one before by its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from hub.model.cases.case import Case, Chain
from hub.model.personal import personal
from ivr.evidence.hash_chain import ChainEntry, breaks, hash_of


class HistoryKind(StrEnum):
    """What happened to a case."""

    REGISTERED = "registered"
    DRAFTED = "drafted"
    TAKEN_DOWN = "taken_down"  # by a member of staff, for who called or came; facts: source
    PROMOTED = "promoted"  # a cut-off call became a case
    CITIZEN_SPOKE = "citizen_spoke"
    ANSWERED = "answered"  # by the knowledge base
    REPLIED = "replied"
    NOTED = "noted"
    ASSIGNED = "assigned"
    RECORDING = "recording"
    FLAGGED = "flagged"
    FALSE_ALARM = "false_alarm"  # 误报: a person took the flag of danger away
    NOT_EMERGENCY = "not_emergency"  # the citizen says so; noted, nothing else changes
    FORWARDED_110 = "forwarded_110"  # 转 110; facts: ways, reason, when it was raised
    HEARD_110 = "heard_110"  # the 110 command centre said that it has it; facts: way, sent_at
    TAKEN_OVER_110 = "taken_over_110"  # a person there has it; facts: way, desk, sent_at; text: who
    UNTAKEN_110 = "untaken_110"  # nobody there took it over in time; facts: desk, ways that were tried then
    ALARM_DISPATCHED = "alarm_dispatched"  # 派警; of this and those below facts: step, happened_at, desk, key
    ALARM_ARRIVED = "alarm_arrived"
    ALARM_FEEDBACK = "alarm_feedback"  # facts: outcome
    ALARM_CORRECTED = "alarm_corrected"  # facts: of (the step), outcome
    CLOSED = "closed"
    MOVED = "moved"  # an event of the table; facts: event, from, to
    BREACHED = "breached"  # a limit was missed; never taken back
    MIGRATED = (
        "migrated"  # came under the clocks of the table; facts: what was overdue, and a state that changed
    )
    LATE_REQUEST = "late_request"  # 复查 or 复核 asked for after the last day; a person answers
    DOCUMENT_SIGNED = "document_signed"  # facts: document (kind), number, sha256 of its text
    LINKED = "linked"
    DELIVERY_DECIDED = "delivery_decided"  # a person said what became of one nobody was sure of
    SUSPECTED = "suspected"  # put behind the compartment (待甄别); facts name who had seen it
    CONFIRMED = "confirmed"  # an inspector, or the citizen's next words: it is a REPORT
    RELEASED = "released"  # an inspector gave it to the ordinary queue; the reason is the text
    TRANSCRIPT_CORRECTED = "transcript_corrected"  # facts: recording, start_ms; the text is what was heard
    RECORDING_REDACTED = "recording_redacted"  # 消音; facts: recording, from_ms, to_ms, copy (its digest)
    RECORDING_PUT_BACK = "recording_put_back"  # what was taken out is heard again; facts as above
    TAGGED = "tagged"  # facts: ids of tags and flags put on and taken off
    PRINTED = "printed"  # an agent took the file of the case along
    DANGER_ANEW = "danger_anew"  # words of danger that were not there before, in an open emergency
    OTHER_DESK = "other_desk"  # the citizen wrote to the number of another desk; facts: desk, its unit
    SILENCED = "silenced"  # 静默联系: a person asked for it; the reason is the text
    SILENCE_LIFTED = "silence_lifted"  # and says that texts may leave by themselves again
    REVEALED = "revealed"  # an agent looked at the full address; the reason is the text
    CARRIER_ASKED = "carrier_asked"  # somebody looks at what the carrier knows; facts: asked, look, kept
    CARRIER_TOLD = "carrier_told"  # what came of it; facts: asked, look, outcome


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who did what, when: append-only, each entry chained to the one before by its hash.

    id: `{case_id}:{seq:06d}`. actor: an agent id, `citizen` or `system`.
    facts: ids and states only, hashed in the chain; text: what a person wrote (sealed; its digest
    is part of the chain through `text_digest`). mark: keyed, of `hash`; "" of an earlier release.
    """

    id: str
    case_id: str
    seq: int
    at: int
    actor: str
    kind: HistoryKind
    facts: Mapping[str, str]
    text_digest: str
    prev_hash: str
    hash: str
    mark: str = ""
    text: str = personal()


_HASHED = tuple(name for name in HistoryEntry.__dataclass_fields__ if name not in ("hash", "mark", "text"))


def chain_entry(
    case_id: str,
    *,
    seq: int,
    prev_hash: str,
    at: int,
    actor: str,
    kind: HistoryKind,
    facts: Mapping[str, str] | None = None,
    text: str = "",
) -> HistoryEntry:
    """An entry that follows the one with `prev_hash` ("" for the first)."""
    entry: dict[str, Any] = {
        "id": f"{case_id}:{seq:06d}",
        "case_id": case_id,
        "seq": seq,
        "at": at,
        "actor": actor,
        "kind": kind,
        "facts": dict(facts or {}),
        "text_digest": _text_digest(text),
        "prev_hash": prev_hash,
    }
    return HistoryEntry(**entry, hash=hash_of(entry), text=text)


def recorded(
    case: Case,
    *,
    at: int,
    actor: str,
    kind: HistoryKind,
    facts: Mapping[str, str] | None = None,
    text: str = "",
) -> tuple[Case, HistoryEntry]:
    """The case with one more entry at the end of its history, and that entry. Store both together.

    A case that was put aside is not any more once the citizen speaks.
    """
    entry = chain_entry(
        case.id,
        seq=case.chain.length + 1,
        prev_hash=case.chain.head,
        at=at,
        actor=actor,
        kind=kind,
        facts=facts,
        text=text,
    )
    if case.snooze.until and (actor == "citizen" or kind is HistoryKind.CITIZEN_SPOKE):
        case = replace(case, snooze=case.snooze.over())
    return replace(case, chain=Chain(entry.seq, entry.hash), updated_at=at), entry


def broken_link(entries: list[HistoryEntry]) -> int | None:
    """Sequence number of the first entry that does not follow from the one before, or None."""
    chain = (ChainEntry(entry.seq, entry.prev_hash, entry.hash, _hashed(entry)) for entry in entries)
    broken = next((found.expected for found in breaks(chain, genesis="")), None)
    for number, entry in enumerate(entries[:broken], start=1):
        if entry.text_digest != _text_digest(entry.text):
            return number
    return broken


def _hashed(entry: HistoryEntry) -> dict[str, object]:
    """What the hash of an entry covers; of the text its digest, because the text is sealed."""
    return {name: getattr(entry, name) for name in _HASHED}


def _text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
