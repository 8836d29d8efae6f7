"""The office of alarms with command desks of two cities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from channels.address import phone
from channels.contract import ChannelKind, InboundMessage
from hub.actions.alarms.dispatch.handling_desk import HandlingDesk, handling_of
from hub.actions.alarms.dispatch.record_step import StepDraft
from hub.actions.alarms.pass_on import PassOn
from hub.actions.alarms.ways import CommandDesk, Recipients, Ways
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.dialogue.texts import Texts
from hub.actions.staff.identities import identities_of
from hub.model.agent import Agent
from hub.model.alarms.handling import Outcome, StepKind
from hub.model.units.unit import Unit
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from tests.rules import case_rules
from tests.unit.hub.actions.alarms.alarm_office import LI, OPERATOR, SMS, START, TEXT, VAULT, Centre, Office

DESK_NUMBER = "+8613900135000"
UNIT = "福州市指挥中心"


@dataclass
class DeskOffice:
    """here: the office. handling: what is done after an alarm was received."""

    here: Office
    handling: HandlingDesk
    centre: Centre

    async def taken(self, name: str = "c1") -> str:
        """An alarm that Li has in hand."""
        case_id = await self.here.case(name=name)
        await self.here.in_hand.take(LI, case_id)
        return case_id

    async def write(self, kind: StepKind, *, by: Agent = LI, case_id: str = "c1", **typed: Any) -> None:
        """One form, filled in as most are, from a page that shows everything there is."""
        kinds: dict[StepKind, dict[str, Any]] = {
            StepKind.DISPATCHED: {"desk": "fuzhou", "unit": "鼓楼派出所"},
            StepKind.ARRIVED: {"of": 1},
            StepKind.FEEDBACK: {"outcome": Outcome.HANDLED, "text": "已救出"},
            StepKind.CORRECTED: {"text": "写错了"},
        }
        seen = typed.pop("seen", len((await self.here.alarm(case_id)).steps))
        key = str(typed.pop("key", ""))
        draft = StepDraft(kind, **{**kinds[kind], **typed})
        await self.handling.record(by, case_id, draft, seen=seen, key=key)

    async def staff_of_desk(self, agent: Agent) -> Agent:
        """The agent as a member of the unit of the desk of Fuzhou."""
        if await self.here.stores.units.get("u1") is None:
            await self.here.stores.units.insert(Unit("u1", UNIT, "u1"))
        return replace(agent, unit_id="u1")

    async def reply(self, text: str, sender: str = DESK_NUMBER) -> bool:
        """A text comes in; whether it was an answer that took an alarm over."""
        now = self.here.clock.now_ms()
        event = InboundMessage("sms", ChannelKind.SMS, f"p-{text}", phone(sender), "12110", text, now)
        return await self.handling.take_over.by_text(event)


def desk_office(*, centre: bool = True, calls_back: bool = False) -> DeskOffice:
    """On a store of its own."""
    clock = FakeClock(START)
    store = MemoryDocuments(COLLECTIONS, clock=clock)
    return desk_office_on(store, clock, centre=centre, calls_back=calls_back)


def desk_office_on(
    store: Documents, clock: FakeClock, *, centre: bool = True, calls_back: bool = False
) -> DeskOffice:
    """fuzhou: webhook, text and page. nanping: the telephone only."""
    system = Centre()
    fuzhou = CommandDesk(
        "fuzhou",
        "福州市指挥中心",
        region="350100",
        centre=system if centre else None,
        text=Recipients(SMS, (phone(DESK_NUMBER),)),
        unit=UNIT,
        calls_back=calls_back,
    )
    nanping = CommandDesk("nanping", "南平市指挥中心", region="350700", telephone="0599-110")
    ways = Ways(text=TEXT, operator=OPERATOR, desks={"fuzhou": fuzhou, "nanping": nanping})
    here = Office(store, clock, ways)
    stores, texts, rules = here.stores, Texts(), case_rules()
    tell = TellCitizen(
        stores,
        {"sms": SMS},
        Outgoing({"sms": SMS}, stores.conversations, stores.outbox),
        texts,
        identities_of(here.documents, VAULT),
    )
    pass_on = PassOn(stores, StepUnit(stores, tell, texts, rules, organ="测试局"), rules, here.report, ways)
    handling = handling_of(here.documents, stores, here.report, pass_on, clock)
    return DeskOffice(here, handling, system)
