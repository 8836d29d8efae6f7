"""A knowledge entry with its life: what answers now, what is being written, what waits for its day.

Rules protected: an editor's working copy never takes the live answer down; what was published once is kept
for good as a version, with who, when and why; time takes effect by itself, whoever looks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge_base.entry import Entry, EntryState


class VersionKind(StrEnum):
    """What made a version."""

    PUBLISHED = "published"
    EXPIRED = "expired"  # withdrawn, or its time was over
    BROUGHT_BACK = "brought_back"


@dataclass(frozen=True, slots=True)
class EntryVersion:
    """One step of an entry's life that citizens could notice. `number` counts from 1.

    author_ids: who wrote the content; by_id: who let it answer, or withdrew it ("": the hub itself).
    """

    id: str
    entry_id: str
    number: int
    kind: VersionKind
    content: Entry
    at: int
    by_id: str = ""
    author_ids: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """Everything there is of one entry.

    working: the copy being written (state draft or review). live: what was published last and is in force
    (state published or expired). coming: published as well, but `live` goes on until its `valid_from`.
    number: the newest version. revision: that of the knowledge base when live or coming last changed.
    author_ids: who changed the working copy. note: what its author says of the change. remark: why it was
    sent back.
    """

    id: str
    working: Entry | None = None
    live: Entry | None = None
    coming: Entry | None = None
    number: int = 0
    revision: int = 0
    author_ids: tuple[str, ...] = ()
    note: str = ""
    remark: str = ""
    changed_at: int = 0
    changed_by: str = ""

    @property
    def newest(self) -> Entry:
        """What an editor goes on from."""
        found = self.working or self.coming or self.live
        if found is None:
            raise ValueError("a record holds an entry")
        return found

    @property
    def in_force(self) -> Entry | None:
        """What was published last, whether its day has come or not."""
        return self.coming or self.live

    def answering_at(self, now: int) -> Entry | None:
        """What answers at this instant, if anything does."""
        for entry in (self.coming, self.live):
            if entry is not None and entry.answers_at(now):
                return entry
        return None

    def turns_after(self, now: int) -> int:
        """The next instant at which `answering_at` may change by itself; 0 when it never does."""
        held = [entry for entry in (self.coming, self.live) if entry is not None]
        instants = [at for entry in held for at in (entry.valid_from, entry.valid_until) if at > now]
        return min(instants, default=0)

    @property
    def settles_at(self) -> int:
        """When the stored record has to follow the time (see `settled`); 0 for never."""
        instants = [self.coming.valid_from] if self.coming else []
        if self.live and self.live.state is EntryState.PUBLISHED and self.live.valid_until:
            instants.append(self.live.valid_until)
        return min(instants, default=0)

    def settled(self, now: int) -> EntryRecord:
        """The record after its time took effect: what waited is live, what is over has expired."""
        live, coming = self.live, self.coming
        if coming is not None and coming.valid_from <= now:
            live, coming = coming, None
        settled = replace(self, live=live, coming=coming)
        is_over = live is not None and live.state is EntryState.PUBLISHED and 0 < live.valid_until <= now
        return settled.withdrawn() if is_over else settled

    def published(self, content: Entry, now: int) -> EntryRecord:
        """The record once `content` is published: at once, or waiting for its day behind what answers."""
        content = replace(content, id=self.id, state=EntryState.PUBLISHED, updated_at=now)
        waits = content.valid_from > now and self.answering_at(now) is not None
        return replace(
            self,
            live=self.live if waits else content,
            coming=content if waits else None,
            number=self.number + 1,
        )

    def withdrawn(self) -> EntryRecord:
        """The record once nothing of it answers any more; what waited is given up with it."""
        last = self.in_force
        if last is None:
            raise ValueError("nothing was published")
        live = replace(last, state=EntryState.EXPIRED)
        return replace(self, live=live, coming=None, number=self.number + 1)

    def version(
        self, kind: VersionKind, *, at: int, by_id: str, author_ids: tuple[str, ...] = (), why: str = ""
    ) -> EntryVersion:
        """The step that was just taken, to be kept."""
        content = self.in_force
        if content is None:
            raise ValueError("nothing was published")
        return EntryVersion(
            version_id(self.id, self.number), self.id, self.number, kind, content, at, by_id, author_ids, why
        )


def version_id(entry_id: str, number: int) -> str:
    """Deterministic, so that a repeat is noticed."""
    return f"{entry_id}:{number}"


def same_content(one: Entry, other: Entry) -> bool:
    """Whether two entries say the same, whatever their state and date."""
    return _content(one) == _content(other)


def _content(entry: Entry) -> Entry:
    return replace(entry, id="", state=EntryState.DRAFT, updated_at=0, since="")
