"""What is done while a department comes over, gathered: one verb each."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.departments.cutover.change_phase import ChangePhase
from hub.actions.departments.cutover.checklist import Checklist
from hub.actions.departments.cutover.read_cutover import ReadCutover
from hub.actions.departments.cutover.report_sent import ReportSent
from hub.actions.departments.cutover.shadow_texts import ShadowTexts


@dataclass(frozen=True, slots=True)
class CutoverActions:
    """One of each."""

    shadow: ShadowTexts
    report: ReportSent
    checklist: Checklist
    change_phase: ChangePhase
    read: ReadCutover
