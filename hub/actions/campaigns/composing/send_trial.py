"""Trial sends: the text of a campaign to numbers of the office, exactly as it will leave.

Rules protected: a trial leaves by the outbox like everything else and is known with its end; it keeps to the
rate and to dead addresses and to nothing else (no hours, no opt-out: the numbers are our own); it never goes
to a number that was not registered, and an hour has only so many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns import template, wording
from campaigns.campaign import Campaign
from campaigns.said import Said
from channels import parts
from channels.address import Address, AddressKind, BadAddress, email, is_textable, masked, phone
from channels.contract import ChannelKind
from channels.outbox.delivery import POLICY, Delivery, DeliveryState, MessageClass, Origin
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.model.agent import Agent
from hub.model.campaigns.trial import AT_ONCE, MAX_NAME, MOST_NUMBERS, Trial, TrialNumber
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.composer.trials import TrialRepository
from hub.repositories.outbox import OutboxRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

HOUR_MS = 3_600_000
_CLASS = MessageClass.E1  # the class of single messages: no hours, and bulk does not hold it up
HOUR_IS_FULL = "每小时最多发送 %(limit)s 条测试，本小时已发 %(used)s 条，请稍后再试"
_TRIES = 5
_KINDS: Mapping[ChannelKind, AddressKind] = {
    ChannelKind.SMS: AddressKind.PHONE,
    ChannelKind.MAIL: AddressKind.EMAIL,
}

Line = tuple[Trial, DeliveryState | None]
"""A trial and where its delivery stands; None when its row is no longer kept."""


@dataclass(frozen=True, slots=True)
class TrialText:
    """What a trial says. title: of a mail. parts: SMS parts it costs, 1 elsewhere."""

    title: str
    text: str
    parts: int


class SendTrial:
    """Sends trials and keeps the numbers they may go to; who may is asked by the caller."""

    def __init__(
        self,
        documents: Documents,
        campaigns: CampaignRepository,
        trials: TrialRepository,
        outbox: OutboxRepository,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._documents = documents
        self._campaigns = campaigns
        self._trials = trials
        self._outbox = outbox
        self._clock = clock
        self._settings = settings

    # -- numbers ---------------------------------------------------------------------------------

    async def numbers(self, campaign: Campaign | None = None) -> list[TrialNumber]:
        """The registered numbers, the oldest first; of a campaign those its channel reaches."""
        found = [one.value for one in await self._trials.numbers()]
        if campaign is None:
            return found
        sender = self._settings.senders.get(campaign.channel)
        return [one for one in found if sender and one.kind is _KINDS[sender.kind]]

    async def register(self, agent: Agent, name: str, address: str) -> None:
        """Adds a mobile number or a mailbox. Raises `Invalid`."""
        name, found = " ".join(name.split()), {}
        if not name or len(name) > MAX_NAME:
            found["name"] = f"请填写使用人，最多 {MAX_NAME} 个字"
        try:
            made = email(address) if "@" in address else phone(address)
        except BadAddress:
            made = None
        if made is None or (made.kind is AddressKind.PHONE and not _is_mobile(made)):
            found["address"] = "请填写手机号码或邮箱，例如 13800001234"
        elif len(await self._trials.numbers()) >= MOST_NUMBERS:
            found["address"] = f"最多登记 {MOST_NUMBERS} 个号码"
        if found or made is None:
            raise Invalid(found)
        number = TrialNumber(
            self._trials.key(made), made.kind, self._clock.now_ms(), agent.id, name, made.value
        )
        try:
            await self._documents.commit([self._trials.add(number)])
        except Duplicate:
            raise Invalid({"address": "这个号码已经登记"}) from None

    async def forget(self, number_id: str) -> None:
        """Takes a number out; one that is gone already is no error. Raises `Stale`."""
        for found in await self._trials.numbers():
            if found.value.id == number_id:
                try:
                    await self._documents.commit([self._trials.remove(found)])
                except Conflict:
                    raise Stale(number_id) from None

    # -- sending ---------------------------------------------------------------------------------

    def text(self, campaign: Campaign) -> TrialText:
        """The text as it will leave, with sample values. Raises `Invalid` (field `channel` or its text)."""
        sender = self._settings.senders.get(campaign.channel)
        if sender is None:
            raise Invalid({"channel": "请选择发送渠道"})
        written = wording.text_on(sender.kind, campaign)
        if found := template.problems(written, most=wording.most_characters(sender.kind)):
            raise Invalid({wording.text_field(sender.kind, campaign): Said.joined(found)})
        marked = template.with_marks(
            written,
            kind=sender.kind,
            message_class=campaign.message_class,
            signature=sender.signature,
        )
        text = template.fill(template.pieces(marked), template.SAMPLES)
        size = parts.count(text).parts if sender.kind is ChannelKind.SMS else 1
        title = wording.title_on(sender.kind, campaign) if sender.kind is ChannelKind.MAIL else ""
        return TrialText(title, text, size)

    async def __call__(self, agent: Agent, campaign_id: str, number_ids: Sequence[str]) -> tuple[Trial, ...]:
        """Queues one message to each number. Raises `Invalid`, `NotFound`, `Stale`."""
        read = await self._campaigns.get(campaign_id)
        if read is None:
            raise NotFound("campaign")
        campaign = read.value
        text = self.text(campaign)
        chosen = [one for one in await self.numbers(campaign) if one.id in number_ids]
        if not chosen:
            raise Invalid({"numbers": "请选择至少一个测试号码"})
        if len(chosen) > AT_ONCE:
            raise Invalid({"numbers": f"一次最多发给 {AT_ONCE} 个号码"})
        sender = self._settings.senders[campaign.channel]

        async def decide() -> tuple[Sequence[Write], tuple[Trial, ...]]:
            now = self._clock.now_ms()
            hour = now // HOUR_MS
            used = await self._trials.since(hour * HOUR_MS)
            if used + len(chosen) > self._settings.trials_per_hour:
                limit = self._settings.trials_per_hour
                raise Invalid({"numbers": Said(HOUR_IS_FULL, limit=limit, used=used)})
            writes: list[Write] = []
            made: list[Trial] = []
            for place, number in enumerate(chosen, start=used):
                delivery = _delivery(f"{hour}:{place:03d}", sender, number, text, now)
                address = Address(number.kind, number.address)
                trial = Trial(
                    id=delivery.origin_id,
                    campaign_id=campaign.id,
                    delivery_id=delivery.id,
                    at=now,
                    by=agent.id,
                    parts=text.parts,
                    shown=f"{number.name} {masked(address)}",
                )
                writes += [self._outbox.insert(delivery), self._trials.insert(trial)]
                made.append(trial)
            return writes, tuple(made)

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale(campaign_id) from None

    async def of_campaign(self, campaign_id: str) -> list[Line]:
        """The trials of a campaign with where they stand, the newest first."""
        trials = await self._trials.of_campaign(campaign_id)
        rows = await self._outbox.reread([one.delivery_id for one in trials]) if trials else {}
        return [
            (one, rows[one.delivery_id].delivery.state if one.delivery_id in rows else None) for one in trials
        ]


def _is_mobile(address: Address) -> bool:
    """Never a public line: a trial to 12345 would be a message to another office."""
    return address.value.startswith("+") and is_textable(address)


def _delivery(id: str, sender: Sender, number: TrialNumber, text: TrialText, now: int) -> Delivery:
    return Delivery(
        id=new_id(now),
        origin=Origin.TRIAL,
        origin_id=id,
        sender=sender.name,
        recipient=Address(number.kind, number.address),
        recipient_key=number.id,
        message_class=_CLASS,
        dedup=f"trial:{id}",
        created_at=now,
        expires_at=now + HOUR_MS,
        text=text.text,
        title=text.title,
        lane=POLICY[_CLASS].lane,
        parts=text.parts,
        not_before=now,
    )
