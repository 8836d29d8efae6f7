"""A reader refuses bulk mail with the address the mail carried: one click, the page's button, or a mail.

Rules protected: the signed id names the mail, never the person, and stops what that mail was about, as 退订
in a text message does; twice is once; who pressed by mistake takes it back. Source: RFC 8058.
"""

from __future__ import annotations

from collections.abc import Sequence

from channels.outbox.suppression import subject_of
from channels.signed_id import UNSUBSCRIBE, SignedIds
from hub.repositories.outbox import OutboxRepository
from hub.repositories.suppressions import SuppressionRepository
from hub.runtime.clock import Clock
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

_TRIES = 5


class RefuseMail:
    """Made once by the composition root."""

    def __init__(
        self,
        documents: Documents,
        outbox: OutboxRepository,
        suppressions: SuppressionRepository,
        signed_ids: SignedIds,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._outbox = outbox
        self._suppressions = suppressions
        self._signed_ids = signed_ids
        self._clock = clock

    async def subject(self, signed: str) -> str | None:
        """What would be refused, None for an id we did not write or whose mail is no longer known."""
        delivery_id = self._signed_ids.delivery_of(UNSUBSCRIBE, signed)
        found = await self._outbox.get(delivery_id) if delivery_id else None
        return subject_of(found.value) if found else None

    async def __call__(self, signed: str, *, out: bool = True) -> bool:
        """Refuses it, or takes that back (`out` False); False as `subject` is None."""
        delivery_id = self._signed_ids.delivery_of(UNSUBSCRIBE, signed)
        found = await self._outbox.get(delivery_id) if delivery_id else None
        if found is None:
            return False
        delivery = found.value

        async def decide() -> tuple[Sequence[Write], bool]:
            writes = await self._suppressions.wish(
                delivery.recipient_key,
                subject_of(delivery),
                out=out,
                by=delivery.sender,
                at=self._clock.now_ms(),
            )
            return writes, True

        return await until_committed(self._documents, decide, tries=_TRIES)
