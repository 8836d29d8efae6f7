"""Takes one message out of a case behind the compartment and makes one of its own of it (拆分).

By text message and mail a second allegation joins the first, because nobody is asked there. The new case has
the same applicant, stays in the same compartment and names the one it came from; both histories say so. Doing
it twice changes nothing: the new case's id is made of the message.
"""

from __future__ import annotations

from hub.actions.cases.casework import Casework
from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.staff.identities import Identities
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.conversation import Direction, Message
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid
from hub.runtime.ids import derived_id


class SplitCase:
    """Splits."""

    def __init__(
        self,
        casework: Casework,
        repositories: Repositories,
        open_case: OpenCase,
        identities: Identities,
        clock: Clock,
    ) -> None:
        self._casework = casework
        self._repositories = repositories
        self._open_case = open_case
        self._identities = identities
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, message_id: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden` or `Stale`."""
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        if not case.is_restricted:
            raise Forbidden(Permission.REPORT_READ)
        said = await self._repositories.conversations.of_case(case_id)
        own = [message for message in said if message.direction is Direction.IN]
        message = next((one for one in own[1:] if one.id == message_id), None)
        if message is None or not case.is_open:
            raise Invalid({"message_id": "这条消息不能拆分"})
        await self._split(agent, case, version, message)

    async def _split(self, agent: Agent, case: Case, version: int, message: Message) -> None:
        cases, conversations = self._repositories.cases, self._repositories.conversations
        now = self._clock.now_ms()
        opened = await self._open_case(
            NewCase(
                case.track,
                case.origin,
                message.at,
                (await self._identities.whole(case)).applicant,
                text=message.text,
                id=derived_id("split", message.id),
                linked_case_id=case.id,
                screening=True,
            )
        )
        new, from_there = recorded(
            opened.case,
            at=now,
            actor=agent.id,
            kind=HistoryKind.LINKED,
            facts={"split_from": case.reference},
        )
        after, to_there = recorded(
            case, at=now, actor=agent.id, kind=HistoryKind.LINKED, facts={"split_to": new.reference}
        )
        await self._casework.commit(
            [
                cases.insert(new),
                *map(cases.insert_entry, (opened.entry, from_there, to_there)),
                cases.update(after, version),
                await conversations.move_message(message.id, new.id),
            ]
        )
