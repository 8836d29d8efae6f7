"""The composition root: it names concrete classes and puts them together (channels:
`hub/wiring/channels.py`).

Nothing here decides anything about citizens or cases; it opens the store, makes one of each and
hands everybody what they need.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from channels.http import HttpClient
from channels.outbox.dispatcher import Dispatcher
from channels.outbox.sweeper import Sweeper
from hub.actions.calls.answer_call import AnswerCall
from hub.actions.calls.carry_out_call import CarryOutCall
from hub.actions.calls.end_silent_calls import EndSilentCalls
from hub.actions.calls.handle_call import HandleCall
from hub.actions.calls.keep_recording import KeepRecording
from hub.actions.calls.note_recording import NoteRecording
from hub.actions.calls.transcribe_recording import TranscribeRecording
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.cases.assign_case import AssignCase
from hub.actions.cases.casework import Casework
from hub.actions.cases.close_case import CloseCase
from hub.actions.cases.note_case import NoteCase
from hub.actions.cases.open_case import OpenCase
from hub.actions.cases.read_cases import ReadCases
from hub.actions.cases.references import References
from hub.actions.cases.reply_to_case import ReplyToCase
from hub.actions.deliveries.apply_receipt import ApplyReceipt
from hub.actions.deliveries.decide_delivery import DecideDelivery
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.dialogue.texts import Texts
from hub.actions.intake.accept_event import AcceptEvent
from hub.actions.intake.file_petition import FilePetition
from hub.actions.intake.keep_letter import KeepLetter
from hub.actions.intake.read_letters import ReadLetters
from hub.actions.knowledge.edit_entry import EditEntry
from hub.actions.knowledge.edit_words import EditWords
from hub.actions.knowledge.entry_desk import EntryDesk
from hub.actions.knowledge.follow_entries import FollowEntries
from hub.actions.knowledge.import_entries import ImportEntries
from hub.actions.knowledge.import_words import ImportWords
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.publish_entry import PublishEntry
from hub.actions.knowledge.read_entries import ReadEntries
from hub.actions.knowledge.read_help import ReadHelp
from hub.actions.knowledge.read_quality import ReadQuality
from hub.actions.knowledge.read_words import ReadWords
from hub.actions.knowledge.ship_entries import ship_entries
from hub.actions.knowledge.sort_questions import SortQuestions
from hub.actions.retention.forget_expired import ForgetExpired, Rule
from hub.hub import Actions, Hub
from hub.jobs.alone import alone
from hub.jobs.broadcasts import BroadcastLoop
from hub.jobs.dispatch import dispatch
from hub.jobs.knowledge import follow_entries
from hub.jobs.letters import read_letters
from hub.jobs.listen import listen
from hub.jobs.recordings import keep_recordings, transcribe_recordings
from hub.jobs.repeat import repeat
from hub.repositories.calls import FlowRepository
from hub.repositories.leases import LeaseRepository
from hub.repositories.repositories import repositories
from hub.repositories.ringing_documents import RingingDocuments
from hub.runtime.bell import LocalBell
from hub.runtime.clock import Clock
from hub.runtime.supervisor import Supervisor
from hub.settings.channels import TwilioVoiceChannel
from hub.settings.settings import Settings
from hub.store.files import FileStore
from hub.store.migrations import migrate
from hub.wiring.calls import flow_text, kept_flows, voice_line
from hub.wiring.channels import (
    LETTERS_AT_ONCE,
    build_adapters,
    campaign_settings,
    dispatch_settings,
    handset_rules,
    profile,
)
from hub.wiring.dialogue import (
    answer_message_of,
    look_up_of,
    slots_of,
    thresholds_of,
    track_case_of,
    triage_of,
    wording_of,
)
from hub.wiring.knowledge import rate_entry_of, watch_answers_of
from hub.wiring.store import closed_on_failure, open_store, open_vault
from ivr.speech.vosk_engine import VoskEngine
from knowledge_base.files.importer import shipped as shipped_entries

log = logging.getLogger(__name__)


_LOOK_SECONDS = 60.0
"""How often calls are looked at for a missing end."""

_LEARN_SECONDS = 10.0
"""How often it is looked what became of answers."""

Job = Callable[[], Awaitable[None]]


async def open_hub(settings: Settings, clock: Clock) -> Hub:
    """Everything wired and ready; `jobs` still have to be run. Raises `Refused`, `KeyProblem`."""
    bell = LocalBell()
    documents = RingingDocuments(await open_store(settings, clock, migrated=False), bell)
    async with closed_on_failure(documents):
        vault = await open_vault(settings, documents)
        await migrate(documents, vault, clock=clock)
    cities = {region.code: region.name for region in settings.regions}
    stores = repositories(documents, vault, cities=cities)
    texts = Texts()
    thresholds = thresholds_of(settings)
    knowledge = Knowledge()
    entry_desk = EntryDesk(documents, stores.entries, stores.entry_versions, clock)
    await ship_entries(entry_desk, shipped_entries())
    follow = FollowEntries(documents, stores.entries, stores.entry_versions, stores.words, knowledge, clock)
    await follow.look()
    publish_entry = PublishEntry(
        entry_desk, follow, knowledge, second_person=settings.knowledge.second_person
    )
    slots = slots_of(settings)
    look_up = look_up_of(settings, slots)
    triage = triage_of(settings, look_up)
    wording = wording_of(settings, texts, slots)
    http = HttpClient(connections=settings.dispatch.in_flight + settings.dispatch.urgent_in_flight + 8)
    adapters = build_adapters(settings, http, clock, bell, stores)
    profiles = {
        name: profile(name, channel, settings)
        for name, channel in settings.channels.items()
        if channel.enabled
    }
    files = FileStore(settings.files.path / "attachments", vault)
    open_case = OpenCase(stores.cases, References(documents, clock))
    outgoing = Outgoing(profiles, stores.conversations, stores.outbox)
    casework = Casework(documents, stores)
    track_case = track_case_of(settings, documents, stores, http, clock, texts)
    lines = {
        name: voice_line(name, channel, settings)
        for name, channel in settings.channels.items()
        if channel.enabled and isinstance(channel, TwilioVoiceChannel)
    }
    kept = FlowRepository(documents)
    for name, line in lines.items():
        await kept.keep(line.flow.sha, flow_text(settings, name))
    flows, unusable = kept_flows(await kept.texts())
    for sha in unusable:
        log.warning("flow.unusable", extra={"flow": sha[:12]})
    answer_message = answer_message_of(
        settings, stores, triage, knowledge, open_case, outgoing, track_case, texts, slots, wording
    )
    accept_event = AcceptEvent(documents, stores, profiles, answer_message, files)
    jitter = random.Random()
    answer_call = AnswerCall(triage, look_up, knowledge, wording)
    handle_call = HandleCall(
        documents,
        stores,
        lines,
        flows,
        NoteRecording(stores, flows),
        CarryOutCall(stores, profiles, open_case, outgoing, track_case, answer_call, texts),
        answer_call,
        texts,
    )
    read_help = ReadHelp(knowledge, stores.entries)
    edit_words = EditWords(entry_desk, stores.words, follow, knowledge)
    actions = Actions(
        accept_event=accept_event,
        apply_receipt=ApplyReceipt(stores.outbox, handset_rules(settings), jitter),
        assign_case=AssignCase(casework, stores, clock),
        campaigns=CampaignDesk(
            documents,
            stores.campaigns,
            stores.memberships,
            stores.schedules,
            stores.outbox,
            stores.suppressions,
            stores.notices,
            clock,
            campaign_settings(settings),
        ),
        close_case=CloseCase(casework, stores, clock),
        decide_delivery=DecideDelivery(documents, stores, clock),
        edit_entry=EditEntry(entry_desk),
        edit_words=edit_words,
        file_petition=FilePetition(documents, stores, vault, open_case, triage, clock),
        handle_call=handle_call,
        import_entries=ImportEntries(entry_desk, publish_entry, knowledge),
        import_words=ImportWords(edit_words, follow, knowledge),
        note_case=NoteCase(casework, stores, clock),
        publish_entry=publish_entry,
        rate_entry=rate_entry_of(settings, documents, stores, read_help, triage, clock),
        read_cases=ReadCases(stores, casework, files, clock),
        read_entries=ReadEntries(entry_desk, stores.agents, knowledge, thresholds),
        read_help=read_help,
        read_quality=ReadQuality(
            entry_desk, stores.answer_counts, stores.feedback, stores.questions, knowledge
        ),
        read_words=ReadWords(stores.words, stores.agents, follow, knowledge, thresholds),
        reply_to_case=ReplyToCase(casework, stores, profiles, outgoing, texts, clock),
        sort_questions=SortQuestions(
            entry_desk, stores.questions, knowledge, keep_seconds=settings.retention.questions_seconds
        ),
        track_case=track_case,
    )
    dispatcher = Dispatcher(
        stores.outbox,
        stores.suppressions,
        adapters.sends,
        clock,
        jitter,
        bell,
        dispatch_settings(settings),
    )
    engine = VoskEngine(Path(settings.speech.model)) if settings.speech.model else None
    sealed_at = settings.files.path / "recordings"
    keep = KeepRecording(documents, stores, adapters.fetches, sealed_at, clock)
    end_silent_calls = EndSilentCalls(
        stores.calls,
        handle_call,
        clock,
        silent_seconds=settings.calls.silent_seconds,
        transferred_seconds=settings.calls.transferred_seconds,
    )
    forget_expired = ForgetExpired(documents, clock, _retention(settings))
    leases = partial(LeaseRepository, documents, holder=uuid.uuid4().hex)
    watch_answers = watch_answers_of(settings, documents, stores, triage, knowledge, clock)
    jobs: dict[str, Job] = {
        "dispatch": partial(dispatch, dispatcher, Sweeper(stores.outbox), bell),
        "broadcasts": BroadcastLoop(actions.campaigns, leases()).run,
        "knowledge": partial(follow_entries, follow),
        "recordings": partial(keep_recordings, keep, bell),
        "answers": partial(alone, leases(), "answers", watch_answers.step, pause_seconds=_LEARN_SECONDS),
        "calls": partial(repeat, end_silent_calls, pause_seconds=_LOOK_SECONDS),
        "retention": partial(repeat, forget_expired, pause_seconds=settings.retention.every_seconds),
    }
    if adapters.reads:
        read = ReadLetters(documents, stores.letters, files, adapters.reads, accept_event, triage)
        jobs["letters"] = partial(read_letters, read, bell, at_once=LETTERS_AT_ONCE)
        keep_letter = KeepLetter(documents, stores.letters, files)
        for name, listener in adapters.listens.items():
            jobs[f"listen {name}"] = partial(listen, listener, keep_letter)
    if engine is not None:
        transcribe = TranscribeRecording(documents, stores, sealed_at, clock, engine)
        jobs["transcripts"] = partial(transcribe_recordings, transcribe, bell)
    supervisor = Supervisor(clock)

    async def close() -> None:
        bell.close()
        if engine is not None:
            await engine.close()
        await adapters.pool.close()
        for sender in adapters.mail:
            await sender.close()
        await http.close()
        await documents.close()

    return Hub(
        settings=settings,
        clock=clock,
        documents=documents,
        vault=vault,
        files=files,
        imports=FileStore(settings.files.path / "imports", vault),
        repositories=stores,
        actions=actions,
        knowledge=knowledge,
        bell=bell,
        profiles=profiles,
        triage=triage,
        webhooks=adapters.receives,
        voice=adapters.voice,
        run_jobs=partial(supervisor.run, jobs),
        tasks=lambda: supervisor.states,
        senders=dispatcher.health,
        hears=lambda: engine is None or not engine.is_down,
        close=close,
    )


def _retention(settings: Settings) -> tuple[Rule, ...]:
    keep = settings.retention
    return (
        Rule("sessions", "expires_at", keep.sessions_seconds),
        Rule("setup_tokens", "expires_at", keep.sessions_seconds),
        Rule("attempts", "until", keep.attempts_seconds),
        Rule("questions", "keep_until", 0),
        Rule("feedback", "keep_until", 0),
    )
