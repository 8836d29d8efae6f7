"""What one event changes, as a value: the cases it opens or touches, other documents, what is said back.

A message and a telephone call are decided alike: a plan begins as nothing but the exchange the event belongs
to, every rule returns a plan with more in it, and whoever took the event in commits it once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from hub.actions.cases.open_case import Opened
from hub.model.call import Call
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryEntry
from hub.model.conversation import Conversation
from hub.model.danger_kind import DangerKind
from hub.model.dialogue import Dialogue
from hub.repositories.cases import CaseRepository
from hub.store.codec import Versioned
from hub.store.documents import Write

Exchange = TypeVar("Exchange", Conversation, Call)


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case as the event leaves it.

    read: as it was in the store, None for a new one. entries: what its history gains.
    """

    case: Case
    read: Versioned[Case] | None = None
    entries: tuple[HistoryEntry, ...] = ()

    @classmethod
    def opened(cls, opened: Opened) -> PlannedCase:
        """A new case."""
        return cls(opened.case, None, (opened.entry,))

    @classmethod
    def found(cls, found: Versioned[Case]) -> PlannedCase:
        """A case of the store; nothing is changed yet."""
        return cls(found.value, found)

    def after(self, case: Case, *entries: HistoryEntry) -> PlannedCase:
        """The same case after one more step."""
        return replace(self, case=case, entries=(*self.entries, *entries))

    def writes(self, cases: CaseRepository) -> list[Write]:
        """The writes that store it; none for a case that is as it was."""
        entries = [cases.insert_entry(entry) for entry in self.entries]
        if self.read is None:
            return [cases.insert(self.case), *entries]
        if self.case == self.read.value:
            return []
        return [cases.update(self.case, self.read.version), *entries]


@dataclass(frozen=True, slots=True)
class Says:
    """What is said back.

    entry_ids: what it answers from, or offers. dialogue: what it asks. tells_code: whether it holds the query
    code of the event's case. with_110: a chat shows the emergency number below it; no text message or mail
    does (docs/adr/0005). danger: the chat shows the red panel of this kind below it.
    """

    text: str
    entry_ids: tuple[str, ...] = ()
    dialogue: Dialogue | None = None
    tells_code: bool = False
    with_110: bool = False
    danger: DangerKind = DangerKind.NONE

    def with_more(self, line: str) -> Says:
        """The same with a paragraph below it."""
        return replace(self, text=f"{self.text}\n\n{line}")


@dataclass(frozen=True, slots=True)
class Plan(Generic[Exchange]):
    """What was decided so far about one event.

    exchange: the conversation or call, as it is afterwards; whoever took the event in writes it.
    case_id: the case the event belongs to, "" for none. cases: every case it opens or touches, each once.
    writes: other documents. says: the reply to a message, None for silence.
    """

    exchange: Exchange
    case_id: str = ""
    cases: tuple[PlannedCase, ...] = ()
    writes: tuple[Write, ...] = ()
    says: Says | None = None

    @property
    def case(self) -> PlannedCase | None:
        """The case the event belongs to, if it is touched."""
        return next((planned for planned in self.cases if planned.case.id == self.case_id), None)

    def with_case(self, planned: PlannedCase) -> Plan[Exchange]:
        """With one case more, or with one of its cases after one more step."""
        others: list[PlannedCase] = [other for other in self.cases if other.case.id != planned.case.id]
        return replace(self, cases=(*others, planned))

    def moved_to(self, planned: PlannedCase) -> Plan[Exchange]:
        """With this case as the one the event belongs to, and the exchange from now on."""
        case_id = planned.case.id
        moved = self.with_case(planned)
        return replace(moved, case_id=case_id, exchange=replace(self.exchange, case_id=case_id))

    def with_writes(self, *writes: Write) -> Plan[Exchange]:
        """With more documents to write."""
        return replace(self, writes=(*self.writes, *writes))

    def saying(self, says: Says | None) -> Plan[Exchange]:
        """With this reply and no other."""
        return replace(self, says=says)

    def unit(self, cases: CaseRepository) -> list[Write]:
        """The writes of all of it but the exchange."""
        return [*self.writes, *(write for planned in self.cases for write in planned.writes(cases))]
