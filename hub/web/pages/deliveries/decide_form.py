"""What became of a delivery nobody was sure of, as decided by a person."""

from __future__ import annotations

from hub.actions.deliveries.decide_delivery import Decision
from hub.web.form import Form


class DecideForm(Form):
    """What became of a delivery nobody was sure of."""

    decision: Decision
    version: int = 0
