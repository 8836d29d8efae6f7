"""发布: what was signed leaves, on all its channels at once, and stands on every page.

Rules protected: without one of the eight fields nothing leaves; the releaser is another person than the
maker, also in an emergency; a drill reaches listed test phones and nothing else; an update first stops what
still waits of the issue before it; a lift goes to exactly those who may have received one of the chain.
Issue, campaigns and their runs are one commit: a crash leaves all or nothing, a repeat releases nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from campaigns import broadcast as broadcasts
from campaigns.campaign import Campaign, CampaignKind, CampaignState
from campaigns.segment import EVERYBODY, Segment, packed
from channels.address import Address, AddressKind
from channels.contract import ChannelKind
from channels.outbox.delivery import POLICY, Delivery, MessageClass, Origin, WarningLevel, class_of
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.draft_campaign import MAX_NAME
from hub.actions.campaigns.settings import Sender
from hub.actions.deliveries.fall_back import FALLBACK
from hub.actions.warnings.board import Board
from hub.actions.warnings.draft_warning import message_text, read
from hub.actions.warnings.pass_on import NO_ROW, NOT_YOURS, why_not
from hub.actions.warnings.proof import Proof
from hub.actions.warnings.settings import WarningSettings
from hub.model.agent import Agent, Permission
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.model.warnings import words
from hub.model.warnings.exchange import profile as profiles
from hub.model.warnings.issue import Act, Handing, Issue, Stage
from hub.model.warnings.leaving import Night
from hub.model.warnings.message import MessageKind
from hub.model.warnings.signatures import fitting, wanted
from hub.model.warnings.warning import GRAVITY, Warning, notice_problems, problems
from hub.repositories.repositories import Repositories
from hub.repositories.sending.reached import Reached
from hub.runtime.clock import Clock, day_of
from hub.runtime.errors import Invalid, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

LIFT_SHOWN_MS = 86_400_000
"""How long a lift stands in the feeds, so that other systems learn of it."""
DRILL_MS = 3_600_000
_TRIES = 10
_KINDS = {ChannelKind.SMS: AddressKind.PHONE, ChannelKind.MAIL: AddressKind.EMAIL}


@dataclass(frozen=True, slots=True)
class Yes:
    """The releaser's word. seen: digest of what was on the page. proof: in an emergency, where
    nobody has signed before. night: also in the quiet hours."""

    seen: str
    proof: Proof | None = None
    night: bool = False


class ReleaseWarning:
    """For releasers."""

    def __init__(
        self,
        documents: Documents,
        stores: Repositories,
        desk: CampaignDesk,
        reached: Reached,
        board: Board,
        clock: Clock,
        settings: WarningSettings,
    ) -> None:
        self._documents = documents
        self._stores = stores
        self._desk = desk
        self._reached = reached
        self._board = board
        self._clock = clock
        self._settings = settings

    async def __call__(self, agent: Agent, issue_id: str, yes: Yes) -> Issue:
        """Released. Raises `Invalid` by field, `NotFound`, `Stale`."""
        found = await read(self._stores.publicity.warnings, issue_id)
        issue = found.value
        await self._check(issue, agent, yes)
        previous = await self._previous(issue)
        _require_whole(self._released(issue, agent, yes, self._clock.now_ms(), 0))
        if previous is not None and not issue.drill:
            for campaign_id in previous.value.campaigns:
                with suppress(Invalid):  # it has ended by itself
                    await self._desk.cancel(campaign_id, by=agent.id)
        out = await self._committed(found, previous, agent, yes)
        await self._board.look()
        log.info("warning.released", extra={"warning": out.id, "kind": out.kind.value, "drill": out.drill})
        return out

    async def _check(self, issue: Issue, agent: Agent, yes: Yes) -> None:
        if issue.stage is not Stage.RELEASE:
            raise Invalid({"state": "这条预警现在不在这一步"})
        if refusal := why_not(issue, agent):
            raise Invalid({"state": refusal})
        if yes.seen != issue.content_digest or issue.digest != issue.content_digest:
            raise Invalid({"state": "内容刚刚被修改，请重新核对"})
        now = self._clock.now_ms()
        if issue.kind is not MessageKind.LIFT and issue.expires_at <= now:
            raise Invalid({"state": "失效时间已过，不能发布"})
        if issue.emergency:
            rows = self._settings.signatures()
            what = wanted(issue.content, issue.channels, day_of(now).isoformat())
            if fitting(rows, what, None, written=False) is None:
                raise Invalid({"state": NO_ROW})
            if fitting(rows, what, agent.roles, written=False) is None:
                raise Invalid({"state": NOT_YOURS})
            if yes.proof is None or not await yes.proof.is_of(agent):
                raise Invalid({"password": "密码不对，没有发布"})
        if yes.night and not self.may_free_night(issue, agent):
            raise Invalid({"night": "这一类不能在夜间发送，或者您没有夜间放行的权限"})

    def may_free_night(self, issue: Issue, agent: Agent) -> bool:
        """Whether it is this person's to release it for the quiet hours."""
        by_right = self._settings.rules.of(issue.content).night is Night.BY_RIGHT
        return by_right and agent.may(Permission.CAMPAIGN_EMERGENCY)

    async def _previous(self, issue: Issue) -> Versioned[Issue] | None:
        """The issue this one ends. Raises `Invalid` when that is over or was never out."""
        if issue.kind is MessageKind.FIRST:
            return None
        found = await self._stores.publicity.warnings.get(issue.previous)
        if found is None or found.value.stage is not Stage.OUT:
            raise Invalid({"state": "前一条已经解除或被更新，不能再发布这一条"})
        return found

    # -- what is written --------------------------------------------------------------------------

    async def _committed(
        self, found: Versioned[Issue], previous: Versioned[Issue] | None, agent: Agent, yes: Yes
    ) -> Issue:
        """All in one commit; a second that was used before makes the identifier of the next one."""
        for later in range(_TRIES):
            now = self._clock.now_ms()
            out = self._released(found.value, agent, yes, now, later)
            _require_whole(out)
            writes: list[Write] = []
            if out.drill:
                writes += await self._drill(out, now)
            else:
                more, campaigns = await self._campaigns(out, previous.value if previous else None, agent, now)
                writes += more
                out = replace(out, campaigns=campaigns)
            writes.append(self._stores.publicity.warnings.update(out, found.version))
            writes.append(self._stores.publicity.warnings.take_identifier(out.identifier, out.id))
            if previous is not None and not out.drill:
                ended = previous.value.moved(Stage.ENDED).did(Act.STOPPED, "", now, out.id)
                writes.append(
                    self._stores.publicity.warnings.update(replace(ended, ended_at=now), previous.version)
                )
            try:
                await self._documents.commit(writes)
            except Duplicate:
                if await self._stores.publicity.warnings.named(out.identifier) is None:
                    raise Stale(out.id) from None
                continue
            except Conflict:  # on-call staff were called in this moment, or somebody was quicker
                found = await read(self._stores.publicity.warnings, out.id)
                if found.value.stage is not Stage.RELEASE or found.value.content_digest != yes.seen:
                    raise Stale(out.id) from None
                previous = await self._previous(found.value)
                continue
            return out
        raise Stale(found.value.id)

    def _released(self, issue: Issue, agent: Agent, yes: Yes, now: int, later: int) -> Issue:
        at = now // 1000 * 1000
        is_lift = issue.kind is MessageKind.LIFT
        out = issue.moved(Stage.ENDED if issue.drill else Stage.OUT).did(Act.RELEASED, agent.id, now)
        profile, unit = self._settings.profile, issue.content.unit
        serial = 0 if profile.serial else None
        return replace(
            out,
            warning=replace(issue.warning, issued_at=at) if issue.warning else None,
            notice=replace(issue.notice, issued_at=at) if issue.notice else None,
            identifier=profiles.identifier(
                unit.code or self._settings.host, at + later * 1000, serial=serial
            ),
            released_at=now,
            ended_at=now if issue.drill else 0,
            expires_at=now + LIFT_SHOWN_MS if is_lift else issue.expires_at,
            night=issue.night or yes.night,
            handing=Handing.WAITING if self._settings.hands_out and not issue.drill else Handing.NONE,
            papers_due_at=now + self._settings.papers_ms if issue.emergency and not issue.drill else 0,
        )

    async def _campaigns(
        self, out: Issue, previous: Issue | None, agent: Agent, now: int
    ) -> tuple[list[Write], tuple[str, ...]]:
        """A campaign and its run for each channel."""
        writes: list[Write] = []
        made: list[str] = []
        for name, segment in await self._audiences(out):
            campaign = self._campaign(out, previous, agent, self._settings.campaigns.senders[name], now)
            campaign = replace(campaign, channel=name, segment=segment)
            sender = self._settings.campaigns.senders[name]
            run = broadcasts.start(
                campaign, fire_at=now, now=now, kind=sender.kind, signature=sender.signature
            )
            writes += [
                self._stores.campaigns.insert(campaign),
                self._stores.campaigns.insert_broadcast(run),
                self._stores.publicity.campaign_history.add(
                    campaign, CampaignEventKind.RELEASED, at=now, by=agent.id
                ),
            ]
            made.append(campaign.id)
        return writes, tuple(made)

    def _campaign(
        self, out: Issue, previous: Issue | None, agent: Agent, sender: Sender, now: int
    ) -> Campaign:
        leaving = self._settings.rules.of(out.content)
        leaves_as = class_of(leaving.message_class, leaving.level)
        title = words.headline(out.content, out.kind, self._settings.events)
        life = (out.expires_at - now) // 1000
        return Campaign(
            id=new_id(now),
            name=title[:MAX_NAME],
            kind=CampaignKind.NOTICE if leaves_as is MessageClass.N else CampaignKind.WARNING,
            message_class=leaving.message_class,
            channel=sender.name,
            template=self.text_of(out, previous),
            segment=Segment(),
            author_id=out.author_id,
            created_at=now,
            title=title,
            subject=leaving.subject,
            level=leaving.level,
            night=out.night and leaving.night is Night.BY_RIGHT,
            expiry_seconds=max(60, life),
            state=CampaignState.RUNNING,
            changed_at=now,
            started_at=now,
            submitted_by=out.author_id,
            submitted_at=out.submitted_at,
            released_at=now,
        )

    def text_of(self, issue: Issue, previous: Issue | None) -> str:
        """The text as it leaves, less the signature of its channel."""
        was = previous.warning.level if previous and previous.warning else WarningLevel.NONE
        at = issue.content.issued_at or self._clock.now_ms()
        made = message_text(issue.content, issue.kind, self._settings, at=at, was=was, reason=issue.reason)
        return (words.DRILL if issue.drill else "") + (issue.short or made)

    # -- whom it reaches --------------------------------------------------------------------------

    async def _audiences(self, out: Issue) -> list[tuple[str, Segment]]:
        """Channel and recipients of each campaign."""
        if out.kind is MessageKind.LIFT:
            return await self._who_had_it(out)
        segment = await self.segment_of(out)
        return [(name, segment) for name in out.channels]

    async def would_reach(self, issue: Issue) -> int:
        """How many rows of lists its audience has now, each channel counted once."""
        segment = await self.segment_of(issue)
        found = await self._stores.memberships.count(segment, snapshot_at=self._clock.now_ms())
        return found * len(issue.channels)

    async def segment_of(self, issue: Issue) -> Segment:
        """Everybody of its groups in its areas, and for an update in those of the chain so far: who is in no
        danger any more has to learn of that. Where somebody lives who is in no list of regions nobody knows:
        red and orange reach them too."""
        areas = list(issue.content.areas)
        for one in await self._stores.publicity.warnings.chain(issue.chain):
            if one.released_at and not one.drill:
                areas += one.content.areas
        groups = issue.groups or (EVERYBODY,)
        grave = issue.warning is not None and GRAVITY.get(issue.warning.level, 9) <= 2
        regions = {
            cell.region
            for cell in await self._stores.memberships.cells(groups)
            if (grave if not cell.region else any(area.covers(cell.region) for area in areas))
        }
        # No region would mean all of them: a code nobody carries means nobody.
        codes = sorted(regions) or sorted({code for area in areas for code in area.codes})
        return Segment(groups=groups, regions=tuple(codes))

    async def _who_had_it(self, out: Issue) -> list[tuple[str, Segment]]:
        """By channel the runs of the chain, with those on another channel that stood in for a text."""
        runs: dict[str, list[str]] = {}
        for one in await self._stores.publicity.warnings.chain(out.chain):
            for campaign_id in one.campaigns:
                for run in await self._stores.campaigns.broadcasts_of(campaign_id):
                    runs.setdefault(run.value.channel, []).append(run.value.id)
        found = {name: list(ids) for name, ids in runs.items()}
        for name, ids in runs.items():
            stood_in = [f"{id}{FALLBACK}" for id in ids]
            reached = [id for id in stood_in if await self._reached.count(id)]
            for other, sender in self._settings.campaigns.senders.items():
                if reached and other != name and sender.kind is ChannelKind.MAIL:
                    found.setdefault(other, []).extend(reached)
        return [(name, Segment(corrects=packed(ids))) for name, ids in found.items()]

    # -- drills -----------------------------------------------------------------------------------

    async def _drill(self, out: Issue, now: int) -> Sequence[Write]:
        """Rows to the listed test numbers; there is no other way a drill can take."""
        text = self.text_of(out, None)
        writes: list[Write] = []
        numbers = [one.value for one in await self._stores.composer.trials.numbers()]
        for name in out.channels:
            sender = self._settings.campaigns.senders[name]
            for number in numbers:
                if number.kind is _KINDS.get(sender.kind):
                    address = Address(number.kind, number.address)
                    writes.append(
                        self._stores.outbox.insert(_row(out, sender, address, number.id, text, now))
                    )
        if not writes:
            raise Invalid({"state": "还没有登记测试号码，演练没有发出；请先在“测试号码”中登记"})
        return writes


def _require_whole(out: Issue) -> None:
    """Raises `Invalid` for a content that may not be issued, before anything was stopped or written."""
    content = out.content
    if wrong := problems(content) if isinstance(content, Warning) else notice_problems(content):
        raise Invalid(wrong)


def _row(out: Issue, sender: Sender, address: Address, key: str, text: str, now: int) -> Delivery:
    signed = f"【{sender.signature}】{text}" if sender.kind is ChannelKind.SMS and sender.signature else text
    return Delivery(
        id=new_id(now),
        origin=Origin.TRIAL,
        origin_id=f"drill:{out.id}",
        sender=sender.name,
        recipient=address,
        recipient_key=key,
        message_class=MessageClass.E1,
        dedup=f"drill:{out.id}:{sender.name}:{key}",
        created_at=now,
        expires_at=now + DRILL_MS,
        text=signed,
        title=text[:60] if sender.kind is ChannelKind.MAIL else "",
        lane=POLICY[MessageClass.E1].lane,
        uncounted=True,
        not_before=now,
    )
