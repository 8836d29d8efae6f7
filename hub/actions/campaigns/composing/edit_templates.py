"""Templates: written, changed, put away and brought back; every change is kept as a version."""

from __future__ import annotations

from collections.abc import Sequence

from campaigns import template as marks
from campaigns.said import Said
from campaigns.wording import MAX_MAIL_CHARACTERS
from hub.actions.campaigns.draft_campaign import MAX_TITLE, MAX_WEB_TEXT
from hub.model.agent import Agent
from hub.model.campaigns.text_template import (
    MAX_NAME,
    TemplateChange,
    TemplateText,
    TemplateVersion,
    TextTemplate,
    version_of,
)
from hub.repositories.composer.text_templates import TextTemplateRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Write

FIXED_CLASS = "模板的内容类型定下后不能更改，请另建模板"


class EditTemplates:
    """Every change; each raises `NotFound` or `Stale`, and `Invalid` where something is typed."""

    def __init__(self, documents: Documents, templates: TextTemplateRepository, clock: Clock) -> None:
        self._documents = documents
        self._templates = templates
        self._clock = clock

    async def every(self, *, archived: bool = False) -> list[TextTemplate]:
        """Those that are offered, or those put away; the newest change first."""
        return [one for one in await self._templates.every() if bool(one.archived_at) is archived]

    async def get(self, id: str) -> Versioned[TextTemplate]:
        """One of them. Raises `NotFound`."""
        found = await self._templates.get(id)
        if found is None:
            raise NotFound("template")
        return found

    async def versions(self, id: str) -> Sequence[TemplateVersion]:
        """What it said, the newest first."""
        return await self._templates.versions(id)

    async def create(self, agent: Agent, content: TemplateText) -> TextTemplate:
        """A new one."""
        _check(content)
        now = self._clock.now_ms()
        made = TextTemplate(new_id(now), 1, now, agent.id, content)
        await self._commit(self._templates.insert(made), made, TemplateChange.CREATED)
        return made

    async def edit(self, agent: Agent, id: str, content: TemplateText, *, version: int) -> TextTemplate:
        """Another text; campaigns that were begun with the old one keep it."""
        read = await self._at(id, version)
        _check(content)
        if content.message_class is not read.value.content.message_class:
            raise Invalid({"message_class": FIXED_CLASS})
        return await self._change(agent, read, TemplateChange.EDITED, content)

    async def archive(self, agent: Agent, id: str, *, version: int) -> TextTemplate:
        """It is offered no more."""
        read = await self._at(id, version)
        return await self._change(agent, read, TemplateChange.ARCHIVED, read.value.content)

    async def bring_back(self, agent: Agent, id: str, *, version: int) -> TextTemplate:
        """It is offered again."""
        read = await self._at(id, version)
        return await self._change(agent, read, TemplateChange.BROUGHT_BACK, read.value.content)

    async def _at(self, id: str, version: int) -> Versioned[TextTemplate]:
        read = await self.get(id)
        if read.version != version:
            raise Stale(id)
        return read

    async def _change(
        self, agent: Agent, read: Versioned[TextTemplate], change: TemplateChange, content: TemplateText
    ) -> TextTemplate:
        after = read.value.changed(change, self._clock.now_ms(), agent.id, content)
        await self._commit(self._templates.update(after, read.version), after, change)
        return after

    async def _commit(self, write: Write, template: TextTemplate, change: TemplateChange) -> None:
        version = self._templates.insert_version(version_of(template, change))
        try:
            await self._documents.commit([write, version])
        except Conflict:
            raise Stale(template.id) from None


def _check(content: TemplateText) -> None:
    found: dict[str, str] = {}
    if not content.name or len(content.name) > MAX_NAME:
        found["name"] = f"请用 1–{MAX_NAME} 个字为模板起名"
    if texts := marks.problems(content.text):
        found["text"] = Said.joined(texts)
    if len(content.title) > MAX_TITLE or "\n" in content.title:
        found["title"] = f"标题只能有一行，最多 {MAX_TITLE} 字"
    if mail := marks.problems(content.mail_text, most=MAX_MAIL_CHARACTERS) if content.mail_text else ():
        found["mail_text"] = Said.joined(mail)
    if len(content.mail_subject) > MAX_TITLE or "\n" in content.mail_subject:
        found["mail_subject"] = f"邮件主题只能有一行，最多 {MAX_TITLE} 字"
    if len(content.web_text) > MAX_WEB_TEXT:
        found["web_text"] = f"网页正文最多 {MAX_WEB_TEXT} 字"
    if found:
        raise Invalid(found)
