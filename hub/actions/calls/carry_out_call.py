"""What a step of a call asks the hub for: a draft case, a value kept, a receipt, a look-up, an alarm.

A complaint is a draft case before its first question; whatever was told before a hang-up becomes a
case. The number of a caller is kept only if the caller said so. Every effect makes the plan of the event a
longer one; nothing is stored before all of it is (`hub/actions/calls/handle_call.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from channels.address import Address, AddressKind, BadAddress, is_textable, phone
from channels.contract import ChannelKind
from hub.actions.calls.answer_call import AnswerCall, Outcome
from hub.actions.calls.call_work import CallPlan, CallWork
from hub.actions.calls.note_recording import SUPPLEMENT
from hub.actions.cases.citizen.citizen_move import CitizenMove, Request
from hub.actions.cases.citizen.open_question import open_question
from hub.actions.cases.open_case import NewCase, OpenCase, title_of
from hub.actions.cases.plan import PlannedCase
from hub.actions.cases.references import new_code
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.deliveries.outgoing import Addressee, Leaving, Outgoing
from hub.actions.dialogue.aloud import without_reference
from hub.actions.dialogue.texts import Texts
from hub.actions.progress.progress_source import SourceDown
from hub.actions.progress.query_code_lockout import PhoneNeeded, TooManyTries
from hub.actions.progress.track_case import TrackCase
from hub.model.cases.alarm import is_emergency
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Applicant, Case, Origin, QueryCode
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.cases.step import stepped
from hub.model.cases.told import citizen_label
from hub.model.citizen_wish import CitizenWish
from hub.model.conversation import Conversation
from hub.model.track import Compartment, Track, compartment_of
from hub.repositories.repositories import Repositories
from hub.runtime.errors import NotFound, Stale
from hub.runtime.ids import derived_id
from ivr.node import NUMBER_SLOT
from ivr.state import (
    AnswerChoice,
    AnswerQuestion,
    AttachRecording,
    CallEnded,
    CallState,
    IssueReceipt,
    LookupProgress,
    MoveCase,
    PromotePartial,
    RaiseEmergency,
    RestrictDraft,
    SaveSlot,
    Turn,
)
from ivr.state import OpenCase as OpenDraft

_RECORDED = "来电补充，内容见录音"
"""What staff read where the words are spoken."""


class CarryOutCall:
    """Runs the effects of a turn."""

    def __init__(
        self,
        repositories: Repositories,
        profiles: Profiles,
        open_case: OpenCase,
        outgoing: Outgoing,
        track_case: TrackCase,
        citizen_move: CitizenMove,
        answer_call: AnswerCall,
        texts: Texts,
    ) -> None:
        self._repositories = repositories
        self._profiles = profiles
        self._open_case = open_case
        self._outgoing = outgoing
        self._track_case = track_case
        self._citizen_move = citizen_move
        self._answer_call = answer_call
        self._texts = texts

    async def __call__(self, work: CallWork, plan: CallPlan, turn: Turn) -> tuple[CallPlan, Outcome]:
        """The plan after the effects, in order; the outcome and facts of the hook among them, if any."""
        outcome: Outcome = ("error", {})
        for effect in turn.effects:
            match effect:
                case OpenDraft(kind):
                    plan = await self._open_draft(work, plan, turn.state, Track(kind))
                case RestrictDraft(kind):
                    plan = self._restrict_draft(work, plan, Track(kind))
                case SaveSlot(name, value, _):
                    plan = self._save_slot(plan, name, value)
                case IssueReceipt():
                    plan, outcome = self._issue_receipt(work, plan, turn.state)
                case LookupProgress(reference, code, own):
                    outcome = await self._lookup(work, reference, code, own=own)
                case MoveCase(reference, event, score):
                    outcome = await self._move(work, reference, event, score, turn.state.language)
                case AnswerQuestion(text):
                    plan, outcome = await self._answer_call.question(plan, text, turn.state.language)
                case AnswerChoice(number):
                    plan, outcome = self._answer_call.choice(plan, number, turn.state.language)
                case RaiseEmergency(reason, words):
                    plan = await self._raise_emergency(work, plan, reason, words)
                case PromotePartial(node):
                    plan = self._promote(work, plan, turn.state, node)
                case AttachRecording(recording_id, slot):
                    # Kept already, whatever the flow thinks of the event.
                    if slot == SUPPLEMENT and turn.state.verified_reference:
                        await self._supplement(work, turn.state, recording_id)
                case CallEnded():
                    pass
        draft = _draft(plan)
        if draft is not None:
            plan = plan.with_case(draft.after(self._with_number(work, draft.case, turn.state)))
        return plan, outcome

    async def _open_draft(self, work: CallWork, plan: CallPlan, state: CallState, track: Track) -> CallPlan:
        before = (f"call-case-{track}", plan.case_id) if plan.case_id else ("call-case",)
        case_id = derived_id(*before, work.call.id)
        opened = await self._open_case(
            NewCase(
                track,
                self._origin(work, case_id, state.language),
                work.event.received_at,
                id=case_id,
                draft=True,
                details={name: value for name, value in state.slots.items() if name != NUMBER_SLOT},
            )
        )
        return plan.moved_to(PlannedCase.opened(opened))

    def _origin(self, work: CallWork, case_id: str, language: str = "zh") -> Origin:
        channel = work.event.channel
        conversation_id = self._repositories.conversations.id_for(channel, case_id)
        return Origin(channel, ChannelKind.VOICE, conversation_id, language=language)

    def _applicant(self, caller: Address) -> Applicant:
        return Applicant(address=caller.value, address_key=self._repositories.contacts.key(caller))

    def _restrict_draft(self, work: CallWork, plan: CallPlan, track: Track) -> CallPlan:
        draft = _draft(plan)
        if draft is None:
            return plan
        case, entry = recorded(
            replace(
                draft.case,
                proceeding=draft.case.proceeding.draft_of(track),
                compartment=compartment_of(track),
            ),
            at=work.event.received_at,
            actor="citizen",
            kind=HistoryKind.DRAFTED,
            facts={"channel": draft.case.origin.channel, "track": track},
        )
        return plan.with_case(draft.after(case, entry))

    def _save_slot(self, plan: CallPlan, name: str, value: str) -> CallPlan:
        """What is told after the receipt is told to nobody: the case is registered as it was read back."""
        draft = _draft(plan)
        if draft is None or name == NUMBER_SLOT:
            return plan
        details = {**(draft.case.details or {}), name: value}
        return plan.with_case(draft.after(replace(draft.case, details=details)))

    def _issue_receipt(self, work: CallWork, plan: CallPlan, state: CallState) -> tuple[CallPlan, Outcome]:
        if plan.case is None:
            return plan, ("error", {})
        draft = _draft(plan)
        if draft is None:
            return plan, ("already", {})
        # Who gave no number could not prove it where the code alone opens nothing: sixteen digits then.
        anonymous = state.slots.get("anonymous") != "0"
        known = self._with_number(work, draft.case, state).applicant.address
        code = new_code(anonymous=anonymous or not known)
        salt = work.event.event_id[-16:]
        named = replace(
            draft.case,
            query_code=QueryCode(
                self._repositories.cases.code_hash(draft.case.id, salt, code), salt, told=True
            ),
        )
        plan = self._register(work, plan, draft.after(named), state, HistoryKind.REGISTERED, {})
        facts = {"reference": named.reference, "query_code": code}
        return self._text_receipt(work, plan, code), ("ok", facts)

    def _promote(self, work: CallWork, plan: CallPlan, state: CallState, node: str) -> CallPlan:
        draft = _draft(plan)
        if draft is None:
            return plan
        partial = draft.after(replace(draft.case, partial=True))
        return self._register(work, plan, partial, state, HistoryKind.PROMOTED, {"node": node})

    def _register(
        self,
        work: CallWork,
        plan: CallPlan,
        draft: PlannedCase,
        state: CallState,
        kind: HistoryKind,
        facts: Mapping[str, str],
    ) -> CallPlan:
        """Draft → registered."""
        case = draft.case
        whole = kind is HistoryKind.REGISTERED
        attempt = Attempt(
            "submit" if whole else "promote_partial",
            work.event.received_at,
            CaseRole.CIT if whole else CaseRole.SYS,
            self._open_case.rules.now,
        )
        titled = replace(
            self._with_number(work, case, state),
            title=_title(case, work.line.cities if work.line else ""),
        )
        step = stepped(titled, attempt, actor="citizen" if whole else "system", facts=facts)
        registered = step.case
        return plan.with_case(draft.after(registered, *step.entries)).with_writes(
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
            caller = _keyed_in(state) or caller
        if not caller.value:
            return replace(case, applicant=replace(case.applicant, anonymous=False))
        return replace(case, applicant=self._applicant(caller))

    def _text_receipt(self, work: CallWork, plan: CallPlan, code: str) -> CallPlan:
        """Number and code by text to a named caller with a mobile that showed itself: one that was keyed in
        may be a stranger's."""
        case = plan.case.case if plan.case else None
        profile = self._profiles.get(work.line.receipt_channel) if work.line else None
        if case is None or profile is None or not case.applicant.address:
            return plan
        if not work.event.caller.value:
            return plan
        address = Address(AddressKind.PHONE, case.applicant.address)
        if not is_textable(address):
            return plan
        text = self._texts.say("receipt_voice", case.origin.language, reference=case.reference, code=code)
        receipt = self._outgoing.delivery(
            Addressee(profile.name, address, case.applicant.address_key),
            Leaving(text, automatic=True),
            at=work.event.received_at,
            dedup=derived_id("receipt", case.id),
            case_id=case.id,
            urgent=is_emergency(case),
        )
        return plan.with_writes(self._repositories.outbox.insert(receipt))

    async def _lookup(self, work: CallWork, reference: str, code: str, *, own: bool) -> Outcome:
        source = work.call.caller_key or work.call.id  # who shows no number shares no wait with others
        shown, attempt = work.event.caller, work.event.event_id
        ask = self._track_case
        try:
            if own:
                case = await ask.prove(reference, code, source=source, shown=shown, attempt=attempt)
                label = citizen_label(case.proceeding)
                return "found", {"progress": label, "asked": await self._question(reference)}
            progress = await ask(reference, code, source=source, shown=shown, attempt=attempt)
        except NotFound:
            return "wrong", {}
        except (TooManyTries, PhoneNeeded):
            return "locked", {}
        except SourceDown:
            return "error", {}
        question = await self._question(reference)
        return "found", {"progress": f"{progress.label}。{question}" if question else progress.label}

    async def _question(self, reference: str) -> str:
        """What we asked the citizen and still wait to hear, said to who proved the code; "" for nothing."""
        found = await self._repositories.cases.by_reference(reference)
        asked = await open_question(self._repositories.cases, found.value) if found else ""
        return self._texts.say("asked_by_phone", "zh", question=asked) if asked else ""

    async def _move(self, work: CallWork, reference: str, event: str, score: str, language: str) -> Outcome:
        """Committed by itself; a repeat within the call finds it done."""
        asked = derived_id("call-move", work.call.id, reference, event, score)
        request = Request(asked, work.event.channel, work.event.received_at, language)
        wish = CitizenWish(event, score=int(score or "0"))

        async def move() -> str:
            return (await self._citizen_move.by_reference(reference, wish, request)).text

        try:
            told = await self._track_case.said(move, language)
        except Stale:
            return "error", {}
        text = told.text if told.found else self._texts.say("not_here", language)
        return "told", {"told": without_reference(text)}

    async def _supplement(self, work: CallWork, state: CallState, recording_id: str) -> None:
        """A case that was proven is told that something was added, or that a question of ours is answered."""
        asked = derived_id("call-supplement", work.event.channel, recording_id)
        request = Request(asked, work.event.channel, work.event.received_at, state.language)
        wish = CitizenWish("supplement", _RECORDED)
        with suppress(NotFound, Stale):  # the recording stands in the case all the same
            await self._citizen_move.by_reference(state.verified_reference, wish, request)

    async def _raise_emergency(self, work: CallWork, plan: CallPlan, reason: str, words: str) -> CallPlan:
        """An EMERGENCY case beside the call's own. It alone may hold an anonymous caller's number."""
        if plan.exchange.emergency_case_id:
            return plan
        case_id = derived_id("call-emergency", work.call.id)
        opened = await self._open_case(
            NewCase(
                Track.EMERGENCY,
                self._origin(work, case_id),
                work.event.received_at,
                self._applicant(work.event.caller),
                title=f"来电紧急求助 {work.event.line}",
                id=case_id,
                urgent=True,
                flags=("danger",),
                details={"reason": reason, **({"danger": words} if words else {})},
            )
        )
        flagged = replace(plan, exchange=replace(plan.exchange, emergency_case_id=case_id))
        return flagged.with_case(PlannedCase.opened(opened))


def _draft(plan: CallPlan) -> PlannedCase | None:
    """The call's case while it may still be told to."""
    return plan.case if plan.case is not None and plan.case.case.state is CaseState.DRAFT else None


def _keyed_in(state: CallState) -> Address | None:
    """The number a caller gave who shows none."""
    with suppress(BadAddress):
        return phone(state.slots[NUMBER_SLOT]) if NUMBER_SLOT in state.slots else None
    return None


def _title(case: Case, cities: str) -> str:
    """What the queue shows of a call nobody has listened to yet: what was asked in words before, if anything.
    `cities` as in `Line`."""
    asked = (case.details or {}).get("question", "")
    if asked and case.compartment is Compartment.NONE:
        return title_of(asked)
    what = {Track.REPORT: "来电举报", Track.SUGGEST: "来电意见建议"}.get(case.track, "来电留言")
    code = (case.details or {}).get("city", "")
    names = [name for item in cities.split() for area, _, name in (item.partition("="),) if area == code]
    return f"{what}（{names[0] if names else code}）" if code else what
