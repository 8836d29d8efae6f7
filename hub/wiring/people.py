"""People: who brought a case, and cases that staff take down."""

from __future__ import annotations

from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.people.advise import Advise
from hub.actions.people.alike import FindAlike
from hub.actions.people.edit_person import EditPerson
from hub.actions.people.find_person import FindPerson
from hub.actions.people.know_caller import KnowCaller
from hub.actions.people.lost_calls import LostCalls
from hub.actions.people.may_call import MayCall
from hub.actions.people.merge_people import MergePeople
from hub.actions.people.people import People
from hub.actions.people.read_person import ReadPerson
from hub.actions.people.register.edit_register import EditRegister
from hub.actions.people.register.import_register import ImportRegister
from hub.actions.people.register.read_register import ReadRegister
from hub.actions.people.register.register import Register
from hub.actions.people.register.show_cards import ShowCards
from hub.actions.people.take_down import TakeDown
from hub.settings.channels import TwilioVoiceChannel
from hub.settings.settings import Settings
from hub.wiring.cases import CaseActions
from hub.wiring.dialogue import Dialogue
from hub.wiring.foundation import Foundation

_FOR_REPORTS = "12389"
"""The line, and the flow, of those who report police."""


def people_of(base: Foundation, profiles: Profiles, dialogue: Dialogue, cases: CaseActions) -> People:
    """Everything about people."""
    documents, stores, clock = base.documents, base.stores, base.clock
    find = FindPerson(stores)
    find_alike = FindAlike(base.encoding)
    walled = report_channels(base.settings)
    advise = Advise(dialogue.triage, dialogue.understand)
    lost_calls = LostCalls(stores, clock, report_channels=walled)
    return People(
        advise=advise,
        edit=EditPerson(documents, stores, find, clock),
        find_alike=find_alike,
        know_caller=KnowCaller(stores, find),
        lost_calls=lost_calls,
        may_call=MayCall(stores),
        merge=MergePeople(documents, stores, find, clock),
        read=ReadPerson(stores, find, find_alike, report_channels=walled),
        register=Register(
            cards=ShowCards(documents, stores.aid.register, clock),
            edit=EditRegister(documents, stores.aid.register, clock),
            read=ReadRegister(documents, stores, clock),
            take_in=ImportRegister(documents, stores.aid.register, clock),
        ),
        take_down=TakeDown(
            documents,
            stores,
            base.vault,
            cases.open_case,
            cases.outgoing,
            profiles,
            dialogue.texts,
            advise,
            lost_calls,
            clock,
        ),
    )


def report_channels(settings: Settings) -> frozenset[str]:
    """Voice channels that citizens call to report police."""
    return frozenset(
        name
        for name, channel in settings.channels.items()
        if isinstance(channel, TwilioVoiceChannel) and _FOR_REPORTS in (channel.line, channel.flow)
    )
