"""A store with very many cases and messages, made quickly: nine of ten cases are closed.

It is filled without indexes and counts and then opened with them, which makes them from what is there. What a
page unseals (the open cases, the messages of those that are opened) went through the real codec; of the rest
only the sealed part is missing, so that the rows have their fields and their places in every index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from hub.bench.texts import CHANNEL, citizen_number, citizen_text
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Applicant, Case, Origin
from hub.model.cases.clock import Rules
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.moves import move
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.order import BAND_SIZE, Band
from hub.model.cases.queue.timing import scheduled
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import begun
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.model.track import Compartment, Track
from hub.repositories.repositories import Repositories
from hub.store.documents import Body, Collection, Documents

SPOKEN = 5
"""Messages of a case."""
RARE = 1_000
"""One open case of so many has the rare flag."""
_PAGE = 5_000
_DAY_MS = 86_400_000
_AGES = (0, 1, 3, 8, 13, 14, 20, 40, 57, 59, 61, 70)
_TRACKS = (Track.CONSULT, Track.SERVICE, Track.APPEAL, Track.SUGGEST)
_UNITS, _HANDLERS, _REGIONS = 59, 301, 11
"""No two of what cases differ by go round together."""


def bare(collections: Sequence[Collection]) -> tuple[Collection, ...]:
    """The same collections without what makes writing slow."""
    return tuple(replace(one, indexes=(), unique=(), counted=()) for one in collections)


def case_id(number: int) -> str:
    """Of a case and its conversation."""
    return f"{number:026}"


def handler_of(number: int) -> str:
    """Who works on the case; nobody for some."""
    return f"h{number % _HANDLERS}" if number % 4 else ""


class QueueStore:
    """Fills a store: cases 0 to open_cases are open, the rest closed."""

    def __init__(self, documents: Documents, stores: Repositories, rules: Rules, now: int) -> None:
        self._documents = documents
        self._stores = stores
        self._now = now
        self._open = [
            scheduled(
                _case(_proceeding(track, now - days * _DAY_MS, rules), now - days * _DAY_MS), now, rules
            )
            for track in (*_TRACKS, Track.REPORT)
            for days in _AGES
        ]
        self._closed = stores.cases.insert(_closed(now, rules)).body
        self._said = stores.conversations.insert_message(_message(0, 1, now, "")).body

    async def fill(self, open_cases: int, count: int, opened: int, told: Callable[[int], None]) -> None:
        """opened: how many of the open cases get a conversation and history to be read. told: hears how many
        documents there are by then."""
        done = 0
        for collection, rows in (
            ("cases", self._cases(open_cases, count)),
            ("messages", self._messages(count, opened)),
            ("conversations", self._conversations(opened)),
            ("history", self._history(opened)),
        ):
            while page := list(islice(rows, _PAGE)):
                await self._documents.insert_many(collection, page)
                done += len(page)
                told(done)

    def _cases(self, open_cases: int, count: int) -> Iterator[tuple[str, Body]]:
        for number in range(open_cases):
            write = self._stores.cases.insert(self.open_case(number))
            yield write.id, write.body
        for number in range(open_cases, count):
            at = self._now - (number % 700 + 1) * _DAY_MS - number
            yield (
                case_id(number),
                {
                    **self._closed,
                    "reference": f"{number:014}",
                    "received_at": at - 9 * _DAY_MS,
                    "updated_at": at,
                    "rank": (Band.DONE + 1) * BAND_SIZE - 1 - at,
                    "handler_id": handler_of(number),
                    "unit": f"u{number % _UNITS}",
                    "region": f"3501{number % _REGIONS:02}",
                    "pii": "",
                },
            )

    def open_case(self, number: int) -> Case:
        """One that is read."""
        made = self._open[number % len(self._open)]
        behind = made.track is Track.REPORT
        text = citizen_text(number)
        return replace(
            made.in_hands_of(handler_of(number)),
            id=case_id(number),
            reference=f"{number:014}",
            received_at=made.received_at + number,
            origin=Origin(CHANNEL, "sms", case_id(number), f"3501{number % _REGIONS:02}"),
            applicant=Applicant("", citizen_number(number)),
            compartment=Compartment.REPORT if behind else Compartment.NONE,
            unit_id=f"u{number % _UNITS}",
            waiting=number % 3 == 0,
            urgent=number % 50 == 0,
            flags=("dialect",) if number % RARE == 0 else ("frail",) if number % 7 == 0 else (),
            title=text[:40],
            text=text,
        )

    def _messages(self, count: int, opened: int) -> Iterator[tuple[str, Body]]:
        for number in range(count):
            id = case_id(number)
            for seq in range(1, SPOKEN + 1):
                if number < opened:
                    write = self._stores.conversations.insert_message(
                        _message(number, seq, self._now, citizen_text(number))
                    )
                    yield write.id, write.body
                else:
                    at = self._now + number
                    yield (
                        f"{id}-{seq}",
                        {
                            **self._said,
                            "conversation_id": id,
                            "case_id": id,
                            "seq": seq,
                            "at": at,
                            "pii": "",
                        },
                    )

    def _conversations(self, opened: int) -> Iterator[tuple[str, Body]]:
        for number in range(opened):
            id = case_id(number)
            made = Conversation(id, CHANNEL, "sms", "", "", self._now, self._now, id, count=SPOKEN)
            write = self._stores.conversations.insert(made)
            yield write.id, write.body

    def _history(self, opened: int) -> Iterator[tuple[str, Body]]:
        for number in range(opened):
            case = self.open_case(number)
            _, entry = recorded(case, at=case.received_at, actor="citizen", kind=HistoryKind.REGISTERED)
            write = self._stores.cases.insert_entry(entry)
            yield write.id, write.body


def _message(number: int, seq: int, at: int, text: str) -> Message:
    id = case_id(number)
    way, author = (Direction.IN, Author.CITIZEN) if seq % 2 else (Direction.OUT, Author.AGENT)
    return Message(f"{id}-{seq}", id, seq, way, author, at + seq, case_id=id, text=text)


def _case(p: Proceeding, at: int) -> Case:
    return Case("", "", at, at, p, Origin(CHANNEL, "sms"))


def _proceeding(track: Track, at: int, rules: Rules) -> Proceeding:
    p = begun(Proceeding(track), Attempt("submit", at, CaseRole.CIT, rules))
    if track in (Track.CONSULT, Track.SERVICE):
        p = move(p, Attempt("claim", at + 1, CaseRole.HND, rules, "h")).proceeding
    return p


def _closed(now: int, rules: Rules) -> Case:
    at = now - 30 * _DAY_MS
    p = _proceeding(Track.CONSULT, at, rules)
    p = move(p, Attempt("answer", at + 2, CaseRole.HND, rules, "h")).proceeding
    p = move(p, Attempt("close", at + 3, CaseRole.HND, rules, "h")).proceeding
    return scheduled(replace(_case(p, at), id="closed"), now, rules)
