"""An officer publishes on the web at once, corrects what is up, or takes it down. Nothing is sent.

Rules protected: what was up stays readable for staff with who and when; a warning comes from its campaign
only, because its fields are prescribed by law, and is never rewritten, only taken down; a form sent twice
publishes once.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.lesson import TOPICS
from hub.model.notice import Notice, NoticeKind
from hub.repositories.notices import NoticeRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate

MAX_TITLE = 100
MAX_TEXT = 5_000
MAX_LAW = 200
MAX_REASON = 200
KINDS = (NoticeKind.EDUCATION, NoticeKind.NOTICE)
"""What an officer may publish by hand."""


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """An item as it was typed. topic: "" for none. lesson_id: the shipped text it began with, or ""."""

    kind: NoticeKind
    title: str
    text: str
    topic: str = ""
    law: str = ""
    lesson_id: str = ""


class PublishNotice:
    """Made once by the composition root."""

    def __init__(self, documents: Documents, notices: NoticeRepository, clock: Clock, publisher: str) -> None:
        """publisher: named on what is published."""
        self._documents = documents
        self._notices = notices
        self._clock = clock
        self._publisher = publisher

    async def __call__(self, draft: NoticeDraft, agent_id: str, *, notice_id: str) -> Notice:
        """Puts it up. notice_id: given to the form that sends it, so that a second press changes nothing.

        Raises `Invalid` by field.
        """
        _check(draft)
        if draft.kind not in KINDS:
            raise Invalid({"kind": "请选择内容类型"})
        now = self._clock.now_ms()
        notice = Notice(
            id=notice_id,
            kind=draft.kind,
            title=draft.title,
            text=draft.text,
            published_at=now,
            updated_at=now,
            publisher=self._publisher,
            topic=draft.topic,
            law=draft.law,
            lesson_id=draft.lesson_id,
            author_id=agent_id,
        )
        try:
            await self._documents.commit([self._notices.insert(notice)])
        except Duplicate:
            return (await self._read(notice_id)).value
        return notice

    async def edit(self, notice_id: str, draft: NoticeDraft, agent_id: str, *, version: int) -> Notice:
        """Corrects what is up. Raises `Invalid` (by field, or `state`), `NotFound`, `Stale`."""
        _check(draft)
        found = await self._read(notice_id)
        if found.version != version:
            raise Stale(notice_id)
        if found.value.kind is NoticeKind.WARNING:
            raise Invalid({"state": "预警不能在这里修改，请在宣传活动里发布更新或解除"})
        if not found.value.is_up:
            raise Invalid({"state": "已经撤下的内容不能修改，可以重新发布"})
        after = found.value.edited(
            draft.title, draft.text, draft.topic, draft.law, by=agent_id, at=self._clock.now_ms()
        )
        await self._replace(found, after)
        return after

    async def withdraw(self, notice_id: str, reason: str, agent_id: str) -> Notice:
        """Takes it down; a repeat changes nothing. Raises `Invalid` (field `reason`), `NotFound`, `Stale`."""
        reason = reason.strip()
        if not 0 < len(reason) <= MAX_REASON:
            raise Invalid({"reason": "请写明撤下的原因，最多 200 个字"})
        found = await self._read(notice_id)
        if not found.value.is_up:
            return found.value
        after = found.value.withdrawn(reason, by=agent_id, at=self._clock.now_ms())
        await self._replace(found, after)
        return after

    async def _read(self, notice_id: str) -> Versioned[Notice]:
        found = await self._notices.versioned(notice_id)
        if found is None:
            raise NotFound("notice")
        return found

    async def _replace(self, found: Versioned[Notice], after: Notice) -> None:
        if after == found.value:
            return
        try:
            await self._documents.commit([self._notices.update(after, found.version)])
        except Conflict as stale:
            raise Stale(after.id) from stale


def _check(draft: NoticeDraft) -> None:
    found: dict[str, str] = {}
    if not draft.title:
        found["title"] = "请填写标题"
    elif len(draft.title) > MAX_TITLE or "\n" in draft.title:
        found["title"] = "标题只能有一行，最多 100 个字"
    if not draft.text:
        found["text"] = "请填写内容"
    elif len(draft.text) > MAX_TEXT:
        found["text"] = "内容最多 5000 个字"
    if draft.topic and draft.topic not in TOPICS:
        found["topic"] = "请选择主题"
    elif draft.kind is NoticeKind.EDUCATION and not draft.topic:
        found["topic"] = "普法内容请选择主题，市民按主题查找"
    if len(draft.law) > MAX_LAW:
        found["law"] = "法律依据最多 200 个字"
    if found:
        raise Invalid(found)
