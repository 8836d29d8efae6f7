"""The knowledge base as the running hub holds it: one immutable snapshot of what answers now.

Readers take `snapshot` and never wait; a change or the hour makes the next one. What waits for its hour, or
will be over at one, is remembered here, so that time takes effect without asking the store.
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.model.entry_record import EntryRecord
from knowledge_base.entry import Entry
from knowledge_base.matcher import Snapshot


class Knowledge:
    """One per process. `revision`: up to where the store's changes are in the snapshot."""

    def __init__(self) -> None:
        self.snapshot = Snapshot.build(())
        self.revision = 0
        self._timed: dict[str, EntryRecord] = {}
        self._turns_at: dict[str, int] = {}

    def take(self, records: Iterable[EntryRecord], now: int) -> None:
        """From now on these records are as they are given."""
        changed: list[Entry] = []
        silent: list[str] = []
        for record in records:
            answering = record.answering_at(now)
            if answering is None:
                silent.append(record.id)
            else:
                changed.append(answering)
            self._remember(record, now)
        if changed or silent:
            snapshot = self.snapshot.with_changes(changed, silent)
            if changed:
                snapshot.look(changed[0].question)  # so that no citizen's question is the first
            self.snapshot = snapshot

    def turns(self, now: int) -> bool:
        """Whether the hour of an entry has come."""
        return any(at <= now for at in self._turns_at.values())

    def turn(self, now: int) -> None:
        """Lets the hour take effect: what begins now answers, what is over does not."""
        self.take([self._timed[id] for id, at in self._turns_at.items() if at <= now], now)

    def candidate(self, entries: Iterable[Entry]) -> tuple[Snapshot, Snapshot]:
        """What would answer without and with these entries, everything published counted, also what still
        waits for its day: a publish must not break what begins tomorrow."""
        waiting = [record.in_force for record in tuple(self._timed.values())]
        before = self.snapshot.with_changes(entry for entry in waiting if entry is not None)
        return before, before.with_changes(entries)

    def _remember(self, record: EntryRecord, now: int) -> None:
        turns_at = record.turns_after(now)
        if turns_at:
            self._timed[record.id], self._turns_at[record.id] = record, turns_at
        else:
            self._timed.pop(record.id, None)
            self._turns_at.pop(record.id, None)
