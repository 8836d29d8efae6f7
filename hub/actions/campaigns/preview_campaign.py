"""What an officer sees before starting: real renderings, parts, who is left out, when it will be done.

The recipients are sorted by the same `select` that expansion uses, so the preview promises what the
broadcast then does. Nothing is written.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from campaigns import broadcast as broadcasts
from campaigns import template
from campaigns.approval import Figures
from campaigns.broadcast import Broadcast
from campaigns.campaign import Campaign
from campaigns.ports import Recipient, Recipients
from campaigns.said import Said
from campaigns.selection import WRONG_ADDRESS, select
from campaigns.window import Estimate, estimate
from channels.address import masked
from channels.contract import ChannelKind
from channels.outbox.ports import Suppressions
from channels.parts import Parts, count
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.runtime.clock import Clock

SEVERAL_DAYS = "一个时段发不完，需要 %(count)s 天"
EXPIRES_BEFORE = "预计在 %(hours)s 小时有效期内发不完，过期部分不再发送"

_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """The text as one recipient will read it. `address` is masked; `parts` is 1 outside SMS."""

    address: str
    text: str
    parts: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What will happen if it starts at `starts_at`.

    title: of a mail its subject. text: with marks and fallbacks. size: its SMS parts, None on other channels.
    recipients: in the segment; deliveries: written to; excluded: left out by reason
    (`campaigns.selection.REASONS`).
    exact: False when the segment was too large to look at everybody, numbers are then extrapolated.
    total_parts: what the broadcast costs. estimate: start, finish and number of days with the nights
    in between. warnings: in Chinese, for the officer. figures: the same numbers for an approval, with the
    cost and the time they were counted at.
    """

    title: str
    text: str
    size: Parts | None
    samples: tuple[Sample, ...]
    recipients: int
    deliveries: int
    excluded: Mapping[str, int]
    exact: bool
    total_parts: int
    estimate: Estimate
    warnings: tuple[str, ...]
    figures: Figures

    @property
    def bad_addresses(self) -> int:
        """How many recipients have no address this channel can write to. Those known to be dead are not in
        it: whoever went through a list with bounces has left them out by that."""
        return self.excluded.get(WRONG_ADDRESS, 0)


class PreviewCampaign:
    """Makes previews."""

    def __init__(
        self, recipients: Recipients, suppressions: Suppressions, clock: Clock, settings: CampaignSettings
    ) -> None:
        self._recipients = recipients
        self._suppressions = suppressions
        self._clock = clock
        self._settings = settings

    async def __call__(self, campaign: Campaign, *, at: int | None = None) -> Preview:
        """The preview of a campaign that passed its checks, started at `at` (default: now)."""
        now, settings = self._clock.now_ms(), self._settings
        sender = settings.senders[campaign.channel]
        run = broadcasts.start(
            campaign, fire_at=now if at is None else at, now=now, kind=sender.kind, signature=sender.signature
        )
        recipients = await self._recipients.count(run.segment, snapshot_at=now)
        seen = 0
        deliveries = 0
        total_parts = 0
        excluded: Counter[str] = Counter()
        samples: tuple[Sample, ...] = ()
        after = ""
        while seen < self._settings.preview_recipients:
            page = await self._recipients.page(
                run.segment, after=after, limit=self._settings.page_size, snapshot_at=now
            )
            if page:
                selection = await select(
                    run, page, self._suppressions, now=now, zone=settings.zone, windows=settings.windows
                )
                deliveries += len(selection.deliveries)
                total_parts += sum(delivery.parts for delivery in selection.deliveries)
                excluded.update(selection.excluded)
                if len(samples) < _SAMPLES:
                    keys = {delivery.recipient_key for delivery in selection.deliveries}
                    wanted = [one for one in page if one.address_key in keys]
                    samples = (*samples, *_samples(run, wanted))[:_SAMPLES]
                seen += len(page)
                after = page[-1].id
            if len(page) < self._settings.page_size:
                break
        exact = seen >= recipients
        if not exact:
            factor = recipients / seen
            deliveries, total_parts = round(deliveries * factor), round(total_parts * factor)
            excluded = Counter({reason: round(number * factor) for reason, number in excluded.items()})
        seconds = total_parts / sender.parts_per_second
        when = estimate(run.window(settings.windows), run.fire_at, seconds, settings.zone)
        text = template.fill(template.pieces(run.text), {})
        size = count(text) if sender.kind is ChannelKind.SMS else None
        return Preview(
            title=run.title,
            text=text,
            size=size,
            samples=samples,
            recipients=recipients,
            deliveries=deliveries,
            excluded=dict(excluded),
            exact=exact,
            total_parts=total_parts,
            estimate=when,
            warnings=_warnings(run, when, deliveries, samples, size),
            figures=Figures(deliveries, total_parts, _cost(sender, total_parts), now),
        )


def _cost(sender: Sender, parts: int) -> int:
    """In 0.01 yuan."""
    cost: int = math.ceil(parts * sender.price * 100)
    return cost


def _samples(run: Broadcast, recipients: list[Recipient]) -> tuple[Sample, ...]:
    texts = template.pieces(run.text)
    found: list[Sample] = []
    for recipient in recipients[:_SAMPLES]:
        text = template.fill(texts, {"name": recipient.name, "city": recipient.city})
        size = count(text).parts if run.channel_kind is ChannelKind.SMS else 1
        found.append(Sample(masked(recipient.address), text, size))
    return tuple(found)


def _warnings(
    run: Broadcast, when: Estimate, deliveries: int, samples: tuple[Sample, ...], size: Parts | None
) -> tuple[str, ...]:
    found: list[str] = []
    if not deliveries:
        found.append("没有可以发送的接收人")
    if size is not None and any(sample.parts > size.parts for sample in samples):
        found.append("填入姓名等内容后，部分短信会多拆一条")
    if when.starts_at > run.fire_at:
        found.append("开始时间不在允许发送的时段，将等到下一个时段开始")
    if when.days > 1:
        found.append(Said(SEVERAL_DAYS, count=when.days))
    if when.finishes_at > run.expires_at:
        hours = (run.expires_at - run.fire_at) // 3_600_000
        found.append(Said(EXPIRES_BEFORE, hours=hours))
    return tuple(found)
