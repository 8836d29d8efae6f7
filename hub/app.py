"""The composition root: the only module that names concrete classes and puts them together.

Nothing here decides anything about citizens or cases; it opens the store, makes one of each and
hands everybody what they need.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from channels.adapter import FetchesRecordings, ReceivesWebhooks, Sends
from channels.contract import ChannelKind
from channels.dispatcher import Dispatcher
from channels.http import HttpClient
from channels.mail.incoming import MailListener, MailListenerSettings
from channels.mail.outgoing import MailSender, MailSenderSettings
from channels.receipts import HandsetRule
from channels.sender import DispatchSettings, SenderSettings
from channels.sweeper import Sweeper
from channels.twilio.codes import TEMPORARY_CODES
from channels.twilio.sms import TwilioSms, TwilioSmsSettings
from channels.twilio.voice import TwilioVoice, TwilioVoiceSettings
from channels.webchat.sender import WebChatSender
from hub.actions.accept_event import AcceptEvent
from hub.actions.answer_message import AnswerMessage
from hub.actions.apply_receipt import ApplyReceipt
from hub.actions.assign_case import AssignCase
from hub.actions.campaign_settings import CampaignSettings, Sender
from hub.actions.casework import Casework
from hub.actions.channel_profile import ChannelProfile
from hub.actions.close_case import CloseCase
from hub.actions.edit_entry import EditEntry
from hub.actions.file_petition import FilePetition
from hub.actions.handle_call import HandleCall, Line
from hub.actions.keep_recording import KeepRecording
from hub.actions.note_case import NoteCase
from hub.actions.note_recording import NoteRecording
from hub.actions.open_case import OpenCase
from hub.actions.outgoing import Outgoing
from hub.actions.read_cases import ReadCases
from hub.actions.references import References
from hub.actions.reply_to_case import ReplyToCase
from hub.actions.run_campaign import CampaignDesk
from hub.actions.track_case import TrackCase
from hub.actions.triage import Triage, Words
from hub.clock import Clock
from hub.hub import Actions, Hub, VoiceAdapter
from hub.jobs.broadcasts import BroadcastLoop
from hub.jobs.dispatch import dispatch
from hub.jobs.listen import listen
from hub.jobs.recordings import keep_recordings
from hub.knowledge import Knowledge
from hub.live import Live
from hub.settings import (
    Channel,
    MailChannel,
    PetitionForm,
    Settings,
    TwilioSmsChannel,
    TwilioVoiceChannel,
    WebChat,
)
from hub.store.crypto import KeyRing, Vault, load_or_create
from hub.store.documents import Documents
from hub.store.files import FileStore
from hub.store.migrations import migrate
from hub.store.mongo import open_mongo
from hub.store.repositories import COLLECTIONS, Repositories, repositories
from hub.store.schedules import LeaseRepository
from hub.store.sqlite import open_sqlite
from hub.supervisor import Supervisor
from hub.texts import Texts
from hub.wake import Wake
from ivr.flow import load, shipped
from ivr.hours import parse
from ivr.speech.vosk_engine import VoskEngine
from knowledge_base.answer import DEFAULT, Thresholds
from knowledge_base.importer import shipped as shipped_entries

Job = Callable[[], Awaitable[None]]


async def open_store(settings: Settings, clock: Clock, *, migrated: bool = True) -> Documents:
    """The configured store with its collections, brought up to date unless told not to. Raises `Refused`."""
    if settings.store.engine == "mongodb":
        documents: Documents = await open_mongo(
            settings.store.url.get_secret_value(), settings.store.database, COLLECTIONS, clock=clock
        )
    else:
        settings.store.path.parent.mkdir(parents=True, exist_ok=True)
        documents = await open_sqlite(settings.store.path, COLLECTIONS, clock=clock)
    if migrated:
        await migrate(documents, clock=clock)
    return documents


def open_vault(settings: Settings) -> Vault:
    """The key ring from the environment, else from its file, made on the first run."""
    ring = settings.keys.ring.get_secret_value()
    return Vault(KeyRing.from_json(ring) if ring else load_or_create(settings.keys.file))


async def open_hub(settings: Settings, clock: Clock) -> Hub:
    """Everything wired and ready; `jobs` still have to be run. Raises `Refused`, `KeyProblem`."""
    vault = open_vault(settings)
    documents = await open_store(settings, clock)
    cities = {region.code: region.name for region in settings.regions}
    stores = repositories(documents, vault, cities=cities)
    await stores.entries.add_missing(shipped_entries())
    live, dispatch_wake, recording_wake = Live(), Wake(), Wake()
    texts = Texts()
    knowledge = Knowledge(stored.value for stored in await stores.entries.all())
    thresholds = _thresholds(settings)
    triage = Triage(
        Words(
            emergency=tuple(settings.triage.emergency_words),
            exceptions=tuple(settings.triage.emergency_exceptions),
            report_verbs=tuple(settings.triage.report_verbs),
            report_objects=tuple(settings.triage.report_objects),
            person=tuple(settings.triage.person_words),
        ),
        thresholds,
    )
    http = HttpClient(connections=settings.dispatch.in_flight + settings.dispatch.urgent_in_flight + 8)
    adapters = _adapters(settings, http, clock, live, stores)
    profiles = {
        name: _profile(name, channel, settings)
        for name, channel in settings.channels.items()
        if channel.enabled
    }
    files = FileStore(settings.files.path / "attachments", vault)
    open_case = OpenCase(stores.cases, References(documents, clock))
    outgoing = Outgoing(profiles, stores.conversations, stores.outbox)
    casework = Casework(documents, stores, live)
    track_case = TrackCase(
        documents,
        stores,
        clock,
        texts,
        wrong_codes=settings.tracking.wrong_codes,
        lock_seconds=settings.tracking.lock_seconds,
    )
    lines = {
        name: _line(name, channel, settings)
        for name, channel in settings.channels.items()
        if channel.enabled and isinstance(channel, TwilioVoiceChannel)
    }
    for name, line in lines.items():
        await stores.calls.keep_flow(line.flow.sha, _flow_text(settings, name))
    flows = {sha: load(text) for sha, text in (await stores.calls.flow_texts()).items()}
    answer_message = AnswerMessage(stores, triage, knowledge, open_case, outgoing, track_case, texts)
    accept_event = AcceptEvent(documents, stores, profiles, answer_message, files, live, dispatch_wake)
    jitter = random.Random()
    actions = Actions(
        accept_event=accept_event,
        apply_receipt=ApplyReceipt(stores.outbox, _handset_rules(settings), jitter),
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
            _campaign_settings(settings),
        ),
        close_case=CloseCase(casework, stores, clock),
        edit_entry=EditEntry(documents, stores.entries, knowledge, clock, thresholds),
        file_petition=FilePetition(documents, stores, vault, open_case, triage, clock, live),
        handle_call=HandleCall(
            documents,
            stores,
            lines,
            flows,
            NoteRecording(stores, flows),
            profiles,
            open_case,
            outgoing,
            track_case,
            texts,
            live,
            dispatch_wake,
            recording_wake,
        ),
        note_case=NoteCase(casework, stores, clock),
        read_cases=ReadCases(stores, casework, files, clock),
        reply_to_case=ReplyToCase(casework, stores, profiles, outgoing, texts, clock, dispatch_wake),
        track_case=track_case,
    )
    dispatcher = Dispatcher(
        stores.outbox,
        stores.suppressions,
        adapters.sends,
        clock,
        jitter,
        _dispatch_settings(settings),
    )
    engine = VoskEngine(Path(settings.speech.model)) if settings.speech.model else None
    keep = KeepRecording(
        documents, stores, adapters.fetches, settings.files.path / "recordings", clock, live, engine
    )
    jobs: dict[str, Job] = {
        "dispatch": partial(dispatch, dispatcher, Sweeper(stores.outbox), dispatch_wake),
        "broadcasts": BroadcastLoop(
            actions.campaigns,
            LeaseRepository(documents, holder=uuid.uuid4().hex),
            live,
            dispatch_wake,
        ).run,
        "recordings": partial(keep_recordings, keep, recording_wake),
    }
    for name, listener in adapters.listens.items():
        jobs[f"listen {name}"] = partial(listen, listener, accept_event)
    supervisor = Supervisor(clock)

    async def close() -> None:
        live.close()
        if engine is not None:
            await engine.close()
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
        repositories=stores,
        actions=actions,
        knowledge=knowledge,
        live=live,
        profiles=profiles,
        triage=triage,
        webhooks=adapters.receives,
        voice=adapters.voice,
        run_jobs=partial(supervisor.run, jobs),
        tasks=lambda: supervisor.states,
        senders=dispatcher.health,
        close=close,
    )


# --- channels ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Adapters:
    """What the enabled channels can do, by channel name."""

    receives: Mapping[str, ReceivesWebhooks]
    sends: Mapping[str, Sends]
    listens: Mapping[str, MailListener]
    fetches: Mapping[str, FetchesRecordings]
    voice: Mapping[str, VoiceAdapter]
    mail: Sequence[MailSender]


def _adapters(
    settings: Settings, http: HttpClient, clock: Clock, live: Live, stores: Repositories
) -> _Adapters:
    receives: dict[str, ReceivesWebhooks] = {}
    sends: dict[str, Sends] = {}
    listens: dict[str, MailListener] = {}
    fetches: dict[str, FetchesRecordings] = {}
    voice: dict[str, VoiceAdapter] = {}
    mail: list[MailSender] = []
    for name, channel in settings.channels.items():
        if not channel.enabled:
            continue
        match channel:
            case TwilioSmsChannel():
                sms = TwilioSms(
                    TwilioSmsSettings(
                        channel=name,
                        account_sid=channel.account_sid,
                        auth_tokens=tuple(token.get_secret_value() for token in channel.auth_tokens),
                        sender=channel.number,
                        public_url=settings.public_url(),
                        api_base=channel.api_base,
                        messaging_service_sid=channel.messaging_service_sid,
                        timeout_seconds=channel.timeout_seconds,
                    ),
                    http,
                    clock,
                )
                receives[name], sends[name] = sms, sms
            case TwilioVoiceChannel():
                line = TwilioVoice(
                    TwilioVoiceSettings(
                        channel=name,
                        line=channel.line,
                        account_sid=channel.account_sid,
                        auth_tokens=tuple(token.get_secret_value() for token in channel.auth_tokens),
                        public_url=settings.public_url(),
                        api_base=channel.api_base,
                    ),
                    http,
                    clock,
                )
                receives[name], fetches[name] = line, line
                voice[name] = VoiceAdapter(line, line, line)
            case MailChannel():
                mail.append(MailSender(_mail_sender(name, channel, settings), clock))
                sends[name] = mail[-1]
                listens[name] = MailListener(_mail_listener(name, channel), clock)
            case WebChat():
                sends[name] = WebChatSender(partial(_wake_chat, name, live, stores))
            case PetitionForm():
                pass  # a page of our own; answers are read with number and code
    return _Adapters(receives, sends, listens, fetches, voice, mail)


def _wake_chat(channel: str, live: Live, stores: Repositories, address: str) -> None:
    conversation = stores.conversations.id_for(channel, stores.contacts.chat_key(address))
    live.ring(f"conversation:{conversation}")


def _mail_sender(name: str, channel: MailChannel, settings: Settings) -> MailSenderSettings:
    return MailSenderSettings(
        channel=name,
        host=channel.smtp_host,
        port=channel.smtp_port,
        security=channel.smtp_security,
        user=channel.smtp_user,
        password=channel.smtp_password.get_secret_value(),
        address=channel.address,
        name=settings.organisation.name,
    )


def _mail_listener(name: str, channel: MailChannel) -> MailListenerSettings:
    return MailListenerSettings(
        channel=name,
        host=channel.listen_host,
        port=channel.listen_port,
        protocol=channel.listen_protocol,
        recipients=tuple(channel.recipients or [channel.address]),
        limit_bytes=channel.message_bytes,
        own_domain=channel.address.partition("@")[2],
    )


_KINDS: Mapping[type[Channel], ChannelKind] = {
    WebChat: ChannelKind.CHAT,
    PetitionForm: ChannelKind.PETITION,
    TwilioSmsChannel: ChannelKind.SMS,
    TwilioVoiceChannel: ChannelKind.VOICE,
    MailChannel: ChannelKind.MAIL,
}


def _profile(name: str, channel: Channel, settings: Settings) -> ChannelProfile:
    kind = _KINDS[type(channel)]
    reply: Literal["off", "answers", "all"] = channel.auto_reply
    return ChannelProfile(
        name=name,
        kind=kind,
        auto_reply=reply,
        signature=settings.organisation.signature if kind is ChannelKind.SMS else "",
        can_answer=kind not in (ChannelKind.PETITION, ChannelKind.VOICE),
    )


def _dispatch_settings(settings: Settings) -> DispatchSettings:
    senders = {}
    for name, channel in settings.channels.items():
        if isinstance(channel, TwilioSmsChannel):
            senders[name] = SenderSettings(
                parts_per_second=channel.rate_parts_per_second,
                in_flight=settings.dispatch.in_flight,
                urgent_in_flight=settings.dispatch.urgent_in_flight,
                timeout_seconds=channel.timeout_seconds,
                # Half as long again as an answer may take: a killed process holds its rows no longer.
                lease_seconds=channel.timeout_seconds * 1.5,
            )
        elif isinstance(channel, MailChannel):
            # The final dot of a mail may take ten minutes (RFC 5321 4.5.3.2.6).
            senders[name] = SenderSettings(
                parts_per_second=channel.rate_parts_per_second,
                in_flight=8,
                urgent_in_flight=4,
                timeout_seconds=600,
                lease_seconds=660,
                receipts=False,
            )
        elif isinstance(channel, WebChat):
            senders[name] = SenderSettings(receipts=False)
    return DispatchSettings(
        senders=senders, batch=settings.dispatch.batch, poll_seconds=settings.dispatch.poll_seconds
    )


def _handset_rules(settings: Settings) -> dict[str, HandsetRule]:
    return {
        name: HandsetRule(temporary_codes=TEMPORARY_CODES)
        for name, channel in settings.channels.items()
        if isinstance(channel, TwilioSmsChannel)
    }


def _campaign_settings(settings: Settings) -> CampaignSettings:
    senders = {}
    for name, channel in settings.channels.items():
        if channel.enabled and isinstance(channel, TwilioSmsChannel):
            senders[name] = Sender(
                name, ChannelKind.SMS, settings.organisation.signature, channel.rate_parts_per_second
            )
        elif channel.enabled and isinstance(channel, MailChannel):
            senders[name] = Sender(name, ChannelKind.MAIL, parts_per_second=channel.rate_parts_per_second)
    return CampaignSettings(
        senders=senders,
        publisher=settings.organisation.publisher,
        page_size=settings.broadcast.page,
        grace_seconds=settings.broadcast.grace_seconds,
    )


# --- voice -------------------------------------------------------------------------------------


def _flow_text(settings: Settings, name: str) -> str:
    channel = settings.channels[name]
    if not isinstance(channel, TwilioVoiceChannel):
        raise TypeError(name)
    return Path(channel.flow).read_text("utf-8") if channel.flow.endswith(".toml") else shipped(channel.flow)


def _line(name: str, channel: TwilioVoiceChannel, settings: Settings) -> Line:
    hours = settings.hours.model_dump(exclude={"holidays", "workdays"})
    return Line(
        channel=name,
        flow=load(_flow_text(settings, name)),
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
    )


def _cities(settings: Settings) -> str:
    """`591=福州或平潭 592=厦门`: two prefectures may share an area code, and a caller keys in codes."""
    names: dict[str, list[str]] = {}
    for region in settings.regions:
        names.setdefault(region.area_code, []).append(region.name)
    return " ".join(f"{code}={'或'.join(sharing)}" for code, sharing in names.items())


def _thresholds(settings: Settings) -> Thresholds:
    return Thresholds(
        answer=settings.knowledge.answer or DEFAULT.answer,
        choice=settings.knowledge.choice or DEFAULT.choice,
        gap=DEFAULT.gap,
    )
