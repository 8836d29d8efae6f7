"""What one agent may know of the person behind a case: their cases, calls and messages, who looked at the
number.

Everything starts from the cases the agent may see (`find_person.py`): a call, a message or a look at the
number is shown with such a case only. Of calls without a case those to a line for reports are for
inspectors.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from hub.actions.cases.agent_names import agent_names
from hub.actions.cases.citizen.merged_into import master_reference
from hub.actions.cases.masked_citizen import masked_citizen
from hub.actions.people.alike import Alike, FindAlike
from hub.actions.people.find_person import FindPerson, Person
from hub.model.agent import Agent, Permission, Role
from hub.model.call import Call
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind
from hub.model.cases.state import CaseState
from hub.model.conversation import Message
from hub.model.people.contact import ContactEdit, ContactLink
from hub.repositories.repositories import Repositories
from hub.repositories.suppressions import Suppression

_PANEL_CASES = 5
_CALLS = 20
_TALKS = 6
_SAID_OF_EACH = 4
_REVEALS_OF = 20
_MERGED_READ = 5
_EDITS = 20
_LOOKERS = frozenset({Role.SUPERVISOR, Role.INSPECTOR})


@dataclass(frozen=True, slots=True)
class PersonPanel:
    """The person beside the case that is open.

    others: their other cases, the newest first, few; count: how many more there are than the open one. alike:
    what it may be attached to. master: the case it was attached to, merged: those attached to it.
    opted_out: subjects they want no texts about.
    """

    person: Person
    others: tuple[Case, ...]
    count: int
    alike: tuple[Alike, ...]
    master: Case | None
    merged: tuple[Case, ...]
    opted_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call; `case` that came of it, None when none did."""

    call: Call
    case: Case | None


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looked at the full number."""

    at: int
    by_name: str
    reason: str
    case: Case


@dataclass(frozen=True, slots=True)
class MergedLine:
    """A contact that is shown here as well."""

    contact_id: str
    masked: str
    cases: int
    link: ContactLink
    by_name: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """The whole page. masked: as lists name them. looked: empty for those who are not told."""

    person: Person
    masked: str
    open: tuple[Case, ...]
    over: tuple[Case, ...]
    calls: tuple[CallLine, ...]
    said: tuple[tuple[Message, Case], ...]
    looked: tuple[Looked, ...]
    told_who_looked: bool
    merged: tuple[MergedLine, ...]
    edits: tuple[ContactEdit, ...]
    names: Mapping[str, str]
    opted_out: tuple[Suppression, ...]


class ReadPerson:
    """Reads for agents."""

    def __init__(
        self,
        repositories: Repositories,
        find: FindPerson,
        find_alike: FindAlike,
        *,
        report_channels: Container[str],
    ) -> None:
        """report_channels: voice channels that citizens call to report police."""
        self._repositories = repositories
        self._find = find
        self._find_alike = find_alike
        self._report_channels = report_channels

    async def panel(self, agent: Agent, case: Case) -> PersonPanel | None:
        """For a case the agent may see; None where nobody knows who brought it."""
        person = await self._find.of_case(agent, case)
        if person is None:
            return None
        others = [other for other in person.cases if other.id != case.id]
        merged = [other for other in others if other.state is CaseState.MERGED][:_MERGED_READ]
        here = [
            other
            for other in merged
            if await master_reference(self._repositories.cases, other) == case.reference
        ]
        master = (
            await master_reference(self._repositories.cases, case) if case.state is CaseState.MERGED else ""
        )
        return PersonPanel(
            person=person,
            others=tuple(others[:_PANEL_CASES]),
            count=len(others),
            alike=await self._find_alike(case, others),
            master=next((other for other in others if master and other.reference == master), None),
            merged=tuple(here),
            opted_out=tuple(rule.subject for rule in await self._opted_out(person)),
        )

    async def __call__(self, agent: Agent, contact_id: str, case_id: str = "") -> PersonView:
        """Raises `NotFound` as `FindPerson` does."""
        person = await self._find(agent, contact_id, case_id)
        told = not _LOOKERS.isdisjoint(agent.roles)
        edits = await self._edits(person)
        merged = await self._merged(person)
        looked = await self._looked(person) if told else []
        ids = {edit.by for edit in edits} | {line[1].by for line in merged} | {by for _, by, _, _ in looked}
        names = await agent_names(self._repositories, ids)
        return PersonView(
            person=person,
            masked=masked_citizen(_named(person.cases)),
            open=tuple(case for case in person.cases if case.is_open or case.awaits_late_answer),
            over=tuple(case for case in person.cases if not case.is_open and not case.awaits_late_answer),
            calls=await self._calls(agent, person),
            said=await self._said(person),
            looked=tuple(Looked(at, names.get(by, ""), why, case) for at, by, why, case in looked),
            told_who_looked=told,
            merged=tuple(
                MergedLine(
                    link.contact_id, masked_citizen(_named(cases)), len(cases), link, names.get(link.by, "")
                )
                for cases, link in merged
            ),
            edits=tuple(edits),
            names=names,
            opted_out=await self._opted_out(person),
        )

    async def _opted_out(self, person: Person) -> tuple[Suppression, ...]:
        found = [await self._repositories.suppressions.of_address(key) for key in person.keys]
        return tuple(rule.value for rules in found for rule in rules)

    async def _calls(self, agent: Agent, person: Person) -> tuple[CallLine, ...]:
        visible = {case.id: case for case in person.cases}
        lines = []
        for call in await self._repositories.calls.of_callers(person.keys, limit=_CALLS):
            led_to = [id for id in (call.case_id, call.emergency_case_id) if id]
            case = next((visible[id] for id in led_to if id in visible), None)
            hears = call.channel not in self._report_channels or agent.may(Permission.REPORT_READ)
            if case is not None or (not led_to and hears):
                lines.append(CallLine(call, case))
        return tuple(lines)

    async def _said(self, person: Person) -> tuple[tuple[Message, Case], ...]:
        said = [
            (message, case)
            for case in person.cases[:_TALKS]
            for message in (await self._repositories.conversations.of_case(case.id))[-_SAID_OF_EACH:]
        ]
        return tuple(sorted(said, key=lambda one: -one[0].at))

    async def _looked(self, person: Person) -> list[tuple[int, str, str, Case]]:
        found = [
            (entry.at, entry.actor, entry.text, case)
            for case in person.cases[:_REVEALS_OF]
            for entry in await self._repositories.cases.whole_history(case.id)
            if entry.kind is HistoryKind.REVEALED
        ]
        return sorted(found, key=lambda one: -one[0])

    async def _merged(self, person: Person) -> list[tuple[list[Case], ContactLink]]:
        """Merged contacts of whom the agent may see a case."""
        contacts = self._repositories.contacts
        owners = await contacts.owners([case.applicant.address_key for case in person.cases])
        found = []
        for member in person.members[1:]:
            cases = [case for case in person.cases if owners[case.applicant.address_key] == member]
            link = await contacts.link(person.side, member)
            if cases and link is not None:
                found.append((cases, link.value))
        return found

    async def _edits(self, person: Person) -> list[ContactEdit]:
        """What was done on the reader's own side of the wall. A merge stands with both contacts and is shown
        once."""
        found = await self._repositories.contacts.edits(person.members, limit=_EDITS)
        own = [edit for edit in found if edit.side is person.side]
        return list(
            {(edit.at, edit.kind, *sorted((edit.contact_id, edit.other))): edit for edit in own}.values()
        )


def _named(cases: Sequence[Case]) -> Case:
    """The newest case with a name, else the newest."""
    return next((case for case in cases if case.applicant.name), cases[0])
