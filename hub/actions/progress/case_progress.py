"""Progress of our own cases, for whoever holds number and query code."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from channels.address import Address
from hub.model.cases.case import Case, QueryCode
from hub.model.cases.history import HistoryEntry, HistoryKind
from hub.model.cases.proceeding import DIRECT_TRACKS, DocumentKind
from hub.model.cases.state import CITIZEN_LABEL, DONE_STATES, CaseState
from hub.model.cases.table import TABLE
from hub.model.cases.told import citizen_label
from hub.model.conversation import Author, Direction
from hub.model.progress import Progress, Reply, Step
from hub.model.reference import is_reference
from hub.repositories.repositories import Repositories

_S = CaseState
_DIRECT = (_S.REGISTERED, _S.HANDLING, _S.REPLIED, _S.CLOSED)
_BOUND = (_S.REGISTERED, _S.TRIAGE, _S.ACCEPTED, _S.HANDLING, _S.REPLIED, _S.CLOSED)
_STANDS_AT: Mapping[CaseState, CaseState] = {
    _S.NEED_INFO: _S.TRIAGE,
    _S.ROUTED: _S.TRIAGE,
    _S.OBJECTION: _S.TRIAGE,
    _S.REVIEW_DRAFT: _S.HANDLING,
    _S.REWORK: _S.HANDLING,
    _S.RATED: _S.REPLIED,
    _S.FUCHA: _S.REPLIED,
    _S.FUCHA_DONE: _S.REPLIED,
    _S.FUHE: _S.REPLIED,
    _S.SEALED: _S.REGISTERED,
}
"""Which step of the way a state belongs to; the others are steps, or the end of the way."""
_ISSUES = frozenset(row.event for row in TABLE if row.document)
"""Events that issue a document, one each."""
_OPINIONS = frozenset(
    {DocumentKind.OPINION, DocumentKind.REPLY, DocumentKind.FUCHA_OPINION, DocumentKind.FUHE_OPINION}
)
_STEP_OF: Mapping[HistoryKind, CaseState] = {
    HistoryKind.REGISTERED: _S.REGISTERED,
    HistoryKind.PROMOTED: _S.REGISTERED,
    HistoryKind.ASSIGNED: _S.HANDLING,
    HistoryKind.REPLIED: _S.REPLIED,
    HistoryKind.CLOSED: _S.CLOSED,
}
"""Of entries from before the table, which name no state."""


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

    async def is_owner(self, reference: str, shown: Address) -> bool:
        """See `ProgressSource`: the address the case was registered with."""
        found = await self._repositories.cases.by_reference(reference) if is_reference(reference) else None
        key = self._repositories.contacts.key(shown)
        return found is not None and bool(key) and found.value.applicant.address_key == key

    async def progress(self, reference: str, code: str) -> Progress | None:
        """See `ProgressSource`."""
        case = await self.case(reference, code)
        return await self.of(case) if case else None

    async def case(self, reference: str, code: str) -> Case | None:
        """The case itself when the code is right. The code is compared whether there is a case or not."""
        found = await self._repositories.cases.by_reference(reference) if is_reference(reference) else None
        case = found.value if found and found.value.state is not CaseState.DRAFT else None
        known = case.query_code if case else QueryCode()
        expected = self._repositories.cases.code_hash(case.id if case else "", known.salt, code)
        right = case is not None and hmac.compare_digest(expected, known.hash)
        return case if right else None

    async def of(self, case: Case) -> Progress:
        """How far a case is whose code was proven."""
        history = await self._repositories.cases.history(case.id)
        steps = _steps(case, history)
        messages = await self._repositories.conversations.of_case(case.id)
        replies = [
            Reply(message.at, message.text, files=message.files)
            for message in messages
            if message.direction is Direction.OUT and message.author is Author.AGENT
        ]
        replies += _documents(case, history)
        return Progress(
            reference=case.reference,
            label=citizen_label(case.proceeding),
            received_at=case.received_at,
            steps=steps,
            replies=tuple(sorted(replies, key=lambda reply: reply.at)),
            confidential=case.is_restricted,
        )


def _documents(case: Case, history: Sequence[HistoryEntry]) -> Iterator[Reply]:
    """What stands in the notices that reached the citizen: what was written with the step that issued each.

    Replies and opinions are messages of the conversation already.
    """
    papers = [paper for paper in case.proceeding.papers if paper.kind not in _OPINIONS]
    for entry in history:
        event = entry.facts.get("event")
        paper = next((paper for paper in papers if paper.issued_at == entry.at), None)
        if event not in _ISSUES or paper is None:
            continue
        papers.remove(paper)
        text = _text(entry)
        if paper.delivered_at and text:
            yield Reply(paper.delivered_at, text, paper.kind)


def _text(entry: HistoryEntry) -> str:
    return "\n".join(filter(None, (entry.facts.get("code", ""), entry.text)))


def _steps(case: Case, history: Sequence[HistoryEntry]) -> tuple[Step, ...]:
    """The way of its track, with the day each step was first reached."""
    way = _DIRECT if case.track in DIRECT_TRACKS else _BOUND
    first: dict[CaseState, int] = {}
    for entry in history:
        to = entry.facts.get("to")
        state = CaseState(to) if to in set(CaseState) else _STEP_OF.get(entry.kind)
        if state is not None:
            first.setdefault(state, entry.at)
    stands = _STANDS_AT.get(case.state, case.state)
    if stands is _S.TRIAGE and case.proceeding.accepted_at:
        stands = _S.HANDLING  # asked while it was handled
    reached = next((place for place, state in enumerate(way) if state is stands), len(way) - 1)
    if stands is _S.TRIAGE and stands not in way:
        reached = 0
    steps = [
        Step(CITIZEN_LABEL[state], first.get(state), done=place <= reached) for place, state in enumerate(way)
    ]
    ended = case.state in DONE_STATES and case.state not in way
    return (*steps[:-1], replace(steps[-1], label=CITIZEN_LABEL[case.state])) if ended else tuple(steps)
