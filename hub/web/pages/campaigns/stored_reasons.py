"""Why a campaign or an item stands where it does: stored as Chinese text, said in the reader's language."""

from __future__ import annotations

from campaigns.said import recalled
from hub.actions.campaigns.draft_campaign import TOO_MANY_PARTS
from hub.actions.campaigns.planning.count_campaign import (
    MORE_COST,
    MORE_PARTS,
    MORE_PEOPLE,
    OVER_BUDGET,
    WRONG_NUMBERS,
)
from hub.actions.campaigns.quotas import MONTH_GONE

WITH_VALUES = (MORE_PEOPLE, MORE_PARTS, MORE_COST, OVER_BUDGET, WRONG_NUMBERS, MONTH_GONE, TOO_MANY_PARTS)
"""Texts with values that may be stored as reasons; those without values a catalogue holds as they are."""


def reason_said(text: str) -> str:
    """A stored reason, for the translator."""
    return recalled(text, WITH_VALUES)
