"""What becomes of a message, at once and when its meaning came late."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from channels.address import Address, BadAddress, email, phone
from hub.actions.deliveries.apply_receipt import ApplyReceipt
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.departments.in_force import DepartmentsInForce
from hub.actions.departments.listener.pass_on import PassOn
from hub.actions.dialogue.danger_decisions import DangerDecisions
from hub.actions.dialogue.regions import Region, Regions
from hub.actions.intake.accept_event import AcceptEvent
from hub.actions.intake.answer_message import AnswerMessage
from hub.actions.intake.beside_case import BesideCase
from hub.actions.intake.carriers.join_parts import JoinParts
from hub.actions.intake.carriers.take_in import TakeIn, TakenOver
from hub.actions.intake.last_question import LastQuestion
from hub.actions.intake.limit_answers import LimitAnswers
from hub.actions.intake.look_again import LookAgain
from hub.actions.intake.message_case import MessageCase
from hub.actions.intake.routing.route_message import RouteMessage
from hub.actions.intake.speak import Speak
from hub.actions.intake.tell_progress import TellProgress
from hub.actions.intake.weigh_message import WeighMessage
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.rules.in_force import RulesInForce
from hub.model.cases.routing.routes import City, RouteRule
from hub.repositories.inbound.long_texts import LongTextRepository
from hub.settings.channels import MailChannel, SmsChannel, TwilioVoiceChannel
from hub.settings.settings import Settings
from hub.wiring.cases import CaseActions
from hub.wiring.departments.numbers import text_numbers
from hub.wiring.dialogue import Dialogue
from hub.wiring.foundation import Foundation
from knowledge_base.dialogue.small_talk import SmallTalk


@dataclass(frozen=True, slots=True)
class IntakeActions:
    """What takes messages in, and what looks again at those whose meaning was late."""

    accept_event: AcceptEvent
    apply_receipt: ApplyReceipt
    join_parts: JoinParts
    look_again: LookAgain
    take_in: TakeIn


def intake_actions(
    base: Foundation,
    profiles: Profiles,
    dialogue: Dialogue,
    knowledge: Knowledge,
    cases: CaseActions,
    rules: RulesInForce,
    taken_over: TakenOver,
) -> IntakeActions:
    """Everything about messages. taken_over: see `TakeIn`."""
    documents, stores, settings = base.documents, base.stores, base.settings
    small_talk = SmallTalk()
    last_question = LastQuestion(stores.conversations, dialogue.triage, small_talk)
    cities = [City(region.code, region.area_code) for region in settings.regions]
    route = RouteMessage(
        rules,
        stores.units,
        cities,
        lambda text: knowledge.snapshot.lexicon.cut(text),
        partial(registered_routes, base.departments, text_numbers(settings, profiles)),
    )
    message_case = MessageCase(stores, cases.open_case, last_question, dialogue.texts, route)
    speak = Speak(cases.outgoing)
    seconds = settings.knowledge.choices_seconds
    decisions = DangerDecisions(stores.triage_decisions, dialogue.triage, base.encoding)
    weigh = WeighMessage(
        dialogue.triage, dialogue.understand, decisions, dialogue.look_up, knowledge, small_talk
    )
    answer_message = AnswerMessage(
        stores,
        dialogue.triage,
        weigh,
        message_case,
        BesideCase(stores.conversations, message_case, dialogue.texts, choices_seconds=seconds),
        LimitAnswers(stores.recent_answers, own_numbers(settings)),
        speak,
        dialogue.texts,
        dialogue.wording,
        TellProgress(cases.track_case, cases.citizen_move),
        Regions((Region(region.name, region.area_code) for region in settings.regions), dialogue.slots),
        dialogue.watch,
        choices_seconds=seconds,
    )
    accept_event = AcceptEvent(
        documents,
        stores,
        profiles,
        answer_message,
        base.files,
        _pass_on(base, profiles),
    )
    apply_receipt = ApplyReceipt(stores.outbox)
    join_parts = JoinParts(documents, LongTextRepository(documents, base.vault), accept_event)
    return IntakeActions(
        accept_event,
        apply_receipt,
        join_parts,
        LookAgain(documents, stores, profiles, dialogue.understand, decisions, message_case, speak),
        TakeIn(accept_event, join_parts, apply_receipt, cases.deliver_electronically, taken_over),
    )


def _pass_on(base: Foundation, profiles: Profiles) -> PassOn:
    listened, settings = base.stores.departments.listened, base.settings
    others = [re.compile(system.pattern) for system in settings.progress]
    return PassOn(base.departments, listened, text_numbers(settings, profiles), others)


def registered_routes(departments: DepartmentsInForce, numbers: Mapping[str, str]) -> list[RouteRule]:
    """Extensions of departments that name a desk. numbers: of the channels for texts, by name."""
    return [
        RouteRule(numbers[line.channel] + line.extension, "", one.desk)
        for one in departments.all_registered()
        for line in one.senders
        if one.desk and line.extension and numbers.get(line.channel)
    ]


def own_numbers(settings: Settings) -> set[str]:
    """The numbers and addresses that the configured channels write or call from."""
    own: set[str] = set()
    for channel in settings.channels.values():
        match channel:
            case SmsChannel():
                own.add(channel.number)
            case TwilioVoiceChannel():
                own.add(channel.line)
            case MailChannel():
                own.add(channel.address)
    return {address.value for text in own if text for address in _addresses(text)}


def _addresses(text: str) -> list[Address]:
    """As a message from there would name it; none of what is no address."""
    try:
        return [email(text) if "@" in text else phone(text)]
    except BadAddress:
        return []
