"""A group of the office's own words with its life: what people say for a name, who changed it and when.

Every change is kept as a version; a group that was taken out stays as a record without words, so that every
process learns of it like of any other change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge_base.words.word_group import WordGroup


@dataclass(frozen=True, slots=True)
class WordVersion:
    """One change. `number` counts from 1; `words` is empty where the group was taken out."""

    id: str
    group_id: str
    number: int
    name: str
    words: tuple[str, ...]
    note: str
    at: int
    by_id: str


@dataclass(frozen=True, slots=True)
class WordRecord:
    """`name`, `words`, `note`: see `WordGroup`; no words: taken out. number: the newest version. revision:
    that of the knowledge base when it last changed."""

    id: str
    name: str
    words: tuple[str, ...] = ()
    note: str = ""
    number: int = 0
    revision: int = 0
    changed_at: int = 0
    changed_by: str = ""

    @property
    def group(self) -> WordGroup | None:
        """What it says; None when it was taken out."""
        return WordGroup(self.name, self.words, self.note) if self.words else None

    def says(self, group: WordGroup) -> bool:
        """Whether it says this already."""
        return self.group == group

    def changed(self, group: WordGroup, *, revision: int, at: int, by: str) -> WordRecord:
        """The record once it says this."""
        return replace(
            self,
            name=group.name,
            words=group.words,
            note=group.note,
            number=self.number + 1,
            revision=revision,
            changed_at=at,
            changed_by=by,
        )

    def version(self) -> WordVersion:
        """The change that was just made, to be kept."""
        id = f"{self.id}:{self.number}"
        return WordVersion(
            id, self.id, self.number, self.name, self.words, self.note, self.changed_at, self.changed_by
        )
