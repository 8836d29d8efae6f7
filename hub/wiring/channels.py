"""Settings of a channel → its adapter, its profile and how its sender is driven.

The only place that names concrete adapters.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from channels.adapter import Connects, FetchesRecordings, FindsSent, ReceivesWebhooks, Sends
from channels.address import AddressKind
from channels.carrier.account import AccountSettings
from channels.carrier.gateway import GatewaySettings, GatewaySms, Listening, Protocolled
from channels.carrier.link import LinkLimits
from channels.clock import Clock
from channels.cmpp.dialect import Cmpp, CmppSettings
from channels.contract import ChannelKind
from channels.mail.incoming import MailListener, MailListenerSettings
from channels.mail.outgoing import MailSender, MailSenderSettings
from channels.mail.parse import ParseLimits
from channels.mail.reader import MailReader, MailReaderSettings
from channels.mail.reader_pool import ReaderPool
from channels.outbox.dispatcher import Dispatcher
from channels.outbox.limits import Limits
from channels.outbox.receipts import HandsetRule
from channels.outbox.reconcile import Reconciler
from channels.outbox.routes import Routes
from channels.outbox.sender import DispatchSettings, SenderSettings
from channels.outbox.sweeper import Sweeper
from channels.outbox.turns import Shares
from channels.sgip.dialect import Sgip, SgipSettings
from channels.signed_id import SignedIds
from channels.smgp.dialect import Smgp, SmgpSettings
from channels.smpp.dialect import Smpp, SmppSettings
from channels.twilio.codes import TEMPORARY_CODES
from channels.twilio.sms import TwilioSms, TwilioSmsSettings
from channels.twilio.voice import TwilioVoice, TwilioVoiceSettings
from channels.webchat.sender import WebChatSender
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.deliveries.fall_back import FallbackSettings
from hub.hub import VoiceAdapter
from hub.repositories.alarms.silences import SilenceRepository, SilentSuppressions
from hub.runtime.bell import conversation_topic
from hub.runtime.errors import NotFound
from hub.settings.channels import (
    Channel,
    CmppChannel,
    MailChannel,
    PetitionForm,
    SgipChannel,
    SmgpChannel,
    SmppChannel,
    SmsChannel,
    TwilioSmsChannel,
    TwilioVoiceChannel,
    WebChat,
)
from hub.settings.settings import Settings
from hub.settings.table import secret_now
from hub.store.unreadable import Unreadable
from hub.wiring.configured_departments import departments_of
from hub.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True)
class Adapters:
    """What the enabled channels can do, by channel name."""

    receives: Mapping[str, ReceivesWebhooks]
    sends: Mapping[str, Sends]
    listens: Mapping[str, MailListener]
    reads: Mapping[str, MailReader]
    finds: Mapping[str, FindsSent]
    fetches: Mapping[str, FetchesRecordings]
    connects: Mapping[str, Connects]
    voice: Mapping[str, VoiceAdapter]
    mail: Sequence[MailSender]
    pool: ReaderPool

    def forged(self) -> int:
        """Return paths and the like that nobody of us signed, since the start."""
        return sum(listener.forged for listener in self.listens.values())

    async def close(self) -> None:
        """Ends what was opened to read and to send mail."""
        await self.pool.close()
        for sender in self.mail:
            await sender.close()

    def unconnected(self) -> Mapping[str, str]:
        """Of carriers without a connection: why, by channel."""
        return {name: one.problem for name, one in self.connects.items() if one.problem}


LETTERS_AT_ONCE = 2
"""A letter made to hold its reader holds one process; the other goes on."""


def build_adapters(base: Foundation) -> Adapters:
    """One of each enabled channel."""
    settings, http, clock = base.settings, base.http, base.clock
    receives: dict[str, ReceivesWebhooks] = {}
    sends: dict[str, Sends] = {}
    listens: dict[str, MailListener] = {}
    reads: dict[str, MailReader] = {}
    pool = ReaderPool(processes=LETTERS_AT_ONCE)
    finds: dict[str, FindsSent] = {}
    fetches: dict[str, FetchesRecordings] = {}
    connects: dict[str, Connects] = {}
    voice: dict[str, VoiceAdapter] = {}
    mail: list[MailSender] = []
    signed_ids = signed_ids_of(base)
    for name, channel in settings.channels.items():
        if not channel.enabled:
            continue
        match channel:
            case TwilioSmsChannel():
                sms = TwilioSms(_twilio_sms(name, channel, settings), http, clock)
                receives[name], sends[name], finds[name] = sms, sms, sms
            case CmppChannel() | SmgpChannel() | SgipChannel() | SmppChannel():
                gateway = gateway_of(name, channel, clock)
                sends[name], connects[name] = gateway, gateway
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
                voice[name] = VoiceAdapter(line, line, line, line)
            case MailChannel():
                relay = _mail_sender(name, channel, settings)
                mail.append(MailSender(relay, clock, partial(_content, base), signed_ids))
                sends[name] = mail[-1]
                listens[name] = MailListener(_mail_listener(name, channel), clock, signed_ids)
                reads[name] = MailReader(_mail_reader(channel), pool)
            case WebChat():
                sends[name] = WebChatSender(partial(_wake_chat, name, base))
            case PetitionForm():
                pass  # a page of our own; answers are read with number and code
    return Adapters(receives, sends, listens, reads, finds, fetches, connects, voice, mail, pool)


def _twilio_sms(name: str, channel: TwilioSmsChannel, settings: Settings) -> TwilioSmsSettings:
    return TwilioSmsSettings(
        channel=name,
        account_sid=channel.account_sid,
        auth_tokens=tuple(token.get_secret_value() for token in channel.auth_tokens),
        sender=channel.number,
        public_url=settings.public_url(),
        api_base=channel.api_base,
        messaging_service_sid=channel.messaging_service_sid,
        by_part=channel.receipts == "by-part",
        timeout_seconds=channel.timeout_seconds,
    )


def gateway_of(
    name: str, channel: CmppChannel | SmgpChannel | SgipChannel | SmppChannel, clock: Clock
) -> GatewaySms:
    """The adapter of a carrier's gateway."""
    limits = LinkLimits(channel.window, channel.answer_seconds, channel.idle_seconds)
    rate = channel.rate_parts_per_second
    account = AccountSettings(
        name,
        channel.host,
        channel.port,
        partial(secret_now, channel.secret),
        channel.connections,
        rate,
        limits,
        on_demand=isinstance(channel, SgipChannel),
    )
    settings = GatewaySettings(
        account,
        channel.number,
        country_code=channel.country_code,
        gbk=channel.chinese == "gbk",
        reserved=channel.reserved_characters,
        patience_seconds=channel.patience_seconds,
        listen=Listening(channel.listen_host, channel.listen_port, tuple(channel.allowed))
        if isinstance(channel, SgipChannel)
        else None,
    )
    return GatewaySms(settings, _protocol(channel, clock), clock, random.Random())


def _protocol(channel: CmppChannel | SmgpChannel | SgipChannel | SmppChannel, clock: Clock) -> Protocolled:
    match channel:
        case CmppChannel():
            return Cmpp(_cmpp(channel), clock)
        case SmgpChannel():
            return Smgp(_smgp(channel), clock)
        case SgipChannel():
            return Sgip(_sgip(channel), clock)
        case SmppChannel():
            return Smpp(_smpp(channel))


def _cmpp(channel: CmppChannel) -> CmppSettings:
    return CmppSettings(
        channel.sp_id,
        version=int(channel.version.replace(".", ""), 16),
        pads_id=channel.pads_sp_id,
        service_id=channel.service_id,
        fee_type=channel.fee_type,
        fee_code=channel.fee_code,
        parts_named=channel.parts_named,
        busy=frozenset(channel.busy_codes),
        refused_numbers=frozenset(channel.bad_number_codes),
    )


def _smgp(channel: SmgpChannel) -> SmgpSettings:
    return SmgpSettings(
        channel.client_id,
        channel.number,
        version=int(channel.version.replace(".", ""), 16),
        service_id=channel.service_id,
        fee_type=channel.fee_type,
        fee_code=channel.fee_code,
        busy=frozenset(channel.busy_codes),
        refused_numbers=frozenset(channel.bad_number_codes),
    )


def _sgip(channel: SgipChannel) -> SgipSettings:
    return SgipSettings(
        channel.login_name,
        channel.peer_name,
        partial(secret_now, channel.peer_secret),
        channel.node,
        channel.corp_id,
        service_type=channel.service_id,
        busy=frozenset(channel.busy_codes),
        refused_numbers=frozenset(channel.bad_number_codes),
    )


def _smpp(channel: SmppChannel) -> SmppSettings:
    return SmppSettings(
        channel.system_id,
        system_type=channel.system_type,
        service_type=channel.service_id,
        ids=channel.ids,
        ascii_coding=channel.ascii_coding,
        busy=frozenset(channel.busy_codes),
        refused_numbers=frozenset(channel.bad_number_codes),
    )


def signed_ids_of(base: Foundation) -> SignedIds:
    """What return paths and unsubscribe addresses are signed with."""
    return SignedIds(base.vault.subkey("mail addresses"))


async def _content(base: Foundation, file_id: str) -> bytes | None:
    try:
        return await base.files.get(file_id)
    except (NotFound, Unreadable):
        return None


def _wake_chat(channel: str, base: Foundation, address: str) -> None:
    conversation = base.stores.conversations.id_for(channel, base.stores.contacts.chat_key(address))
    base.bell.ring(conversation_topic(conversation))


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
        public_url=settings.public_url(),
    )


def _mail_listener(name: str, channel: MailChannel) -> MailListenerSettings:
    return MailListenerSettings(
        channel=name,
        host=channel.listen_host,
        port=channel.listen_port,
        protocol=channel.listen_protocol,
        recipients=_mailboxes(channel),
        limit_bytes=channel.message_bytes,
        own_domain=_domain(channel),
    )


def _mail_reader(channel: MailChannel) -> MailReaderSettings:
    limits = ParseLimits(
        parts=channel.letter_parts,
        head_bytes=channel.letter_head_bytes,
        fields=channel.letter_fields,
        parameters=channel.letter_parameters,
        attachments=channel.letter_files,
        markup_chars=channel.letter_html_chars,
    )
    return MailReaderSettings(recipients=_mailboxes(channel), own_domain=_domain(channel), limits=limits)


def _mailboxes(channel: MailChannel) -> tuple[str, ...]:
    return tuple(channel.recipients or [channel.address])


def _domain(channel: MailChannel) -> str:
    return channel.address.partition("@")[2]


_KINDS: Mapping[type[Channel], ChannelKind] = {
    WebChat: ChannelKind.CHAT,
    PetitionForm: ChannelKind.PETITION,
    TwilioSmsChannel: ChannelKind.SMS,
    CmppChannel: ChannelKind.SMS,
    SgipChannel: ChannelKind.SMS,
    SmgpChannel: ChannelKind.SMS,
    SmppChannel: ChannelKind.SMS,
    TwilioVoiceChannel: ChannelKind.VOICE,
    MailChannel: ChannelKind.MAIL,
}


def profile(name: str, channel: Channel, settings: Settings) -> ChannelProfile:
    kind = _KINDS[type(channel)]
    reply: Literal["off", "answers", "all"] = channel.auto_reply
    return ChannelProfile(
        name=name,
        kind=kind,
        auto_reply=reply,
        signature=settings.organisation.signature if kind is ChannelKind.SMS else "",
        can_answer=kind not in (ChannelKind.PETITION, ChannelKind.VOICE),
        number=channel.number if isinstance(channel, SmsChannel) else "",
        extensions=not isinstance(channel, TwilioSmsChannel),
    )


def dispatch_settings(settings: Settings) -> DispatchSettings:
    senders = {}
    for name, channel in settings.channels.items():
        if isinstance(channel, SmsChannel):
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
        senders=senders,
        windows=settings.sending_hours.windows(),
        limits=limits_of(settings),
        batch=settings.dispatch.batch,
        poll_seconds=settings.dispatch.poll_seconds,
    )


def limits_of(settings: Settings) -> Limits:
    """How often one person may be written to, and the quotas of departments."""
    frequency = settings.frequency
    return Limits(
        lessons_a_day=frequency.lessons_a_day,
        lessons_a_week=frequency.lessons_a_week,
        messages_a_day=frequency.messages_a_day,
        same_body_seconds=frequency.same_text_hours * 3600,
        quotas=departments_of(settings).quotas(),
    )


def handset_rules(settings: Settings) -> dict[str, HandsetRule]:
    return {
        name: HandsetRule(temporary_codes=TEMPORARY_CODES)
        for name, channel in settings.channels.items()
        if isinstance(channel, TwilioSmsChannel)
    }


def fallback_settings(settings: Settings) -> FallbackSettings:
    """Where a warning goes on that did not arrive; without senders nowhere."""
    kinds = {
        TwilioSmsChannel: AddressKind.PHONE,
        CmppChannel: AddressKind.PHONE,
        SgipChannel: AddressKind.PHONE,
        SmgpChannel: AddressKind.PHONE,
        SmppChannel: AddressKind.PHONE,
        MailChannel: AddressKind.EMAIL,
    }
    senders = tuple(
        (kinds[type(channel)], name)
        for name in settings.fallback.channels
        if (channel := settings.channels.get(name)) and channel.enabled and type(channel) in kinds
    )
    return FallbackSettings(settings.fallback.minutes * 60, senders if settings.fallback.minutes else ())


def profiles_of(settings: Settings) -> dict[str, ChannelProfile]:
    """The enabled channels by name."""
    return {
        name: profile(name, channel, settings)
        for name, channel in settings.channels.items()
        if channel.enabled
    }


def dispatcher_of(
    base: Foundation, sends: Mapping[str, Sends], jitter: random.Random, shares: Shares, routes: Routes
) -> Dispatcher:
    """What drains the outbox. shares: the share of a department by its id."""
    settings = dispatch_settings(base.settings)
    limits = replace(settings.limits, quotas=base.departments.quotas)  # those of the registry too
    return Dispatcher(
        base.stores.outbox,
        SilentSuppressions(base.stores.suppressions, SilenceRepository(base.stores.cases), base.clock),
        sends,
        base.clock,
        jitter,
        base.bell,
        replace(settings, limits=limits),
        shares,
        routes,
    )


def sweeper_of(base: Foundation, finds: Mapping[str, FindsSent], jitter: random.Random) -> Sweeper:
    """What takes up every row whose time has come."""
    outbox = base.stores.outbox
    return Sweeper(outbox, reconciler=Reconciler(outbox, finds, handset_rules(base.settings), jitter))
