"""A case as an agent sees it, with everything said and done in it, and a full number on demand."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.actions.cases.agent_names import agent_names
from hub.actions.cases.before_case import said_before
from hub.actions.cases.casework import Casework
from hub.actions.cases.masked_citizen import masked_citizen
from hub.actions.cases.queue.screening_due import screening_due_at
from hub.actions.staff.note_access import NoteAccess
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.call import HIDDEN_WORD, Recording
from hub.model.cases.alarm import is_alarm
from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.proceeding import DIRECT_TRACKS
from hub.model.cases.screening import for_ordinary_staff
from hub.model.cases.staff_roles import plays_in
from hub.model.conversation import AttachedFile, Author, Direction, Message
from hub.model.conversations.plain_picture import without_metadata
from hub.model.staff.audit import AuditAct
from hub.model.staff.identity import is_kept_apart
from hub.model.track import Compartment
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound
from hub.store.files import FileStore

_PAGE = 50
_RELEASED = 20


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

    allowed: assign, reply, note, close, split, reveal, identity, suspect, dismiss, release, confirm. due_at:
    as in `QueueRow`. corrected_by: names of who corrected transcripts. before: what was said in the same
    conversation since the case before.
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
    corrected_by: Mapping[str, str] = field(default_factory=dict)
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
        note_access: NoteAccess,
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
        self._note_access = note_access
        self._calendar = calendar
        self._screening_days = screening_days

    async def open(self, agent: Agent, case_id: str) -> CaseView:
        """Raises `NotFound` when the case does not exist for the agent."""
        found = await self._repositories.cases.get(case_id)
        if found is None or not policy.may_see(agent, found.value):
            raise NotFound("case")
        case = found.value
        await self._note_access(agent, case, AuditAct.CASE_READ)
        kept = await self._repositories.cases.history(case_id)
        history = kept if agent.may(Permission.REPORT_READ) else for_ordinary_staff(kept)
        messages = await self._repositories.conversations.of_case(case_id)
        states = await self._repositories.outbox.states(
            [message.delivery_id for message in messages if message.delivery_id]
        )
        names = await agent_names(
            self._repositories,
            {entry.actor for entry in history}
            | {entry.facts.get("handler", "") for entry in history}
            | {message.author_id for message in messages}
            | {id for entry in history for id in entry.facts.get("seen_by", "").split()},
        )
        heard = await self._repositories.recordings.of_case(case_id)
        recordings = tuple(recording.without_redacted() for recording in heard)
        hidden = {(one.id, str(line.start_ms)) for one in heard for line in one.segments if one.hides(line)}
        # Who answered behind the compartment is named to nobody before it.
        unnamed = {entry.facts.get("message", "") for entry in kept} - {
            entry.facts.get("message", "") for entry in history
        }
        conversation = await self._repositories.conversations.get(case.origin.conversation_id)
        items = [
            *(_said(message, case, {} if message.id in unnamed else names, states) for message in messages),
            *(_done(entry, case, names, hidden) for entry in history if entry.kind not in _SHOWN_AS_MESSAGES),
        ]
        agents = await self._repositories.agents.list()
        return CaseView(
            case=case,
            version=found.version,
            masked=masked_citizen(case),
            timeline=tuple(sorted(items, key=_place)),
            handlers=tuple(
                other
                for other in agents
                if other.may(Permission.CASE_REPLY)
                and policy.may_give(agent, other, case)
                and other.id not in case.recused
            ),
            allowed=_allowed(agent, case),
            reply_channel=conversation.value.channel if conversation else case.origin.channel,
            reply_kind=conversation.value.kind if conversation else case.origin.kind,
            due_at=screening_due_at(case, self._calendar(), days=self._screening_days),
            recordings=recordings,
            corrected_by=await agent_names(
                self._repositories,
                {one.by for recording in heard for one in recording.corrections}
                | {one.by for recording in heard for one in recording.redactions},
            ),
            before=await self._before(case, messages),
        )

    async def _before(self, case: Case, messages: Sequence[Message]) -> tuple[TimelineItem, ...]:
        conversation_id = case.origin.conversation_id
        numbers = [message.seq for message in messages if message.conversation_id == conversation_id]
        if not numbers:
            return ()
        said = await said_before(self._repositories.conversations, conversation_id, min(numbers))
        return tuple(_said(message, case, {}, {}) for message in said)

    async def file(
        self,
        agent: Agent,
        case_id: str,
        file_id: str,
        *,
        message_id: str = "",
        place: int = 0,
        original: bool = False,
    ) -> tuple[AttachedFile, bytes]:
        """A file of a case; a picture of a report without what tells who took it, unless `original`. Raises
        `NotFound`, also for a file of another case.

        message_id, place: which one is meant of files with the same content, which have the same id: the
        place in a message, from 0.
        """
        found = await self._repositories.cases.get(case_id)
        if found is not None and policy.may_see(agent, found.value):
            messages = await self._repositories.conversations.of_case(case_id)
            same = {
                (message.id, number): file
                for message in messages
                for number, file in enumerate(message.files)
                if file.id == file_id
            }
            if same:
                act = AuditAct.ORIGINAL_READ if original else AuditAct.FILE_READ
                await self._note_access(agent, found.value, act)
                meant = same.get((message_id, place)) or next(iter(same.values()))
                content = await self._files.get(file_id)
                plain = None if original or not found.value.is_restricted else without_metadata(content)
                return meant, plain or content
        raise NotFound("file")

    async def seen(self, agent: Agent, case_id: str) -> Case | None:
        """A case as it stands in a list, None when it does not exist for the agent."""
        found = await self._repositories.cases.get(case_id)
        return found.value if found is not None and policy.may_see(agent, found.value) else None

    async def recordings(self, agent: Agent, case_id: str) -> list[Recording]:
        """What a caller said in a case. Raises `NotFound`."""
        found = await self._repositories.cases.get(case_id)
        if found is None or not policy.may_see(agent, found.value):
            raise NotFound("case")
        await self._note_access(agent, found.value, AuditAct.RECORDINGS_READ)
        return await self._repositories.recordings.of_case(case_id)

    async def exported(self, agent: Agent, cases: Iterable[Case]) -> None:
        """Notes that rows of these cases leave in a file, before they do."""
        for case in cases:
            await self._note_access(agent, case, AuditAct.EXPORTED)

    async def reveal(self, agent: Agent, case_id: str, reason: str) -> str:
        """The citizen's full address; who looked and why stands in the history."""
        reason = reason.strip()
        if not reason:
            raise Invalid({"reason": "请填写查看原因"})
        found = await self._repositories.cases.get(case_id)
        case = policy.require(agent, found.value if found else None, Permission.REVEAL)
        await self._note_access(agent, case, AuditAct.REVEALED)
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
    if agent.may(Permission.IDENTITY_ASK) and is_kept_apart(case) and not case.applicant.anonymous:
        allowed.add("identity")
    if agent.may(Permission.RECORDING_REDACT):
        allowed.add("redact")
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
    actor = {Author.CITIZEN: "群众", Author.ROBOT: "自动答复"}.get(
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


def _done(
    entry: HistoryEntry, case: Case, names: Mapping[str, str], hidden: Container[tuple[str, str]]
) -> TimelineItem:
    """hidden: lines of recordings (id, start in ms) that have redacted words: what was heard there is not
    told by its correction either."""
    actor = {"citizen": "群众", "system": "系统"}.get(entry.actor, names.get(entry.actor, ""))
    facts = dict(entry.facts)
    if "handler" in facts:
        facts["handler"] = names.get(facts["handler"], "")
    if "seen_by" in facts:
        facts["seen_by"] = "、".join(names.get(id, id) for id in facts["seen_by"].split())
    is_hidden = (
        entry.kind is HistoryKind.TRANSCRIPT_CORRECTED
        and (facts.get("recording", ""), facts.get("start_ms", "")) in hidden
    )
    return TimelineItem(
        at=entry.at,
        kind=entry.kind,
        actor_name=actor,
        text=HIDDEN_WORD if is_hidden else entry.text,
        channel=case.origin.channel,
        delivery_id="",
        delivery_state="",
        public=False,
        direction=Direction.IN if entry.actor == "citizen" else Direction.OUT,
        facts=facts,
    )
