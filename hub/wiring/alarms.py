"""Alarms: the ways to 110, who is on duty, what is forwarded."""

from __future__ import annotations

from channels.address import Address, BadAddress, email, phone
from channels.http import HttpClient
from hub.actions.alarms.ask_carrier import AskCarrier
from hub.actions.alarms.confirm_danger import ConfirmDanger
from hub.actions.alarms.dispatch.handling_desk import handling_of
from hub.actions.alarms.forward_alarms import ForwardAlarms
from hub.actions.alarms.in_hand import AlarmInHand
from hub.actions.alarms.keep_duty import KeepDuty
from hub.actions.alarms.pass_on import PassOn
from hub.actions.alarms.read_alarms import ReadAlarms
from hub.actions.alarms.report import MakeReport
from hub.actions.alarms.ways import CommandDesk, Recipients, Ways
from hub.actions.alarms.whole_report import MakeWholeReport
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.staff.note_access import NoteAccess
from hub.hub import AlarmDesk
from hub.model.alarms.duty import Attention
from hub.other_systems.command_centre import CentreSystem, HttpCommandCentre
from hub.other_systems.subscriber_system import CarrierSystem, HttpSubscribers
from hub.runtime.clock import Clock
from hub.settings.alarms import Alarms
from hub.settings.alarms import CommandDesk as DeskTable
from hub.settings.channels import MailChannel, SmsChannel
from hub.settings.settings import Settings
from hub.wiring.cases import CaseActions
from hub.wiring.foundation import Foundation


def attention_of(settings: Settings) -> Attention:
    """How long an open page counts."""
    return Attention(settings.alarms.stream_seconds * 1000, settings.alarms.sound_hours * 3_600_000)


def recipients(settings: Settings, profiles: Profiles, channel: str, texts: list[str]) -> Recipients | None:
    """Addresses on a channel that is on; None where there is none. Raises `BadAddress`."""
    known = settings.channels.get(channel)
    if not texts or channel not in profiles or not isinstance(known, SmsChannel | MailChannel):
        return None
    read = email if isinstance(known, MailChannel) else phone
    addresses: tuple[Address, ...] = tuple(map(read, texts))
    return Recipients(profiles[channel], addresses) if known.enabled else None


def ways_of(settings: Settings, profiles: Profiles, http: HttpClient, clock: Clock) -> Ways:
    """The configured ways. What cannot be used is left out, and `hub check` says so."""
    given = settings.alarms
    centre = _system(given, given.webhook_timeout_seconds, http, clock)
    operator = [given.operator_address] if given.operator_address else []
    return Ways(
        unit=given.unit,
        calls_back=bool(given.callback_secret.get_secret_value()),
        takeover_ms=given.takeover_seconds * 1000,
        desks={id: _desk(id, settings, profiles, http, clock) for id in given.desks},
        centre=centre,
        text=usable(settings, profiles, given.text_channel, given.text_numbers),
        operator=usable(settings, profiles, given.operator_channel, operator),
        telephone=given.telephone,
    )


def _system(
    table: Alarms | DeskTable, timeout_seconds: float, http: HttpClient, clock: Clock
) -> HttpCommandCentre | None:
    if not table.webhook_url:
        return None
    secret = table.webhook_secret.get_secret_value()
    return HttpCommandCentre(CentreSystem(str(table.webhook_url), secret, timeout_seconds), http, clock)


def _desk(id: str, settings: Settings, profiles: Profiles, http: HttpClient, clock: Clock) -> CommandDesk:
    table = settings.alarms.desks[id]
    return CommandDesk(
        id,
        table.name,
        region=table.region,
        centre=_system(table, settings.alarms.webhook_timeout_seconds, http, clock),
        text=usable(settings, profiles, settings.alarms.text_channel, table.text_numbers),
        unit=table.unit,
        telephone=table.telephone,
        calls_back=bool(table.callback_secret.get_secret_value()),
    )


def alarm_actions(base: Foundation, profiles: Profiles, cases: CaseActions) -> AlarmDesk:
    """Everything about alarms."""
    documents, stores, clock = base.documents, base.stores, base.clock
    ways = ways_of(base.settings, profiles, base.http, clock)
    report = MakeWholeReport(stores)
    pass_on = PassOn(stores, cases.unit, cases.rules, report, ways)
    forward = ForwardAlarms(documents, stores, pass_on, report, attention_of(base.settings), clock)
    return AlarmDesk(
        ask_carrier=_ask_carrier(base),
        read=ReadAlarms(documents, stores, MakeReport(stores), forward, ways, clock),
        in_hand=AlarmInHand(cases.casework, stores, cases.unit, pass_on, cases.rules, clock),
        confirm_danger=ConfirmDanger(
            cases.casework, stores, cases.keep, cases.open_case, base.identities, cases.rules, clock
        ),
        duty=KeepDuty(documents, stores, clock),
        forward=forward,
        handling=handling_of(documents, stores, report, pass_on, clock),
    )


def carrier_of(settings: Settings, http: HttpClient, clock: Clock) -> HttpSubscribers | None:
    """The configured carrier's system, None without one."""
    given = settings.carrier_data
    if not given.url:
        return None
    secret = given.secret.get_secret_value()
    return HttpSubscribers(CarrierSystem(str(given.url), secret, given.timeout_seconds), http, clock)


def _ask_carrier(base: Foundation) -> AskCarrier:
    return AskCarrier(
        base.documents,
        base.stores,
        carrier_of(base.settings, base.http, base.clock),
        NoteAccess(base.stores.audit, base.clock),
        base.clock,
        keep_ms=base.settings.carrier_data.keep_days * 86_400_000,
    )


def usable(settings: Settings, profiles: Profiles, channel: str, texts: list[str]) -> Recipients | None:
    """The same; None also where an address is none."""
    try:
        return recipients(settings, profiles, channel, texts)
    except BadAddress:
        return None
