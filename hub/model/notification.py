"""Tells a member of staff that something happened to a case, or to a campaign, they have to do with.

It holds no word of the case: who reads it is asked again whether they may see the case
(`hub/model/policy.py`), and reads the rest there. One that leads to a case they may not see is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NotificationKind(StrEnum):
    """What happened."""

    ASSIGNED = "assigned"  # a colleague gave you a case
    MENTIONED = "mentioned"  # a colleague named you in an internal note
    CITIZEN_REPLIED = "citizen_replied"  # the citizen wrote in a case you handle or follow
    MOVED = "moved"  # a case you follow came to another state
    DUE = "due"  # a limit of a case you handle ends soon, or was missed
    WOKEN = "woken"  # a case you put aside is your work again
    UNDELIVERED = "undelivered"  # what was sent in a case you handle did not arrive: telephone
    CAMPAIGN_EXPIRED = "campaign_expired"  # your campaign ran out of time, all or part of it was not sent
    REPLY_RETURNED = "reply_returned"  # your reply could not leave any more and is a draft again
    CAMPAIGN_SUBMITTED = "campaign_submitted"  # a colleague's campaign waits for your approval
    CAMPAIGN_APPROVED = "campaign_approved"  # your campaign may be sent
    CAMPAIGN_RETURNED = "campaign_returned"  # your campaign came back with a reason
    CAMPAIGN_HELD = "campaign_held"  # a campaign has outgrown its approval and waits for the approver
    WARNING_WAITING = "warning_waiting"  # a warning waits for your step
    WARNING_RETURNED = "warning_returned"  # your warning came back with a reason
    WARNING_OVER = "warning_over"  # a warning of yours is over and was not lifted
    WARNING_PAPERS = "warning_papers"  # the papers of an emergency release are overdue
    CONTRACT_ENDS = "contract_ends"  # the contract of a department you look after ends soon

    RIGHTS_CHANGED = "rights_changed"  # your roles, your unit, or what it sees are different now


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing to tell one agent. read_at: ms UTC, 0 = not read yet.

    It is about a case, a campaign, a department or a warning; the other ids are "".
    """

    id: str
    agent_id: str
    at: int
    kind: NotificationKind
    case_id: str
    read_at: int = 0
    campaign_id: str = ""
    department_id: str = ""
    warning_id: str = ""
