"""What is done round the compartment by those who are not its handlers alone."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.evidence.export_case import ExportCase
from hub.actions.evidence.quarterly_report import QuarterlyReport
from hub.actions.staff.read_audit import ReadAudit
from hub.actions.staff.reveal_identity import RevealIdentity


@dataclass(frozen=True, slots=True)
class CompartmentDesk:
    """Who reported, who read what, and a report as one file."""

    export_case: ExportCase
    quarterly_report: QuarterlyReport
    read_audit: ReadAudit
    reveal_identity: RevealIdentity
