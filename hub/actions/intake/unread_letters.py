"""Letters that nobody could read, as whoever may see their cases finds them, and what is done about them.

Each is a case of its own (`read_letters.py`), so that it is work and nothing is lost. They stand together for
whoever mended what could not read them. Whether a letter exists for somebody is decided by its case: one
behind the compartment is an inspector's.
"""

from __future__ import annotations

from dataclasses import dataclass

from channels.address import Address, AddressKind, masked
from hub.actions.cases.casework import Casework
from hub.actions.cases.close_case import CloseCase
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.proceeding import DIRECT_TRACKS
from hub.model.letter import Letter, LetterState
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, NotFound, Stale
from hub.store.codec import Versioned

_PAGE = 50
_AGAIN = "已安排重新读取来信原件。能读取时并入本工单，或按新来信登记。"
_SPAM = "垃圾邮件，来信无法解析。"


@dataclass(frozen=True, slots=True)
class UnreadLetter:
    """One letter. sender: masked, "" for none. is_spam_possible: whether its case can be closed as spam here;
    one in which words of danger were found, or that takes its own steps, is closed on its own page."""

    letter: Letter
    version: int
    sender: str
    case: Case
    is_spam_possible: bool


@dataclass(frozen=True, slots=True)
class UnreadPage:
    """The newest first; `next` continues it."""

    letters: tuple[UnreadLetter, ...]
    next: str | None


class UnreadLetters:
    """Lists them, has one read again, closes one."""

    def __init__(
        self, repositories: Repositories, casework: Casework, close_case: CloseCase, clock: Clock
    ) -> None:
        self._repositories = repositories
        self._casework = casework
        self._close_case = close_case
        self._clock = clock

    async def page(self, agent: Agent, *, after: str | None = None) -> UnreadPage:
        """Those whose cases the agent may see."""
        found = await self._repositories.letters.unreadable(limit=_PAGE, after=after)
        shown = []
        for one in found.letters:
            case = await self._case(one.value)
            if case is not None and policy.may_see(agent, case.value):
                shown.append(_shown(one, case.value))
        return UnreadPage(tuple(shown), found.next)

    async def again(self, agent: Agent, letter_id: str, *, version: int) -> None:
        """It is read once more. Raises `NotFound`, `Forbidden` or `Stale`."""
        letter, case = await self._take(agent, letter_id, Permission.CASE_REPLY)
        now = self._clock.now_ms()
        after, entry = recorded(case.value, at=now, actor=agent.id, kind=HistoryKind.NOTED, text=_AGAIN)
        await self._casework.commit(
            [
                self._repositories.letters.update(letter.value.read_again(now), version),
                self._repositories.cases.update(after, case.version),
                self._repositories.cases.insert_entry(entry),
            ]
        )

    async def close(self, agent: Agent, letter_id: str, *, version: int) -> None:
        """It is listed no more; its case, if it is open, is closed as spam. Raises as `again`, and `Stale`
        while a case is open that is not closed here."""
        letter, case = await self._take(agent, letter_id, Permission.CASE_CLOSE)
        if case.value.is_open:
            if not _shown(letter, case.value).is_spam_possible:
                raise Stale("letter")
            await self._close_case(agent, case.value.id, _SPAM, version=case.version)
        await self._casework.commit([self._repositories.letters.update(letter.value.closed(), version)])

    async def _take(
        self, agent: Agent, letter_id: str, permission: Permission
    ) -> tuple[Versioned[Letter], Versioned[Case]]:
        letter = await self._repositories.letters.get(letter_id)
        if letter is None or letter.value.state is not LetterState.UNREADABLE:
            raise NotFound("letter")
        case = await self._case(letter.value)
        if case is None or not policy.may_see(agent, case.value):
            raise NotFound("letter")
        if not agent.may(permission):
            raise Forbidden(permission)
        return letter, case

    async def _case(self, letter: Letter) -> Versioned[Case] | None:
        cases = await self._repositories.conversations.cases_of([letter.message_id])
        return await self._repositories.cases.get(cases.get(letter.message_id, ""))


def _shown(one: Versioned[Letter], case: Case) -> UnreadLetter:
    letter = one.value
    sender = masked(Address(AddressKind.EMAIL, letter.envelope_from)) if "@" in letter.envelope_from else ""
    is_spam_possible = case.is_open and not case.urgent and case.track in DIRECT_TRACKS
    return UnreadLetter(letter, one.version, sender, case, is_spam_possible)
