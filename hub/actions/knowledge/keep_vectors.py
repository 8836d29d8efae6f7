"""Vectors of an office's own wordings: made once, kept for all processes and every start.

Rules protected: vectors belong to one engine, model and dimension, and those of another are never looked at;
what is kept is loaded, only the rest is encoded; nobody waits long for it, what is not there in time is found
by its words until a round of the job has made it.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence

from hub.actions.dialogue.encoding import Encoding
from hub.actions.knowledge.in_force import Knowledge
from hub.repositories.knowledge.vectors import VectorRepository
from knowledge_base.entry import Entry
from knowledge_base.meaning.sentence import digest_of
from knowledge_base.meaning.wording_vectors import WordingVectors

PUBLISH_SECONDS = 5.0
"""How long whoever publishes waits for vectors."""
_ROUND = 256
_ROUND_SECONDS = 2.0


class KeepVectors:
    """One per process. It remembers which wordings have no vector yet."""

    def __init__(self, vectors: VectorRepository, encoding: Encoding, knowledge: Knowledge) -> None:
        self._vectors = vectors
        self._encoding = encoding
        self._knowledge = knowledge
        self._lacking: defaultdict[str, set[str]] = defaultdict(set)

    @property
    def lacking(self) -> int:
        """How many sentences have no vector yet."""
        return len(self._lacking)

    async def kept(self, entries: Sequence[Entry]) -> WordingVectors | None:
        """What the store has for wordings of these entries, now in force, that have no vector here; what it
        lacks will be made by `some`. None without an engine."""
        if self._knowledge.vectors is None:
            return None
        wanted = await asyncio.to_thread(self._wanted, entries)
        found = await self._read(list(wanted))
        for sentence in found.missing(wanted):
            self._lacking[sentence] |= wanted[sentence]
        return found

    async def made(
        self, entries: Sequence[Entry], *, seconds: float = PUBLISH_SECONDS
    ) -> WordingVectors | None:
        """The same for entries that may be in force some day: what is not kept is encoded now, as far as
        there is time, and is not kept yet."""
        if self._knowledge.vectors is None:
            return None
        wanted = list(await asyncio.to_thread(self._wanted, entries))
        found = await self._read(wanted)
        made = await self._encoding.passages(found.missing(wanted), seconds=seconds)
        return found.joined(made) if made else found

    async def keep(self, vectors: WordingVectors | None) -> None:
        """From now on every process finds them."""
        if vectors is not None:
            await self._vectors.keep(vectors.name, vectors.each())

    async def some(self) -> tuple[WordingVectors, set[str]] | None:
        """Some of what was lacking, made by another process meanwhile or now, and the ids of the entries that
        lacked it; None when there is nothing. Each process begins elsewhere, so that several share the work.
        """
        if not self._lacking:
            return None
        lacking = list(self._lacking)
        wanted = random.sample(lacking, min(_ROUND, len(lacking)))
        found = await self._read(wanted)
        made = await self._encoding.passages(found.missing(wanted), seconds=_ROUND_SECONDS)
        if made is not None:
            await self.keep(made)
            found = found.joined(made)
        still = set(found.missing(wanted))
        ids = {id for sentence in wanted if sentence not in still for id in self._lacking.pop(sentence)}
        return (found, ids) if ids else None

    def _wanted(self, entries: Sequence[Entry]) -> dict[str, set[str]]:
        """Sentences without a vector in this process, with the ids of the entries that say them."""
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        if self._knowledge.vectors is not None:
            for entry in entries:
                for sentence in self._knowledge.vectors.missing(entry.wordings):
                    wanted[sentence].add(entry.id)
        return dict(wanted)

    async def _read(self, sentences: Sequence[str]) -> WordingVectors:
        name = self._encoding.name
        rows = await self._vectors.of(name, [digest_of(sentence) for sentence in sentences])
        return WordingVectors.kept(name, rows)
