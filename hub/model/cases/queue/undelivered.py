"""未送达: what was written to the citizen of a case did not arrive, so somebody has to reach them otherwise.

It stands on the case until something that left later arrives, the provider corrects itself, or a person notes
that the citizen was reached. A closed case is somebody's work again by it (`in_queue`), one that was put
aside its handler's.
"""

from __future__ import annotations

from dataclasses import replace

from channels.address import AddressKind
from channels.outbox.delivery import Delivery, DeliveryState
from hub.model.cases.case import Case, Undelivered

_S = DeliveryState
_LOST = frozenset({_S.FAILED, _S.UNDELIVERED, _S.DEAD, _S.EXPIRED})
_TAKEN = frozenset({_S.ACCEPTED, _S.SENT, _S.DELIVERED})


def is_lost(delivery: Delivery) -> bool:
    """Whether it ended without having arrived, although nothing forbade it."""
    return delivery.state in _LOST


def has_arrived(delivery: Delivery) -> bool:
    """Whether it reached the citizen, as far as its channel can say: of a mail nothing more is heard."""
    by_mail = delivery.recipient.kind is AddressKind.EMAIL
    return delivery.state in _TAKEN if by_mail else delivery.state is _S.DELIVERED


def after_delivery(case: Case, delivery: Delivery, at: int) -> Case:
    """The case after a delivery to its citizen ended so; the same case where that changes nothing."""
    known = case.undelivered
    if is_lost(delivery):
        lost = Undelivered(at, delivery.id)
        return replace(case, undelivered=lost, snooze=case.snooze.over(), updated_at=at)
    later = delivery.created_at >= known.at or delivery.id == known.delivery
    if known.at and has_arrived(delivery) and later:
        return replace(case, undelivered=Undelivered(), updated_at=at)
    return case
