"""The citizen of a case as a list may show them."""

from __future__ import annotations

from channels.address import Address, masked
from channels.contract import ChannelKind
from hub.actions.cases.tell_citizen import address_kind
from hub.model.cases.case import Case
from hub.model.staff.identity import ALIAS, is_kept_apart


def masked_citizen(case: Case) -> str:
    """Name and address as a list may show them."""
    applicant, came_by = case.applicant, case.origin.kind
    if applicant.anonymous:
        return "匿名"
    if is_kept_apart(case):
        return ALIAS
    if not applicant.address:
        return applicant.name[:1] + "**" if applicant.name else "未留联系方式"
    kind = address_kind(ChannelKind(came_by))
    if came_by in (ChannelKind.PETITION, ChannelKind.VOICE):
        kind = address_kind(ChannelKind.MAIL if "@" in applicant.address else ChannelKind.SMS)
    hidden = "网页访客" if kind == "chat" else masked(Address(kind, applicant.address))
    return f"{applicant.name[:1]}** {hidden}" if applicant.name else hidden
