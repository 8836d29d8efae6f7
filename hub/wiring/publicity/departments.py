"""What each department may still send."""

from __future__ import annotations

from hub.actions.campaigns.quotas import Quotas
from hub.wiring.foundation import Foundation


def quotas(base: Foundation) -> Quotas:
    """What each may still send."""
    return Quotas(base.departments.departments, base.stores.outbox)
