"""Which case a text opens when it may accuse police: one that nobody before the compartment is told of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Literal

import pytest
import pytest_asyncio

from channels.address import Address, AddressKind
from channels.contract import ChannelKind, InboundMessage
from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.cases.references import References
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.dialogue.look_up import LookUp
from hub.actions.dialogue.texts import Texts
from hub.actions.dialogue.triage import Triage, Words
from hub.actions.dialogue.verdict import Danger, ToPerson
from hub.actions.intake.last_question import LastQuestion
from hub.actions.intake.message_case import MessageCase
from hub.actions.intake.routing.route_message import RouteMessage
from hub.actions.intake.scene import Scene
from hub.actions.rules.in_force import RulesInForce
from hub.model.cases.case import Case, Origin
from hub.model.cases.routing.route_book import route_book
from hub.model.conversation import Conversation
from hub.model.track import Compartment, Track
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.codec import Versioned
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from knowledge_base.dialogue.slot import Slots
from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.match.answer import DEFAULT
from tests.rules import case_rules

NOW = 1_790_049_600_000
SENDER = Address(AddressKind.CHAT, "visitor")
EVENT = InboundMessage("web-chat", ChannelKind.CHAT, "m1", SENDER, "web-chat", "民警说话不清不楚", NOW)
DANGER = Danger(("救命",), threat=False)
RECEIPT = ("查询编号", "查询码")


@pytest_asyncio.fixture
async def documents() -> AsyncIterator[MemoryDocuments]:
    yield MemoryDocuments(COLLECTIONS, clock=FakeClock(NOW))


@pytest.fixture
def stores(documents: MemoryDocuments) -> Repositories:
    return repositories(documents, Vault(KeyRing.fresh()), cities={})


@pytest.fixture
def open_case(documents: MemoryDocuments, stores: Repositories) -> OpenCase:
    return OpenCase(stores.cases, References(documents, Vault(KeyRing.fresh()), FakeClock(NOW)), case_rules())


@pytest.fixture
def cases(stores: Repositories, open_case: OpenCase) -> MessageCase:
    texts, talk = Texts(), SmallTalk()
    triage = Triage(Words(), LookUp(DEFAULT, Slots()), talk)
    route = RouteMessage(RulesInForce((route_book(),), FakeClock(NOW)), stores.units, (), list, tuple)
    return MessageCase(stores, open_case, LastQuestion(stores.conversations, triage, talk), texts, route)


def scene(case: Case | None = None) -> Scene:
    conversation = Conversation("c", "web-chat", "chat", "", "", NOW, NOW, count=1)
    profile = ChannelProfile("web-chat", ChannelKind.CHAT)
    found = None if case is None else Versioned(case, 1)
    return Scene(EVENT, "chat:1", profile, EVENT.text, "", "zh", "", "", conversation, 0, found)


async def a_case(open_case: OpenCase, *, screening: bool = False) -> Case:
    new = NewCase(Track.CONSULT, Origin("web-chat", "chat"), NOW, text="你好", screening=screening)
    return (await open_case(new)).case


async def test_it_waits_in_screening_on_its_own_track_with_an_ordinary_receipt(cases: MessageCase) -> None:
    screened = await cases.to_person(scene(), ToPerson(Track.CONSULT), screening=True)
    ordinary = await cases.to_person(scene(), ToPerson(Track.CONSULT))
    assert screened.case is not None
    assert ordinary.case is not None
    case = screened.case.case
    assert (case.compartment, case.track, case.screening_at) == (Compartment.SCREENING, Track.CONSULT, NOW)
    assert ordinary.case.case.compartment is Compartment.NONE
    assert screened.says is not None
    assert ordinary.says is not None

    def without_numbers(text: str) -> str:
        return "".join(char for char in text if not char.isdigit())

    assert without_numbers(screened.says.text) == without_numbers(ordinary.says.text)


async def test_a_sure_accusation_is_a_report_whatever_else_is_asked(open_case: OpenCase) -> None:
    new = NewCase(Track.REPORT, Origin("web-chat", "chat"), NOW, text="举报", screening=True)
    assert (await open_case(new)).case.compartment is Compartment.REPORT


async def test_it_never_joins_a_case_that_ordinary_staff_read(
    cases: MessageCase, open_case: OpenCase
) -> None:
    running = await a_case(open_case)
    plan = await cases.to_person(scene(running), ToPerson(Track.CONSULT), screening=True)
    assert plan.case_id != running.id
    assert [planned.case.id for planned in plan.cases] == [plan.case_id]


@pytest.mark.parametrize(
    ("track", "screening", "compartment"),
    [
        (Track.CONSULT, False, Compartment.SCREENING),
        (Track.CONSULT, True, Compartment.SCREENING),
        (Track.REPORT, False, Compartment.REPORT),
    ],
)
async def test_what_follows_joins_the_screened_case_and_a_sure_accusation_confirms_it(
    cases: MessageCase, open_case: OpenCase, track: Track, screening: bool, compartment: Compartment
) -> None:
    running = await a_case(open_case, screening=True)
    plan = await cases.to_person(scene(running), ToPerson(track), screening=screening)
    assert plan.case is not None
    assert (plan.case_id, plan.case.case.compartment) == (running.id, compartment)


@pytest.mark.parametrize("screening", [True, False])
async def test_a_new_matter_stands_where_the_case_beside_it_does(
    cases: MessageCase, open_case: OpenCase, screening: bool
) -> None:
    running = await a_case(open_case, screening=screening)
    plan = await cases.new_matter(scene(running), "另外一件事", Track.CONSULT)
    assert plan.case is not None
    new = plan.case.case
    assert (new.compartment, new.linked_case_id) == (running.compartment, running.id)
    assert [planned.case.id for planned in plan.cases] == [new.id] != [running.id]


async def test_danger_in_a_text_that_may_accuse_tells_its_words_only(cases: MessageCase) -> None:
    plan = await cases.emergency(scene(), DANGER, accuses=False, screening=True)
    kept, alarm = sorted((planned.case for planned in plan.cases), key=lambda case: case.track)
    assert (kept.track, kept.compartment, kept.text) == (Track.CONSULT, Compartment.SCREENING, EVENT.text)
    assert (alarm.track, alarm.compartment, alarm.text) == (Track.EMERGENCY, Compartment.NONE, "")
    assert plan.says is not None
    assert plan.says.danger


@pytest.mark.parametrize("auto_reply", ["all", "answers", "off"])
async def test_a_text_message_about_danger_is_answered_by_nobody_but_a_person(
    cases: MessageCase, auto_reply: Literal["off", "answers", "all"]
) -> None:
    profile = ChannelProfile("sms", ChannelKind.SMS, auto_reply=auto_reply)
    texted = replace(scene(), event=replace(EVENT, kind=ChannelKind.SMS), profile=profile)
    assert (await cases.emergency(texted, DANGER, accuses=False)).says is None


async def test_a_mail_about_danger_is_answered_by_nobody_but_a_person(cases: MessageCase) -> None:
    mailed = replace(scene(), event=replace(EVENT, kind=ChannelKind.MAIL))
    assert (await cases.emergency(mailed, DANGER, accuses=False)).says is None
