"""What a step of a call asks the hub for: a draft case, a value kept, a receipt, a look-up, an alarm.

A complaint is a draft case before its first question; whatever was told before a hang-up becomes a
case. The number of a caller is kept only if the caller said so. Everything here changes the
`CallWork` of one event; nothing is stored before all of it is (`hub/actions/handle_call.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from channels.address import Address, AddressKind, is_textable
from channels.contract import ChannelKind
from hub.actions.answer_call import AnswerCall, Outcome
from hub.actions.call_work import CallWork
from hub.actions.channel_profile import Profiles
from hub.actions.code_brake import TooManyTries
from hub.actions.open_case import NewCase, OpenCase
from hub.actions.outgoing import Outgoing
from hub.actions.progress_source import SourceDown
from hub.actions.references import new_code
from hub.actions.track_case import TrackCase
from hub.errors import NotFound
from hub.ids import derived_id
from hub.model.case import (
    CITIZEN_LABEL,
    Applicant,
    Case,
    CaseState,
    HistoryKind,
    Origin,
    QueryCode,
    queue_rank,
    recorded,
)
from hub.model.conversation import Conversation
from hub.model.track import Compartment, Track, compartment_of
from hub.store.repositories import Repositories
from hub.texts import Texts
from ivr.state import (
    AnswerChoice,
    AnswerQuestion,
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


class CarryOutCall:
    """Runs the effects of a turn."""

    def __init__(
        self,
        repositories: Repositories,
        profiles: Profiles,
        open_case: OpenCase,
        outgoing: Outgoing,
        track_case: TrackCase,
        answer_call: AnswerCall,
        texts: Texts,
    ) -> None:
        self._repositories = repositories
        self._profiles = profiles
        self._open_case = open_case
        self._outgoing = outgoing
        self._track_case = track_case
        self._answer_call = answer_call
        self._texts = texts

    async def __call__(self, work: CallWork, turn: Turn) -> Outcome:
        """Runs the effects in order; the outcome and facts of the hook among them, if any."""
        outcome: Outcome = ("error", {})
        for effect in turn.effects:
            match effect:
                case OpenDraft(kind):
                    await self._open_draft(work, turn.state, kind)
                case SaveSlot(name, value, _):
                    self._save_slot(work, name, value)
                case IssueReceipt():
                    outcome = self._issue_receipt(work, turn.state)
                case LookupProgress(reference, code, own):
                    outcome = await self._lookup(work, reference, code, own=own)
                case AnswerQuestion(text):
                    outcome = self._answer_call.question(work, text, turn.state.language)
                case AnswerChoice(number):
                    outcome = self._answer_call.choice(work, number, turn.state.language)
                case RaiseEmergency(reason, words):
                    await self._raise_emergency(work, reason, words)
                case PromotePartial(node):
                    self._promote(work, turn.state, node)
                case AttachRecording():
                    pass  # noted already, whatever the flow thinks of the event
                case CallEnded():
                    pass
        if work.case is not None and work.case.state is CaseState.DRAFT:
            work.case = self._with_number(work, work.case, turn.state)
        return outcome

    async def _open_draft(self, work: CallWork, state: CallState, kind: str) -> None:
        if work.case is not None and work.case.state is CaseState.DRAFT:
            self._wall(work, Track(kind))
            return
        if work.case is not None and work.case.compartment is compartment_of(Track(kind)):
            return
        case_id = derived_id("call-case" if work.case is None else f"call-case-{kind}", work.call.id)
        opened = await self._open_case(
            NewCase(
                Track(kind),
                self._origin(work, case_id, state.language),
                work.event.received_at,
                id=case_id,
                draft=True,
                details=dict(state.slots),
            )
        )
        work.case, work.case_version = opened.case, 0
        work.entries.append(opened.entry)
        work.call = replace(work.call, case_id=case_id)

    def _origin(self, work: CallWork, case_id: str, language: str = "zh") -> Origin:
        channel = work.event.channel
        conversation_id = self._repositories.conversations.id_for(channel, case_id)
        return Origin(channel, ChannelKind.VOICE, conversation_id, language=language)

    def _caller(self, work: CallWork) -> Applicant:
        caller = work.event.caller
        return Applicant(address=caller.value, address_key=self._repositories.contacts.key(caller))

    def _wall(self, work: CallWork, track: Track) -> None:
        """A draft of another kind goes behind the wall with what is told from now on."""
        case, wall = work.case, compartment_of(track)
        if case is None or wall is Compartment.NONE or case.compartment is wall:
            return
        work.case, entry = recorded(
            replace(case, track=track, compartment=wall),
            at=work.event.received_at,
            actor="citizen",
            kind=HistoryKind.DRAFTED,
            facts={"channel": case.origin.channel, "track": track},
        )
        work.entries.append(entry)

    def _save_slot(self, work: CallWork, name: str, value: str) -> None:
        if work.case is not None:
            work.case = replace(work.case, details={**(work.case.details or {}), name: value})

    def _issue_receipt(self, work: CallWork, state: CallState) -> Outcome:
        if work.case is None:
            return "error", {}
        if work.case.state is not CaseState.DRAFT:
            return "already", {}
        anonymous = state.slots.get("anonymous") != "0"
        code = new_code(anonymous=anonymous)
        salt = work.event.event_id[-16:]
        named = replace(
            work.case,
            query_code=QueryCode(
                self._repositories.cases.code_hash(work.case.id, salt, code), salt, told=True
            ),
        )
        self._register(work, named, state, HistoryKind.REGISTERED, {})
        self._text_receipt(work, code)
        return "ok", {"reference": work.case.reference, "query_code": code}

    def _promote(self, work: CallWork, state: CallState, node: str) -> None:
        if work.case is None or work.case.state is not CaseState.DRAFT:
            return
        self._register(work, replace(work.case, partial=True), state, HistoryKind.PROMOTED, {"node": node})

    def _register(
        self,
        work: CallWork,
        case: Case,
        state: CallState,
        kind: HistoryKind,
        facts: Mapping[str, str],
    ) -> None:
        """Draft → registered."""
        case.check_move(CaseState.REGISTERED)
        registered, entry = recorded(
            replace(
                self._with_number(work, case, state),
                state=CaseState.REGISTERED,
                title=_title(case, work.line.cities if work.line else ""),
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
                    id=registered.origin.conversation_id,
                    channel=work.event.channel,
                    kind=ChannelKind.VOICE,
                    contact_id="",
                    address_key=registered.applicant.address_key,
                    created_at=work.event.received_at,
                    last_at=work.event.received_at,
                    case_id=registered.id,
                )
            )
        )

    def _with_number(self, work: CallWork, case: Case, state: CallState) -> Case:
        """The case with its caller's number, if the caller said so, else without.

        A draft has it already: the call may end with an event that names no caller.
        """
        named = state.slots.get("anonymous") == "0" or (
            case.track is not Track.REPORT and "anonymous" not in state.slots
        )
        if not named:
            return replace(case, applicant=case.applicant.hidden())
        caller = work.event.caller
        if not caller.value:
            return replace(case, applicant=replace(case.applicant, anonymous=False))
        return replace(case, applicant=self._caller(work))

    def _text_receipt(self, work: CallWork, code: str) -> None:
        """Number and code by text to a named caller with a mobile."""
        case = work.case
        profile = self._profiles.get(work.line.receipt_channel) if work.line else None
        if case is None or profile is None or not case.applicant.address:
            return
        address = Address(AddressKind.PHONE, case.applicant.address)
        if not is_textable(address):
            return
        text = self._texts.say("receipt_voice", case.origin.language, reference=case.reference, code=code)
        receipt = self._outgoing.delivery(
            profile.name,
            address,
            text,
            at=work.event.received_at,
            address_key=case.applicant.address_key,
            dedup=derived_id("receipt", case.id),
            case_id=case.id,
        )
        work.writes.append(self._repositories.outbox.insert(receipt))

    async def _lookup(self, work: CallWork, reference: str, code: str, *, own: bool) -> Outcome:
        asked = {
            "source": work.call.caller_key or work.call.id,
            "channel": work.event.channel,
            "attempt": work.event.event_id,
        }
        try:
            if own:
                case = await self._track_case.prove(reference, code, **asked)
                return "found", {"progress": CITIZEN_LABEL[case.state]}
            progress = await self._track_case(reference, code, **asked)
        except NotFound:
            return "wrong", {}
        except TooManyTries:
            return "locked", {}
        except SourceDown:
            return "error", {}
        return "found", {"progress": progress.label}

    async def _raise_emergency(self, work: CallWork, reason: str, words: str) -> None:
        """An EMERGENCY case beside the call's own. It alone may hold an anonymous caller's number."""
        if work.call.emergency_case_id:
            return
        case_id = derived_id("call-emergency", work.call.id)
        opened = await self._open_case(
            NewCase(
                Track.EMERGENCY,
                self._origin(work, case_id),
                work.event.received_at,
                self._caller(work),
                title=f"来电紧急求助 {work.event.line}",
                id=case_id,
                urgent=True,
                flags=("danger",),
                details={"reason": reason, **({"danger": words} if words else {})},
            )
        )
        work.writes += self._open_case.writes(opened)
        work.call = replace(work.call, emergency_case_id=case_id)
        work.queue_changed = True


def _title(case: Case, cities: str) -> str:
    """What the queue shows of a call nobody has listened to yet. `cities` as in `Line`."""
    what = {Track.REPORT: "来电举报", Track.SUGGEST: "来电意见建议"}.get(case.track, "来电留言")
    code = (case.details or {}).get("city", "")
    names = [name for item in cities.split() for area, _, name in (item.partition("="),) if area == code]
    return f"{what}（{names[0] if names else code}）" if code else what
