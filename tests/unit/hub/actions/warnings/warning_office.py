"""An office that issues warnings: every repository in memory, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from campaigns.broadcast import Broadcast
from campaigns.segment import EVERYBODY
from channels.address import AddressKind, email, phone
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery, DeliveryState, WarningLevel
from channels.outbox.ports import Change
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.warnings.board import Board
from hub.actions.warnings.desk import WarningDesk
from hub.actions.warnings.draft_warning import DraftWarning, Written
from hub.actions.warnings.pass_on import PassOn
from hub.actions.warnings.proof import Proof
from hub.actions.warnings.release_warning import ReleaseWarning, Yes
from hub.actions.warnings.settings import OnCall, WarningSettings
from hub.actions.warnings.watch_warnings import WatchWarnings
from hub.model.agent import Agent, Role
from hub.model.campaigns.trial import TrialNumber
from hub.model.cases.rule_book import Row
from hub.model.people.contact import Contact
from hub.model.warnings.area import Area
from hub.model.warnings.events import EventCode
from hub.model.warnings.exchange.profile import Profile
from hub.model.warnings.issue import Issue
from hub.model.warnings.message import MessageKind
from hub.model.warnings.warning import IssuingUnit, NoticeTopic, SafetyNotice, Warning
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.repositories.sending.reached import Reached
from hub.runtime.clock import FakeClock
from hub.settings.warnings.shipped import shipped_events, shipped_signatures
from hub.settings.warnings.warnings import Warnings
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from hub.wiring.publicity.campaigns import CampaignActions, campaigns_on

NOON = 1_790_049_600_000  # 2026-09-22 12:00 in China, a Tuesday
NIGHT = NOON + 14 * 3_600_000  # 02:00
HOUR = 3_600_000
MAKER = Agent("maker", "maker", "u1", (Role.PUBLICITY,), NOON, password_hash="maker-pw", name="吴晓")
REVIEWER = Agent("reviewer", "reviewer", "u1", (Role.PUBLICITY_LEAD,), NOON, password_hash="reviewer-pw")
SIGNER = Agent("signer", "signer", "u1", (Role.SUPERVISOR,), NOON, password_hash="signer-pw")
RELEASER = Agent("releaser", "releaser", "u1", (Role.PUBLICITY,), NOON, password_hash="releaser-pw")
CHIEF = Agent("chief", "chief", "u1", (Role.SUPERVISOR,), NOON, password_hash="chief-pw", name="林局")
DEPUTY = Agent("deputy", "deputy", "u1", (Role.SUPERVISOR,), NOON, password_hash="deputy-pw", name="陈局")
PEOPLE = (MAKER, REVIEWER, SIGNER, RELEASER, CHIEF, DEPUTY)
UNIT = IssuingUnit("示例市公安局", "99010099900000")
SMS = "sms-12110"
GROUP = "社区"


def signed_rows(authority: str = "闽授〔2026〕1号") -> tuple[Row, ...]:
    """The shipped matrix, with a paper in every row that has none."""
    return tuple({**row, "authority": row["authority"] or authority} for row in shipped_signatures())


async def _same(password_hash: str, password: str) -> bool:
    return password_hash == password


def proof(agent: Agent) -> Proof:
    """The right password."""
    return Proof(agent.password_hash, _same)


def icy_road(level: WarningLevel = WarningLevel.YELLOW, *, at: int = NOON, **other: object) -> Warning:
    plain = Warning(
        event=EventCode("GJYJ2018", "11B21"),
        level=level,
        areas=(Area("示例市东岭镇", ("350102",)),),
        starts_at=at,
        cautions="预计今晚东岭路桥面结冰。",
        measures="减速绕行，听从民警指挥。",
        unit=UNIT,
        expires_at=at + 6 * HOUR,
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def fraud(*, urgent: bool = False, at: int = NOON) -> SafetyNotice:
    return SafetyNotice(
        NoticeTopic.FRAUD,
        "防范冒充客服诈骗",
        "不转账、不共享屏幕，咨询拨打96110。",
        (Area("全市", ("350100",)),),
        UNIT,
        urgent=urgent,
        starts_at=at,
        expires_at=at + 24 * HOUR,
    )


@dataclass
class Office:
    """What one process has."""

    documents: Documents
    stores: Repositories
    clock: FakeClock
    settings: WarningSettings
    campaigns: CampaignActions
    desk: WarningDesk
    rows_of_matrix: list[Row] = field(default_factory=list)

    async def people(
        self, number: int, *, first: int = 0, region: str = "350102", mail: bool = False
    ) -> None:
        """Telephones or mailboxes in a region."""
        writes = []
        for place in range(first, first + number):
            contact = Contact(f"p{place:04}", NOON, region=region, name="张三")
            address = email(f"p{place}@example.com") if mail else phone(f"1380000{place:04}")
            for group in (EVERYBODY, GROUP):
                writes.append(self.stores.memberships.join(contact, address, group, at=NOON))
        await self.documents.commit(writes)

    async def draft(
        self, content: Warning | SafetyNotice, *, drill: bool = False, by: Agent = MAKER
    ) -> Issue:
        return await self.desk.draft.create(by, Written(content, (SMS,), (EVERYBODY,), drill=drill))

    async def sign_off(self, issue: Issue, *, maker: Agent = MAKER) -> Issue:
        """Submitted, reviewed and signed."""
        issue = await self.desk.pass_on.submit(maker, issue.id)
        issue = await self.desk.pass_on.review(REVIEWER, issue.id, issue.content_digest)
        return await self.desk.pass_on.sign(SIGNER, issue.id, issue.content_digest, proof(SIGNER))

    async def let_go(self, issue: Issue, *, by: Agent = RELEASER, night: bool = False) -> Issue:
        yes = Yes(issue.content_digest, proof(by), night)
        return await self.desk.release(by, issue.id, yes)

    async def release(self, content: Warning | SafetyNotice, *, drill: bool = False) -> Issue:
        """A first issue on its whole way."""
        return await self.let_go(await self.sign_off(await self.draft(content, drill=drill)))

    async def follow(
        self, issue: Issue, kind: MessageKind, content: Warning | None = None, why: str = ""
    ) -> Issue:
        """An update or a lift on its whole way."""
        made = await self.desk.draft.follow(MAKER, issue.id, kind)
        version = (await self.stores.publicity.warnings.get(made.id)).version  # type: ignore[union-attr]
        written = Written(content or made.content, made.channels, made.groups, reason=why)
        made = await self.desk.draft.edit(MAKER, made.id, version, written)
        return await self.let_go(await self.sign_off(made))

    async def read(self, issue: Issue) -> Issue:
        found = await self.stores.publicity.warnings.get(issue.id)
        assert found is not None
        return found.value

    async def runs(self, issue: Issue) -> list[Broadcast]:
        found: list[Broadcast] = []
        for campaign_id in (await self.read(issue)).campaigns:
            found += [run.value for run in await self.stores.campaigns.broadcasts_of(campaign_id)]
        return found

    async def expand(self, issue: Issue) -> None:
        for run in await self.runs(issue):
            await self.campaigns.desk.expand_some(run.id, pages=100)

    async def rows(self, issue: Issue | None = None) -> list[Delivery]:
        """Everything in the outbox, or what an issue left as."""
        ids = [stored.id async for stored in self.documents.scan("outbox")]
        rows = [leased.delivery for leased in (await self.stores.outbox.reread(ids)).values()]
        if issue is None:
            return rows
        runs = {run.id for run in await self.runs(issue)}
        return [row for row in rows if row.origin_id in runs]

    async def send(self, state: DeliveryState, *, limit: int = 1000, sender: str = SMS) -> None:
        """Plays the dispatcher: up to `limit` ready rows leave and end in `state`."""
        await self.send_each(lambda _: state, limit=limit, sender=sender)

    async def send_each(
        self, end: Callable[[Delivery], DeliveryState], *, limit: int = 1000, sender: str = SMS
    ) -> None:
        """The same, each to an end of its own."""
        claimed = await self.stores.outbox.claim(sender, lanes=(0, 1, 2, 3), limit=1000, lease_seconds=45)
        stopped = [row for row in claimed if not await self._may_leave(row.delivery)]
        gone = [Change(row, replace(row.delivery, state=DeliveryState.CANCELED)) for row in stopped]
        held = [row for row in claimed if row not in stopped]
        later = [Change(row, replace(row.delivery, state=DeliveryState.READY)) for row in held[limit:]]
        assert await self.stores.outbox.settle([*gone, *later]) == []
        claimed = held[:limit]
        sending = await self.stores.outbox.mark_sending(claimed, lease_seconds=45)
        changes = [Change(row, replace(row.delivery, state=end(row.delivery))) for row in sending]
        assert await self.stores.outbox.settle(changes) == []

    async def _may_leave(self, row: Delivery) -> bool:
        """What the gate asks right before a row leaves."""
        run = await self.stores.campaigns.broadcast(row.origin_id)
        return run is not None and run.value.is_active


async def open_office(
    *,
    rows: Sequence[Row] | None = None,
    profile: Profile | None = None,
    listed: int = 1,
    hands_out: bool = False,
) -> Office:
    """listed: how many test phones are registered."""
    clock = FakeClock(NOON)
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    vault = Vault(KeyRing.fresh())
    stores = repositories(documents, vault, cities={"350100": "福州"})
    senders = {
        SMS: Sender(SMS, ChannelKind.SMS, "福建公安", 10.0),
        "mail": Sender("mail", ChannelKind.MAIL, "", 5.0),
    }
    campaign_settings = CampaignSettings(senders, publisher="公安厅", page_size=4)
    campaigns = campaigns_on(documents, stores, stores.outbox, clock, campaign_settings)
    matrix = list(signed_rows() if rows is None else rows)
    settings = WarningSettings(
        units=[UNIT, IssuingUnit("示例县公安局", "99010199900000")],
        events=shipped_events(),
        rules=Warnings().rules(),
        profile=profile or Profile(),
        signatures=lambda: matrix,
        campaigns=campaign_settings,
        on_call=[OnCall("chief", "+8613900000001"), OnCall("deputy", "+8613900000002")],
        text=ChannelProfile(SMS, ChannelKind.SMS, signature="福建公安"),
        root="https://hub.example.cn",
        host="hub.example.cn",
        hands_out=hands_out,
    )
    for agent in PEOPLE:
        await stores.agents.insert(agent)
    for number in range(listed):
        address = phone(f"1370000000{number}")
        trial = TrialNumber(
            stores.composer.trials.key(address), AddressKind.PHONE, NOON, "maker", "测试机", address.value
        )
        await documents.commit([stores.composer.trials.add(trial)])
    board = Board(stores.publicity.warnings, clock)
    desk = WarningDesk(
        draft=DraftWarning(documents, stores.publicity.warnings, clock, settings),
        pass_on=PassOn(
            documents, stores.publicity.warnings, stores.agents, stores.notifications, clock, settings
        ),
        release=ReleaseWarning(
            documents, stores, campaigns.desk, Reached(documents, vault), board, clock, settings
        ),
        watch=WatchWarnings(documents, stores, board, clock, settings),
        board=board,
        settings=settings,
    )
    return Office(documents, stores, clock, settings, campaigns, desk, matrix)
