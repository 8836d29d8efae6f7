"""Reads the 12110 register for the desk: the list with everything masked, a record in full.

Rule protected: whoever opens a record stands in its log, before it is shown. In the log of a record a look
beside a case is shown to who may see that case only: else it would tell that there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from channels.address import Address, AddressKind, BadAddress, is_textable, masked, phone
from hub.actions.cases.agent_names import agent_names
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.people.registered_person import (
    CHECK_AGAIN_MS,
    Difficulty,
    RegisterAct,
    RegisteredPerson,
    RegisterEntry,
)
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound
from hub.runtime.ids import new_id
from hub.store.documents import Documents

_PAGE = 50
_LOG = 100


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A record in the list. name, number: masked. must_be_checked: as in `RegisteredPerson`."""

    id: str
    name: str
    number: str
    difficulties: tuple[Difficulty, ...]
    updated_at: int
    must_be_checked: bool


@dataclass(frozen=True, slots=True)
class RegisterList:
    """A page of the list. older: what gives the next one, "" for the last. unchecked: how many must
    be made sure of."""

    lines: tuple[RegisterLine, ...]
    older: str
    count: int
    unchecked: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log. reference: of the case beside which it was shown."""

    entry: RegisterEntry
    by_name: str
    case_id: str
    reference: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record in full, with its version and its log."""

    person: RegisteredPerson
    version: int
    must_be_checked: bool
    log: tuple[LogLine, ...]


class ReadRegister:
    """All raise `Forbidden`."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._repositories = repositories
        self._register = repositories.aid.register
        self._clock = clock

    async def list(self, agent: Agent, after: str = "") -> RegisterList:
        """after: `older` of the page before. Raises `NoCursor`."""
        _require(agent)
        now = self._clock.now_ms()
        people, older = await self._register.page(after=after or None, limit=_PAGE)
        return RegisterList(
            tuple(
                RegisterLine(
                    person.id,
                    masked_name(person.name),
                    masked_number(person.numbers[0]) if person.numbers else "",
                    person.difficulties,
                    person.updated_at,
                    person.must_be_checked(now),
                )
                for person in people
            ),
            older or "",
            await self._register.count(),
            await self._register.count(checked_before=now - CHECK_AGAIN_MS),
        )

    async def find(self, agent: Agent, number: str) -> str:
        """The id of who has this whole number, "" for nobody. Raises `Invalid` for what is no number."""
        _require(agent)
        try:
            address = phone(number)
        except BadAddress:
            address = None
        if address is None or not is_textable(address):
            raise Invalid({"find": "请输入完整的手机号"})
        key = self._register.key(address.value)
        found = (await self._register.by_keys([key])).get(key)
        return found.id if found else ""

    async def __call__(self, agent: Agent, person_id: str) -> RecordView:
        """A record in full; that it was opened is written first. Raises `NotFound`."""
        _require(agent)
        found = await self._register.get(person_id)
        if found is None:
            raise NotFound("registered_person")
        now = self._clock.now_ms()
        entry = RegisterEntry(new_id(now), person_id, now, agent.id, RegisterAct.LOOKED)
        await self._documents.commit([self._register.insert_entry(entry)])
        log = await self._log(agent, person_id)
        return RecordView(found.value, found.version, found.value.must_be_checked(now), log)

    async def _log(self, agent: Agent, person_id: str) -> tuple[LogLine, ...]:
        entries = await self._register.log(person_id, limit=_LOG)
        names = await agent_names(self._repositories, {entry.by for entry in entries})
        lines = []
        for entry in entries:
            reference = ""
            if entry.case_id:
                case = await self._repositories.cases.get(entry.case_id)
                if case is None or not policy.may_see(agent, case.value):
                    continue
                reference = case.value.reference
            lines.append(LogLine(entry, names.get(entry.by, ""), entry.case_id, reference))
        return tuple(lines)


def masked_name(name: str) -> str:
    """As a list may show it."""
    return f"{name[:1]}**" if name else ""


def masked_number(number: str) -> str:
    """As a list may show it."""
    return masked(Address(AddressKind.PHONE, number))


def _require(agent: Agent) -> None:
    if not agent.may(Permission.REGISTER_READ):
        raise Forbidden(Permission.REGISTER_READ)
