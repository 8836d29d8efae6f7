"""The clocks of a case, by name. Their lengths are a profile's (`hub/model/cases/profile.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ClockName(StrEnum):
    """Keys, whatever length a profile gives."""

    ACK = "ACK"  # automatic receipt
    FORWARD_15 = "FORWARD_15"  # 登记、转送: one budget for the whole chain of 信访部门
    NOTIFY_15 = "NOTIFY_15"  # 告知: each receiving unit has its own
    OBJECT_5WD = "OBJECT_5WD"  # a unit may object to a transfer
    HANDLE_60 = "HANDLE_60"  # 办理
    EXT = "EXT"  # counts the days by which HANDLE_60 was extended
    HANDLE_REMAND = "HANDLE_REMAND"  # again after 撤销重办
    FUCHA_WINDOW = "FUCHA_WINDOW"  # the citizen may ask for 复查
    FUCHA_30 = "FUCHA_30"
    FUHE_WINDOW = "FUHE_WINDOW"  # the citizen may ask for 复核
    FUHE_30 = "FUHE_30"
    REPORT_ACCEPT = "REPORT_ACCEPT"
    REPORT_FIRST = "REPORT_FIRST"
    REPORT_INVEST = "REPORT_INVEST"
    REPORT_FEEDBACK = "REPORT_FEEDBACK"
    REPORT_OBJECTION = "REPORT_OBJECTION"
    CONSULT = "CONSULT"
    SERVICE_HELP = "SERVICE_HELP"
    SERVICE_COMPLAINT = "SERVICE_COMPLAINT"
    SERVICE_COMPLEX = "SERVICE_COMPLEX"
    SUGGEST = "SUGGEST"
    FIRST_CONTACT = "FIRST_CONTACT"
    CALLBACK = "CALLBACK"
    REDO = "REDO"
    NEED_INFO_10 = "NEED_INFO_10"
    SUPERVISE = "SUPERVISE"  # its last day is set in the order
    ADVICE_30 = "ADVICE_30"  # 改进建议 of the 信访部门


SERVICE_CLOCKS: Mapping[str, ClockName] = {
    "求助": ClockName.SERVICE_HELP,
    "投诉": ClockName.SERVICE_COMPLAINT,
    "复杂": ClockName.SERVICE_COMPLEX,
}
"""By the kind of a service matter."""
