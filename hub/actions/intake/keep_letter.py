"""Stores a letter as it came. When this returned, its sender may be told so: 250.

The sealed file comes first, then the row that names it. A crash between the two leaves a file that
nobody names and a mail server that sends the letter again.
"""

from __future__ import annotations

from channels.contract import RawLetter
from hub.model.letter import Letter
from hub.repositories.letters import LetterRepository
from hub.store.documents import Documents, Duplicate
from hub.store.files import FileStore


class KeepLetter:
    """Nothing is looked into: whoever reads does so later."""

    def __init__(self, documents: Documents, letters: LetterRepository, files: FileStore) -> None:
        self._documents = documents
        self._letters = letters
        self._files = files

    async def __call__(self, raw: RawLetter) -> None:
        """Durable when it returns; the same letter again changes nothing."""
        file_id = await self._files.put(raw.content)
        letter = Letter(
            id=self._letters.id_for(raw.channel, file_id, raw.envelope_from, raw.recipient),
            channel=raw.channel,
            file_id=file_id,
            recipient=raw.recipient,
            received_at=raw.received_at,
            next_at=await self._documents.now_ms(),
            envelope_from=raw.envelope_from,
        )
        try:
            await self._documents.commit([self._letters.insert(letter)])
        except Duplicate:
            return  # the answer to its first hand-over was lost
