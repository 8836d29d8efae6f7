"""A template (模板): a text that campaigns begin with. It fixes their message class.

Rule protected: a class cannot be chosen to get through at night; it comes with the template
(messaging, section 1). Every change is a version that stays, with who made it and when.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from channels.outbox.delivery import MessageClass

MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class TemplateText:
    """What it says. text: for every channel; title, web_text, mail_subject, mail_text: see `Campaign`."""

    name: str
    message_class: MessageClass
    text: str
    title: str = ""
    web_text: str = ""
    mail_subject: str = ""
    mail_text: str = ""


class TemplateChange(StrEnum):
    """What was done to it."""

    CREATED = "created"
    EDITED = "edited"
    ARCHIVED = "archived"
    BROUGHT_BACK = "brought_back"


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """number: its version, from 1. archived_at: 0 while it is offered; campaigns that use it keep it."""

    id: str
    number: int
    changed_at: int
    changed_by: str
    content: TemplateText
    archived_at: int = 0

    def changed(self, change: TemplateChange, at: int, by: str, content: TemplateText) -> TextTemplate:
        """The template after a change."""
        archived = at if change is TemplateChange.ARCHIVED else 0
        return replace(
            self,
            number=self.number + 1,
            changed_at=at,
            changed_by=by,
            content=content,
            archived_at=archived,
        )


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """The template as a change left it. id: `{template_id}:{number:04d}`."""

    id: str
    template_id: str
    number: int
    at: int
    by: str
    change: TemplateChange
    content: TemplateText


def version_of(template: TextTemplate, change: TemplateChange) -> TemplateVersion:
    """The version a template is at."""
    return TemplateVersion(
        id=f"{template.id}:{template.number:04d}",
        template_id=template.id,
        number=template.number,
        at=template.changed_at,
        by=template.changed_by,
        change=change,
        content=template.content,
    )
