"""The state of one call between two webhooks, and what a step asks the hub to do.

Everything is text, numbers, tuples and mappings, so that state and answer go to the store in one
write before the answer is given: kill -9 between two webhooks loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from channels.contract import CallAnswer, CallStep


class Phase(StrEnum):
    """What the call is waiting for at its node."""

    INPUT = "input"  # the answer to the node's prompt
    CONFIRM = "confirm"  # 1 or 2 after a value was read back
    HUB = "hub"  # the outcome of a hook: call `resume`
    TRANSFER = "transfer"  # the outcome of a transfer
    CLOSED = "closed"  # we said goodbye; the end is not confirmed yet


@dataclass(frozen=True, slots=True)
class CallState:
    """One call. `revision` counts answers; an event that names another revision is stale.

    slots: what the caller gave so far (a secret value only until its hook ran).
    held: facts a hook gave that are being read out, dropped when the caller moves on.
    noinput, nomatch: errors at this node; errors, turns, lookups_failed: in the whole call.
    verified_reference: the case whose reference and code the caller knew, or "".
    last_keys, last_keys_at: the last three menu keys and their instants (1-1-0).
    """

    call_id: str
    flow_id: str
    flow_sha: str
    node: str
    language: str
    revision: int = 0
    phase: Phase = Phase.INPUT
    slots: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    noinput: int = 0
    nomatch: int = 0
    errors: int = 0
    turns: int = 0
    lookups_failed: int = 0
    desk: int = 0
    gave_up: bool = False
    case_opened: bool = False
    case_kind: str = ""
    receipt_issued: bool = False
    promoted: bool = False
    emergency_raised: bool = False
    verified_reference: str = ""
    ended: bool = False
    last_keys: str = ""
    last_keys_at: tuple[int, ...] = ()

    @property
    def waits_for_hub(self) -> bool:
        """Whether the hub has to run a hook and call `resume` before it can answer."""
        return self.phase is Phase.HUB

    @property
    def is_half_told(self) -> bool:
        """Whether there is a case without a receipt that nobody has made a partial one yet."""
        return self.case_opened and not self.receipt_issued and not self.promoted


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Create a draft case of this kind with the slots known so far; there is no draft yet.

    A call whose case has its receipt may open a second one beside it.
    """

    kind: str


@dataclass(frozen=True, slots=True)
class RestrictDraft:
    """The draft case becomes of this kind, which fewer people may see, with what is told from now on."""

    kind: str


@dataclass(frozen=True, slots=True)
class SaveSlot:
    """Save a value on the draft case; a later one of the same name replaces it."""

    name: str
    value: str
    raw: str


@dataclass(frozen=True, slots=True)
class AttachRecording:
    """Tie a recording to the case (slot `supplement`: to `verified_reference`). Idempotent."""

    recording_id: str
    slot: str


@dataclass(frozen=True, slots=True)
class IssueReceipt:
    """Register the case; resume with `ok` and the facts reference and query_code."""


@dataclass(frozen=True, slots=True)
class LookupProgress:
    """Look a matter up; resume with found + progress, wrong, locked or error. `own`: a case of ours only."""

    reference: str
    code: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class MoveCase:
    """A step of the case whose number and code the caller knew; resume with told + told, or error.

    event: of the case. score: 1 to 5, "" for none.
    """

    reference: str
    event: str
    score: str = ""


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Ask the knowledge base; resume with answered, choices, unknown, person or report."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """The caller chose from what was offered last, counted from 1; resume as for a question."""

    number: int


@dataclass(frozen=True, slots=True)
class RaiseEmergency:
    """Open an EMERGENCY case and alert the duty officer; the complaint goes on beside it.

    words: the configured ones that were heard, "" for keys.
    """

    reason: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class PromotePartial:
    """The caller is gone with a case half told at this node: make it a case, flag `partial`."""

    node: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The end of the call is confirmed."""


Effect = (
    OpenCase
    | RestrictDraft
    | SaveSlot
    | AttachRecording
    | IssueReceipt
    | LookupProgress
    | MoveCase
    | AnswerQuestion
    | AnswerChoice
    | RaiseEmergency
    | PromotePartial
    | CallEnded
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event made of a call. Effects are in the order in which to carry them out."""

    state: CallState
    steps: tuple[CallStep, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def answer(self) -> CallAnswer:
        """The answer for the provider, naming what the next event has to name."""
        return CallAnswer(self.steps, self.state.revision, self.state.node)
