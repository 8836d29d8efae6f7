"""Agents: staff members, the unit they belong to, and what their roles allow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.model.personal import personal
from hub.model.units.place import EVERYWHERE, Place


class Role(StrEnum):
    """What an agent is. The REPORT compartment opens for inspectors only."""

    __hash__ = str.__hash__  # that of an enum is written in Python, and every page asks for rights

    HANDLER = "handler"  # 承办
    SUPERVISOR = "supervisor"  # 主管
    INSPECTOR = "inspector"  # 督察
    PUBLICITY = "publicity"  # 宣传
    PUBLICITY_LEAD = "publicity_lead"  # 宣传审批: approves what others wrote
    EDITOR = "editor"  # 知识
    REVIEWER = "reviewer"  # 知识审核: publishes what editors wrote
    HIGHER_REVIEWER = "higher_reviewer"  # 复查复核: at the next higher organ
    ADMIN = "admin"  # 系统: configures, sees no content
    DEPARTMENT = "department"  # 部门联络: sees what its department sends through the platform
    CUSTODIAN = "custodian"  # 保管员: decides who may learn who reported, and reads no report
    AUDITOR = "auditor"  # 审计: reads who read what, and nothing of it


class Permission(StrEnum):
    """What a route or an action asks for."""

    __hash__ = str.__hash__

    CASE_READ = "case.read"
    CASE_REPLY = "case.reply"
    CASE_ASSIGN = "case.assign"
    CASE_CLOSE = "case.close"
    CANNED_APPROVE = "canned.approve"
    TAG_EDIT = "tag.edit"
    REPORT_READ = "report.read"
    RECORDING_REDACT = "recording.redact"  # takes spans out of recordings, and opens those that have some
    REVEAL = "case.reveal"
    IDENTITY_ASK = "identity.ask"  # to ask who reported
    IDENTITY_DECIDE = "identity.decide"  # to answer that
    AUDIT_READ = "audit.read"
    BOARD_READ = "board.read"  # figures of the own units
    ALARM_DUTY = "alarm.duty"
    REGISTER_READ = "register.read"  # the 12110 register of people who cannot speak
    REGISTER_EDIT = "register.edit"
    CAMPAIGN_READ = "campaign.read"
    CAMPAIGN_EDIT = "campaign.edit"
    CAMPAIGN_CONTROL = "campaign.control"
    CAMPAIGN_TRIAL = "campaign.trial"
    CAMPAIGN_WORDS = "campaign.words"
    CAMPAIGN_APPROVE = "campaign.approve"
    CAMPAIGN_EMERGENCY = "campaign.emergency"  # to approve red and orange, and yellow for the night
    CAMPAIGN_SEND = "campaign.send"  # to release what was approved
    WARNING_READ = "warning.read"
    WARNING_MAKE = "warning.make"
    WARNING_REVIEW = "warning.review"
    WARNING_SIGN = "warning.sign"  # what exactly, says the signature matrix
    WARNING_RELEASE = "warning.release"
    ENTRY_EDIT = "entry.edit"
    ENTRY_PUBLISH = "entry.publish"
    DELIVERY_DECIDE = "delivery.decide"
    RULE_EDIT = "rule.edit"
    SYSTEM_READ = "system.read"
    AGENT_MANAGE = "agent.manage"
    DEPARTMENT_READ = "department.read"  # of those the agent is a member of
    DEPARTMENT_MANAGE = "department.manage"


_P = Permission
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.HANDLER: frozenset(
        {_P.CASE_READ, _P.CASE_REPLY, _P.CASE_ASSIGN, _P.CASE_CLOSE, _P.REVEAL, _P.ALARM_DUTY}
        | {_P.REGISTER_READ}
    ),
    Role.SUPERVISOR: frozenset(
        {_P.CASE_READ, _P.CASE_REPLY, _P.CASE_ASSIGN, _P.CASE_CLOSE, _P.ALARM_DUTY, _P.CANNED_APPROVE}
        | {_P.TAG_EDIT, _P.RECORDING_REDACT, _P.REGISTER_READ, _P.REGISTER_EDIT, _P.BOARD_READ}
        | {_P.CAMPAIGN_READ, _P.CAMPAIGN_CONTROL, _P.CAMPAIGN_TRIAL, _P.CAMPAIGN_WORDS}
        | {
            _P.CAMPAIGN_READ,
            _P.CAMPAIGN_CONTROL,
            _P.CAMPAIGN_APPROVE,
            _P.CAMPAIGN_EMERGENCY,
            _P.CAMPAIGN_SEND,
        }
        | {_P.WARNING_READ, _P.WARNING_MAKE, _P.WARNING_REVIEW, _P.WARNING_SIGN, _P.WARNING_RELEASE}
    ),
    Role.INSPECTOR: frozenset(
        {
            _P.REPORT_READ,
            _P.RECORDING_REDACT,
            _P.CASE_REPLY,
            _P.CASE_ASSIGN,
            _P.CASE_CLOSE,
            _P.CANNED_APPROVE,
            _P.DELIVERY_DECIDE,
            _P.IDENTITY_ASK,
            _P.BOARD_READ,
        }
    ),
    Role.PUBLICITY: frozenset(
        {_P.CAMPAIGN_READ, _P.CAMPAIGN_EDIT, _P.CAMPAIGN_CONTROL, _P.CAMPAIGN_TRIAL, _P.CAMPAIGN_SEND}
        | {_P.WARNING_READ, _P.WARNING_MAKE, _P.WARNING_REVIEW, _P.WARNING_RELEASE}
    ),
    Role.PUBLICITY_LEAD: frozenset(
        {_P.CAMPAIGN_READ, _P.CAMPAIGN_EDIT, _P.CAMPAIGN_CONTROL, _P.CAMPAIGN_TRIAL, _P.CAMPAIGN_SEND}
        | {_P.CAMPAIGN_APPROVE, _P.CAMPAIGN_WORDS}
        | {_P.WARNING_READ, _P.WARNING_MAKE, _P.WARNING_REVIEW, _P.WARNING_SIGN, _P.WARNING_RELEASE}
    ),
    Role.EDITOR: frozenset({_P.ENTRY_EDIT}),
    Role.REVIEWER: frozenset({_P.ENTRY_EDIT, _P.ENTRY_PUBLISH}),
    Role.HIGHER_REVIEWER: frozenset({_P.CASE_READ, _P.CASE_REPLY}),
    Role.ADMIN: frozenset(
        {
            _P.SYSTEM_READ,
            _P.AGENT_MANAGE,
            _P.CAMPAIGN_READ,
            _P.CANNED_APPROVE,
            _P.DELIVERY_DECIDE,
            _P.RULE_EDIT,
            _P.DEPARTMENT_READ,
            _P.DEPARTMENT_MANAGE,
        }
    ),
    Role.DEPARTMENT: frozenset({_P.DEPARTMENT_READ}),
    Role.CUSTODIAN: frozenset({_P.IDENTITY_DECIDE}),
    Role.AUDITOR: frozenset({_P.AUDIT_READ}),
}
"""Default deny: what is not listed is not allowed."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A staff member with a login. `password_hash` is argon2; must_change after a first password.

    removed_at: when the account was taken away for good (ms UTC), 0 = it was not. place: in the tree of
    units, as it was when the agent was read; never stored.
    """

    id: str
    login: str
    unit_id: str
    roles: tuple[Role, ...]
    created_at: int
    active: bool = True
    must_change: bool = False
    password_hash: str = ""
    removed_at: int = 0
    name: str = personal()
    place: Place = EVERYWHERE

    def may(self, permission: Permission) -> bool:
        """Whether one of the agent's roles grants it."""
        return self.active and any(permission in GRANTS[role] for role in self.roles)


@dataclass(frozen=True, slots=True)
class Session:
    """A login. `id` is the SHA-256 of the cookie's token: a copied database holds no usable cookie."""

    id: str
    agent_id: str
    csrf: str
    created_at: int
    seen_at: int
    expires_at: int
