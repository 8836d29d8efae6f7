"""A store full of cases: what is open, what is due, and any number that is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

from hub.bench.texts import CHANNEL, citizen_number, citizen_text
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Applicant, Case, Origin
from hub.model.cases.clock import Rules
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.moves import move
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.timing import scheduled
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import begun
from hub.model.conversation import Conversation
from hub.model.track import Track
from hub.repositories.cases import CaseRepository
from hub.repositories.conversations import ConversationRepository
from hub.store.documents import Documents

_PAGE = 1_000
_DAY = 86_400_000
_TRACKS = (Track.CONSULT, Track.SERVICE, Track.APPEAL, Track.SUGGEST)
_DUE_DAYS, _CLOSED_DAYS = 20, 60


class CaseStore:
    """Fills it. Received now: nothing is due. Received 20 days ago: something is. 60 days ago: closed."""

    def __init__(self, documents: Documents, cases: CaseRepository, rules: Rules, now: int) -> None:
        self._documents = documents
        self._cases = cases
        self._now = now
        self._kept = 0
        self._begun = cache(lambda track, days: _begun(track, now - days * _DAY, rules))
        self._closed = cache(lambda track: _closed(track, now - _CLOSED_DAYS * _DAY, rules))

    def open(self, numbers: Iterable[int]) -> Iterator[Case]:
        """Open ones that wait for nothing yet."""
        for number in numbers:
            yield self._case(number, self._begun(_TRACKS[number % 4], 0), self._now)

    def due(self, numbers: Iterable[int]) -> Iterator[Case]:
        """Open petitions to which something is due."""
        for number in numbers:
            at = self._now - _DUE_DAYS * _DAY
            yield self._case(number, self._begun(Track.APPEAL, _DUE_DAYS), at)

    def closed(self, numbers: Iterable[int]) -> Iterator[Case]:
        """Closed ones."""
        for number in numbers:
            at = self._now - _CLOSED_DAYS * _DAY
            yield self._case(number, self._closed(_TRACKS[number % 2]), at)

    def petitions(self, numbers: Iterable[int]) -> Iterator[Case]:
        """Open petitions that wait for nothing yet."""
        for number in numbers:
            yield self._case(number, self._begun(Track.APPEAL, 0), self._now)

    async def keep(self, cases: Iterable[Case], told: Callable[[int], None]) -> None:
        """Stores them with their histories. told: hears how many there are by then."""
        cases = iter(cases)
        while page := [_registered(case) for case in islice(cases, _PAGE)]:
            writes = [self._cases.insert(case) for case, _ in page]
            await self._documents.insert_many("cases", [(write.id, write.body) for write in writes])
            entries = [self._cases.insert_entry(entry) for _, entry in page]
            await self._documents.insert_many("history", [(write.id, write.body) for write in entries])
            self._kept += len(page)
            told(self._kept)

    def _case(self, number: int, made: Case, at: int) -> Case:
        text = citizen_text(number)
        return replace(
            made,
            id=id_of(number),
            reference=f"{number:014}",
            received_at=at + number % 1000,
            updated_at=at,
            origin=Origin(CHANNEL, "sms", id_of(number)),
            applicant=Applicant("", citizen_number(number)),
            title=text[:40],
            text=text,
        )


def _registered(case: Case) -> tuple[Case, HistoryEntry]:
    return recorded(case, at=case.received_at, actor="citizen", kind=HistoryKind.REGISTERED)


def id_of(number: int) -> str:
    """Of a case and its conversation."""
    return f"{number:026}"


async def keep_conversations(
    documents: Documents, conversations: ConversationRepository, cases: Iterable[Case]
) -> None:
    """The conversations of cases whose citizens are told something."""
    for case in cases:
        at, address = case.received_at, case.applicant.address
        made = Conversation(case.id, CHANNEL, "sms", "", "", at, at, case.id, address=address)
        await documents.commit([conversations.insert(made)])


def _begun(track: Track, at: int, rules: Rules) -> Case:
    return _made(begun(Proceeding(track), Attempt("submit", at, CaseRole.CIT, rules)), at, rules)


def _closed(track: Track, at: int, rules: Rules) -> Case:
    p = _begun(track, at, rules).proceeding
    p = move(p, Attempt("claim", at + 1, CaseRole.HND, rules, "h")).proceeding
    p = move(p, Attempt("answer", at + 2, CaseRole.HND, rules, "h")).proceeding
    p = move(p, Attempt("close", at + 3, CaseRole.HND, rules, "h")).proceeding
    return _made(replace(p, handler="h"), at, rules)


def _made(p: Proceeding, at: int, rules: Rules) -> Case:
    """What all cases like it share."""
    return scheduled(Case("", "", at, at, p, Origin(CHANNEL, "sms")), at, rules)
