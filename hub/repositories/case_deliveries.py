"""What becomes of a case when a delivery to its citizen ends: written in the unit of work of that end."""

from __future__ import annotations

from collections.abc import Sequence

from channels.outbox.delivery import Delivery
from channels.outbox.ports import Change
from hub.model.cases.queue.undelivered import after_delivery, has_arrived, is_lost
from hub.model.notification import NotificationKind
from hub.repositories.cases import CaseRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.store.crypto import Vault
from hub.store.documents import Documents, Write


class CaseDeliveries:
    """Gives the writes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._cases = CaseRepository(documents, vault)
        self._notifications = NotificationRepository(documents, vault)

    async def concerned(self, changes: Sequence[Change]) -> list[Change]:
        """Those of which a case has to know; what belongs to no case costs one look at a field. Of what
        arrived nothing is unsealed, and of cases that lack nothing no more is done."""
        ended = [
            change
            for change in changes
            if change.after.case_id and change.after.state is not change.before.delivery.state
        ]
        lost = [change for change in ended if is_lost(change.after)]
        arrived = [change for change in ended if has_arrived(change.after)]
        if not arrived:
            return lost
        cases = await self._cases.as_stored(list({change.after.case_id for change in arrived}))
        lacking = {id for id, stored in cases.items() if stored.body.get("undelivered_at")}
        return lost + [change for change in arrived if change.after.case_id in lacking]

    async def writes(self, delivery: Delivery, *, at: int) -> list[Write]:
        """Of the case, and for its handler; none where nothing changes for them."""
        stored = (await self._cases.as_stored([delivery.case_id])).get(delivery.case_id)
        found = self._cases.unsealed(stored) if stored else None
        if found is None:  # not there, or it cannot be read: what became of the delivery is kept all the same
            return []
        after = after_delivery(found.value, delivery, at)
        if after is found.value:
            return []
        writes: list[Write] = [self._cases.update(after, found.version)]
        if is_lost(delivery) and after.handler_id:
            kind = NotificationKind.UNDELIVERED
            writes.append(
                self._notifications.tell(after.handler_id, kind, after.id, at=at, cause=delivery.id)
            )
        return writes
