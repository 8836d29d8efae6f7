"""What is done for departments, gathered: one verb each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.actions.departments.change_keys import ChangeKeys
from hub.actions.departments.cutover.cutover_actions import CutoverActions
from hub.actions.departments.department_desk import DepartmentDesk
from hub.actions.departments.handover.read_handover import ReadHandover
from hub.actions.departments.handover.sign_handover import SignHandover
from hub.actions.departments.in_force import DepartmentsInForce
from hub.actions.departments.listener.tell_by_get import TellByGet
from hub.actions.departments.prove_call import ProveCall
from hub.actions.departments.read_submission import ReadSubmission
from hub.actions.departments.submit_texts import SubmitTexts
from hub.actions.departments.tell_receipts import NoticeEnds, TellReceipts
from hub.actions.departments.warn_contracts import WarnContracts


@dataclass(frozen=True, slots=True)
class DepartmentActions:
    """in_force: the registry as it is now. may_call_back: whether receipts may be told to an address."""

    in_force: DepartmentsInForce
    prove: ProveCall
    submit: SubmitTexts
    read: ReadSubmission
    change_keys: ChangeKeys
    notice_ends: NoticeEnds
    tell_receipts: TellReceipts
    tell_by_get: TellByGet
    desk: DepartmentDesk
    warn_contracts: WarnContracts
    cutover: CutoverActions
    may_call_back: Callable[[str], bool]
    handover: ReadHandover
    sign_handover: SignHandover
