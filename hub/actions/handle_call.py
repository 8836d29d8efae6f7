"""A telephone call: the flow engine decides, this carries it out and stores it before answering.

State, answer and everything the event led to are one unit of work, so that a kill between two
webhooks loses nothing, and a webhook that comes twice gets the answer that was given the first
time. A complaint is a draft case before its first question; whatever was told before a hang-up
becomes a case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from channels.address import Address, AddressKind, is_textable
from channels.contract import (
    CallAnswer,
    CallEvent,
    CallEventKind,
    ChannelKind,
    WebhookResponse,
)
from hub.actions.channel_profile import Profiles
from hub.actions.note_recording import NoteRecording
from hub.actions.open_case import OpenCase
from hub.actions.outgoing import Outgoing
from hub.actions.references import new_code
from hub.actions.track_case import TooManyTries, TrackCase
from hub.errors import HubError, NotFound
from hub.ids import derived_id
from hub.live import Live
from hub.model.call import Call
from hub.model.case import (
    CITIZEN_LABEL,
    Case,
    CaseState,
    HistoryEntry,
    HistoryKind,
    queue_rank,
    recorded,
)
from hub.model.conversation import Conversation
from hub.model.track import Track
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.repositories import Repositories
from hub.texts import Texts
from hub.wake import Wake
from ivr.engine import begin, resume, step
from ivr.hours import Hours, is_open
from ivr.node import Flow
from ivr.state import (
    AttachRecording,
    CallEnded,
    CallState,
    IssueReceipt,
    LookupProgress,
    PromotePartial,
    RaiseEmergency,
    SaveSlot,
    Turn,
)
from ivr.state import OpenCase as OpenDraft

Render = Callable[[CallAnswer], WebhookResponse]

_TRIES = 8
_TOKENS = 40
_MAX_HOOKS = 5  # hooks one event may run; a flow that asks for more is at fault
_SUPPLEMENT = "supplement"
_DATA_ONLY = frozenset({CallEventKind.RECORDING_READY, CallEventKind.RECORDING_ABSENT, CallEventKind.STATUS})


class CallBusy(HubError):
    """Too many events of one call at once: the provider should try again."""


@dataclass(frozen=True, slots=True)
class Line:
    """A voice line as configured. `flow`: the version new calls start with."""

    channel: str
    flow: Flow
    province: str
    cities: str
    hours: Hours
    person_number: str
    emergency_number: str
    receipt_channel: str


@dataclass(slots=True)
class _Work:
    """One event's changes while they are gathered; stored at once at the end."""

    event: CallEvent
    call: Call
    version: int  # 0 = a new call
    case: Case | None = None
    case_version: int = 0
    entries: list[HistoryEntry] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    queue_changed: bool = False
    fetch: bool = False


class HandleCall:
    """Runs call events."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        lines: Mapping[str, Line],
        flows: Mapping[str, Flow],
        note_recording: NoteRecording,
        profiles: Profiles,
        open_case: OpenCase,
        outgoing: Outgoing,
        track_case: TrackCase,
        texts: Texts,
        live: Live,
        dispatch: Wake,
        fetch: Wake,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._lines = lines
        self._flows = flows
        self._note_recording = note_recording
        self._profiles = profiles
        self._open_case = open_case
        self._outgoing = outgoing
        self._track_case = track_case
        self._texts = texts
        self._live = live
        self._dispatch = dispatch
        self._fetch = fetch

    async def __call__(self, event: CallEvent, render: Render) -> WebhookResponse | None:
        """The answer for the provider, or None where it expects none. Raises `CallBusy`."""
        for _ in range(_TRIES):
            work = await self._load(event)
            if work is None:
                return None
            if event.event_id in work.call.tokens or (event.kind is CallEventKind.STARTED and work.version):
                return None if _needs_no_answer(event) else _stored_answer(work.call)
            response = await self._run(work, render)
            try:
                await self._documents.commit(self._unit(work))
            except (Conflict, Duplicate):
                continue
            if work.queue_changed:
                self._live.ring("queue", work.call.case_id)
                self._dispatch.ring()
            if work.fetch:
                self._fetch.ring()
            return response
        raise CallBusy("too many events of one call at once")

    async def _load(self, event: CallEvent) -> _Work | None:
        call_id = self._repositories.calls.id_for(event.channel, event.call_id)
        found = await self._repositories.calls.get(call_id)
        if found is None:
            if event.kind is not CallEventKind.STARTED and event.kind is not CallEventKind.LOST:
                return None  # a late word about a call that never reached us
            call = Call(
                id=call_id,
                channel=event.channel,
                line=event.line,
                caller_key=self._repositories.contacts.key(event.caller),
                started_at=event.received_at,
                updated_at=event.received_at,
            )
            return _Work(event, call, 0)
        work = _Work(event, found.value, found.version)
        if found.value.case_id:
            case = await self._repositories.cases.get(found.value.case_id)
            if case is not None:
                work.case, work.case_version = case.value, case.version
        return work

    async def _run(self, work: _Work, render: Render) -> WebhookResponse | None:
        event = work.event
        line = self._lines[event.channel]
        facts = self._facts(line, event)
        noted = await self._note_recording(work.call, event)
        work.writes += noted.writes
        work.fetch = noted.pending
        state = work.call.state
        flow = line.flow if state is None else self._flows[state.flow_sha]
        turn = begin(flow, event, facts=facts) if state is None else step(flow, state, event, facts=facts)
        steps = list(turn.steps)
        outcome = await self._carry_out(work, turn, line)
        for _ in range(_MAX_HOOKS):
            if not turn.state.waits_for_hub:
                break
            turn = resume(flow, turn.state, outcome[0], {**facts, **outcome[1]})
            steps += turn.steps
            outcome = await self._carry_out(work, turn, line)
        answered = bool(steps)
        response: WebhookResponse | None = None
        if answered:
            response = render(CallAnswer(tuple(steps), turn.state.revision, turn.state.node))
        elif not _needs_no_answer(event):
            response = _stored_answer(work.call)  # stale: the answer of the revision that won
        work.call = replace(
            work.call,
            state=turn.state,
            ended=turn.state.ended,
            updated_at=max(work.call.updated_at, event.received_at),
            tokens=(*work.call.tokens, event.event_id)[-_TOKENS:],
            answer_status=response.status if answered and response else work.call.answer_status,
            answer_type=response.content_type if answered and response else work.call.answer_type,
            answer_body=response.body if answered and response else work.call.answer_body,
        )
        return response

    def _facts(self, line: Line, event: CallEvent) -> dict[str, str]:
        return {
            "province": line.province,
            "cities": line.cities,
            "open": "1" if line.person_number and is_open(line.hours, event.received_at) else "",
            "person_number": line.person_number,
            "emergency_number": line.emergency_number,
        }

    # --- effects -------------------------------------------------------------------------------

    async def _carry_out(self, work: _Work, turn: Turn, line: Line) -> tuple[str, Mapping[str, str]]:
        """Runs the effects in order; the outcome and facts of the hook among them, if any."""
        outcome: tuple[str, Mapping[str, str]] = ("error", {})
        for effect in turn.effects:
            match effect:
                case OpenDraft(kind):
                    await self._open_draft(work, turn.state, kind)
                case SaveSlot(name, value, _):
                    self._save_slot(work, name, value)
                case IssueReceipt():
                    outcome = self._issue_receipt(work, turn.state, line)
                case LookupProgress(reference, code):
                    outcome = await self._lookup(work, reference, code)
                case RaiseEmergency(reason):
                    await self._raise_emergency(work, reason)
                case PromotePartial(node):
                    self._promote(work, turn.state, node)
                case AttachRecording():
                    pass  # noted already, whatever the flow thinks of the event
                case CallEnded():
                    pass
        return outcome

    async def _open_draft(self, work: _Work, state: CallState, kind: str) -> None:
        if work.case is not None:
            return
        case_id = derived_id("call-case", work.call.id)
        opened = await self._open_case(
            track=Track(kind),
            channel=work.event.channel,
            kind=ChannelKind.VOICE,
            text="",
            title="",
            at=work.event.received_at,
            case_id=case_id,
            draft=True,
            conversation_id=self._repositories.conversations.id_for(work.event.channel, case_id),
            language=state.language,
            details=dict(state.slots),
        )
        work.case, work.case_version = opened.case, 0
        work.entries.append(opened.entry)
        work.call = replace(work.call, case_id=case_id)

    def _save_slot(self, work: _Work, name: str, value: str) -> None:
        if work.case is not None:
            work.case = replace(work.case, details={**(work.case.details or {}), name: value})

    def _issue_receipt(self, work: _Work, state: CallState, line: Line) -> tuple[str, Mapping[str, str]]:
        if work.case is None:
            return "error", {}
        if work.case.state is not CaseState.DRAFT:
            return "already", {}
        anonymous = state.slots.get("anonymous") != "0"
        code = new_code(anonymous=anonymous)
        salt = work.event.event_id[-16:]
        named = replace(
            work.case,
            code_told=True,
            code_salt=salt,
            code_hash=self._repositories.cases.code_hash(work.case.id, salt, code),
        )
        self._register(work, named, state, HistoryKind.REGISTERED, {})
        self._text_receipt(work, line, code)
        return "ok", {"reference": work.case.reference, "query_code": code}

    def _promote(self, work: _Work, state: CallState, node: str) -> None:
        if work.case is None or work.case.state is not CaseState.DRAFT:
            return
        self._register(work, replace(work.case, partial=True), state, HistoryKind.PROMOTED, {"node": node})

    def _register(
        self,
        work: _Work,
        case: Case,
        state: CallState,
        kind: HistoryKind,
        facts: Mapping[str, str],
    ) -> None:
        """Draft → registered. The number of a caller stays only if the caller said so."""
        case.check_move(CaseState.REGISTERED)
        named = state.slots.get("anonymous") == "0" or (
            case.track is not Track.REPORT and "anonymous" not in state.slots
        )
        caller = work.event.caller
        keeps_number = named and bool(caller.value)
        registered, entry = recorded(
            replace(
                case,
                state=CaseState.REGISTERED,
                anonymous=not named,
                title=_title(case, self._lines[work.event.channel].cities),
                contact_address=caller.value if keeps_number else "",
                address_key=self._repositories.contacts.key(caller) if keeps_number else "",
                rank=queue_rank(
                    track=case.track, urgent=case.urgent, waiting=True, received_at=case.received_at
                ),
            ),
            at=work.event.received_at,
            actor="citizen" if kind is HistoryKind.REGISTERED else "system",
            kind=kind,
            facts=facts,
        )
        work.case = registered
        work.entries.append(entry)
        work.queue_changed = True
        work.writes.append(
            self._repositories.conversations.insert(
                Conversation(
                    id=registered.conversation_id,
                    channel=work.event.channel,
                    kind=ChannelKind.VOICE,
                    contact_id="",
                    address_key=registered.address_key,
                    created_at=work.event.received_at,
                    last_at=work.event.received_at,
                    case_id=registered.id,
                )
            )
        )

    def _text_receipt(self, work: _Work, line: Line, code: str) -> None:
        """Number and code by text to a named caller with a mobile."""
        case = work.case
        profile = self._profiles.get(line.receipt_channel)
        if case is None or profile is None or not case.contact_address:
            return
        address = Address(AddressKind.PHONE, case.contact_address)
        if not is_textable(address):
            return
        text = self._texts.say("receipt_voice", case.language, reference=case.reference, code=code)
        receipt = self._outgoing.delivery(
            profile.name,
            address,
            text,
            at=work.event.received_at,
            address_key=case.address_key,
            dedup=derived_id("receipt", case.id),
            case_id=case.id,
        )
        work.writes.append(self._repositories.outbox.insert(receipt))

    async def _lookup(self, work: _Work, reference: str, code: str) -> tuple[str, Mapping[str, str]]:
        try:
            case = await self._track_case.prove(
                reference,
                code,
                source=work.call.caller_key or work.call.id,
                channel=work.event.channel,
            )
        except NotFound:
            return "wrong", {}
        except TooManyTries:
            return "locked", {}
        return "found", {"progress": CITIZEN_LABEL[case.state]}

    async def _raise_emergency(self, work: _Work, reason: str) -> None:
        """An EMERGENCY case beside the call's own. It alone may hold an anonymous caller's number."""
        if work.call.emergency_case_id:
            return
        case_id = derived_id("call-emergency", work.call.id)
        opened = await self._open_case(
            track=Track.EMERGENCY,
            channel=work.event.channel,
            kind=ChannelKind.VOICE,
            text="",
            title=f"来电紧急求助 {work.event.line}",
            at=work.event.received_at,
            case_id=case_id,
            urgent=True,
            conversation_id=self._repositories.conversations.id_for(work.event.channel, case_id),
            address_key=self._repositories.contacts.key(work.event.caller),
            address=work.event.caller.value,
            flags=("danger",),
            details={"reason": reason},
        )
        work.writes += self._open_case.writes(opened)
        work.call = replace(work.call, emergency_case_id=case_id)
        work.queue_changed = True

    def _unit(self, work: _Work) -> list[Write]:
        calls, cases = self._repositories.calls, self._repositories.cases
        writes = list(work.writes)
        writes.append(calls.insert(work.call) if work.version == 0 else calls.update(work.call, work.version))
        if work.case is not None and work.case_version == 0:
            writes.append(cases.insert(work.case))
        elif work.case is not None and (work.entries or work.case.state is CaseState.DRAFT):
            writes.append(cases.update(work.case, work.case_version))
        writes += [cases.insert_entry(entry) for entry in work.entries]
        return writes


def _needs_no_answer(event: CallEvent) -> bool:
    """Data about the call, or its end: nobody is there to hear anything."""
    return event.ended or event.kind in _DATA_ONLY


def _stored_answer(call: Call) -> WebhookResponse | None:
    if not call.answer_type:
        return None
    return WebhookResponse(call.answer_status, call.answer_type, call.answer_body)


def _title(case: Case, cities: str) -> str:
    """What the queue shows of a call nobody has listened to yet. `cities` as in `Line`."""
    what = {Track.REPORT: "来电举报", Track.SUGGEST: "来电意见建议"}.get(case.track, "来电留言")
    code = (case.details or {}).get("city", "")
    names = [name for item in cities.split() for area, _, name in (item.partition("="),) if area == code]
    return f"{what}（{names[0] if names else code}）" if code else what
