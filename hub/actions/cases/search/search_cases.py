"""Finds cases by number, telephone, name and words.

The policy decides before anything is listed or counted: for who may not see a case it is not there. Cases
behind the compartment are found, by those who read them, by their whole number and by the whole telephone or
mail address of their citizen, never by what they say. Nothing that is typed is logged.
"""

from __future__ import annotations

from asyncio import gather
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hub.actions.cases.masked_citizen import masked_citizen
from hub.actions.cases.search.fill_index import FillIndex
from hub.actions.cases.search.typed import FoundBy, Look, looks
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.cases.state import CaseState
from hub.model.masking import masked_text
from hub.model.track import Compartment, Track
from hub.repositories.repositories import Repositories
from hub.repositories.search.case_texts import own_texts
from hub.repositories.search.search_keys import KeyKind
from hub.runtime.clock import Clock
from hub.store.keyed_terms import folded

PAGE = 25
MOST = 1_000
"""So many cases of the index are looked into at most; then the reader is asked for one more word."""
_AT_ONCE = 50
_SPARE = 4
"""So many more are looked up than a page needs, for those that are not shown."""
_AROUND = 22
_DAY_MS = 86_400_000


class Standing(StrEnum):
    """Which cases are wanted by where they stand."""

    ANY = "any"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the found cases are wanted. track: None for every one. days: received in so many, 0 = ever."""

    standing: Standing = Standing.ANY
    track: Track | None = None
    days: int = 0

    def takes(self, case: Case, now: int) -> bool:
        """Whether it is one of them."""
        if self.standing is not Standing.ANY and case.is_open is not (self.standing is Standing.OPEN):
            return False
        if self.track is not None and case.track is not self.track:
            return False
        return not self.days or case.received_at >= now - self.days * _DAY_MS


@dataclass(frozen=True, slots=True)
class FoundCase:
    """One line. excerpt: where the words stand, when that is not the title; numbers in it are masked."""

    case: Case
    by: FoundBy
    excerpt: str = ""
    masked: str = ""
    handler_name: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One page. words: what was looked for in texts, folded. has_more: there is a page behind it.

    is_cut: too many cases hold the words, and the rest was not looked into. is_short: nothing that was typed
    can be looked for. is_filling: cases of an earlier release are still being added to the index.
    """

    cases: tuple[FoundCase, ...]
    page: int
    words: tuple[str, ...] = ()
    has_more: bool = False
    is_cut: bool = False
    is_short: bool = False
    is_filling: bool = False


class SearchCases:
    """Searches."""

    def __init__(self, repositories: Repositories, fill: FillIndex, clock: Clock) -> None:
        self._repositories = repositories
        self._index = repositories.case_index
        self._texts = repositories.case_texts
        self._fill = fill
        self._clock = clock

    async def __call__(self, agent: Agent, typed: str, *, wanted: Wanted = Wanted(), page: int = 1) -> Found:
        """A page of the cases that exist for the agent. page: from 1."""
        ways = [way for way in looks(typed) if self._can_look(way)]
        if not ways:
            return Found((), page, is_short=bool(typed.strip()))
        most, is_cut = page * PAGE + 1, False
        found: dict[str, FoundCase] = {}
        limit, now = min(most + _SPARE, MOST), self._clock.now_ms()
        # All ways at once: most of them find nothing, and the thread that reads is asked once.
        first = await gather(*(self._look(agent, way, limit) for way in ways))
        for way, ids in zip(ways, first, strict=True):
            search = _Search(agent, way, wanted, now, ids, limit)
            async for one in self._found(search):
                found.setdefault(one.case.id, one)
                if len(found) >= most:
                    break
            is_cut = is_cut or search.is_cut
            if len(found) >= most:
                break
        shown = list(found.values())[(page - 1) * PAGE : page * PAGE]
        has_more = len(found) == most
        return Found(
            await self._lines(shown),
            page,
            tuple(dict.fromkeys(word for way in ways for word in way.words)),
            has_more=has_more,
            is_cut=is_cut and not has_more,
            is_filling=not await self._fill.is_done(),
        )

    def _can_look(self, way: Look) -> bool:
        return bool(way.number or way.addresses or way.keys or any(map(self._index.is_indexed, way.words)))

    async def _found(self, search: _Search) -> AsyncIterator[FoundCase]:
        """What one way finds, the last changed case first."""
        if search.way.number:
            case = await self._repositories.cases.by_reference(search.way.number)
            if case is not None and search.takes(case.value):
                yield FoundCase(case.value, search.way.by)
            return
        async for ids in self._ids(search):
            cases = await self._repositories.cases.many(ids)
            taken = [cases[id] for id in ids if id in cases and search.takes(cases[id])]
            for one in await self._verified(taken, search.way):
                yield one

    async def _ids(self, search: _Search) -> AsyncIterator[Sequence[str]]:
        """Ids in the order of the index, some at a time; more are asked for when the first do not do."""
        way, ids = search.way, search.first
        is_one_address = len(way.addresses) == 1 and not way.words and not way.keys
        if is_one_address and search.agent.may(Permission.REPORT_READ):
            key = self._repositories.contacts.key(way.addresses[0])
            yield await self._index.find_restricted(key, limit=MOST)
        for start in range(0, len(ids), _AT_ONCE):
            yield ids[start : start + _AT_ONCE]
        if len(ids) == search.limit < MOST:
            ids = await self._look(search.agent, way, MOST)
            for start in range(search.limit, len(ids), _AT_ONCE):
                yield ids[start : start + _AT_ONCE]
        search.is_cut = len(ids) == MOST

    async def _look(self, agent: Agent, way: Look, limit: int) -> Sequence[str]:
        """The first ids in the shared index; none for who reads only what stands behind the compartment."""
        if way.number or Compartment.NONE not in policy.compartments(agent):
            return ()
        addresses = map(self._repositories.contacts.key, way.addresses)
        keys = [*way.keys, *((KeyKind.ADDRESS, key) for key in addresses)]
        return await self._index.find(keys, way.words, limit=limit)

    async def _verified(self, cases: Sequence[Case], way: Look) -> list[FoundCase]:
        """Those that really hold every word, each in one piece, with the place where one stands."""
        if not way.words:
            return [FoundCase(case, way.by) for case in cases]
        texts = {case.id: own_texts(case) for case in cases}
        unsure = [case.id for case in cases if not _hold(texts[case.id], way.words)]
        if unsure:
            for id, messages in (await self._texts.messages(unsure)).items():
                texts[id] += [message.text for message in messages]
        for id in unsure:
            if not _hold(texts[id], way.words):
                texts[id] += [*await self._texts.notes(id), *await self._texts.transcripts(id)]
        return [
            FoundCase(case, way.by, _excerpt(case.title, texts[case.id], way.words))
            for case in cases
            if _hold(texts[case.id], way.words)
        ]

    async def _lines(self, found: Sequence[FoundCase]) -> tuple[FoundCase, ...]:
        names = await self._names({one.case.handler_id for one in found} - {""})
        return tuple(
            replace(one, masked=masked_citizen(one.case), handler_name=names.get(one.case.handler_id, ""))
            for one in found
        )

    async def _names(self, ids: set[str]) -> Mapping[str, str]:
        agents = await self._repositories.agents.get_many(sorted(ids)) if ids else {}
        return {id: agent.name for id, agent in agents.items()}


@dataclass(slots=True)
class _Search:
    """One way for one agent. first: the first ids, `limit` at most. is_cut: more than `MOST` were there."""

    agent: Agent
    way: Look
    wanted: Wanted
    now: int
    first: Sequence[str]
    limit: int
    is_cut: bool = False

    def takes(self, case: Case) -> bool:
        """Whether the case exists for the agent and is wanted. A draft is in no list."""
        exists = policy.may_see(self.agent, case) and case.state is not CaseState.DRAFT
        return exists and self.wanted.takes(case, self.now)


def _hold(texts: Sequence[str], words: Sequence[str]) -> bool:
    said = folded("\n".join(texts))
    return all(word in said for word in words)


def _excerpt(title: str, texts: Sequence[str], words: Sequence[str]) -> str:
    """Some characters before and behind the first word that the title does not show."""
    shown = folded(title)
    for word in words:
        if word in shown:
            continue
        for text in texts:
            plain = " ".join(masked_text(text).split())
            at = folded(plain).find(word)
            if at >= 0:
                start, end = max(0, at - _AROUND), at + len(word) + _AROUND
                return f"{'…' if start else ''}{plain[start:end]}{'…' if end < len(plain) else ''}"
    return ""
