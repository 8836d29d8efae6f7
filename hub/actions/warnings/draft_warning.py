"""制作: an issue is written, edited, followed by an update or a lift, or taken over from a document.

Rules protected: colours are for events the table allows; the issuing unit is one of the list; a following
issue names its chain; what came as Test, Exercise or Draft is a drill for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from campaigns import template
from campaigns.said import Said
from campaigns.segment import EVERYBODY
from channels import parts
from channels.contract import ChannelKind
from channels.outbox.delivery import WarningLevel
from hub.actions.warnings.settings import WarningSettings
from hub.model.agent import Agent
from hub.model.warnings import words
from hub.model.warnings.exchange.cap import NAMESPACE, from_cap
from hub.model.warnings.exchange.profile_12379 import from_12379
from hub.model.warnings.exchange.xml import Unacceptable
from hub.model.warnings.issue import Act, Issue, Stage
from hub.model.warnings.message import MessageKind, Status, WarningMessage
from hub.model.warnings.warning import SafetyNotice, Warning, notice_problems, problems
from hub.repositories.warnings.issues import WarningRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

GAP = "○"
"""Stands in templates for what is to be filled in."""
MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Written:
    """What was typed. content: one of the two types."""

    content: Warning | SafetyNotice
    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = (EVERYBODY,)
    short: str = ""
    reason: str = ""
    drill: bool = False


class DraftWarning:
    """For makers."""

    def __init__(
        self, documents: Documents, issues: WarningRepository, clock: Clock, settings: WarningSettings
    ) -> None:
        self._documents = documents
        self._issues = issues
        self._clock = clock
        self._settings = settings

    async def create(self, agent: Agent, written: Written) -> Issue:
        """A new first issue. Raises `Invalid` by field."""
        self._check(written, MessageKind.FIRST)
        now = self._clock.now_ms()
        id = new_id(now)
        issue = self._with(Issue(id, id, MessageKind.FIRST, Stage.DRAFT, agent.id, now, now), written).did(
            Act.MADE, agent.id, now
        )
        await self._documents.commit([self._issues.insert(issue)])
        return issue

    async def follow(self, agent: Agent, issue_id: str, kind: MessageKind) -> Issue:
        """The draft of an update or a lift of what is out; the one there is already, when there is one.

        Raises `Invalid` (field `state`), `NotFound`, `Stale`.
        """
        found = await read(self._issues, issue_id)
        before = found.value
        if before.stage is not Stage.OUT or before.kind is MessageKind.LIFT or before.drill:
            raise Invalid({"state": "只有正在生效的预警可以更新或解除"})
        for one in await self._issues.chain(before.chain):
            if one.previous == before.id and one.stage not in (Stage.DROPPED, Stage.ENDED):
                if one.kind is kind:
                    return one
                raise Invalid({"state": "这条预警已有更新或解除在办理，请先办完或作废"})
        now = self._clock.now_ms()
        issue = Issue(
            new_id(now),
            before.chain,
            kind,
            Stage.DRAFT,
            agent.id,
            now,
            now,
            warning=before.warning,
            notice=before.notice,
            previous=before.id,
            channels=before.channels,
            groups=before.groups,
            expires_at=before.content.expires_at,
        ).did(Act.MADE, agent.id, now)
        try:
            await self._documents.commit([self._issues.insert(issue)])
        except Duplicate as stale:
            raise Stale(issue_id) from stale
        return issue

    async def edit(self, agent: Agent, issue_id: str, version: int, written: Written) -> Issue:
        """Other content, read at `version`; what was reviewed or signed begins again.

        Raises `Invalid` by field, `NotFound`, `Stale`.
        """
        found = await read(self._issues, issue_id)
        if found.version != version:
            raise Stale(issue_id)
        before, now = found.value, self._clock.now_ms()
        if before.stage not in (Stage.DRAFT, Stage.REVIEW, Stage.SIGN, Stage.RELEASE):
            raise Invalid({"state": "已经发布或作废，不能再修改；请制作更新"})
        if before.drill and before.source_status not in ("", Status.ACTUAL):
            written = replace(written, drill=True)
        self._check(written, before.kind)
        after = self._with(before, written)
        if after.content_digest == before.content_digest:
            return before
        if after.stage is not Stage.DRAFT:
            after = replace(after.moved(Stage.DRAFT), digest="", emergency=False, submitted_at=0, calls=0)
        after = after.did(Act.EDITED, agent.id, now)
        await self._commit(found, after, [])
        return after

    async def take_over(self, by: str, document: bytes) -> Issue:
        """A draft of what a document says, CAP 1.2 or the 12379 profile. It is never published by itself.
        by: id of an agent, "" = it came by itself, and whoever submits it has made it.

        Raises `Invalid` (field `document`).
        """
        try:
            message = self._read(document)
        except Unacceptable as refused:
            raise Invalid({"document": refused.text}) from refused
        if await self._issues.named(message.identifier):
            raise Invalid({"document": "这份文件已经收过"})
        now, id, chain, previous = self._clock.now_ms(), "", "", ""
        id = chain = new_id(now)
        if message.kind is not MessageKind.FIRST:
            first = await self._issues.named(message.first)
            if first is None:
                raise Invalid({"document": "没有收到过这条预警的首发，不能更新或解除"})
            chain = first.chain
            out = [one for one in await self._issues.chain(chain) if one.stage is Stage.OUT]
            previous = out[-1].id if out else first.id
        issue = Issue(
            id,
            chain,
            message.kind,
            Stage.DRAFT,
            by,
            now,
            now,
            warning=replace(message.warning, issued_at=0),
            previous=previous,
            groups=(EVERYBODY,),
            reason=message.note,
            drill=not message.is_public,
            source_id=message.identifier,
            source_status=message.status,
            expires_at=message.warning.expires_at,
        ).did(Act.MADE, by, now, message.identifier)
        kept = self._issues.take_identifier(message.identifier, id)
        try:
            await self._documents.commit([self._issues.insert(issue), kept])
        except Duplicate:
            raise Invalid({"document": "这份文件已经收过"}) from None
        return issue

    def _read(self, document: bytes) -> WarningMessage:
        if NAMESPACE.encode() in document:
            return from_cap(document, self._settings.events)
        return from_12379(document, self._settings.profile)

    # -- what is wrong ----------------------------------------------------------------------------

    def _check(self, written: Written, kind: MessageKind) -> None:
        if found := draft_problems(written, kind, self._settings):
            raise Invalid(found)

    def _with(self, issue: Issue, written: Written) -> Issue:
        content = written.content
        return replace(
            issue,
            warning=content if isinstance(content, Warning) else None,
            notice=content if isinstance(content, SafetyNotice) else None,
            channels=written.channels,
            groups=written.groups,
            short=written.short.strip(),
            reason=written.reason.strip(),
            drill=written.drill,
            expires_at=content.expires_at,
        )

    async def _commit(self, found: Versioned[Issue], after: Issue, writes: list[Write]) -> None:
        try:
            await self._documents.commit([self._issues.update(after, found.version), *writes])
        except Conflict as stale:
            raise Stale(after.id) from stale


def draft_problems(written: Written, kind: MessageKind, settings: WarningSettings) -> dict[str, str]:
    """Everything wrong with a draft, by field, in Chinese."""
    content = written.content
    if isinstance(content, Warning):
        found = problems(content, without=("issued_at",))
        known = settings.events.get(content.event)
        if content.event.code and known is None:
            found["event"] = "事件代码表里没有这个类别"
        elif known and content.level and (refusal := settings.rules.refusal(known.event_class)):
            found["level"] = refusal
        texts = (content.cautions, content.measures)
        fields = ("cautions", "measures")
    else:
        found = notice_problems(content)
        texts, fields = (content.title, content.text), ("title", "text")
    if content.unit.name and settings.unit(content.unit.name) != content.unit:
        found["unit"] = "请从列表中选择发布单位"
    for field, text in zip(fields, texts, strict=True):
        if GAP in text:
            found.setdefault(field, "还有没填写的“○”")
    if kind is MessageKind.LIFT and not written.reason.strip():
        found["reason"] = "请写明解除的原因"
    if len(written.reason) > MAX_REASON:
        found["reason"] = Said("最多 %(most)s 字", most=MAX_REASON)
    found |= {
        field: text for field, text in _of_sending(written, kind, settings).items() if field not in found
    }
    return found


def _of_sending(written: Written, kind: MessageKind, settings: WarningSettings) -> dict[str, str]:
    found: dict[str, str] = {}
    if any(name not in settings.campaigns.senders for name in written.channels):
        found["channels"] = "请选择发送渠道"
    elif written.channels and not written.groups:
        found["groups"] = "请至少选择一个分组"
    elif written.channels and not any(area.codes for area in written.content.areas):
        found["areas"] = "短信和邮件按区域代码选人，请填写区域代码"
    text = written.short or message_text(written.content, kind, settings, at=0, reason=written.reason)
    if any(mark in text for mark in "{}"):
        found["short"] = "文字里不能有花括号"
    elif trouble := template.problems(text):
        found["short"] = Said.joined(trouble)
    elif too_long := _too_many_parts(written, text, settings):
        found["short"] = too_long
    return found


def _too_many_parts(written: Written, text: str, settings: WarningSettings) -> str:
    for name in written.channels:
        sender = settings.campaigns.senders.get(name)
        if sender and sender.kind is ChannelKind.SMS and sender.parts_limit:
            needed = parts.count(f"【{sender.signature}】{text}").parts
            if needed > sender.parts_limit:
                return Said(
                    "文字要 %(parts)s 条短信，运营商最多收 %(limit)s 条",
                    parts=needed,
                    limit=sender.parts_limit,
                )
    return ""


def message_text(
    content: Warning | SafetyNotice,
    kind: MessageKind,
    settings: WarningSettings,
    *,
    at: int,
    was: WarningLevel = WarningLevel.NONE,
    reason: str = "",
) -> str:
    """The text made of the fields."""
    return words.text(content, kind, settings.events, at=at, was=was, reason=reason)


async def read(issues: WarningRepository, issue_id: str) -> Versioned[Issue]:
    """An issue. Raises `NotFound`."""
    found = await issues.get(issue_id)
    if found is None:
        raise NotFound("warning")
    return found
