"""A trial send (测试发送): a campaign's text to a number of the office, exactly as it will leave."""

from __future__ import annotations

from dataclasses import dataclass

from channels.address import AddressKind
from hub.model.personal import personal

MAX_NAME = 20
MOST_NUMBERS = 100
AT_ONCE = 10
"""Numbers that one trial may go to."""


@dataclass(frozen=True, slots=True)
class TrialNumber:
    """A number or mailbox that trials may go to. id: of its address, so that none is there twice."""

    id: str
    kind: AddressKind
    added_at: int
    added_by: str
    name: str = personal()
    address: str = personal()


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial to one number. id: `{hour}:{place}`, so that an hour has no more places than allowed.

    shown: name and masked address of the number as it was then. parts: SMS parts it cost.
    """

    id: str
    campaign_id: str
    delivery_id: str
    at: int
    by: str
    parts: int = 1
    shown: str = personal()
