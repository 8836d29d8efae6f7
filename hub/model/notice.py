"""Published items: warnings, law education, notices that anybody may read (feed and notices page)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a published item is."""

    WARNING = "warning"  # 预警
    EDUCATION = "education"  # 普法
    NOTICE = "notice"  # 通知


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """What an item said until `until`, and who wrote that."""

    title: str
    text: str
    until: int
    by: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One published item. It is public: nothing in it is personal.

    topic: of `campaigns.lesson.TOPICS`, "" for none. law: what it rests on. lesson_id: the shipped text it
    was made of. author_id: who published it, "" = a campaign. versions: what it said before, oldest first.
    withdrawn_at, withdrawn_by, reason: when, by whom and why it was taken down; 0 = it is up.
    """

    id: str
    kind: NoticeKind
    title: str
    text: str
    published_at: int
    updated_at: int
    publisher: str = ""
    level: str = ""
    topic: str = ""
    law: str = ""
    lesson_id: str = ""
    author_id: str = ""
    editor_id: str = ""
    versions: tuple[NoticeVersion, ...] = ()
    withdrawn_at: int = 0
    withdrawn_by: str = ""
    reason: str = ""

    @property
    def is_up(self) -> bool:
        """Whether everybody can read it."""
        return not self.withdrawn_at

    def edited(self, title: str, text: str, topic: str, law: str, *, by: str, at: int) -> Notice:
        """The item with other content; what it said before stays in its history."""
        after = replace(self, title=title, text=text, topic=topic, law=law)
        if after == self:
            return self
        said = NoticeVersion(self.title, self.text, at, self.editor_id or self.author_id)
        return replace(after, updated_at=at, editor_id=by, versions=(*self.versions, said))

    def withdrawn(self, reason: str, *, by: str, at: int) -> Notice:
        """The item taken down."""
        return replace(self, withdrawn_at=at, withdrawn_by=by, reason=reason)
