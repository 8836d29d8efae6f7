"""What is done while a department comes over from its old platform."""

from __future__ import annotations

from dataclasses import replace

from channels.contract import ChannelKind
from channels.outbox.gate import Gate
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.departments.cutover.change_phase import ChangePhase
from hub.actions.departments.cutover.checklist import Checklist, ImportsSigned
from hub.actions.departments.cutover.cutover_actions import CutoverActions
from hub.actions.departments.cutover.read_cutover import ReadCutover
from hub.actions.departments.cutover.report_sent import ReportSent
from hub.actions.departments.cutover.shadow_texts import ShadowTexts
from hub.actions.departments.department_desk import DepartmentDesk
from hub.actions.departments.one_platform import OnePlatform
from hub.actions.departments.submit_texts import SubmitTexts
from hub.wiring.channels import dispatch_settings
from hub.wiring.foundation import Foundation


class _NoJitter:
    """What is only asked about needs no spreading."""

    def random(self) -> float:
        return 0.0


def cutover_actions(
    base: Foundation,
    profiles: Profiles,
    submit: SubmitTexts,
    platforms: OnePlatform,
    desk: DepartmentDesk,
    imports: ImportsSigned | None = None,
) -> CutoverActions:
    """One of each. imports: of an importer, see the checklist."""
    documents, records, clock = base.documents, base.stores.departments, base.clock
    outbox, sending = base.stores.outbox, dispatch_settings(base.settings)
    gate = Gate(
        outbox,
        base.stores.suppressions,
        _NoJitter(),
        zone=sending.zone,
        windows=sending.windows,
        limits=replace(sending.limits, quotas=base.departments.quotas),
    )
    shadow = ShadowTexts(documents, records, outbox, base.departments, submit, platforms, gate, clock)
    checklist = Checklist(
        records,
        clock,
        channels=frozenset(name for name, one in profiles.items() if one.kind is ChannelKind.SMS),
        shadow_days=base.settings.department_api.shadow_days,
        imports=imports,
    )
    return CutoverActions(
        shadow=shadow,
        report=ReportSent(documents, records, outbox, shadow, platforms, clock),
        checklist=checklist,
        change_phase=ChangePhase(documents, records, desk, checklist, clock),
        read=ReadCutover(records, desk, checklist, base.stores.agents),
    )
