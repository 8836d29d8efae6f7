"""A telephone call: the flow engine decides, this carries it out and stores it before answering.

State, answer and everything the event led to are one unit of work, so that a kill between two
webhooks loses nothing, and a webhook that comes twice gets the answer that was given the first
time. A call whose flow can be run no more (an older release kept it), or that goes on after it was
ended for its silence, is closed politely, with what was told kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from channels.address import phone
from channels.contract import CallAnswer, CallEvent, CallEventKind, CallStep, Hangup, Say, WebhookResponse
from hub.actions.calls.answer_call import AnswerCall
from hub.actions.calls.call_work import CallPlan, CallWork, Line
from hub.actions.calls.carry_out_call import CarryOutCall
from hub.actions.calls.note_recording import NoteRecording
from hub.actions.cases.plan import Plan, PlannedCase
from hub.actions.dialogue.texts import Texts
from hub.model.call import Call
from hub.repositories.repositories import Repositories
from hub.runtime.errors import HubError
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate
from ivr.engine import begin, end, resume, step
from ivr.evidence.recordings import ASK_SECONDS
from ivr.hours import is_open
from ivr.node import Flow, RecordNode
from ivr.state import CallState

log = logging.getLogger(__name__)

Render = Callable[[CallAnswer], WebhookResponse]

_TRIES = 8
_TOKENS = 40
_MAX_HOOKS = 5  # hooks one event may run; a flow that asks for more is at fault
_DATA_ONLY = frozenset({CallEventKind.RECORDING_READY, CallEventKind.RECORDING_ABSENT, CallEventKind.STATUS})


class CallBusy(HubError):
    """Too many events of one call at once: the provider should try again."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """What an event leads to: what to write, where the call stands, what to say."""

    plan: CallPlan
    state: CallState
    steps: tuple[CallStep, ...]


class HandleCall:
    """Runs call events. `flows`: every version of a flow a call may run, by sha."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        lines: Mapping[str, Line],
        flows: Mapping[str, Flow],
        note_recording: NoteRecording,
        carry_out: CarryOutCall,
        answer_call: AnswerCall,
        texts: Texts,
        opening: Callable[[], str] = str,
    ) -> None:
        """opening: what is said before the greeting of a call, "" for nothing: a red warning in force."""
        self._opening = opening
        self._documents = documents
        self._repositories = repositories
        self._lines = lines
        self._flows = flows
        self._note_recording = note_recording
        self._carry_out = carry_out
        self._answer_call = answer_call
        self._texts = texts

    async def __call__(self, event: CallEvent, render: Render) -> WebhookResponse | None:
        """The answer for the provider, or None where it expects none. Raises `CallBusy`."""
        for _ in range(_TRIES):
            work = await self._load(event)
            if work is None:
                if await self._keep_stray(event):
                    return None if _needs_no_answer(event) else self._sent_away(render)
                continue
            if event.event_id in work.call.tokens or (event.kind is CallEventKind.STARTED and work.version):
                return None if _needs_no_answer(event) else _stored_answer(work.call)
            decided = await self._decide(work)
            plan, response = self._respond(work, decided, render)
            if await self._store(work, plan):
                return response
        raise CallBusy("too many events of one call at once")

    async def hang_up(self, silent: Versioned[Call], *, at: int) -> bool:
        """Ends a call nobody has heard of for long as if its hang-up had been reported at `at`.

        False when something was heard of it after `silent` was read: it is not silent then.
        """
        call = silent.value
        event = CallEvent(
            channel=call.channel,
            call_id=call.state.call_id if call.state else "",
            kind=CallEventKind.HANGUP,
            event_id="",
            line=call.line,
            caller=phone(""),
            received_at=at,
            ended=True,
        )
        work = await self._work(event, silent)
        decided = await self._decide(work)
        return await self._store(work, decided.plan)

    async def _keep_stray(self, event: CallEvent) -> bool:
        """Of a call the store does not know, after a restored backup perhaps, what was said is kept all the
        same, with no case. False when somebody was quicker."""
        noted = await self._note_recording(None, event)
        if not noted:
            return True
        try:
            await self._documents.commit(noted)
        except (Conflict, Duplicate):
            return False
        log.warning("recording.of_unknown_call", extra={"recording": noted[0].id})
        return True

    async def _load(self, event: CallEvent) -> CallWork | None:
        call_id = self._repositories.calls.id_for(event.channel, event.call_id)
        found = await self._repositories.calls.get(call_id)
        if found is not None:
            return await self._work(event, found)
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
        return CallWork(event, self._lines[event.channel], call, 0)

    async def _work(self, event: CallEvent, found: Versioned[Call]) -> CallWork:
        case_id = found.value.case_id
        return CallWork(
            event,
            self._lines.get(event.channel),
            found.value,
            found.version,
            await self._repositories.cases.get(case_id) if case_id else None,
        )

    async def _decide(self, work: CallWork) -> _Decided:
        """Lets the flow decide and carries it out."""
        event, line, state = work.event, work.line, work.call.state
        noted = await self._note_recording(work.call, event)
        plan: CallPlan = Plan(work.call, case_id=work.call.case_id).with_writes(*noted)
        if work.case is not None:
            plan = plan.with_case(PlannedCase.found(work.case))
        flow = self._flows.get(state.flow_sha) if state else line.flow if line else None
        if flow is None or line is None:
            plan, after, steps = await self._give_up(work, plan)
        else:
            plan, after, steps = await self._step(work, plan, flow, line)
        if not steps and after.ended and not _needs_no_answer(event):
            steps = self._goodbye(after.language)
        call = replace(
            plan.exchange,
            state=after,
            ended=after.ended,
            updated_at=max(work.call.updated_at, event.received_at),
            tokens=(*work.call.tokens, event.event_id)[-_TOKENS:],
        )
        if after.ended and not work.call.ended and await self._may_lack_recording(work, call, flow):
            call = replace(call, ask_at=call.updated_at + ASK_SECONDS[0] * 1000)
        return _Decided(replace(plan, exchange=call), after, steps)

    async def _step(
        self, work: CallWork, plan: CallPlan, flow: Flow, line: Line
    ) -> tuple[CallPlan, CallState, tuple[CallStep, ...]]:
        event, state = work.event, work.call.state
        facts = _facts(line, event)
        if event.kind is CallEventKind.SPEECH:
            facts |= await self._answer_call.heard(event.text)
        turn = begin(flow, event, facts=facts) if state is None else step(flow, state, event, facts=facts)
        steps = turn.steps
        if state is None and (first := self._opening()):
            steps = (Say(first, "zh"), *steps)
        plan, outcome = await self._carry_out(work, plan, turn)
        for _ in range(_MAX_HOOKS):
            if not turn.state.waits_for_hub:
                break
            turn = resume(flow, turn.state, outcome[0], {**facts, **outcome[1]})
            steps += turn.steps
            plan, outcome = await self._carry_out(work, plan, turn)
        return plan, turn.state, steps

    async def _may_lack_recording(self, work: CallWork, call: Call, flow: Flow | None) -> bool:
        """Whether a call that ended may have a recording nobody told of: it broke off where one was made, or
        came as far as telling something and has none."""
        if work.event.recording_id:
            return False
        states = [state for state in (work.call.state, call.state) if state is not None]
        if flow and any(isinstance(flow.nodes.get(state.node), RecordNode) for state in states):
            return True
        told = call.case_id or call.emergency_case_id or any(state.verified_reference for state in states)
        return bool(told) and not await self._repositories.recordings.of_call(call.id)

    async def _give_up(
        self, work: CallWork, plan: CallPlan
    ) -> tuple[CallPlan, CallState, tuple[CallStep, ...]]:
        """The flow is gone, or the line: the call ends here, and what was told becomes a case."""
        state = work.call.state
        if state is None:
            raise LookupError(work.event.channel)  # a call can begin on a configured line only
        turn = end(state)
        plan, _ = await self._carry_out(work, plan, turn)
        return plan, turn.state, ()

    def _goodbye(self, language: str, text: str = "call_over") -> tuple[CallStep, ...]:
        return Say(self._texts.say(text, language), language), Hangup()

    def _sent_away(self, render: Render) -> WebhookResponse:
        """For a caller whose call the store does not know: words, not a bare hang-up."""
        return render(CallAnswer(self._goodbye("zh", "call_unknown"), 0, ""))

    def _respond(
        self, work: CallWork, decided: _Decided, render: Render
    ) -> tuple[CallPlan, WebhookResponse | None]:
        """The answer, kept on the call; for a stale event the one of the revision that won."""
        plan, state = decided.plan, decided.state
        if not decided.steps:
            return plan, None if _needs_no_answer(work.event) else _stored_answer(work.call)
        response = render(CallAnswer(decided.steps, state.revision, state.node))
        call = replace(
            plan.exchange,
            answer_status=response.status,
            answer_type=response.content_type,
            answer_body=response.body,
        )
        return replace(plan, exchange=call), response

    async def _store(self, work: CallWork, plan: CallPlan) -> bool:
        """Commits the event's changes; False when somebody was quicker."""
        calls = self._repositories.calls
        stored = calls.update(plan.exchange, work.version) if work.version else calls.insert(plan.exchange)
        try:
            await self._documents.commit([*plan.unit(self._repositories.cases), stored])
        except (Conflict, Duplicate):
            return False
        return True


def _facts(line: Line, event: CallEvent) -> dict[str, str]:
    return {
        "province": line.province,
        "cities": line.cities,
        "speech": "1" if line.listens else "",
        "open": "1" if line.person_number and is_open(line.hours, event.received_at) else "",
        "person_number": line.person_number,
        "emergency_number": line.emergency_number,
        "number_shown": "1" if event.caller.value else "",
        "number_withheld": "" if event.caller.value else "1",
    }


def _needs_no_answer(event: CallEvent) -> bool:
    """Data about the call, or its end: nobody is there to hear anything."""
    return event.ended or event.kind in _DATA_ONLY


def _stored_answer(call: Call) -> WebhookResponse | None:
    if not call.answer_type:
        return None
    return WebhookResponse(call.answer_status, call.answer_type, call.answer_body)
