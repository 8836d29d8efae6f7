"""An office with its alarms on a store in memory; a second process shares store and clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.address import phone
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery
from channels.outbox.ports import Change, Leased
from hub.actions.alarms.confirm_danger import ConfirmDanger
from hub.actions.alarms.forward_alarms import ForwardAlarms
from hub.actions.alarms.in_hand import AlarmInHand
from hub.actions.alarms.keep_duty import KeepDuty
from hub.actions.alarms.pass_on import PassOn
from hub.actions.alarms.read_alarms import ReadAlarms
from hub.actions.alarms.report import AlarmReport, MakeReport
from hub.actions.alarms.ways import CommandCentre, Recipients, Ways
from hub.actions.alarms.whole_report import MakeWholeReport
from hub.actions.cases.casework import Casework
from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.cases.references import References
from hub.actions.cases.screening.dismiss_alarm import DismissAlarm
from hub.actions.cases.screening.keep_decision import KeepDecision
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.dialogue.texts import Texts
from hub.actions.staff.identities import identities_of
from hub.model.agent import Agent, Role
from hub.model.alarms.alarm import Alarm
from hub.model.alarms.duty import Attention
from hub.model.cases.case import Applicant, Case, Origin
from hub.model.cases.history import HistoryEntry, HistoryKind
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.model.track import Track
from hub.repositories.alarms.raising_documents import RaisingDocuments
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from tests.rules import case_rules

START = 1_796_097_600_000  # 2026-12-01 12:00 in China
NUMBER = "+8613800138000"
CENTRE_NUMBER, OPERATOR_NUMBER = "+8613900139000", "+8613700137000"
WORDS = "救命 在中山路5号 不能说话"
VAULT = Vault(KeyRing.fresh())
SMS = ChannelProfile("sms", ChannelKind.SMS, signature="公安")
TEXT = Recipients(SMS, (phone(CENTRE_NUMBER),))
OPERATOR = Recipients(SMS, (phone(OPERATOR_NUMBER),))
PAGE = "page-1"


@dataclass
class Centre:
    """A command centre that hears as the test says; `told`: what reached it, in order."""

    hears: bool = True
    told: list[AlarmReport] = field(default_factory=list)

    async def tell(self, report: AlarmReport) -> bool:
        """See `CommandCentre`."""
        self.told.append(report)
        return self.hears


def agent(name: str, role: Role = Role.HANDLER) -> Agent:
    """A member of staff."""
    return Agent(name, name, "", (role,), START, name=name)


LI, ZHOU, SUN = agent("li"), agent("zhou"), agent("sun", Role.INSPECTOR)


class Office:
    """One process of the hub, as far as alarms go."""

    def __init__(self, store: Documents, clock: FakeClock, ways: Ways) -> None:
        self.store = store
        self.clock = clock
        self.ways = ways
        self.documents = RaisingDocuments(store, VAULT, clock, wait_seconds=60)
        stores = self.stores = repositories(self.documents, VAULT, cities={})
        texts, rules, profiles = Texts(), case_rules(), {"sms": SMS}
        tell = TellCitizen(
            stores,
            profiles,
            Outgoing(profiles, stores.conversations, stores.outbox),
            texts,
            identities_of(self.documents, VAULT),
        )
        unit = StepUnit(stores, tell, texts, rules, organ="测试局")
        casework = Casework(self.documents, stores)
        keep = KeepDecision(casework, stores)
        self.report = MakeWholeReport(stores)
        pass_on = PassOn(stores, unit, rules, self.report, ways)
        self.open_case = OpenCase(
            stores.cases, References(self.documents, Vault(KeyRing.fresh()), clock), rules
        )
        self.forward = ForwardAlarms(self.documents, stores, pass_on, self.report, Attention(), clock)
        self.in_hand = AlarmInHand(casework, stores, unit, pass_on, rules, clock)
        self.confirm_danger = ConfirmDanger(
            casework, stores, keep, self.open_case, identities_of(self.documents, VAULT), rules, clock
        )
        self.dismiss = DismissAlarm(casework, keep, rules, clock)
        self.duty = KeepDuty(self.documents, stores, clock)

        self.board = ReadAlarms(self.documents, stores, MakeReport(stores), self.forward, ways, clock)

    def second(self) -> Office:
        """Another process on the same store, or this one after a restart."""
        return Office(self.store, self.clock, self.ways)

    async def case(
        self,
        track: Track = Track.EMERGENCY,
        *,
        name: str = "c1",
        text: str = WORDS,
        flags: tuple[str, ...] = (),
        screening: bool = False,
        applicant: Applicant | None = None,
        kind: ChannelKind = ChannelKind.SMS,
        unit_id: str = "",
    ) -> str:
        """A text became a case; its id."""
        now = self.clock.now_ms()
        opened = await self.open_case(
            NewCase(
                track,
                Origin("sms", kind, f"talk-{name}"),
                now,
                applicant or Applicant(address=NUMBER),
                text=text,
                id=name,
                flags=flags,
                screening=screening,
                unit_id=unit_id,
            )
        )
        await self.documents.commit(self.open_case.writes(opened))
        return name

    async def said(self, case_id: str, text: str) -> None:
        """What a citizen wrote in the conversation of a case."""
        case = await self.read(case_id)
        conversations, now = self.stores.conversations, self.clock.now_ms()
        talk = Conversation(
            case.origin.conversation_id, "sms", "sms", "", "", now, now, count=1, address=NUMBER
        )
        message = Message(
            f"m-{talk.id}", talk.id, 1, Direction.IN, Author.CITIZEN, now, case_id=case_id, text=text
        )
        await self.documents.commit([conversations.insert(talk), conversations.insert_message(message)])

    async def on_duty(self, who: Agent = LI) -> None:
        """Signed on, with an open page whose sound was heard."""
        await self.duty.sign_on(who, read="")
        await self.duty.page_seen(who, PAGE, sounds=True)
        await self.duty.sound_heard(who, PAGE)

    async def pass_seconds(self, seconds: float, *, page: bool = True) -> None:
        """Time passes; an open page answers its stream every three seconds."""
        until = self.clock.now_ms() + round(seconds * 1000)
        while self.clock.now_ms() < until:
            self.clock.at = min(until, self.clock.now_ms() + 3_000)
            if page:
                await self.duty.page_seen(LI, PAGE, sounds=True)
        await self.forward.step()

    async def read(self, case_id: str) -> Case:
        """The case as it is."""
        found = await self.stores.cases.get(case_id)
        assert found is not None
        return found.value

    async def version(self, case_id: str) -> int:
        """Its version."""
        found = await self.stores.cases.get(case_id)
        assert found is not None
        return found.version

    async def alarm(self, case_id: str) -> Alarm:
        """The alarm of a case."""
        found = await self.stores.alarms.get(case_id)
        assert found is not None
        return found.value

    async def history(self, case_id: str, kind: HistoryKind) -> list[HistoryEntry]:
        """Entries of a kind."""
        return [entry for entry in await self.stores.cases.whole_history(case_id) if entry.kind is kind]

    async def outbox(self) -> list[Leased]:
        """Everything that is to leave."""
        ids = [stored.id async for stored in self.store.scan("outbox")]
        return list((await self.stores.outbox.reread(ids)).values())

    async def sent_to(self, number: str) -> list[Delivery]:
        """What is to leave for a number."""
        return [row.delivery for row in await self.outbox() if row.delivery.recipient.value == number]

    async def settle(self, row: Leased, **fields: object) -> None:
        """What the dispatcher and the carrier make of a row."""
        await self.stores.outbox.settle([Change(row, row.delivery.moved(**fields))])  # type: ignore[arg-type]


def office(*, centre: CommandCentre | None = None, text: bool = False, operator: bool = False) -> Office:
    """A new one at noon, with these ways to 110."""
    clock = FakeClock(START)
    ways = Ways(centre, TEXT if text else None, OPERATOR if operator else None)
    return Office(MemoryDocuments(COLLECTIONS, clock=clock), clock, ways)
