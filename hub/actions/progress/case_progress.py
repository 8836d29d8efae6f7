"""Progress of our own cases, for whoever holds number and query code."""

from __future__ import annotations

import hmac
import re

from hub.model.case import CITIZEN_LABEL, Case, CaseState, QueryCode
from hub.model.cases.history import HistoryKind
from hub.model.conversation import Author, Direction
from hub.model.progress import Progress, Reply, Step
from hub.model.reference import is_reference
from hub.repositories.repositories import Repositories

_STAGES = (
    (CaseState.REGISTERED, (HistoryKind.REGISTERED, HistoryKind.PROMOTED)),
    (CaseState.HANDLING, (HistoryKind.ASSIGNED,)),
    (CaseState.REPLIED, (HistoryKind.REPLIED,)),
    (CaseState.CLOSED, (HistoryKind.CLOSED,)),
)


class CaseProgress:
    """The `ProgressSource` of this hub."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    def recognises(self, reference: str) -> bool:
        """14 digits; whether they check is not told before a code was tried."""
        return re.fullmatch(r"\d{14}", reference) is not None

    def accepts_code(self, code: str) -> bool:
        """8 digits, 16 for whoever stays unknown."""
        return re.fullmatch(r"\d{8}|\d{16}", code) is not None

    async def progress(self, reference: str, code: str) -> Progress | None:
        """See `ProgressSource`."""
        case = await self.case(reference, code)
        return await self._of(case) if case else None

    async def case(self, reference: str, code: str) -> Case | None:
        """The case itself when the code is right. The code is compared whether there is a case or not."""
        found = await self._repositories.cases.by_reference(reference) if is_reference(reference) else None
        case = found.value if found and found.value.state is not CaseState.DRAFT else None
        known = case.query_code if case else QueryCode()
        expected = self._repositories.cases.code_hash(case.id if case else "", known.salt, code)
        right = case is not None and hmac.compare_digest(expected, known.hash)
        return case if right else None

    async def _of(self, case: Case) -> Progress:
        history = await self._repositories.cases.history(case.id)
        first: dict[HistoryKind, int] = {}
        for entry in history:
            first.setdefault(entry.kind, entry.at)
        reached = [state for state, _ in _STAGES].index(case.state)
        steps = []
        for place, (state, kinds) in enumerate(_STAGES):
            at = next((first[kind] for kind in kinds if kind in first), None)
            steps.append(Step(CITIZEN_LABEL[state], at, done=place <= reached))
        messages = await self._repositories.conversations.of_case(case.id)
        replies = tuple(
            Reply(message.at, message.text)
            for message in messages
            if message.direction is Direction.OUT and message.author is Author.AGENT
        )
        return Progress(
            reference=case.reference,
            label=CITIZEN_LABEL[case.state],
            received_at=case.received_at,
            steps=tuple(steps),
            replies=replies,
            confidential=case.is_restricted,
        )
