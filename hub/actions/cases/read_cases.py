"""What an agent sees: the queue, a case with everything said and done in it, a full number on demand.

Lists and counts are made after the policy, so that a hidden case leaves no trace in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from channels.address import Address, masked
from channels.contract import ChannelKind
from hub.actions.cases.before_case import said_before
from hub.actions.cases.casework import Casework
from hub.actions.cases.tell_citizen import address_kind
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.call import Recording
from hub.model.cases.alarm import is_alarm
from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.case import NEAR_DANGER, Case
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.proceeding import DIRECT_TRACKS
from hub.model.cases.screening import for_ordinary_staff
from hub.model.cases.staff_roles import plays_in
from hub.model.cases.triage_decision import DecisionKind, TriageDecision
from hub.model.conversation import AttachedFile, Author, Direction, Message
from hub.model.track import Compartment, Track
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound
from hub.store.documents import MAX_LIMIT
from hub.store.files import FileStore

_PAGE = 50
_RELEASED = 20


class QueueView(StrEnum):
    """Saved views of the one queue."""

    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    EMERGENCY = "emergency"
    POSSIBLE = "possible"  # 疑似险情
    SCREENING = "screening"  # 待甄别, for those who read REPORT cases
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue; nothing in it needs a second look-up.

    due_at: by when an inspector has to decide (ms UTC), 0 where nobody has to.
    """

    case: Case
    version: int
    masked: str
    handler_name: str
    due_at: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page with the counts of every view. `next` continues it, None at the end."""

    rows: tuple[QueueRow, ...]
    counts: Mapping[QueueView, int]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReleasedRow:
    """A case that an inspector gave to the ordinary queue, and why."""

    decision: TriageDecision
    by_name: str


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing said or done. `public`: the citizen can see it. `kind`: a history kind or `message`."""

    at: int
    kind: str
    actor_name: str
    text: str
    channel: str
    delivery_id: str
    delivery_state: str
    public: bool
    direction: str
    facts: Mapping[str, str]
    files: tuple[AttachedFile, ...] = ()
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as an agent sees it.

    allowed: assign, reply, note, close, split, reveal, suspect, dismiss, release, confirm. due_at: as in
    `QueueRow`. before: what was said in the same conversation since the case before.
    """

    case: Case
    version: int
    masked: str
    timeline: tuple[TimelineItem, ...]
    handlers: tuple[Agent, ...]
    allowed: frozenset[str]
    reply_channel: str
    reply_kind: str
    due_at: int
    recordings: tuple[Recording, ...] = ()
    before: tuple[TimelineItem, ...] = ()


_SHOWN_AS_MESSAGES = frozenset({HistoryKind.CITIZEN_SPOKE, HistoryKind.REPLIED, HistoryKind.ANSWERED})


class ReadCases:
    """Reads for agents."""

    def __init__(
        self,
        repositories: Repositories,
        casework: Casework,
        files: FileStore,
        clock: Clock,
        calendar: Callable[[], WorkCalendar],
        *,
        screening_days: int,
    ) -> None:
        """calendar: the office's, as it is now.

        screening_days: workdays in which an inspector decides about a case in 待甄别.
        """
        self._repositories = repositories
        self._files = files
        self._casework = casework
        self._clock = clock
        self._calendar = calendar
        self._screening_days = screening_days

    async def queue(
        self, agent: Agent, *, view: QueueView = QueueView.ALL, after: str | None = None
    ) -> QueuePage:
        """A page of the queue and the counts of all views, as far as the agent may see."""
        page = await self._repositories.cases.page(
            _compartments(view, agent),
            _where(view, agent),
            limit=_PAGE,
            after=after,
            newest_first=view is QueueView.CLOSED,
        )
        names = await self._names({found.value.handler_id for found in page.cases})
        return QueuePage(
            tuple(
                QueueRow(
                    found.value,
                    found.version,
                    masked_citizen(found.value),
                    names.get(found.value.handler_id, ""),
                    self._due_at(found.value),
                )
                for found in page.cases
            ),
            await self.counts(agent),
            page.next,
        )

    async def released(self, agent: Agent) -> tuple[ReleasedRow, ...]:
        """The newest decisions to release a case, for those who decide; nothing for others."""
        if not agent.may(Permission.REPORT_READ):
            return ()
        found = await self._repositories.triage_decisions.newest(DecisionKind.RELEASED, limit=_RELEASED)
        names = await self._names({decision.by for decision in found})
        return tuple(ReleasedRow(decision, names.get(decision.by, "")) for decision in found)

    async def counts(self, agent: Agent) -> Mapping[QueueView, int]:
        """How many cases each view holds, as far as the agent may see."""
        return {
            view: await self._repositories.cases.count(_compartments(view, agent), _where(view, agent))
            for view in QueueView
        }

    async def view_ids(self, agent: Agent, *, view: QueueView) -> frozenset[str]:
        """The ids of all cases in a view, as far as the agent may see."""
        return await self._repositories.cases.ids(_compartments(view, agent), _where(view, agent))

    async def received_after(self, agent: Agent, instant: int, *, view: QueueView) -> frozenset[str]:
        """Of those, the newest that were received after `instant`; at most `MAX_LIMIT`."""
        cases = await self._repositories.cases.page(
            _compartments(view, agent),
            {**_where(view, agent), "updated_at": {"$gt": instant}},
            limit=MAX_LIMIT - 1,
            newest_first=True,
        )
        return frozenset(found.value.id for found in cases.cases if found.value.received_at > instant)

    async def open(self, agent: Agent, case_id: str) -> CaseView:
        """Raises `NotFound` when the case does not exist for the agent."""
        found = await self._repositories.cases.get(case_id)
        if found is None or not policy.may_see(agent, found.value):
            raise NotFound("case")
        case = found.value
        kept = await self._repositories.cases.history(case_id)
        history = kept if agent.may(Permission.REPORT_READ) else for_ordinary_staff(kept)
        messages = await self._repositories.conversations.of_case(case_id)
        states = await self._repositories.outbox.states(
            [message.delivery_id for message in messages if message.delivery_id]
        )
        names = await self._names(
            {entry.actor for entry in history}
            | {entry.facts.get("handler", "") for entry in history}
            | {message.author_id for message in messages}
            | {id for entry in history for id in entry.facts.get("seen_by", "").split()}
        )
        # Who answered behind the compartment is named to nobody before it.
        unnamed = {entry.facts.get("message", "") for entry in kept} - {
            entry.facts.get("message", "") for entry in history
        }
        conversation = await self._repositories.conversations.get(case.origin.conversation_id)
        items = [
            *(_said(message, case, {} if message.id in unnamed else names, states) for message in messages),
            *(_done(entry, case, names) for entry in history if entry.kind not in _SHOWN_AS_MESSAGES),
        ]
        agents = await self._repositories.agents.list()
        return CaseView(
            case=case,
            version=found.version,
            masked=masked_citizen(case),
            timeline=tuple(sorted(items, key=_place)),
            handlers=tuple(
                other for other in agents if other.may(Permission.CASE_REPLY) and policy.may_see(other, case)
            ),
            allowed=_allowed(agent, case),
            reply_channel=conversation.value.channel if conversation else case.origin.channel,
            reply_kind=conversation.value.kind if conversation else case.origin.kind,
            due_at=self._due_at(case),
            recordings=tuple(await self._repositories.recordings.of_case(case_id)),
            before=await self._before(case, messages),
        )

    async def _before(self, case: Case, messages: Sequence[Message]) -> tuple[TimelineItem, ...]:
        conversation_id = case.origin.conversation_id
        numbers = [message.seq for message in messages if message.conversation_id == conversation_id]
        if not numbers:
            return ()
        said = await said_before(self._repositories.conversations, conversation_id, min(numbers))
        return tuple(_said(message, case, {}, {}) for message in said)

    async def file(self, agent: Agent, case_id: str, file_id: str) -> tuple[AttachedFile, bytes]:
        """A file of a case. Raises `NotFound`, also for a file of another case."""
        found = await self._repositories.cases.get(case_id)
        if found is not None and policy.may_see(agent, found.value):
            for message in await self._repositories.conversations.of_case(case_id):
                for file in message.files:
                    if file.id == file_id:
                        return file, await self._files.get(file_id)
        raise NotFound("file")

    async def recordings(self, agent: Agent, case_id: str) -> list[Recording]:
        """What a caller said in a case. Raises `NotFound`."""
        found = await self._repositories.cases.get(case_id)
        if found is None or not policy.may_see(agent, found.value):
            raise NotFound("case")
        return await self._repositories.recordings.of_case(case_id)

    async def reveal(self, agent: Agent, case_id: str, reason: str) -> str:
        """The citizen's full address; who looked and why stands in the history."""
        reason = reason.strip()
        if not reason:
            raise Invalid({"reason": "请填写查看原因"})
        found = await self._repositories.cases.get(case_id)
        case = policy.require(agent, found.value if found else None, Permission.REVEAL)
        after, entry = recorded(
            case,
            at=self._clock.now_ms(),
            actor=agent.id,
            kind=HistoryKind.REVEALED,
            text=reason[:200],
        )
        await self._casework.commit(
            [
                self._repositories.cases.update(after, found.version if found else 0),
                self._repositories.cases.insert_entry(entry),
            ],
        )
        return case.applicant.address

    def _due_at(self, case: Case) -> int:
        if case.compartment is not Compartment.SCREENING or not case.is_open:
            return 0
        return self._calendar().due_at(case.screening_at, self._screening_days)

    async def _names(self, ids: set[str]) -> Mapping[str, str]:
        agents = await self._repositories.agents.get_many(sorted(id for id in ids if id))
        return {id: agent.name for id, agent in agents.items()}


def masked_citizen(case: Case) -> str:
    """Name and address as a list may show them."""
    applicant, came_by = case.applicant, case.origin.kind
    if applicant.anonymous:
        return "匿名"
    if not applicant.address:
        return applicant.name[:1] + "**" if applicant.name else "未留联系方式"
    kind = address_kind(ChannelKind(came_by))
    if came_by in (ChannelKind.PETITION, ChannelKind.VOICE):
        kind = address_kind(ChannelKind.MAIL if "@" in applicant.address else ChannelKind.SMS)
    hidden = "网页访客" if kind == "chat" else masked(Address(kind, applicant.address))
    return f"{applicant.name[:1]}** {hidden}" if applicant.name else hidden


def _compartments(view: QueueView, agent: Agent) -> frozenset[Compartment]:
    """Of what the agent may see, what the view shows."""
    visible = policy.compartments(agent)
    return visible & {Compartment.SCREENING} if view is QueueView.SCREENING else visible


def _where(view: QueueView, agent: Agent) -> dict[str, Any]:
    """What the view shows to the agent. Late requests are no state: a higher reviewer is sent to those."""
    if policy.only_reviews(agent):
        return {**_of_view(view, agent), "state": {"$in": sorted(policy.REVIEWED)}}
    return _of_view(view, agent)


def _of_view(view: QueueView, agent: Agent) -> dict[str, Any]:
    match view:
        case QueueView.ALL:
            return {"open": 1}
        case QueueView.MINE:
            return {"open": 1, "handler_id": agent.id}
        case QueueView.UNASSIGNED:
            return {"open": 1, "handler_id": ""}
        case QueueView.WAITING:
            return {"open": 1, "waits": 1}
        case QueueView.EMERGENCY:
            return {"open": 1, "track": str(Track.EMERGENCY)}
        case QueueView.POSSIBLE:
            return {"open": 1, "rank": {"$gte": NEAR_DANGER.start, "$lt": NEAR_DANGER.stop}}
        case QueueView.SCREENING:
            return {"open": 1}
        case QueueView.CLOSED:
            return {"open": 0}


def _allowed(agent: Agent, case: Case) -> frozenset[str]:
    allowed = set()
    direct = case.track in DIRECT_TRACKS
    if agent.may(Permission.CASE_REPLY) and plays_in(agent, case, "answer" if direct else "write"):
        allowed.add("reply")
    if case.is_open and agent.may(Permission.CASE_ASSIGN):
        allowed.add("assign")
    if agent.may(Permission.CASE_CLOSE) and plays_in(agent, case, "close"):
        allowed.add("close")
    if agent.may(Permission.CASE_REPLY):
        allowed.add("note")
    if case.is_restricted and case.is_open and agent.may(Permission.CASE_REPLY):
        allowed.add("split")
    if case.applicant.address and agent.may(Permission.REVEAL):
        allowed.add("reveal")
    if agent.may(Permission.CASE_REPLY) and not case.is_restricted:
        allowed.add("suspect")
    if agent.may(Permission.CASE_REPLY) and case.is_open and is_alarm(case):
        allowed.add("dismiss")
    if agent.may(Permission.REPORT_READ) and case.compartment is Compartment.SCREENING:
        allowed |= {"release", "confirm"}
    return frozenset(allowed)


_CODE = re.compile(r"(?<!\d)(?:\d{16}|\d{8})(?!\d)")
"""A query code in our own words. It is the citizen's secret: whoever works on the case must not know it."""


def _place(item: TimelineItem) -> tuple[int, int]:
    """In order of time; at the same moment what was said, what it led to, what was answered."""
    said = item.kind == "message"
    return item.at, 0 if said and item.direction == Direction.IN else 2 if said else 1


def _said(message: Message, case: Case, names: Mapping[str, str], states: Mapping[str, str]) -> TimelineItem:
    actor = {Author.CITIZEN: "来信人", Author.ROBOT: "自动答复"}.get(
        message.author, names.get(message.author_id, "工作人员")
    )
    return TimelineItem(
        at=message.at,
        kind="message",
        actor_name=actor,
        text=_CODE.sub("********", message.text) if message.author is Author.ROBOT else message.text,
        channel=case.origin.channel,
        delivery_id=message.delivery_id,
        delivery_state=states.get(message.delivery_id, ""),
        public=True,
        direction=message.direction,
        facts={},
        files=message.files,
        message_id=message.id,
    )


def _done(entry: HistoryEntry, case: Case, names: Mapping[str, str]) -> TimelineItem:
    actor = {"citizen": "来信人", "system": "系统"}.get(entry.actor, names.get(entry.actor, ""))
    facts = dict(entry.facts)
    if "handler" in facts:
        facts["handler"] = names.get(facts["handler"], "")
    if "seen_by" in facts:
        facts["seen_by"] = "、".join(names.get(id, id) for id in facts["seen_by"].split())
    return TimelineItem(
        at=entry.at,
        kind=entry.kind,
        actor_name=actor,
        text=entry.text,
        channel=case.origin.channel,
        delivery_id="",
        delivery_state="",
        public=False,
        direction=Direction.IN if entry.actor == "citizen" else Direction.OUT,
        facts=facts,
    )
