"""A person's decision on a delivery of which nobody knows whether it was sent: it arrived, or once more.

Only rows that may exist for the agent are shown and decided: an administrator sees addresses masked
and no text, and nothing of what belongs to a case behind the compartment; an inspector sees those and no
others. Who decided what is kept: in the chained history of the case, in the row's reason, and in the log.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from enum import StrEnum

from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.ports import Change, Leased
from channels.outbox.retry import RESENT, resend, settled
from hub.actions.campaigns.decide_ambiguous import MAY_RESEND, ONCE_ONLY
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

_PAGE = 50


class Decision(StrEnum):
    """What was found out."""

    ARRIVED = "arrived"  # 已确认送达
    AGAIN = "again"  # 重新发送


@dataclass(frozen=True, slots=True)
class Unsure:
    """One page of rows; `next` continues it, None at the end."""

    rows: tuple[Versioned[Delivery], ...]
    next: str | None


class DecideDelivery:
    """Lists and decides."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock

    async def unsure(self, agent: Agent, *, after: str | None = None) -> Unsure:
        """Rows the agent may decide, those first that wait the longest. Raises `Forbidden`."""
        require_decider(agent)
        rows: list[Versioned[Delivery]] = []
        while True:
            page = await self._repositories.outbox.ambiguous(limit=_PAGE, after=after)
            # One read for all: who may not see some of them must not learn by the time that there are some.
            walled = await self._repositories.cases.walled([row.value.case_id for row in page.deliveries])
            rows += [
                row for row in page.deliveries if exists_for(agent, is_restricted=row.value.case_id in walled)
            ]
            after = page.next
            if after is None or len(rows) >= _PAGE:
                return Unsure(tuple(rows), after)

    async def __call__(self, agent: Agent, delivery_id: str, decision: Decision, *, version: int) -> None:
        """Raises `Forbidden`, `NotFound`, `Stale` (something was heard of it meanwhile) or `Invalid`."""
        require_decider(agent)
        found = await self._repositories.outbox.get(delivery_id)
        case = await self._case(found.value) if found else None
        is_restricted = case is not None and case.value.is_restricted
        if found is None or not exists_for(agent, is_restricted=is_restricted):
            raise NotFound("delivery")
        if found.version != version or found.value.state is not DeliveryState.AMBIGUOUS:
            raise Stale("delivery")
        now = self._clock.now_ms()
        if decision is Decision.AGAIN and found.value.message_class not in MAY_RESEND:
            raise Invalid({"decision": ONCE_ONLY})
        if decision is Decision.AGAIN and found.value.expires_at <= now:
            raise Invalid({"decision": "这条消息已过有效期，不能重新发送"})
        change = Change(
            Leased(found.value, found.version), _decided(found.value, decision, by=agent.id, now=now)
        )
        writes = self._repositories.outbox.writes(change)
        if case is not None:
            writes += self._noted(case, agent, delivery_id, decision, now)
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            raise Stale("delivery") from None
        log.info(
            "outbox.decided",
            extra={"delivery_id": delivery_id, "decision": decision.value, "by": agent.id},
        )

    async def _case(self, delivery: Delivery) -> Versioned[Case] | None:
        return await self._repositories.cases.get(delivery.case_id) if delivery.case_id else None

    def _noted(
        self, case: Versioned[Case], agent: Agent, delivery_id: str, decision: Decision, now: int
    ) -> list[Write]:
        after, entry = recorded(
            case.value,
            at=now,
            actor=agent.id,
            kind=HistoryKind.DELIVERY_DECIDED,
            facts={"delivery": delivery_id, "decision": decision.value},
        )
        cases = self._repositories.cases
        return [cases.update(after, case.version), cases.insert_entry(entry)]


def require_decider(agent: Agent) -> None:
    """Raises `Forbidden` for whoever does not decide about deliveries."""
    if not agent.may(Permission.DELIVERY_DECIDE):
        raise Forbidden(Permission.DELIVERY_DECIDE)


def exists_for(agent: Agent, *, is_restricted: bool) -> bool:
    """Behind the wall only what is behind it is seen, before it everything else. is_restricted: the case the
    delivery belongs to."""
    return is_restricted == agent.may(Permission.REPORT_READ)


def _decided(delivery: Delivery, decision: Decision, *, by: str, now: int) -> Delivery:
    match decision:
        case Decision.ARRIVED:
            arrived = settled(delivery, DeliveryState.DELIVERED, f"confirmed:{by}")
            return replace(arrived, not_before=0, receipt_at=now)
        case Decision.AGAIN:
            return replace(resend(delivery, now=now), reason=f"{RESENT}:{by}")
