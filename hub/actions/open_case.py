"""Makes a new case: its number, its code, its first history entry. Writes nothing by itself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from hub.actions.references import References, new_code
from hub.ids import new_id
from hub.model.case import Case, CaseState, HistoryEntry, HistoryKind, chain_entry, queue_rank
from hub.model.track import Track, compartment_of
from hub.store.cases import CaseRepository
from hub.store.documents import Write

_TITLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case before it is stored. `code` is known here and to the citizen only."""

    case: Case
    code: str
    entry: HistoryEntry


class OpenCase:
    """Builds cases."""

    def __init__(self, cases: CaseRepository, references: References) -> None:
        self._cases = cases
        self._references = references

    async def __call__(
        self,
        *,
        track: Track,
        channel: str,
        kind: str,
        text: str,
        at: int,
        title: str = "",
        case_id: str = "",
        code: str = "",
        anonymous: bool = False,
        code_told: bool = False,
        urgent: bool = False,
        draft: bool = False,
        conversation_id: str = "",
        contact_id: str = "",
        address_key: str = "",
        name: str = "",
        address: str = "",
        region: str = "",
        language: str = "zh",
        linked_case_id: str = "",
        flags: tuple[str, ...] = (),
        details: Mapping[str, str] | None = None,
    ) -> Opened:
        """A case nobody has stored yet. An anonymous one keeps no contact, name or address.

        `draft` cases carry a number already, so that a call that is cut off can be promoted.
        """
        id = case_id or new_id(at)
        code = code or new_code(anonymous=anonymous)
        salt = secrets.token_hex(8)
        entry = chain_entry(
            id,
            seq=1,
            prev_hash="",
            at=at,
            actor="citizen",
            kind=HistoryKind.DRAFTED if draft else HistoryKind.REGISTERED,
            facts={"channel": channel, "track": track, **({"urgent": "1"} if urgent else {})},
        )
        case = Case(
            id=id,
            reference=await self._references.next(),
            track=track,
            state=CaseState.DRAFT if draft else CaseState.REGISTERED,
            channel=channel,
            kind=kind,
            received_at=at,
            updated_at=at,
            compartment=compartment_of(track),
            code_hash=self._cases.code_hash(id, salt, code),
            code_salt=salt,
            code_told=code_told,
            conversation_id=conversation_id,
            contact_id="" if anonymous else contact_id,
            address_key="" if anonymous else address_key,
            region=region,
            anonymous=anonymous,
            urgent=urgent,
            linked_case_id=linked_case_id,
            flags=flags,
            rank=queue_rank(track=track, urgent=urgent, waiting=True, received_at=at),
            history_seq=1,
            history_head=entry.hash,
            language=language,
            title=title or _title(text),
            text=text,
            contact_name="" if anonymous else name,
            contact_address="" if anonymous else address,
            details=details or {},
        )
        return Opened(case, code, entry)

    def writes(self, opened: Opened) -> list[Write]:
        """The writes that store it."""
        return [self._cases.insert(opened.case), self._cases.insert_entry(opened.entry)]


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1] + "…"
