"""Telephone calls: the flow, hours and numbers of each line, what an event of a call does, recordings."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hub.actions.calls.answer_call import AnswerCall
from hub.actions.calls.call_work import Line
from hub.actions.calls.carry_out_call import CarryOutCall
from hub.actions.calls.end_silent_calls import EndSilentCalls
from hub.actions.calls.find_recordings import FindRecordings
from hub.actions.calls.handle_call import HandleCall
from hub.actions.calls.keep_recording import KeepRecording
from hub.actions.calls.note_recording import NoteRecording
from hub.actions.calls.transcribe_recording import TranscribeRecording
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.warnings.board import Board
from hub.model.warnings.words import spoken
from hub.repositories.calls import FlowRepository
from hub.settings.channels import TwilioVoiceChannel
from hub.settings.settings import Settings
from hub.settings.warnings.shipped import shipped_events
from hub.wiring.cases import CaseActions
from hub.wiring.channels import Adapters
from hub.wiring.dialogue import Dialogue
from hub.wiring.foundation import Foundation
from ivr.flow import Flow, FlowError, load, shipped
from ivr.hours import parse
from ivr.speech.vosk_engine import VoskEngine

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallActions:
    """What is done about calls. `engine`: speech recognition, if configured, to be closed at the end."""

    handle_call: HandleCall
    keep_recording: KeepRecording
    transcribe_recording: TranscribeRecording | None
    end_silent_calls: EndSilentCalls
    find_recordings: FindRecordings
    engine: VoskEngine | None


async def call_actions(
    base: Foundation,
    adapters: Adapters,
    profiles: Profiles,
    dialogue: Dialogue,
    knowledge: Knowledge,
    cases: CaseActions,
) -> CallActions:
    """Everything about calls; keeps the flows of today for the calls that run over a restart."""
    settings, stores, clock = base.settings, base.stores, base.clock
    lines = {
        name: voice_line(name, channel, settings)
        for name, channel in settings.channels.items()
        if channel.enabled and isinstance(channel, TwilioVoiceChannel)
    }
    flows = await _flows(base, lines)
    answer_call = AnswerCall(
        dialogue.triage, dialogue.understand, dialogue.look_up, knowledge, dialogue.wording, dialogue.watch
    )
    note_recording = NoteRecording(stores, flows)
    lists = {name: line.lists for name, line in adapters.voice.items()}
    handle_call = HandleCall(
        base.documents,
        stores,
        lines,
        flows,
        note_recording,
        CarryOutCall(
            stores,
            profiles,
            cases.open_case,
            cases.outgoing,
            cases.track_case,
            cases.citizen_move,
            answer_call,
            dialogue.texts,
        ),
        answer_call,
        dialogue.texts,
        partial(red_warning, base.board),
    )
    engine = VoskEngine(Path(settings.speech.model)) if settings.speech.model else None
    return CallActions(
        handle_call=handle_call,
        keep_recording=KeepRecording(base.documents, stores, adapters.fetches, base.recordings, clock),
        transcribe_recording=(
            TranscribeRecording(base.documents, stores, base.recordings, clock, engine, dialogue.understand)
            if engine
            else None
        ),
        end_silent_calls=EndSilentCalls(
            stores.calls,
            handle_call,
            clock,
            silent_seconds=settings.calls.silent_seconds,
            transferred_seconds=settings.calls.transferred_seconds,
        ),
        find_recordings=FindRecordings(base.documents, stores, lists, note_recording, clock),
        engine=engine,
    )


def red_warning(board: Board) -> str:
    """What is said before a greeting: the newest red warning in force, "" for none."""
    issue = board.red()
    return spoken(issue.warning, shipped_events()) if issue and issue.warning else ""


async def _flows(base: Foundation, lines: Mapping[str, Line]) -> dict[str, Flow]:
    """The flows of today and those that calls of before may still run, by sha."""
    kept = FlowRepository(base.documents)
    for name, line in lines.items():
        await kept.keep(line.flow.sha, flow_text(base.settings, name))
    flows, unusable = kept_flows(await kept.texts())
    for sha in unusable:
        log.warning("flow.unusable", extra={"flow": sha[:12]})
    return flows


def flow_text(settings: Settings, name: str) -> str:
    channel = settings.channels[name]
    if not isinstance(channel, TwilioVoiceChannel):
        raise TypeError(name)
    return Path(channel.flow).read_text("utf-8") if channel.flow.endswith(".toml") else shipped(channel.flow)


def voice_line(name: str, channel: TwilioVoiceChannel, settings: Settings) -> Line:
    hours = settings.hours.model_dump(exclude={"holidays", "workdays"})
    return Line(
        channel=name,
        flow=load(flow_text(settings, name)),
        province=settings.organisation.province,
        cities=_cities(settings),
        hours=parse(
            hours,
            holidays=dict.fromkeys(settings.hours.holidays, ""),
            # A make-up day keeps the hours of an ordinary Monday unless the department says otherwise.
            workdays=dict.fromkeys(settings.hours.workdays, "mon"),
        ),
        person_number=channel.duty_numbers[0] if channel.duty_numbers else "",
        emergency_number=channel.emergency_number,
        receipt_channel=channel.receipt_channel,
        listens=channel.speech,
    )


def kept_flows(texts: Mapping[str, str]) -> tuple[dict[str, Flow], dict[str, FlowError]]:
    """The versions of flows a call may still run, by sha; and those that load no more, with what is wrong.

    A release may refuse what an earlier one took. That must not stop the hub: a call that still runs
    such a flow is ended politely.
    """
    flows: dict[str, Flow] = {}
    unusable: dict[str, FlowError] = {}
    for sha, text in texts.items():
        try:
            flows[sha] = load(text)
        except FlowError as problem:
            unusable[sha] = problem
    return flows, unusable


def _cities(settings: Settings) -> str:
    """`591=福州或平潭 592=厦门`: two prefectures may share an area code, and a caller keys in codes."""
    names: dict[str, list[str]] = {}
    for region in settings.regions:
        names.setdefault(region.area_code, []).append(region.name)
    return " ".join(f"{code}={'或'.join(sharing)}" for code, sharing in names.items())
