"""The parts people play in a case. Which staff role may play which: `docs/case-roles.md`."""

from __future__ import annotations

from enum import StrEnum


class CaseRole(StrEnum):
    """Who does something to a case."""

    CIT = "CIT"  # the citizen, a proxy or a representative
    OP = "OP"  # registrar or call agent
    TRI = "TRI"  # triage officer
    UC = "UC"  # clerk of a unit, signs for receipt
    HND = "HND"  # handler
    LEAD = "LEAD"  # head of the organ that handles it
    SUP = "SUP"  # supervisor (督办)
    INS = "INS"  # 督察 inspector
    REV = "REV"  # reviewer at the next higher organ (复查, 复核); no reviewer of the knowledge base
    CB = "CB"  # callback agent (回访)
    CUS = "CUS"  # custodian of identities: no move is theirs, nor AUD's nor ADM's
    AUD = "AUD"  # auditor
    ADM = "ADM"  # administrator
    SYS = "SYS"  # timers and rules


ROLE_NAME = {
    CaseRole.CIT: "群众",
    CaseRole.OP: "登记员",
    CaseRole.TRI: "甄别人员",
    CaseRole.UC: "单位收件员",
    CaseRole.HND: "承办人",
    CaseRole.LEAD: "机关负责人",
    CaseRole.SUP: "督办人员",
    CaseRole.INS: "督察",
    CaseRole.REV: "上级复查复核人员",
    CaseRole.CB: "回访员",
    CaseRole.CUS: "身份保管人",
    CaseRole.AUD: "审计人员",
    CaseRole.ADM: "系统管理员",
    CaseRole.SYS: "系统",
}
"""In the language of staff."""
